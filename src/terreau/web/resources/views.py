# SPDX-License-Identifier: AGPL-3.0-or-later
"""« Nos ressources suivies »: the stocks of the ledger, where each comes from and where it went."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import Http404, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from terreau.agreements.enums import Kind
from terreau.agreements.kinds import KINDS
from terreau.agreements.queries.followed import Sight, partly_hidden, sight_of
from terreau.agreements.queries.stocks import last_through
from terreau.core.quantities import to_decimal
from terreau.core.units import UNITS
from terreau.documents.tables import Sheet
from terreau.ecosystems.models import Ecosystem
from terreau.ledger import queries as ledger
from terreau.ledger.tracing.sets import Thing
from terreau.overview import step_picture
from terreau.overview.step_words import Told, tell
from terreau.overview.steps import Order, Way, follow
from terreau.web.access import AuthedRequest, Policy, access
from terreau.web.downloads import exports_of
from terreau.web.paging import page_of

ROWS = 50
BACK, FORTH = "avant", "apres"
MIN_STEPS = 2
LAST = 5  # contributions shown with the stock that they name
GOODS = KINDS[Kind.GOOD]


@require_safe
@access(Policy.MEMBER)
def resources_list(request: AuthedRequest, ecosystem: Ecosystem) -> HttpResponseBase:
    """Show the stocks that this person may read: how much, who answers, who holds, where."""
    sight = sight_of(request.reach, ecosystem)
    hidden = partly_hidden(sight, ecosystem)
    rows = ledger.stocks(ecosystem.space).filter(pk__in=sight.stocks)
    file = exports_of(request, _stocks_sheet(rows, hidden), f"stocks-{ecosystem.slug}")
    if file is not None:
        return file
    shown = {
        "ecosystem": ecosystem,
        "page": page_of(request, rows, ROWS),
        "hidden": hidden,
        "may_open": sight.circle,
        "here": request.get_full_path(),
    }
    return render(request, "resources/list.html", shown)


def _stocks_sheet(rows: Any, hidden: frozenset[int]) -> Sheet:
    headers = ("nom", "quoi", "quantité", "en main", "unité", "qui en répond", "chez qui", "où")
    return Sheet(
        "Ressources suivies",
        headers,
        [
            (
                row.name,
                row.specification.code,
                None if row.pk in hidden else to_decimal(row.accounting),
                None if row.pk in hidden else to_decimal(row.on_hand),
                UNITS[row.unit].label,
                row.accountable.name if row.accountable else "",
                row.custodian.name if row.custodian else "",
                row.location.name if row.location else "",
            )
            for row in rows
        ],
    )


@require_safe
@access(Policy.MEMBER)
def resources_one(request: AuthedRequest, ecosystem: Ecosystem, pk: int) -> HttpResponseBase:
    """Show where what a stock holds comes from, or where what entered it went."""
    sight = sight_of(request.reach, ecosystem)
    stock = ledger.stocks(ecosystem.space).filter(pk=pk, pk__in=sight.stocks).first()
    if stock is None:
        raise Http404
    shown = {
        "stock": stock,
        "number": str(pk),
        "holders": ledger.holders(stock) if stock.rights else (),
        "may_count": stock.accountable_id in sight.agents,
        "may_hand_over": stock.custodian_id in sight.agents and bool(stock.accounting),
        "may_fill": stock.unit in GOODS.units,
        "may_draw": {stock.accountable_id, stock.custodian_id} <= sight.agents
        and stock.unit in GOODS.units
        and bool(stock.accounting),
        "last": last_through(request.reach, ecosystem, pk, LAST),
    }
    return _way(request, ecosystem, sight, Thing("resource", pk), shown)


@require_safe
@access(Policy.MEMBER)
def resources_event(request: AuthedRequest, ecosystem: Ecosystem, pk: int) -> HttpResponseBase:
    """Show where what moved on one occasion came from, or where it went."""
    sight = sight_of(request.reach, ecosystem)
    event = ledger.moving(ecosystem.space).filter(pk=pk).first()
    if event is None or not sight.reads(Thing("event", pk)):
        raise Http404
    stocks = [one for one in (event.resource_id, event.to_resource_id) if one]
    activities = [one for one in (event.input_of_id, event.output_of_id) if one]
    around = (
        *(Thing("resource", one) for one in stocks),
        *(Thing("process", one) for one in activities),
    )
    shown = {"gift": sight.contributions.get(pk)}
    return _way(request, ecosystem, sight, Thing("event", pk), shown, around)


def _way(
    request: AuthedRequest,
    ecosystem: Ecosystem,
    sight: Sight,
    start: Thing,
    shown: dict[str, Any],
    around: tuple[Thing, ...] = (),
) -> HttpResponseBase:
    onwards = request.GET.get("sens") == FORTH
    asked = request.GET.get("selon", "")
    order = Order(asked) if asked in Order.values else Order.SHARED
    way = follow(ecosystem, sight, start, order, backwards=not onwards, around=around)

    def address(thing: Thing) -> str:
        name = "resources_one" if thing.what == "resource" else "resources_event"
        page = reverse(name, args=[ecosystem.slug, thing.id])
        return f"{page}?sens={FORTH}" if onwards else page

    told = tell(ecosystem, way, address)
    file = exports_of(request, _steps_sheet(told), f"etapes-{ecosystem.slug}")
    if file is not None:
        return file
    title = _title(told, shown.get("stock"), onwards=onwards)
    pictures = step_picture.both(told, title, backwards=not onwards) if told else {}
    shown |= {
        "ecosystem": ecosystem,
        "contributors": _contributors(ecosystem, sight, way),
        "way": way,
        "title": title,
        "told": told,
        "onwards": onwards,
        "orders": list(Order),
        "picture": {name: SafeString(drawn) for name, drawn in pictures.items()},
        "undrawn": len(told) - sum(map(len, step_picture.nearest(told))),
        "here": request.get_full_path(),
    }
    return render(request, "resources/way.html", shown)


def _contributors(ecosystem: Ecosystem, sight: Sight, way: Way) -> str:
    """Return the address of who contributed to this, where it may be told."""
    if not (sight.circle and way.backwards) or way.partly_hidden or len(way.steps) < MIN_STEPS:
        return ""
    what = "stock" if way.start.what == "resource" else "etape"
    order = f"&selon={Order.FIRST.value}" if way.order is Order.FIRST else ""
    return f"{reverse('sharing_count', args=[ecosystem.slug])}?{what}={way.start.id}{order}"


def _title(told: Sequence[Told], stock: Any, *, onwards: bool) -> str:
    name = stock.name if stock else told[0].name if told else "cette étape"
    return f"Où c'est allé : {name}" if onwards else f"D'où ça vient : {name}"


def _steps_sheet(told: Sequence[Told]) -> Sheet:
    headers = ("étape", "le", "quoi", "combien", "explication")
    rows = [(one.step.depth, one.day, one.name, one.amount, one.sentence) for one in told]
    return Sheet("Étapes", headers, rows)
