# SPDX-License-Identifier: AGPL-3.0-or-later
"""Who contributed to what came out, the versions of the rule, and what was counted under each.

A count is worked out again from what it kept; the ledger as it was known then gives the same, and
``again`` proves it. Whose lines are read: one's own, and everybody's where statements are open.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from hashlib import sha256
from typing import Any

from django.db.models import Q, QuerySet

from terreau.agreements.enums import ContributionState, Kind
from terreau.agreements.kinds import family_of
from terreau.agreements.models import Contribution, Sharing, SharingRule
from terreau.agreements.queries.contributions import contributions_of
from terreau.agreements.queries.statement import statements_open
from terreau.core import clock
from terreau.core.errors import Invalid
from terreau.core.statements import execute
from terreau.ecosystems.models import Ecosystem
from terreau.ledger import queries as ledger
from terreau.ledger.flowing import flows_around, flows_between_agents, last_event, units_of
from terreau.ledger.sharing.origins import Origin, held_in, moved_by, origins
from terreau.ledger.sharing.reckoning import METHOD, Put, Reckoning, Why, reckon
from terreau.ledger.sharing.rule import Rule
from terreau.ledger.tracing.building import Flowed, build
from terreau.ledger.tracing.sets import Thing
from terreau.people.enums import Level
from terreau.people.models import Agent
from terreau.people.visibility import Reader, reach_of

MOST = 20_000
"""Flows that one count follows."""
OFFERED = 60
"""Of what came in, how much a list of choices offers, the newest first."""
PRIVATE = (Level.AUTHOR.value,)


@dataclass(frozen=True, slots=True)
class Basis:
    """Whose contributions count: those to one thing that came out, or those of a period."""

    stock_id: int | None = None
    moved_id: int | None = None
    since: date | None = None
    until: date | None = None
    first_out: bool = False

    @property
    def follows(self) -> bool:
        return self.stock_id is not None or self.moved_id is not None


@dataclass(frozen=True, slots=True)
class Contributed:
    """What was put in, as known at ``last``; ``without``: the events that were left aside."""

    puts: tuple[Put, ...]
    without: tuple[int, ...]
    last: int


def rules_of(reader: Reader, ecosystem: Ecosystem) -> QuerySet[SharingRule]:
    """Return the versions of the rule that this reader may read, the last one first."""
    return SharingRule.objects.visible_to(reader).filter(ecosystem=ecosystem)


def rule_in_force(reader: Reader, ecosystem: Ecosystem) -> SharingRule | None:
    """Return the version adopted last, or None."""
    adopted = rules_of(reader, ecosystem).filter(adopted_on__lte=clock.today())
    found: SharingRule | None = adopted.order_by("-adopted_on", "-number").first()
    return found


def sharings_of(reader: Reader, ecosystem: Ecosystem) -> QuerySet[Sharing]:
    """Return what was counted that this reader may read, the last one first."""
    rows = Sharing.objects.visible_to(reader).filter(ecosystem=ecosystem)
    return rows.select_related("rule", "recorded_by").order_by("-pk")


def reads_whole(reader: Reader, ecosystem: Ecosystem) -> bool:
    """Tell whether the reader reads everybody's lines: by decision, or because they keep keys."""
    steward = ecosystem.space_id in reach_of(reader).stewarded
    return steward or statements_open(ecosystem) is not None


def came_in(reader: Reader, ecosystem: Ecosystem) -> QuerySet[Contribution]:
    """Return the money and the goods that came in, the newest first: what can be shared."""
    return (
        contributions_of(reader, ecosystem)
        .filter(kind__in=(Kind.MONEY, Kind.GOOD), refund=False)
        .exclude(state__in=(ContributionState.UNDONE, ContributionState.DISCUSSED))
        .exclude(level__in=PRIVATE)
    )


def contributed(ecosystem: Ecosystem, basis: Basis, *, but: Iterable[int] = ()) -> Contributed:
    """Return who put in what, as known now. Raises Invalid where that cannot be told to the group.

    Refunds, what is being discussed and what only its two sides read are left aside; ``but``: so
    are these events.
    """
    last = last_event(execute, ecosystem.space_id)
    flows = _flows(ecosystem, basis, last)
    aside = _aside(ecosystem, [flow.id for flow in flows])
    if basis.follows and any(aside.values()):
        raise Invalid(
            "Une contribution qui compte ici n'est lue que par ses deux côtés : ses quantités ne "
            "peuvent pas être dites au groupe. Rien n'est calculé."
        )
    without = tuple(sorted({*aside, *but} & {flow.id for flow in flows}))
    return Contributed(_puts(ecosystem, basis, flows, without), without, last)


def again(sharing: Sharing) -> bool:
    """Tell whether what was kept is what was sealed, and what the ledger as known then gives."""
    content = sharing.rule.content
    if digest_of(sharing, content, sharing.inputs) != sharing.digest:
        return False
    basis = Basis(
        sharing.stock_id, sharing.moved_id, sharing.since, sharing.until, sharing.first_out
    )
    without = _without(sharing)
    flows = _flows(sharing.ecosystem, basis, sharing.last_event)
    puts = _puts(sharing.ecosystem, basis, flows, without)
    return digest_of(sharing, content, inputs_of(puts, without)) == sharing.digest


def _flows(ecosystem: Ecosystem, basis: Basis, last: int) -> list[Flowed]:
    root = ecosystem.space_id
    if basis.follows:
        around = _around(ecosystem, basis)
        flows = flows_around(execute, root, around, backwards=True, most=MOST, last=last)
    else:
        days = (basis.since, basis.until)
        flows = flows_between_agents(execute, root, days, last, MOST)
    if len(flows) > MOST:
        raise Invalid(
            "Trop d'étapes se touchent ici pour un seul calcul. Choisissez une étape plus précise, "
            "ou une période plus courte."
        )
    return flows


def _around(ecosystem: Ecosystem, basis: Basis) -> list[Thing]:
    if basis.stock_id is not None:
        return [Thing("resource", basis.stock_id)]
    event = ledger.moving(ecosystem.space).filter(pk=basis.moved_id or 0).first()
    if event is None:
        raise Invalid("Cette étape n'existe plus : choisissez-en une autre.")
    stocks = [pk for pk in (event.resource_id, event.to_resource_id) if pk]
    activities = [pk for pk in (event.input_of_id, event.output_of_id) if pk]
    return [
        *(Thing("resource", pk) for pk in stocks),
        *(Thing("process", pk) for pk in activities),
    ]


def _aside(ecosystem: Ecosystem, events: Collection[int]) -> dict[int, bool]:
    """Return the events that are left aside, and whether that is because they are private."""
    private = Q(level__in=PRIVATE)
    left = private | Q(refund=True) | Q(state=ContributionState.DISCUSSED)
    rows = Contribution.objects.filter(left, ecosystem=ecosystem, event_id__in=events)
    return {event: level in PRIVATE for event, level in rows.values_list("event_id", "level")}


def _puts(
    ecosystem: Ecosystem, basis: Basis, flows: Sequence[Flowed], without: Collection[int]
) -> tuple[Put, ...]:
    if basis.follows:
        graph = build(flows, units_of(execute, ecosystem.space_id), fifo=basis.first_out)
        if basis.stock_id is not None:
            seeds = held_in(graph, basis.stock_id)
        else:
            seeds = moved_by(graph, basis.moved_id or 0)
        found = origins(graph, seeds) if seeds else []
    else:
        found = [Origin(True, flow.id, flow.unit, Fraction(flow.micro)) for flow in flows]
    left = frozenset(without)
    return _named(ecosystem, [one for one in found if not (one.known and one.ref in left)])


def _named(ecosystem: Ecosystem, found: Sequence[Origin]) -> tuple[Put, ...]:
    """Return origins with who gave, how and what, to the millionth of a unit."""
    events = {event.pk: event for event in ledger.events([one.ref for one in found if one.known])}
    stocks = {
        stock.pk: stock.specification.code
        for stock in ledger.stocks(ecosystem.space).filter(
            pk__in=[one.ref for one in found if not one.known]
        )
    }
    puts = []
    for one in found:
        event = events.get(one.ref) if one.known else None
        much = round(one.much)
        if event is not None and much:
            agent, code = event.provider_id, event.specification.code
            family = family_of(event.action, code, one.unit)
            puts.append(Put(one.ref, agent, event.action, code, one.unit, much, family))
        elif not one.known and much:
            puts.append(Put(one.ref, None, "", stocks[one.ref], one.unit, much))
    return tuple(puts)


def inputs_of(puts: Iterable[Put], without: Iterable[int]) -> dict[str, Any]:
    """Return what a count keeps of what it counted."""
    return {"method": METHOD, "puts": [list(put) for put in puts], "without": list(without)}


def digest_of(sharing: Sharing, content: object, inputs: Mapping[str, Any]) -> str:
    """Return the SHA-256 of all that a count depends on: rule, what came in, who put in what."""
    sealed = [content, sharing.event_id, sharing.quantity, sharing.unit, inputs]
    told = json.dumps(sealed, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return sha256(told.encode()).hexdigest()


def _without(sharing: Sharing) -> tuple[int, ...]:
    return tuple(sharing.inputs.get("without", ()))


def puts_of(sharing: Sharing) -> tuple[Put, ...]:
    """Return what a count counted, as it kept it."""
    return tuple(Put(*one) for one in sharing.inputs.get("puts", ()))


def reckoned(sharing: Sharing) -> Reckoning:
    """Return the lines of a count: a pure function of what it kept."""
    return reckon(sharing.rule.rule, puts_of(sharing), sharing.quantity, sharing.unit)


@dataclass(frozen=True, slots=True)
class Detail:
    """What one takes of one part, in millionths of what is shared. ``part`` is its name."""

    part: str
    micro: int
    points: Any


@dataclass(frozen=True, slots=True)
class Row:
    """One contributor and what they take; without agent, what nobody takes, and why."""

    agent: Agent | None
    why: Why
    micro: int
    details: tuple[Detail, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """What a reader reads of a count. ``others``: the sum of the lines that others read."""

    rows: tuple[Row, ...]
    others: int
    whole: bool


def table_of(reader: Reader, sharing: Sharing) -> Table:
    """Return the lines by name, never by size, then what stays, with why."""
    found, rule = reckoned(sharing), sharing.rule.rule
    agents = Agent.objects.in_bulk({line.agent for line in found.lines if line.agent})
    whole = reads_whole(reader, sharing.ecosystem)
    mine = reach_of(reader).agents
    rows: dict[tuple[int | None, Why], list[Any]] = {}
    for line in found.lines:
        rows.setdefault((line.agent, line.why), []).append(line)
    told = [
        Row(
            agents[agent] if agent else None,
            why,
            sum(line.micro for line in lines),
            tuple(Detail(_part_name(rule, line.part), line.micro, line.points) for line in lines),
        )
        for (agent, why), lines in rows.items()
    ]
    read = [row for row in told if whole or row.agent is None or row.agent.pk in mine]
    read.sort(key=lambda row: (row.agent is None, row.agent.name if row.agent else row.why.value))
    shown = sum(row.micro for row in read)
    return Table(tuple(read), sharing.quantity - shown, whole)


def _part_name(rule: Rule, number: int | None) -> str:
    return "" if number is None else rule.parts[number].name


@dataclass(frozen=True, slots=True)
class Told:
    """One contribution behind a line: its points in each part. ``gift``: its contribution."""

    put: Put
    event: Any
    points: tuple[Detail, ...]
    gift: int | None = None

    @property
    def moves(self) -> bool:
        """Whether the event has a step of its own to open."""
        names = ("resource_id", "to_resource_id", "input_of_id", "output_of_id")
        return any(getattr(self.event, name, None) for name in names)


def behind_line(reader: Reader, sharing: Sharing, agent_id: int | None) -> list[Told]:
    """Return the contributions of one line (of unknown origin for None), by date."""
    found, rule, puts = reckoned(sharing), sharing.rule.rule, puts_of(sharing)
    points: dict[int, list[Detail]] = {}
    for line in found.lines:
        for item in line.items:
            detail = Detail(_part_name(rule, line.part), 0, item.points)
            points.setdefault(item.put, []).append(detail)
    mine = [number for number, put in enumerate(puts) if put.agent == agent_id]
    events = {one.pk: one for one in ledger.events([puts[n].source for n in mine if agent_id])}
    gifts = dict(
        contributions_of(reader, sharing.ecosystem)
        .filter(event_id__in=list(events))
        .values_list("event_id", "pk")
    )
    told = [
        Told(
            puts[number],
            events.get(puts[number].source),
            tuple(points.get(number, ())),
            gifts.get(puts[number].source) if agent_id else None,
        )
        for number in mine
    ]
    return sorted(told, key=lambda one: one.event.happened_on if one.event else date.min)


def gathered(puts: Iterable[Put]) -> list[tuple[int | None, str, str, int]]:
    """Return (agent, kind, unit, millionths), summed: never across kinds or units."""
    sums: dict[tuple[int | None, str, str], int] = {}
    for put in puts:
        key = (put.agent, put.kind, put.unit)
        sums[key] = sums.get(key, 0) + put.much
    return [(*key, much) for key, much in sums.items()]
