# SPDX-License-Identifier: AGPL-3.0-or-later
"""Who contributed to what came out, and what a version of the rule makes of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_safe

from terreau.agreements.actions import sharing as actions
from terreau.agreements.models import Sharing
from terreau.agreements.queries import sharing as queries
from terreau.agreements.queries.contributions import contributions_of
from terreau.agreements.queries.followed import sight_of
from terreau.agreements.queries.sharing import Basis, Detail, Row, Table, Told
from terreau.agreements.rules import rights
from terreau.core.errors import Invalid
from terreau.core.quantities import to_decimal
from terreau.core.units import UNITS, say
from terreau.documents.tables import Sheet
from terreau.ecosystems.models import Ecosystem
from terreau.ledger import queries as ledger
from terreau.ledger.sharing.reckoning import Why
from terreau.ledger.tracing.sets import Thing
from terreau.overview.step_words import kind_words
from terreau.people.models import Agent
from terreau.web.access import AuthedRequest, Policy, access
from terreau.web.answers import attempt, found_in, said
from terreau.web.downloads import exports_of
from terreau.web.numbers import row_number
from terreau.web.paging import page_of
from terreau.web.sharing.forms import CountForm
from terreau.web.sharing.views import points_words

ROWS = 50
FIRST_OUT = "premier"
WHY = {
    Why.SHARE: "",
    Why.UNKNOWN: "Part de ce qui est d'origine inconnue : personne ne la prend.",
    Why.NOBODY: "Personne n'a apporté ce que cette part compte : elle n'est pas répartie.",
    Why.CAPPED: "Chacun a déjà le plus que la règle permet : le reste n'est pas réparti.",
    Why.KEPT: "La règle le laisse en commun, ou c'est trop petit pour être réparti.",
}


@dataclass(frozen=True, slots=True)
class Followed:
    """What came out and is followed: a stock, an event, or nothing (a period then)."""

    basis: Basis
    name: str = ""
    query: str = ""


@require_http_methods(["GET", "HEAD", "POST"])
@access(Policy.MEMBER)
def sharing_count(request: AuthedRequest, ecosystem: Ecosystem) -> HttpResponseBase:
    """Show who contributed, in own units; share what came in, under an adopted version."""
    if not rights.is_in_circle(request.reach, ecosystem):
        raise Http404
    followed = _followed(request, ecosystem)
    form = CountForm(
        request.POST or None,
        reader=request.reach,
        ecosystem=ecosystem,
        follows=followed.basis.follows,
    )
    if request.method == "POST" and form.is_valid():
        by, key, wanted = request.user, form.cleaned_data["key"], form.wanted(followed.basis)
        done = attempt(
            form, lambda: actions.share(by=by, ecosystem=ecosystem, key=key, wanted=wanted)
        )
        if done is not None:
            sentence = "Le calcul est gardé. Il ne paie personne : c'est à vous de décider."
            return said(request, sentence, "sharing_one", ecosystem.slug, done.pk)
    told = _contributors(ecosystem, followed.basis)
    file = exports_of(request, _contributors_sheet(told), f"contributions-{ecosystem.slug}")
    if file is not None:
        return file
    shown = {
        "ecosystem": ecosystem,
        "form": form,
        "followed": followed,
        "may_count": queries.reads_whole(request.reach, ecosystem),
        "here": request.get_full_path(),
        **told,
    }
    return render(request, "sharing/count.html", shown, status=422 if form.errors else 200)


def _followed(request: AuthedRequest, ecosystem: Ecosystem) -> Followed:
    """Return what the address follows. Answers 404 for what this person does not read."""
    first_out = request.GET.get("selon") == FIRST_OUT
    way = f"&selon={FIRST_OUT}" if first_out else ""
    stock, event = (row_number(request.GET.get(name, "")) for name in ("stock", "etape"))
    if stock is None and event is None:
        if "stock" in request.GET or "etape" in request.GET:
            raise Http404
        return Followed(Basis())
    sight = sight_of(request.reach, ecosystem)
    if stock is not None:
        found = ledger.stocks(ecosystem.space).filter(pk=stock, pk__in=sight.stocks).first()
        if found is None:
            raise Http404
        basis = Basis(stock_id=stock, first_out=first_out)
        return Followed(basis, f"ce que contient « {found.name} »", f"?stock={stock}{way}")
    moved = ledger.moving(ecosystem.space).filter(pk=event or 0).first()
    if moved is None or not sight.reads(Thing("event", moved.pk)):
        raise Http404
    one = ledger.events([moved.pk])[0]
    much, unit = (one.quantity, one.unit) if one.quantity else (one.effort, one.effort_unit)
    name = f"{say(much or 0, unit)} ({kind_words(one.specification.code)}), le "
    name += f"{one.happened_on:%d/%m/%Y}, de {one.provider.name} à {one.receiver.name}"
    basis = Basis(moved_id=moved.pk, first_out=first_out)
    return Followed(basis, name, f"?etape={moved.pk}{way}")


def _contributors(ecosystem: Ecosystem, basis: Basis) -> dict[str, Any]:
    """Return who put in what, by name; the reason when that cannot be told."""
    if not basis.follows:
        return {"contributors": [], "untold": ""}
    try:
        puts = queries.contributed(ecosystem, basis).puts
    except Invalid as refusal:
        return {"contributors": [], "untold": refusal.message}
    names = Agent.objects.in_bulk({put.agent for put in puts if put.agent})
    found = [
        (names[agent].name if agent else "", kind_words(kind), unit, much)
        for agent, kind, unit, much in queries.gathered(puts)
    ]
    return {"contributors": sorted(found, key=lambda row: (not row[0], row)), "untold": ""}


def _contributors_sheet(told: dict[str, Any]) -> Sheet:
    rows = [
        (name or "d'origine inconnue", kind, to_decimal(much), UNITS[unit].label)
        for name, kind, unit, much in told["contributors"]
    ]
    return Sheet("Qui a contribué", ("qui", "quoi", "combien", "unité"), rows)


def _find(request: AuthedRequest, ecosystem: Ecosystem, pk: int) -> Sharing:
    return found_in(queries.sharings_of(request.reach, ecosystem), ecosystem, pk)


@require_safe
@access(Policy.MEMBER)
def sharing_one(request: AuthedRequest, ecosystem: Ecosystem, pk: int) -> HttpResponseBase:
    """Show what was counted: who takes what, what nobody takes and why, and how to prove it."""
    sharing = _find(request, ecosystem, pk)
    table = queries.table_of(request.reach, sharing)
    file = exports_of(request, _lines_sheet(sharing, table), f"partage-{pk}-{ecosystem.slug}")
    if file is not None:
        return file
    gifts = contributions_of(request.reach, ecosystem).filter(event_id=sharing.event_id)
    shown = {
        "ecosystem": ecosystem,
        "sharing": sharing,
        "table": table,
        "rows": [(row, WHY[row.why], _details(row)) for row in table.rows],
        "gift": gifts.first(),
        "asked_again": "refaire" in request.GET,
        "same": queries.again(sharing) if "refaire" in request.GET else None,
        "here": request.get_full_path(),
    }
    return render(request, "sharing/one.html", shown)


def _details(row: Row) -> list[tuple[Detail, str]]:
    """Return what a row takes of each part, with its points in words where there are any."""
    return [(one, points_words(one.points) if one.points else "") for one in row.details]


def _lines_sheet(sharing: Sharing, table: Table) -> Sheet:
    headers = ("qui", "part de la règle", "points", "combien", "unité", "pourquoi")
    unit = UNITS[sharing.unit].label
    rows = [
        (
            _who(row),
            one.part,
            round(float(one.points), 6),
            to_decimal(one.micro),
            unit,
            WHY[row.why],
        )
        for row in table.rows
        for one in row.details
    ]
    if table.others:
        others = to_decimal(table.others)
        rows.append(("les autres, ensemble", "", 0.0, others, unit, ""))
    return Sheet("Partage", headers, rows)


def _who(row: Row) -> str:
    return row.agent.name if row.agent else "personne"


@require_safe
@access(Policy.MEMBER)
def sharing_line(request: AuthedRequest, ecosystem: Ecosystem, pk: int) -> HttpResponseBase:
    """Show the contributions behind one line: ``de`` names whose, the first one by default."""
    sharing = _find(request, ecosystem, pk)
    table = queries.table_of(request.reach, sharing)
    asked = request.GET.get("de", "")
    lines = [row for row in table.rows if row.agent or row.why is Why.UNKNOWN]
    row = next((one for one in lines if asked in ("", _number(one))), None)
    if row is None and asked:
        raise Http404
    told = queries.behind_line(request.reach, sharing, _agent(row)) if row else []
    file = exports_of(request, _told_sheet(told), f"ligne-{pk}-{ecosystem.slug}")
    if file is not None:
        return file
    shown = {
        "ecosystem": ecosystem,
        "sharing": sharing,
        "row": row,
        "page": page_of(request, [(one, _points(one)) for one in told], ROWS),
        "here": request.get_full_path(),
    }
    return render(request, "sharing/line.html", shown)


def _points(one: Told) -> list[tuple[str, str]]:
    return [(point.part, points_words(point.points)) for point in one.points]


def _number(row: Row) -> str:
    return str(row.agent.pk) if row.agent else "inconnu"


def _agent(row: Row) -> int | None:
    return row.agent.pk if row.agent else None


def _told_sheet(told: list[Told]) -> Sheet:
    headers = ("le", "quoi", "combien", "unité", "part de la règle", "points")
    rows = [
        (
            one.event.happened_on if one.event else None,
            kind_words(one.put.kind),
            to_decimal(one.put.much),
            UNITS[one.put.unit].label,
            point.part,
            round(float(point.points), 6),
        )
        for one in told
        for point in one.points
    ]
    return Sheet("Contributions comptées", headers, rows)
