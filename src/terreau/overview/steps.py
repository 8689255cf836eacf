# SPDX-License-Identifier: AGPL-3.0-or-later
"""« D'où ça vient » and « où c'est allé », step by step, for one reader.

The flows come in one statement; the graph and its quantities are worked out in memory, exactly as
long as there are not too many. What the reader may not read is one step without a name, and nothing
is followed beyond it. Then no quantity is given at all, even where the hidden flow only entered a
stock on the way: the proportions would tell it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from django.db.models import TextChoices

from terreau.agreements.queries.followed import Sight
from terreau.core.statements import execute
from terreau.ecosystems.models import Ecosystem
from terreau.ledger.flowing import flows_around, units_of
from terreau.ledger.tracing.building import Flowed, build
from terreau.ledger.tracing.graph import Graph, Kind, Ways
from terreau.ledger.tracing.sets import Happened, Links, Thing, following, linked, previous
from terreau.ledger.tracing.solving import came_from, came_from_fast, went_to, went_to_fast

MOST = 50_000
"""Flows that a page follows; beyond it, only the command line would wait for them."""
EXACT = 3_000
"""Nodes up to which a page counts in fractions; beyond, in floats, the same to the millionth."""


class Order(TextChoices):
    """How what leaves a stock is told from what stays."""

    SHARED = "prorata", "au prorata de ce qui était là"
    FIRST = "premier", "le premier entré sort le premier"
    NONE = "liens", "seulement ce qui est lié, sans quantités"


@dataclass(frozen=True, slots=True)
class Amount:
    """So many millionths of a unit, exactly or nearly."""

    much: Fraction
    unit: str


@dataclass(slots=True)
class Step:
    """One thing on the way. ``led``: the steps that lead to it, the nearest to the start first.

    ``left``: what stayed there to the end; ``unknown``: what it gave without having received it.
    """

    thing: Thing
    depth: int
    hidden: bool = False
    led: list[Thing] = field(default_factory=list)
    amount: Amount | None = None
    share: Fraction | None = None
    left: Amount | None = None
    unknown: Amount | None = None


@dataclass(frozen=True, slots=True)
class Way:
    """All steps, the start first, the nearest before the farthest."""

    start: Thing
    backwards: bool
    order: Order
    steps: tuple[Step, ...]
    total: Amount | None = None
    too_many: bool = False
    partly_hidden: bool = False


def follow(
    ecosystem: Ecosystem,
    sight: Sight,
    start: Thing,
    order: Order,
    *,
    backwards: bool,
    around: tuple[Thing, ...] = (),
) -> Way:
    """Return the way from a stock or an event. ``around``: the stocks and activities beside it."""
    ledger = ecosystem.space_id
    seeds = [start] if start.what == "resource" else list(around)
    flows = flows_around(execute, ledger, seeds, backwards=backwards, most=MOST)
    if len(flows) > MOST:
        return Way(start, backwards, order, (), too_many=True)
    links = linked(map(_happened, flows))
    step = previous if backwards else following
    if start.what == "event" and start.id not in links.events:
        return Way(start, backwards, order, (Step(start, 0),))
    whole = _walk(links, start, step, lambda thing: sight.reads(thing))
    hidden = any(one.hidden for one in whole) or not all(
        sight.reads(Thing("event", flow.id)) for flow in flows
    )
    if hidden or order is Order.NONE:
        return Way(start, backwards, order, tuple(whole), partly_hidden=hidden)
    graph = build(flows, units_of(execute, ledger), fifo=order is Order.FIRST)
    if start.what == "event" and not graph.nodes_of(Kind.FLOW, start.id):
        return Way(start, backwards, order, tuple(whole))  # it moved rights, and no thing
    counted = _Counted(graph, start, backwards)
    steps = _walk(links, start, step, lambda thing: True, counted.passes)
    for one in steps:
        counted.fill(one)
    return Way(start, backwards, order, tuple(steps), total=counted.total)


def _happened(flow: Flowed) -> Happened:
    return Happened(
        flow.id, flow.action, flow.resource, flow.to_resource, flow.input_of, flow.output_of
    )


def _walk(
    links: Links,
    start: Thing,
    step: Callable[[Links, Thing], Iterator[Thing]],
    reads: Callable[[Thing], bool],
    passes: Callable[[Thing], bool] = lambda thing: True,
) -> list[Step]:
    """Return the things reached, in breadth; nothing is followed beyond what may not be read."""
    found = {start: Step(start, 0)}
    row = [start]
    while row:
        after: list[Thing] = []
        for thing in row:
            if found[thing].hidden:
                continue
            for end in step(links, thing):
                if not passes(end):
                    continue
                if end not in found:
                    found[end] = Step(end, found[thing].depth + 1, hidden=not reads(end))
                    after.append(end)
                if thing not in found[end].led and end != start:
                    found[end].led.append(thing)
        row = after
    return list(found.values())


class _Counted:
    """The quantities of one way."""

    def __init__(self, graph: Graph, start: Thing, backwards: bool) -> None:
        self.graph, self.backwards = graph, backwards
        self.ways: Ways = graph.back if backwards else graph.forth
        self.start = start
        seeds, kept = self._seeds()
        self.unit = graph.units[next(iter(seeds))] if seeds else ""
        self.total = Amount(Fraction(sum(seeds.values())), self.unit) if seeds else None
        if start.what == "resource" and not backwards:
            self.total = self._all_that_entered()
        self.much = self._solved(seeds, kept)
        self.flows: dict[int, int] = {}
        for node, value in self.much.items():
            if graph.kinds[node] == Kind.FLOW and value >= Fraction(1, 2):
                self.flows[graph.refs[node]] = node
        self.through, self.left, self.unknown = self._at_stocks()

    def _seeds(self) -> tuple[dict[int, int], frozenset[int]]:
        """Return what is followed: what the stock holds, or held at any time, or the flow."""
        graph, start = self.graph, self.start
        if start.what == "event":
            nodes = graph.nodes_of(Kind.FLOW, start.id)
            node = nodes[-1] if self.backwards else nodes[0]
            return {node: graph.totals[node]}, frozenset()
        nodes = graph.nodes_of(Kind.STOCK, start.id)
        if self.backwards:
            return {node: graph.left[node] for node in nodes if node in graph.left}, frozenset()
        return {node: graph.totals[node] for node in nodes}, frozenset(nodes)

    def _all_that_entered(self) -> Amount | None:
        graph = self.graph
        entered = sum(
            amount
            for node in graph.nodes_of(Kind.STOCK, self.start.id)
            for source, amount in graph.back.of(node)
            if graph.kinds[source] != Kind.STOCK
        )
        return Amount(Fraction(entered), self.unit) if entered else None

    def _solved(self, seeds: Mapping[int, int], kept: frozenset[int]) -> Mapping[int, Fraction]:
        graph = self.graph
        if len(graph.totals) <= EXACT:
            return came_from(graph, seeds) if self.backwards else went_to(graph, seeds, kept)
        if self.backwards:
            fast = came_from_fast(graph, seeds)
        else:
            fast = went_to_fast(graph, seeds, kept)
        return {node: Fraction(value) for node, value in enumerate(fast) if value}

    def _at_stocks(
        self,
    ) -> tuple[dict[int, Fraction], dict[int, Fraction], dict[int, Fraction]]:
        """Return what passed each stock, what stayed there, and what it gave of unknown origin."""
        graph = self.graph
        through: dict[int, Fraction] = {}
        left: dict[int, Fraction] = {}
        unknown: dict[int, Fraction] = {}
        for node, value in self.much.items():
            ref, total = graph.refs[node], graph.totals[node]
            if graph.kinds[node] == Kind.FLOW:
                for end, amount in self.ways.of(node):
                    if graph.kinds[end] in (Kind.STOCK, Kind.UNKNOWN):
                        stock = graph.refs[end]
                        through[stock] = through.get(stock, Fraction(0)) + value * amount / total
            elif graph.kinds[node] == Kind.UNKNOWN:
                unknown[ref] = unknown.get(ref, Fraction(0)) + value
            elif graph.kinds[node] == Kind.STOCK and node in graph.left:
                left[ref] = left.get(ref, Fraction(0)) + value * graph.left[node] / total
        return through, left, unknown

    def passes(self, thing: Thing) -> bool:
        """Tell whether something of what is followed passed there."""
        if thing.what == "event":
            return thing.id in self.flows
        if thing.what == "resource":
            return bool(self.through.get(thing.id)) or thing == self.start
        return any(self.much.get(node) for node in self.graph.nodes_of(Kind.PROCESS, thing.id))

    def fill(self, step: Step) -> None:
        """Write on a step how much passed there."""
        thing = step.thing
        if thing.what == "event":
            node = self.flows.get(thing.id)
            if node is not None:
                step.amount = Amount(self.much[node], self._unit(node))
        elif thing.what == "resource":
            unit = self._unit_of_stock(thing.id)
            if thing == self.start:
                step.amount = self.total
            elif thing.id in self.through:
                step.amount = Amount(self.through[thing.id], unit)
            if not self.backwards and self.left.get(thing.id):
                step.left = Amount(self.left[thing.id], unit)
            if self.backwards and self.unknown.get(thing.id):
                step.unknown = Amount(self.unknown[thing.id], unit)
        elif self.backwards:
            node = self.graph.nodes_of(Kind.PROCESS, thing.id)[0]
            step.share = self.much[node] / self.graph.totals[node]
        else:
            node = self.graph.nodes_of(Kind.PROCESS, thing.id)[0]
            step.amount = Amount(self.much[node], self.unit)

    def _unit(self, node: int) -> str:
        """Backwards, a thing is counted in its own unit; onwards, in that of what is followed."""
        return self.graph.units[node] if self.backwards else self.unit

    def _unit_of_stock(self, stock: int) -> str:
        if not self.backwards:
            return self.unit
        for kind in (Kind.STOCK, Kind.UNKNOWN):
            nodes = self.graph.nodes_of(kind, stock)
            if nodes:
                return self.graph.units[nodes[0]]
        return self.unit
