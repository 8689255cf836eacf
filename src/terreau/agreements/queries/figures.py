# SPDX-License-Identifier: AGPL-3.0-or-later
"""Where a figure of a statement comes from, and a year's contributions in kind for the accounts."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import BooleanField, Case, Count, Q, QuerySet, Sum, Value, When

from terreau.agreements.enums import AGREED, ContributionState, Kind, Side
from terreau.agreements.models import Contribution
from terreau.agreements.queries.contributions import readable
from terreau.agreements.queries.statement import Period, counted_for, levels_of, sum_where, weighed
from terreau.agreements.totals import Weights
from terreau.ecosystems.models import Ecosystem
from terreau.people.enums import AgentKind
from terreau.people.models import Agent
from terreau.people.visibility import Reader


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of a statement: what an agent gave or received, of a kind, in a unit.

    Without agent: what all of us gave together (``Side.ALL``).
    ``agreed``: only what both sides agreed on. ``volunteers``: only from people and groups (True),
    only from organisations (False), None for all.
    """

    agent: Agent | None
    side: Side
    kind: Kind
    unit: str
    period: Period
    agreed: bool = False
    volunteers: bool | None = None


def agreed() -> Q:
    """Return the condition of what both sides agreed on."""
    return Q(state__in=sorted(AGREED))


def of_volunteers() -> Case:
    """Return whether a person or a group without status gave, for an annotation."""
    own = Q(author__kind__in=(AgentKind.PERSON, AgentKind.COLLECTIVE))
    return Case(When(own, then=Value(True)), default=Value(False), output_field=BooleanField())


def received(
    reader: Reader, ecosystem: Ecosystem, agent: Agent, period: Period
) -> QuerySet[Contribution]:
    """Return what an agent received in a period that this reader counts."""
    return _counted(reader, ecosystem, agent, Side.RECEIVED, period)


def behind(reader: Reader, ecosystem: Ecosystem, figure: Figure) -> QuerySet[Contribution]:
    """Return the contributions that a figure adds up for this reader, newest first.

    Refunds of costs are among them: the statement tells them beside the figure.
    """
    rows = _counted(reader, ecosystem, figure.agent, figure.side, figure.period)
    if figure.agreed:
        rows = rows.filter(agreed(), refund=False)
    if figure.volunteers is not None:
        rows = rows.annotate(volunteers=of_volunteers()).filter(volunteers=figure.volunteers)
    return rows.filter(kind=figure.kind, unit=figure.unit).order_by("-happened_on", "-pk")


def weigh(rows: QuerySet[Contribution]) -> Weights:
    """Return what these contributions add to a statement, in one query."""
    sums = rows.order_by().aggregate(**weighed())
    return Weights(*(int(value or 0) for value in sums.values()))


@dataclass(frozen=True, slots=True)
class InKind:
    """A year's contributions of one kind in one unit, in millionths: never a total across units."""

    kind: Kind
    unit: str
    quantity: int
    confirmed: int
    count: int
    others: int

    @property
    def to_confirm(self) -> int:
        """What the other side has not agreed to yet."""
        return self.quantity - self.confirmed


def in_kind(
    reader: Reader, ecosystem: Ecosystem, agent: Agent, side: Side, period: Period
) -> list[InKind]:
    """Return what an agent gave or received that is not money, per kind and unit, in one query.

    ``others`` counts the different agents on the other side.
    """
    other = "receiver" if side == Side.GIVEN else "author"
    rows = (
        _counted(reader, ecosystem, agent, side, period)
        .filter(refund=False)
        .exclude(kind=Kind.MONEY)
        .order_by()
        .values_list("kind", "unit")
        .annotate(
            total=Sum("quantity"),
            agreed=sum_where(agreed()),
            count=Count("pk"),
            others=Count(other, distinct=True),
        )
    )
    order = {kind: number for number, kind in enumerate(Kind.values)}
    found = [InKind(Kind(kind), unit, int(total), int(agreed or 0), *counts)
             for kind, unit, total, agreed, *counts in rows]  # fmt: skip
    return sorted(found, key=lambda row: (order[row.kind], row.unit))


def _counted(
    reader: Reader, ecosystem: Ecosystem, agent: Agent | None, side: Side, period: Period
) -> QuerySet[Contribution]:
    levels = levels_of(counted_for(reader, ecosystem, agent.pk if agent else None))
    rows = readable(reader).filter(ecosystem=ecosystem, level__in=levels)
    if agent is not None:
        rows = rows.filter(Q(author=agent) if side == Side.GIVEN else Q(receiver=agent))
    if period.since:
        rows = rows.filter(happened_on__gte=period.since)
    if period.until:
        rows = rows.filter(happened_on__lte=period.until)
    return rows.exclude(state=ContributionState.UNDONE)
