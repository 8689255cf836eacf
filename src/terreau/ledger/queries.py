# SPDX-License-Identifier: AGPL-3.0-or-later
"""Reads of the ledger, set-based: a constant number of queries whatever the number of rows."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from functools import reduce
from operator import or_
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import F, Prefetch, Q, QuerySet, Sum, Value

from terreau.core.quantities import MICRO
from terreau.core.spans import Span
from terreau.ledger.engine.shares import read, told
from terreau.ledger.engine.state import Promise
from terreau.ledger.models import (
    Balance,
    Commitment,
    Event,
    EventLink,
    Process,
    Resource,
)
from terreau.people.models import Agent, Space


@dataclass(frozen=True, slots=True)
class Fulfilment:
    """How far a commitment is fulfilled, in its unit: fulfilled + remaining = committed + over.

    ``promised`` is what was said; ``committed`` what still binds (less, once it ended).
    """

    promised: int
    committed: int
    fulfilled: int
    remaining: int
    over: int
    unit: str
    ended: bool


def fulfilments(commitment_ids: Iterable[int]) -> dict[int, Fulfilment]:
    """Return how far each commitment is fulfilled, by id (one query)."""
    found = Commitment.objects.filter(pk__in=list(commitment_ids)).select_related("state")
    return {commitment.pk: _fulfilment(commitment) for commitment in found}


def _fulfilment(commitment: Commitment) -> Fulfilment:
    promise = Promise(
        commitment.pk,
        commitment.provider_id,
        "effort" if commitment.measure == "effort" else "quantity",
        commitment.unit,
        commitment.promised,
        commitment.state.fulfilled,
        commitment.state.ended,
    )
    return Fulfilment(
        promise.promised,
        promise.committed,
        promise.fulfilled,
        promise.remaining,
        promise.over,
        promise.unit,
        promise.ended,
    )


def events(ids: Iterable[int]) -> QuerySet[Event]:
    """Return events by id, with their parties, kind and links, in the order of recording."""
    return (
        Event.objects.filter(pk__in=list(ids))
        .select_related("provider", "receiver", "specification", "on_behalf_of", "recorded_by")
        .prefetch_related("links")
        .order_by("pk")
    )


def net_amounts(ids: Iterable[int]) -> dict[int, int]:
    """Return what still stands of each event, corrections taken off, by id (one query)."""
    rows = Event.objects.filter(pk__in=list(ids)).values_list(
        "pk", "quantity", "effort", "correction__quantity_out", "correction__effort_out"
    )
    return {
        pk: (quantity or 0) - (quantity_out or 0)
        if quantity is not None
        else (effort or 0) - (effort_out or 0)
        for pk, quantity, effort, quantity_out, effort_out in rows
    }


def is_recorded(key: UUID) -> bool:
    """Tell whether an event came under this key already (one query)."""
    return Event.objects.filter(key=key).exists()


def noted_between(ledger: Space, agents: Iterable[int]) -> frozenset[int]:
    """Return the events that one of these agents gave, received or wrote down (one query)."""
    mine = list(agents)
    parties = Q(provider_id__in=mine) | Q(receiver_id__in=mine) | Q(recorded_by_id__in=mine)
    rows = Event.objects.filter(parties, ledger_id=ledger.root_id or ledger.pk)
    return frozenset(rows.values_list("pk", flat=True))


def moving(ledger: Space) -> QuerySet[Event]:
    """Return the events that move a stock or pass through an activity, corrections left out."""
    # Asked by what they touch, not by their ledger: four small indexes answer, and a hundred
    # thousand gifts that moved no stock cost nothing. An event touches what is of its own ledger.
    mine = {"ledger_id": ledger.root_id or ledger.pk}
    stocks, activities = (of.objects.filter(**mine).values("pk") for of in (Resource, Process))
    touches = Q(resource__in=stocks) | Q(to_resource__in=stocks)
    passes = Q(input_of__in=activities) | Q(output_of__in=activities)
    return Event.objects.filter(touches | passes, corrects=None)


def processes(ids: Iterable[int]) -> dict[int, Process]:
    """Return activities by id, with their kind (one query)."""
    rows = Process.objects.filter(pk__in=list(ids)).select_related("specification")
    return {process.pk: process for process in rows}


def stocks(ledger: Space) -> QuerySet[Resource]:
    """Return the stocks kept in a ledger, with who answers for each and who holds it."""
    return (
        Resource.objects.filter(ledger_id=ledger.root_id or ledger.pk)
        .select_related("specification", "accountable", "custodian", "location", "of_batch_lot")
        .order_by("name", "pk")
    )


def rights_held(ledger: Space) -> dict[int, dict[int, Fraction]]:
    """Return who holds the rights on each stock, by what share; each stock's sum to one (a query).

    A stock that nobody has yet is left out.
    """
    rows = Resource.objects.filter(ledger_id=ledger.root_id or ledger.pk, accountable__isnull=False)
    return {
        pk: dict(read(rights)) if rights else {accountable: Fraction(1)}
        for pk, rights, accountable in rows.values_list("pk", "rights", "accountable_id")
    }


def holders(stock: Resource) -> list[tuple[str, str]]:
    """Return who holds the rights on a stock when several do, and by what share (a query)."""
    shares = read(stock.rights)
    names = dict(Agent.objects.filter(pk__in=dict(shares)).values_list("pk", "name"))
    return [(names[agent], told(share)) for agent, share in shares]


class Between(NamedTuple):
    """What flows from one agent to another: never added across actions, kinds or units."""

    provider_id: int
    receiver_id: int
    action: str
    specification: str
    measure: str
    unit: str


def flows_between(
    ledger: Space, since: date, until: date, agents: Iterable[int] | None = None
) -> dict[Between, int]:
    """Sum what was given from ``since`` to ``until`` (both included), corrections included.

    Whole months come from the kept balances, the days at both ends from the events: three queries,
    and the same cost in a ledger of a thousand events and of a hundred thousand. ``agents`` keeps
    only flows from or to one of them. Sums are exact, whatever their size.
    """
    about = Q()
    if agents is not None:
        wanted = list(agents)
        about = Q(provider_id__in=wanted) | Q(receiver_id__in=wanted)
    names = ("provider_id", "receiver_id", "action", "specification__code")
    rows = summed([ledger], names, Span(since, until), about)
    return {Between._make(key): amount for key, amount in rows.items()}


Summed = dict[tuple[Any, ...], int]
_OF_BALANCES = {
    "ledger_id", "provider_id", "receiver_id", "action", "specification_id", "specification__code",
}  # fmt: skip


def summed(
    ledgers: Iterable[Space], names: Sequence[str], span: Span, about: Q | None = None
) -> Summed:
    """Sum what events measured in a span, corrections included: by these columns, measure and unit.

    ``about`` chooses among them. Whole months come from the kept balances where those can tell, the
    rest from the events; at most three queries. Sums are exact, whatever their size.
    """
    mine = Q(ledger_id__in=roots(ledgers)) & (about or Q())
    sums: Summed = {}
    by_month = span.known_at is None and _OF_BALANCES.issuperset(names)
    months, days = _months_and_days(span) if by_month else (None, _days(span))
    if months is not None:
        kept = Balance.objects.filter(mine & months)
        _add(sums, kept.values_list(*names, "measure", "unit"), "total")
    if days is not None:
        of_days = Event.objects.filter(mine & days)
        for measure, unit in (("quantity", "unit"), ("effort", "effort_unit")):
            told = of_days.filter(**{f"{measure}__isnull": False})
            _add(sums, told.values_list(*names, Value(measure), unit), measure)
    return sums


def roots(ledgers: Iterable[Space]) -> list[int]:
    """Return the ids under which the rows of these ledgers stand."""
    return [one.root_id or one.pk for one in ledgers]


def _days(span: Span) -> Q:
    days = Q()
    if span.since is not None:
        days &= Q(happened_on__gte=span.since)
    if span.until is not None:
        days &= Q(happened_on__lte=span.until)
    return days if span.known_at is None else days & Q(recorded_at__lte=span.known_at)


def _months_and_days(span: Span) -> tuple[Q | None, Q | None]:
    """Return the whole months of a span and the days at its ends, None where there are none."""
    since, until = span.since or date.min, span.until
    first = since if since.day == 1 else _month_after(since)
    last = None if until is None else (until + timedelta(days=1)).replace(day=1)
    if last is not None and first >= last:
        return None, _days(span)
    months, ends = Q() if span.since is None else Q(month__gte=first), []
    if first != since:
        ends.append(Q(happened_on__gte=since, happened_on__lt=first))
    if last is not None and until is not None:
        months &= Q(month__lt=last)
        if last <= until:
            ends.append(Q(happened_on__gte=last, happened_on__lte=until))
    return months, reduce(or_, ends) if ends else None


def _month_after(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def _add(sums: Summed, rows: QuerySet[Any, Any], amount: str) -> None:
    # Units and millionths are summed apart: neither can overflow where the whole sum might.
    parts = rows.order_by().annotate(high=Sum(F(amount) / MICRO), low=Sum(F(amount) % MICRO))
    for *key, high, low in parts:
        one = tuple(key)
        sums[one] = sums.get(one, 0) + int(high) * MICRO + int(low)


@dataclass(frozen=True, slots=True)
class Readable:
    """Which rows of a ledger somebody reads: those whose ids are ``among``.

    ``sides``: the agents that the reader speaks for. What no record ``carries`` has no level of
    its own, so it is read by its two sides alone.
    """

    among: QuerySet[Any, Any]
    carried: QuerySet[Any, Any]
    sides: frozenset[int]

    def condition(self, more: Q | None = None) -> Q:
        """Return the condition; ``more`` is asked of what no record carries."""
        of_mine = Q(provider_id__in=self.sides) | Q(receiver_id__in=self.sides)
        return Q(pk__in=self.among) | of_mine & ~Q(pk__in=self.carried) & (more or Q())


def readable_events(ledger: Space, readable: Readable) -> QuerySet[Event]:
    """Return the events that somebody reads, in the order of recording, with what they name.

    Corrections are left out, and what was corrected: a record carries what stands instead.
    """
    standing = Q(corrects__isnull=True, correction__isnull=True)
    return (
        Event.objects.filter(readable.condition(standing), ledger_id=ledger.root_id or ledger.pk)
        .select_related("specification", "resource", "to_resource")
        .select_related("input_of", "output_of", "to_location")
        .prefetch_related(Prefetch("links", EventLink.objects.order_by("commitment_id")))
        .order_by("pk")
    )


def recorded(ledger: Space) -> QuerySet[Event]:
    """Return every event of a ledger, whoever reads it: for places in the order of recording."""
    return Event.objects.filter(ledger_id=ledger.root_id or ledger.pk)


def readable_commitments(ledger: Space, readable: Readable) -> QuerySet[Commitment]:
    """Return the promises that somebody reads, in the order of recording, with how far they are."""
    return (
        Commitment.objects.filter(readable.condition(), ledger_id=ledger.root_id or ledger.pk)
        .select_related("specification", "state")
        .select_related("input_of", "output_of", "planned_within", "independent_demand_of")
        .order_by("pk")
    )


def fulfilment_of(commitment: Commitment) -> Fulfilment:
    """Return how far a commitment that was read with its state is fulfilled (no query)."""
    return _fulfilment(commitment)
