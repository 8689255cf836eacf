# SPDX-License-Identifier: AGPL-3.0-or-later
"""The conventions of a group, and what a year in kind comes to under them, figure by figure."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import QuerySet, Sum

from terreau.agreements.accounts import Price, Valued, valued
from terreau.agreements.enums import Kind, Side
from terreau.agreements.models import Valuation
from terreau.agreements.queries.figures import Figure, agreed, of_volunteers, received
from terreau.agreements.queries.statement import Period
from terreau.ecosystems.models import Ecosystem
from terreau.people.models import Agent
from terreau.people.visibility import Reader


def valuations(reader: Reader, ecosystem: Ecosystem) -> QuerySet[Valuation]:
    """Return the conventions that this reader may read, the latest first, with their prices."""
    rows = Valuation.objects.visible_to(reader).filter(ecosystem=ecosystem)
    return rows.prefetch_related("prices").select_related("recorded_by")


def in_force(reader: Reader, ecosystem: Ecosystem, period: Period) -> list[Valuation]:
    """Return the conventions that hold on some day of a period, the earliest first."""
    rows = valuations(reader, ecosystem).filter(withdrawn_on__isnull=True)
    if period.since:
        rows = rows.filter(until__gte=period.since)
    if period.until:
        rows = rows.filter(since__lte=period.until)
    return list(rows.order_by("since", "pk"))


@dataclass(frozen=True, slots=True)
class Line:
    """A figure in euros, and the contributions that it opens on."""

    value: Valued
    figure: Figure
    valuation: Valuation


@dataclass(frozen=True, slots=True)
class Unvalued:
    """A quantity that no convention says in euros: no price, no account, or no convention then."""

    kind: Kind
    unit: str
    quantity: int


@dataclass(frozen=True, slots=True)
class Accounts:
    """A year in kind under the conventions of the group; ``without`` stays in own units."""

    conventions: list[Valuation]
    lines: list[Line]
    without: list[Unvalued]

    @property
    def total(self) -> int:
        return sum(line.value.euros for line in self.lines)


def accounts(reader: Reader, ecosystem: Ecosystem, agent: Agent, period: Period) -> Accounts:
    """Return what an organisation received in kind and both sides agreed on, in euros.

    One query for the conventions, one for each, and one for the rest.
    """
    conventions = in_force(reader, ecosystem, period)
    if not conventions:
        return Accounts([], [], [])
    lines: list[Line] = []
    sums = _sums(reader, ecosystem, agent, period)
    for one in conventions:
        since = max(one.since, period.since) if period.since else one.since
        until = min(one.until, period.until) if period.until else one.until
        inside = Period(since, until)
        prices = [Price(row.kind, row.unit, row.price, row.source) for row in one.prices.all()]
        for (kind, unit, volunteers), much in _sums(reader, ecosystem, agent, inside).items():
            value = valued(kind, unit, much, prices, volunteers=volunteers)
            if value is not None:
                figure = Figure(agent, Side.RECEIVED, Kind(kind), unit, inside, True, volunteers)
                lines.append(Line(value, figure, one))
                sums[kind, unit, volunteers] -= much
    left: dict[tuple[str, str], int] = {}
    for (kind, unit, _), much in sums.items():
        left[kind, unit] = left.get((kind, unit), 0) + much
    order = {kind: number for number, kind in enumerate(Kind.values)}
    lines.sort(key=lambda line: (line.value.use, order[line.value.kind], line.value.unit))
    without = [Unvalued(Kind(kind), unit, much) for (kind, unit), much in left.items() if much]
    return Accounts(conventions, lines, sorted(without, key=lambda row: order[row.kind]))


def _sums(
    reader: Reader, ecosystem: Ecosystem, agent: Agent, period: Period
) -> dict[tuple[str, str, bool], int]:
    rows = received(reader, ecosystem, agent, period).filter(agreed(), refund=False)
    told = (
        rows.exclude(kind=Kind.MONEY)
        .order_by()
        .annotate(volunteers=of_volunteers())
        .values_list("kind", "unit", "volunteers")
        .annotate(total=Sum("quantity"))
    )
    return {(kind, unit, bool(own)): int(total) for kind, unit, own, total in told}
