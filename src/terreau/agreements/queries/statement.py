# SPDX-License-Identifier: AGPL-3.0-or-later
"""The statement: per kind and unit, what was promised, given, received, and is to come.

Whole months come from the kept totals, the days at the two ends of a period from the rows of those
days: a year costs the same at a thousand contributions and at a hundred thousand.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from django.db.models import BigIntegerField, Case, F, Q, QuerySet, Sum, Value, When

from terreau.agreements.enums import AGREED, ContributionState, Kind, ReadBy, Side
from terreau.agreements.models import Commitment, Contribution, Landmark, Tally
from terreau.agreements.queries.agreements import progress_of
from terreau.agreements.totals import NOTHING, Progress, Weights
from terreau.core import clock
from terreau.ecosystems.models import CircleDecision, Ecosystem, Presence
from terreau.people.enums import Level
from terreau.people.models import Agent
from terreau.people.visibility import Reader, reach_of

Place = tuple[str, str]
"""A kind and a unit: two of them are never added."""


@dataclass(frozen=True, slots=True)
class Period:
    """From a day to a day, both included; None for no limit."""

    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One kind in one unit, in millionths of it.

    ``given`` and ``received`` are those of the period; the promises are those of today:
    ``promised`` by us and what of it remains, ``expected`` from others and what of it remains.
    """

    kind: str
    unit: str
    given: Weights = NOTHING
    received: Weights = NOTHING
    promised: Progress = field(default_factory=lambda: Progress(0, 0))
    remaining: int = 0
    over: int = 0
    expected: int = 0
    still_expected: int = 0

    @property
    def kind_label(self) -> str:
        return str(Kind(self.kind).label)


def counted_for(reader: Reader, ecosystem: Ecosystem, agent_id: int | None) -> frozenset[ReadBy]:
    """Return which contributions a statement counts for this reader: those that they may read.

    The two sides count theirs whole; of the others', the first circle counts what the circle reads,
    and whoever else is in the cooperation what everybody there reads.
    """
    reach = reach_of(reader)
    if agent_id in reach.agents:
        return frozenset(ReadBy)
    if ecosystem.circle_id in reach.spaces:
        return frozenset({ReadBy.CIRCLE, ReadBy.ALL})
    return frozenset({ReadBy.ALL} if ecosystem.space_id in reach.roots else ())


def statement(
    reader: Reader, ecosystem: Ecosystem, agent_id: int | None, period: Period
) -> list[Line]:
    """Return the lines of one agent, or of all of us (None), in the order of the kinds.

    It counts what the reader may read (``counted_for``) and nothing else. The number of queries
    does not depend on the number of contributions.
    """
    counted = counted_for(reader, ecosystem, agent_id)
    received: dict[Place, Weights] = {}
    if agent_id is None:
        given = _totals(ecosystem, Asked(ecosystem.agent_id, Side.ALL, counted), period)
    else:
        given = _totals(ecosystem, Asked(agent_id, Side.GIVEN, counted), period)
        received = _totals(ecosystem, Asked(agent_id, Side.RECEIVED, counted), period)
    lines: dict[Place, Line] = {}
    for (kind, unit), weights in given.items():
        lines[kind, unit] = Line(kind, unit, given=weights)
    for (kind, unit), weights in received.items():
        lines[kind, unit] = replace(_at(lines, kind, unit), received=weights)
    _add_promises(lines, ecosystem, agent_id, counted)
    order = {kind: number for number, kind in enumerate(Kind.values)}
    return sorted(lines.values(), key=lambda line: (order[line.kind], line.unit))


def _at(lines: dict[Place, Line], kind: str, unit: str) -> Line:
    return lines.get((kind, unit)) or Line(kind, unit)


@dataclass(frozen=True, slots=True)
class Asked:
    """Whose total, on which side, of the contributions that whom reads."""

    agent_id: int
    side: Side
    counted: frozenset[ReadBy]


def levels_of(counted: frozenset[ReadBy]) -> list[str]:
    """Return the levels of the contributions that these readers read."""
    return [level for level in Level.values if ReadBy.of(level) in counted]


def _add_promises(
    lines: dict[Place, Line],
    ecosystem: Ecosystem,
    agent_id: int | None,
    counted: frozenset[ReadBy],
) -> None:
    found = Commitment.objects.filter(
        version__agreement__ecosystem=ecosystem,
        version__agreement__level__in=levels_of(counted),
        postings__isnull=False,
    )
    if agent_id is not None:
        found = found.filter(Q(provider_id=agent_id) | Q(receiver_id=agent_id))
    commitments = list(found.select_related("version").distinct())
    stands = progress_of(commitments)
    for row in commitments:
        line, stand = _at(lines, row.kind, row.unit), stands[row.pk]
        if agent_id is None or row.provider_id == agent_id:
            promised = Progress(
                line.promised.committed + stand.committed,
                line.promised.fulfilled + stand.fulfilled,
            )
            line = replace(
                line,
                promised=promised,
                remaining=line.remaining + stand.remaining,
                over=line.over + stand.over,
            )
        else:
            line = replace(
                line,
                expected=line.expected + stand.committed,
                still_expected=line.still_expected + stand.remaining,
            )
        lines[row.kind, row.unit] = line


def _totals(ecosystem: Ecosystem, asked: Asked, period: Period) -> dict[Place, Weights]:
    since, until = period.since, period.until
    if until and until >= clock.today():
        until = None  # nothing is dated in the future
    first = _next_month(since - timedelta(days=1)) if since else None
    end = until + timedelta(days=1) if until else None
    last = end.replace(day=1) if end else None  # the first day that whole months do not cover
    totals: dict[Place, Weights] = {}
    if first and last and first >= last:
        _add(totals, _by_day(ecosystem, asked, (since, until)))
        return totals
    _add(totals, _by_month(ecosystem, asked, (first, last)))
    if since and first and since < first:
        _add(totals, _by_day(ecosystem, asked, (since, first - timedelta(days=1))))
    if last and until and last <= until:
        _add(totals, _by_day(ecosystem, asked, (last, until)))
    return totals


def _next_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


Rows = Iterable[tuple[str, str, int, int, int, int, int]]


def _add(totals: dict[Place, Weights], rows: Rows) -> None:
    for kind, unit, *sums in rows:
        weights = Weights(*(int(value or 0) for value in sums))
        if weights != NOTHING or (kind, unit) in totals:
            totals[kind, unit] = totals.get((kind, unit), NOTHING) + weights


def _by_month(ecosystem: Ecosystem, asked: Asked, months: tuple[date | None, date | None]) -> Rows:
    rows = Tally.objects.filter(
        ecosystem=ecosystem,
        agent_id=asked.agent_id,
        side=asked.side,
        read_by__in=sorted(asked.counted),
    )
    first, last = months
    if first:
        rows = rows.filter(month__gte=first)
    if last:
        rows = rows.filter(month__lt=last)
    return rows.values_list("kind", "unit").annotate(
        Sum("given"), Sum("fulfilled"), Sum("confirmed"), Sum("discussed"), Sum("refunded")
    )


def _by_day(ecosystem: Ecosystem, asked: Asked, days: tuple[date | None, date | None]) -> Rows:
    rows = Contribution.objects.filter(
        ecosystem=ecosystem, happened_on__range=days, level__in=levels_of(asked.counted)
    ).exclude(state=ContributionState.UNDONE)
    if asked.side == Side.GIVEN:
        rows = rows.filter(author_id=asked.agent_id)
    elif asked.side == Side.RECEIVED:
        rows = rows.filter(receiver_id=asked.agent_id)
    found: Rows = rows.order_by().values_list("kind", "unit").annotate(**weighed())
    return found


def weighed() -> dict[str, Sum]:
    """Return the sums of contributions that make Weights, in the order of its fields."""
    gift, discussed = Q(refund=False), Q(state=ContributionState.DISCUSSED)
    return {
        "given_sum": sum_where(gift),
        "fulfilled_sum": sum_where(gift & Q(posting__isnull=False) & ~discussed),
        "confirmed_sum": sum_where(gift & Q(state__in=sorted(AGREED))),
        "discussed_sum": sum_where(gift & discussed),
        "refunded_sum": sum_where(Q(refund=True)),
    }


def sum_where(condition: Q) -> Sum:
    """Return the sum of the quantities for which a condition holds."""
    return Sum(
        Case(When(condition, then=F("quantity")), default=Value(0), output_field=BigIntegerField())
    )


def statements_open(ecosystem: Ecosystem) -> CircleDecision | None:
    """Return the circle's running decision to show each other's statements, if there is one."""
    today = clock.today()
    return (
        CircleDecision.objects.filter(ecosystem=ecosystem, opens_statements=True, day__lte=today)
        .filter(Q(ended_on__isnull=True) | Q(ended_on__gt=today))
        .order_by("-day")
        .first()
    )


def statement_agents(reader: Reader, ecosystem: Ecosystem) -> list[Agent]:
    """Return whose statements this reader may open: their own, and others' by decision.

    A dated decision of the circle opens everybody's; without it, only those who chose to show
    theirs.
    """
    reach = reach_of(reader)
    members = Agent.objects.filter(roles__space__root_id=ecosystem.space_id).distinct()
    mine = members.filter(pk__in=reach.agents)
    if ecosystem.space_id not in reach.roots:
        return list(mine)
    shown = Presence.objects.filter(ecosystem=ecosystem, shared_statement=True).values("agent_id")
    others = members.exclude(kind="person")
    if statements_open(ecosystem) is None:
        others = others.filter(pk__in=shown)
    found = {agent.pk: agent for agent in (*mine, *others)}
    return sorted(found.values(), key=lambda agent: (agent.pk not in reach.agents, agent.name))


def landmarks(reader: Reader, ecosystem: Ecosystem) -> QuerySet[Landmark]:
    """Return « nos repères » that this reader may read."""
    return Landmark.objects.visible_to(reader).filter(ecosystem=ecosystem).select_related("author")
