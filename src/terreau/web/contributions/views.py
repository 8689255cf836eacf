# SPDX-License-Identifier: AGPL-3.0-or-later
"""Contributions: « J'ai apporté… », the statement, and what awaits a « D'accord »."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID, uuid4

from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from terreau.agreements.actions import contributions as actions
from terreau.agreements.enums import ContributionState, Kind, ReadBy
from terreau.agreements.kinds import KINDS
from terreau.agreements.models import Contribution
from terreau.agreements.queries import contributions as queries
from terreau.agreements.queries.agreements import commitment_for
from terreau.agreements.queries.exports import contributions_sheet, landmarks_sheet, statement_sheet
from terreau.agreements.queries.giving import last_gifts
from terreau.agreements.queries.sharing import reads_whole
from terreau.agreements.queries.statement import (
    Period,
    counted_for,
    landmarks,
    statement,
    statement_agents,
    statements_open,
)
from terreau.agreements.queries.stocks import readable_stocks, stocks_moved, stocks_named
from terreau.agreements.rules import rights
from terreau.core import clock
from terreau.core.errors import Refusal
from terreau.core.versions import field_version
from terreau.ecosystems.models import Ecosystem
from terreau.people.models import Agent
from terreau.web.access import AuthedRequest, Policy, access
from terreau.web.answers import attempt, found_in, refused, said
from terreau.web.contributions.forms import GiftForm, RightForm, WordForm
from terreau.web.contributions.periods import period_of, presets
from terreau.web.contributions.whose import chosen_agent
from terreau.web.downloads import download, wanted
from terreau.web.forms import KeyedForm
from terreau.web.numbers import row_number
from terreau.web.paging import page_of

ROWS = 30


def find(request: AuthedRequest, ecosystem: Ecosystem, pk: int) -> Contribution:
    """Return a contribution of this ecosystem that the person may read, or answer 404."""
    return found_in(queries.contributions_of(request.reach, ecosystem), ecosystem, pk)


@require_safe
@access(Policy.MEMBER)
def contributions_statement(request: AuthedRequest, ecosystem: Ecosystem) -> HttpResponseBase:
    """Show mine, then ours, for a period; « nos repères » apart."""
    period = period_of(request)
    agents = statement_agents(request.reach, ecosystem)
    chosen = chosen_agent(request, agents)
    mine = statement(request.reach, ecosystem, chosen.pk, period) if chosen else []
    ours = statement(request.reach, ecosystem, None, period)
    if wanted(request):
        sheets = [
            *([statement_sheet(chosen.name, mine)] if chosen else []),
            statement_sheet("Nous tous", ours),
            landmarks_sheet(request.reach, ecosystem),
        ]
        return download(request, sheets, f"releve-{ecosystem.slug}")
    shown = {
        "ecosystem": ecosystem,
        "period": period,
        "today": clock.today(),
        "presets": presets(request),
        "agents": agents,
        "chosen": chosen,
        "mine": mine,
        "ours": ours,
        "decision": statements_open(ecosystem),
        "by_circle": ReadBy.CIRCLE in counted_for(request.reach, ecosystem, None),
        "whole": ecosystem.agent_id if reads_whole(request.reach, ecosystem) else None,
        "annex_query": _annex_query(chosen, period),
        "is_mine": chosen is not None and chosen.pk in request.reach.agents,
        "landmarks": landmarks(request.reach, ecosystem)[:6],
        "awaiting": queries.awaiting_count(request.reach, ecosystem),
        "here": request.get_full_path(),
    }
    return render(request, "contributions/statement.html", shown)


def _annex_query(chosen: Agent | None, period: Period) -> str:
    """Return what the annex keeps of a statement: whose it is, and its year."""
    asked: dict[str, object] = {}
    if chosen is not None and not chosen.is_person:
        asked["de"] = chosen.pk
    if period.since is not None:
        asked["annee"] = period.since.year
    return f"?{urlencode(asked)}" if asked else ""


@require_http_methods(["GET", "HEAD", "POST"])
@access(Policy.MEMBER)
def contributions_add(request: AuthedRequest, ecosystem: Ecosystem) -> HttpResponseBase:
    """« J'ai apporté… »: the kind by a big button, then the rest on one short form."""
    initial = _initial(request, ecosystem)
    kind = request.POST.get("kind") or request.GET.get("kind") or initial.get("kind", "")
    if kind not in KINDS:
        return _kinds(request, ecosystem)
    sent = request.POST or None
    form = GiftForm(sent, initial=initial, reader=request.reach, ecosystem=ecosystem, kind=kind)
    if request.method == "POST" and form.is_valid():
        by, key = request.user, form.cleaned_data["key"]
        gift = form.gift()
        done = attempt(
            form,
            lambda: actions.contribute(by=by, ecosystem=ecosystem, key=key, gift=gift),
        )
        if done is not None:
            sentence = "C'est noté. L'autre côté dira « D'accord » quand il le verra."
            return said(request, sentence, "contributions_one", ecosystem.slug, done.pk)
    shown = {"ecosystem": ecosystem, "form": form, "rule": KINDS[kind], "kind": kind}
    return render(request, "contributions/add.html", shown, status=422 if form.errors else 200)


def _kinds(request: AuthedRequest, ecosystem: Ecosystem) -> HttpResponseBase:
    shown = {
        "ecosystem": ecosystem,
        "rules": KINDS.values(),
        "last": last_gifts(request.reach, ecosystem),
    }
    return render(request, "contributions/kinds.html", shown)


def _initial(request: AuthedRequest, ecosystem: Ecosystem) -> dict[str, Any]:
    """Return what an earlier contribution or a promise already says (« la même chose »)."""
    like = row_number(request.GET.get("comme", ""))
    for field, asked in (("resource", "sort"), ("to_resource", "entre")):
        if asked in request.GET:
            return _through(request, ecosystem, field, row_number(request.GET[asked]))
    towards = row_number(request.GET.get("engagement", ""))
    row: Any = None
    if like is not None:
        row = queries.contributions_of(request.reach, ecosystem).filter(pk=like).first()
        giver = row.author_id if row else None
        commitment = row.posting.commitment_id if row and row.posting else None
    elif towards is not None:
        row = commitment_for(request.reach, ecosystem, towards)
        giver, commitment = (row.provider_id, row.pk) if row else (None, None)
    if row is None:
        return {}
    return {
        "kind": row.kind,
        "giver": giver,
        "receiver": row.receiver_id,
        **({"unit": row.unit} if row.unit else {}),
        **({"quantity": row.quantity} if like is not None else {}),
        **({"commitment": str(commitment)} if commitment else {}),
        **(_same_stocks(row) if like is not None else {}),
    }


def _same_stocks(row: Contribution) -> dict[str, Any]:
    moved = stocks_moved(row)
    return {"resource": moved.resource_id, "to_resource": moved.to_resource_id}


def _through(
    request: AuthedRequest, ecosystem: Ecosystem, field: str, number: int | None
) -> dict[str, Any]:
    """Return what a followed stock says of a good that goes into it, or comes out of it."""
    stock = readable_stocks(request.reach, ecosystem).filter(pk=number or 0).first()
    if stock is None:
        return {}
    whose = "giver" if field == "resource" else "receiver"
    return {
        "kind": Kind.GOOD.value,
        field: stock.pk,
        "unit": stock.unit,
        **({whose: stock.accountable_id} if stock.accountable_id else {}),
    }


@require_safe
@access(Policy.MEMBER)
def contributions_list(request: AuthedRequest, ecosystem: Ecosystem) -> HttpResponseBase:
    """Show contributions newest first: mine; everybody's when the circle decided so."""
    rows = queries.contributions_of(request.reach, ecosystem)
    open_to_all = statements_open(ecosystem) is not None
    everybody = open_to_all and request.GET.get("qui") == "tous"
    if not everybody:
        rows = queries.mine_among(rows, request.reach, ecosystem)
    kind = request.GET.get("quoi", "")
    if kind in KINDS:
        rows = rows.filter(kind=kind)
    shown = {
        "ecosystem": ecosystem,
        "page": page_of(request, rows, ROWS),
        "kinds": [rule.kind for rule in KINDS.values()],
        "kind": kind,
        "open_to_all": open_to_all,
        "everybody": everybody,
        "here": request.get_full_path(),
    }
    if wanted(request):
        sheet = contributions_sheet(request.reach, ecosystem, list(rows))
        return download(request, sheet, f"contributions-{ecosystem.slug}")
    return render(request, "contributions/list.html", shown)


@require_safe
@access(Policy.MEMBER)
def contributions_one(request: AuthedRequest, ecosystem: Ecosystem, pk: int) -> HttpResponseBase:
    """Show one contribution, its history, and what may be done about it."""
    row = find(request, ecosystem, pk)
    reach = request.reach
    shown = {
        "ecosystem": ecosystem,
        "row": row,
        "changes": row.changes_made.select_related("by"),
        "discussion": queries.discussion_of(row),
        "in_discussion": queries.takes_part(reach, row),
        "can_undo": rights.can_undo(reach, row),
        "can_rectify": rights.can_rectify(reach, row),
        "can_reword": rights.can_change(reach, row),
        "can_confirm": rights.can_confirm(reach, ecosystem, row),
        **_moved(request, row),
        "from_aside": not rights.has_a_side(reach, ecosystem, row),
        "key": uuid4(),
    }
    return render(request, "contributions/one.html", shown)


def _moved(request: AuthedRequest, row: Contribution) -> dict[str, Any]:
    """Return the followed stocks that a contribution names, where they are read."""
    moved, read = stocks_named(request.reach, row)
    out_of, into = read.get(moved.resource_id or 0), read.get(moved.to_resource_id or 0)
    return {"moves": bool(moved), "out_of": out_of, "into": into}


@require_POST
@access(Policy.MEMBER)
def contributions_undo(request: AuthedRequest, ecosystem: Ecosystem, pk: int) -> HttpResponseBase:
    """« Annuler »: until the other side answered."""
    row = find(request, ecosystem, pk)
    try:
        actions.undo(by=request.user, contribution=row, key=_key(request))
    except Refusal as refusal:
        return refused(request, refusal, "contributions_one", ecosystem.slug, pk)
    return said(request, "C'est annulé : rien n'est compté.", "contributions_list", ecosystem.slug)


def _key(request: HttpRequest) -> UUID:
    """Return the key of a button's form; a fresh one when it came without."""
    form = KeyedForm(request.POST)
    return form.cleaned_data["key"] if form.is_valid() else uuid4()


_RECTIFIED: dict[str, str] = {
    ContributionState.CORRECTING: (
        "C'est demandé. La valeur d'avant compte jusqu'à la réponse de l'autre côté."
    ),
    ContributionState.CONFIRMED: "La rectification est retirée : rien n'a changé.",
}


@require_http_methods(["GET", "HEAD", "POST"])
@access(Policy.MEMBER)
def contributions_rectify(
    request: AuthedRequest, ecosystem: Ecosystem, pk: int
) -> HttpResponseBase:
    """« Rectifier »: the right value, with the former one behind."""
    row = find(request, ecosystem, pk)
    if not rights.can_change(request.reach, row):
        raise Http404
    form = RightForm(request.POST or None, contribution=row)
    if request.method == "POST" and form.is_valid():
        by, right = request.user, form.right()
        read = {name: form.cleaned_data[name] for name in ("key", "version")}
        done = attempt(form, lambda: actions.rectify(by=by, contribution=row, right=right, **read))
        if done is not None:
            sentence = _RECTIFIED.get(done.state, "C'est rectifié.")
            return said(request, sentence, "contributions_one", ecosystem.slug, pk)
    shown = {"ecosystem": ecosystem, "form": form, "row": row}
    return render(request, "contributions/rectify.html", shown, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@access(Policy.MEMBER)
def contributions_word(request: AuthedRequest, ecosystem: Ecosystem, pk: int) -> HttpResponseBase:
    """Change or erase the free text."""
    row = find(request, ecosystem, pk)
    if not rights.can_change(request.reach, row):
        raise Http404
    read = {"word": row.word, "version": field_version(row, ["word"])}
    form = WordForm(request.POST or None, initial=read)
    if request.method == "POST" and form.is_valid():
        by, new = request.user, form.cleaned_data
        if attempt(form, lambda: actions.reword(by=by, contribution=row, **new)):
            return said(request, "Le mot est changé.", "contributions_one", ecosystem.slug, pk)
    shown = {"ecosystem": ecosystem, "form": form, "row": row}
    return render(request, "contributions/word.html", shown, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@access(Policy.MEMBER)
def contributions_awaiting(request: AuthedRequest, ecosystem: Ecosystem) -> HttpResponseBase:
    """The receiver's list: « D'accord » for one or all, or « En parler ».

    What is answered is a value, known by its event and by what is asked in its place: a gift
    rectified since stays to be read.
    """
    rows = queries.awaiting(request.reach, ecosystem)
    if request.method == "POST":
        read = set(request.POST.getlist("accord"))
        numbers = [row_number(one.partition("-")[0]) for one in read]
        asked = [number for number in numbers if number is not None]
        chosen = [row for row in rows.filter(event_id__in=asked) if row.read_as in read]
        by = request.user
        try:
            done = actions.confirm(by=by, ecosystem=ecosystem, contributions=chosen)
        except Refusal as refusal:  # a rectification that a followed stock does not bear any more
            return refused(request, refusal, "contributions_awaiting", ecosystem.slug)
        sentence = f"D'accord pour {done} contribution{'s' if done > 1 else ''}."
        if not done:
            sentence = (
                "Rien n'a changé : ces contributions ont déjà reçu une réponse, ou une autre "
                "valeur que celle que vous aviez lue."
            )
        return said(request, sentence, "contributions_awaiting", ecosystem.slug)
    page = page_of(request, rows, ROWS)
    shown = {"ecosystem": ecosystem, "page": page, "here": request.get_full_path()}
    if wanted(request):
        sheet = contributions_sheet(request.reach, ecosystem, list(rows))
        return download(request, sheet, f"a-confirmer-{ecosystem.slug}")
    return render(request, "contributions/awaiting.html", shown)
