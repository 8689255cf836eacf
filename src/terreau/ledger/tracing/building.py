# SPDX-License-Identifier: AGPL-3.0-or-later
"""The graph of a ledger, from its flows in the order in which they happened.

What counts is what is *at hand*: it follows the thing. A stock mixes what enters it, so that what
leaves is made of all in proportion; or, first in first out, it lets go what entered first. An
activity is one whole: all that entered it goes into all that comes out of it, in proportion to the
quantities where they count in the same unit; where they do not, each kind of count takes an equal
part. What is taken in hand or put into a container stays itself, and comes back as itself.

A stock that gave more than it had (dates are not always exact) gets the difference from what
enters it next; what never enters is of unknown origin.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from math import lcm
from typing import NamedTuple

from terreau.core.units import UNITS, convert
from terreau.ledger.engine.effects import composed
from terreau.ledger.engine.state import Event
from terreau.ledger.engine.table import Row, action_row
from terreau.ledger.tracing.graph import Graph, Kind


class Flowed(NamedTuple):
    """What still stands of an event, corrections taken off.

    ``kind`` is the number of its specification; ``crossed``: it is between two agents.
    """

    id: int
    action: str
    kind: int
    micro: int
    unit: str
    resource: int | None = None
    to_resource: int | None = None
    input_of: int | None = None
    output_of: int | None = None
    crossed: bool = False


MEASURED = frozenset({"mass", "volume", "length", "area", "energy", "duration", "euro"})
"""What adds up whatever the thing; pieces and meals add up among things of one kind alone."""

PoolKey = tuple[Kind, int, int]
"""What holds it, the resource, and the activity that has it in hand (0: none)."""


@dataclass(slots=True, eq=False)
class Pool:
    """What is somewhere now: nodes with what is left of each, the first in first.

    ``owed``: what was given before it came, and to which nodes.
    """

    key: PoolKey
    unit: str
    lots: deque[list[int]] = field(default_factory=deque)
    owed: deque[list[int]] = field(default_factory=deque)


def build(flows: Iterable[Flowed], units: Mapping[int, str], *, fifo: bool = False) -> Graph:
    """Return the graph. ``flows`` come in the order of time; ``units`` are those of the stocks."""
    flows = list(flows)
    return _Building(units, _weights(flows), fifo).built(flows)


@dataclass(slots=True)
class _Building:
    units: Mapping[int, str]
    weights: Mapping[int, dict[int, int]]
    fifo: bool
    graph: Graph = field(default_factory=Graph)
    pools: dict[PoolKey, Pool] = field(default_factory=dict)
    entered: dict[int, list[tuple[int, int]]] = field(default_factory=dict)
    processes: dict[int, int] = field(default_factory=dict)

    def built(self, flows: list[Flowed]) -> Graph:
        for flow in flows:
            row = action_row(flow.action)
            for one, resource, to_resource in _effects(flow, row):
                self._flow(flow, one, resource, to_resource)
        self._end()
        return self.graph

    def _flow(self, flow: Flowed, row: Row, resource: int | None, other: int | None) -> None:
        """Add one effect of an event: where it comes from, the flow itself, where it goes."""
        came, went = self._from(flow, row, resource), self._to(flow, row, resource, other)
        if came is not None and came is went:
            return  # one record handed over stays itself, and its content in it
        into, out_of = _process(row, flow, "input"), _process(row, flow, "output")
        if came is None and went is None and into is None and out_of is None:
            return
        source = None if out_of is None else self._process(out_of)
        unit = went.unit if went else came.unit if came else flow.unit
        total = _in(flow, unit)
        node = self.graph.add(Kind.FLOW, flow.id, total, unit)
        if came is not None:
            self._take(came, node, _in(flow, came.unit))
        if out_of is not None and source is not None:
            self.graph.flows_in(source, self.weights[out_of][flow.id])
        if went is not None:
            self._put(went, node, total)
        if into is not None:
            self._enter(into, node, total)

    def _from(self, flow: Flowed, row: Row, resource: int | None) -> Pool | None:
        if resource is None or not row.on_hand:
            return None
        if row.on_hand == "in" and (row.pair or row.contained):
            return self._pool(Kind.HANDS, resource, _holder(flow, row, "output"))
        return self._pool(Kind.STOCK, resource) if row.on_hand in ("out", "out_in") else None

    def _to(self, flow: Flowed, row: Row, resource: int | None, other: int | None) -> Pool | None:
        if row.on_hand in ("out_in", "to_in"):
            whole = other is None and row.name == "transferCustody"
            arrives = resource if whole else other
            return None if arrives is None else self._pool(Kind.STOCK, arrives)
        if resource is None or not row.on_hand:
            return None
        if row.on_hand == "out" and (row.pair or row.contained):
            return self._pool(Kind.HANDS, resource, _holder(flow, row, "input"))
        return self._pool(Kind.STOCK, resource) if row.on_hand == "in" else None

    def _pool(self, kind: Kind, resource: int, holder: int = 0) -> Pool:
        key = (kind, resource, holder)
        if key not in self.pools:
            self.pools[key] = Pool(key, self.units[resource])
        return self.pools[key]

    def _process(self, process: int) -> int:
        """Return the node of an activity; it stands before the first thing that comes out of it."""
        if process not in self.processes:
            total = sum(self.weights[process].values())
            self.processes[process] = self.graph.add(Kind.PROCESS, process, total, "")
            for node, amount in self.entered.pop(process, ()):
                self.graph.flows_in(node, amount)
        return self.processes[process]

    def _enter(self, process: int, node: int, amount: int) -> None:
        if process in self.processes:
            self.graph.flows_late(node, self.processes[process], amount)
        else:
            self.entered.setdefault(process, []).append((node, amount))

    def _take(self, pool: Pool, node: int, amount: int) -> None:
        """Let a flow, the last node, take from what is there; the rest is owed to it."""
        while amount and pool.lots:
            lot = pool.lots[0]
            taken = min(lot[1], amount)
            self.graph.flows_in(lot[0], taken)
            lot[1] -= taken
            amount -= taken
            if not lot[1]:
                pool.lots.popleft()
        if amount:
            pool.owed.append([node, amount])

    def _put(self, pool: Pool, node: int, amount: int) -> None:
        """Let a flow give back what is owed, then enter what is there."""
        while amount and pool.owed:
            owed = pool.owed[0]
            given = min(owed[1], amount)
            self.graph.flows_late(node, owed[0], given)
            owed[1] -= given
            amount -= given
            if not owed[1]:
                pool.owed.popleft()
        if not amount:
            return
        before = None if self.fifo or not pool.lots else pool.lots.popleft()
        total = amount + (before[1] if before else 0)
        mixed = self.graph.add(pool.key[0], pool.key[1], total, pool.unit)
        if before:
            self.graph.flows_in(before[0], before[1])
        self.graph.flows_in(node, amount)
        pool.lots.append([mixed, total])

    def _end(self) -> None:
        for process in list(self.entered):
            self._unfinished(process)
        for pool in self.pools.values():
            self.graph.left.update((node, left) for node, left in pool.lots)
            for node, missing in pool.owed:
                unknown = self.graph.add(Kind.UNKNOWN, pool.key[1], missing, pool.unit)
                self.graph.flows_late(unknown, node, missing)

    def _unfinished(self, process: int) -> None:
        """Keep what entered an activity out of which nothing came yet."""
        at = self.graph.add(Kind.PROCESS, process, 1, "")
        for node, amount in self.entered.pop(process):
            self.graph.flows_in(node, amount)
        self.processes[process] = at


def _effects(flow: Flowed, row: Row) -> Iterable[tuple[Row, int | None, int | None]]:
    """Return the effects of an event, its implied transfer included, as ``apply`` has them."""
    if not row.implies or not flow.crossed or flow.to_resource in (None, flow.resource):
        return ((row, flow.resource, flow.to_resource),)
    event = Event(flow.action, 0, 1, "", resource=flow.resource, to_resource=flow.to_resource)
    return [(one, seen.resource, seen.to_resource) for one, seen in composed(event, row)]


def _process(row: Row, flow: Flowed, side: str) -> int | None:
    """Return the activity that the thing itself goes into, or that adds to what comes out."""
    if side == "input":
        goes_in = row.direction in ("input", "output_input") and not row.pair and not row.contained
        return flow.input_of if goes_in else None
    return flow.output_of if row.direction in ("output", "output_input") else None


def _holder(flow: Flowed, row: Row, side: str) -> int:
    if row.contained:
        return 0  # a container may be emptied elsewhere than where it was filled
    return (flow.input_of if side == "input" else flow.output_of) or 0


def _in(flow: Flowed, unit: str) -> int:
    return flow.micro if flow.unit == unit else convert(flow.micro, flow.unit, unit)


def _weights(flows: Iterable[Flowed]) -> dict[int, dict[int, int]]:
    """Return, for each activity, what part of it each flow that comes out of it takes."""
    out: dict[int, dict[tuple[str, int], dict[int, Fraction]]] = {}
    for flow in flows:
        row = action_row(flow.action)
        process = _process(row, flow, "output") if flow.output_of is not None else None
        if process is not None:
            of = UNITS[flow.unit]
            kind = 0 if of.dimension in MEASURED else flow.kind
            counted = out.setdefault(process, {}).setdefault((of.dimension, kind), {})
            counted[flow.id] = flow.micro * of.factor
    return {process: _whole(kinds) for process, kinds in out.items()}


def _whole(kinds: Mapping[tuple[str, int], Mapping[int, Fraction]]) -> dict[int, int]:
    """Return weights as whole numbers: an equal part for each kind of count."""
    parts = {
        flow: Fraction(much) / sum(counted.values())
        for counted in kinds.values()
        for flow, much in counted.items()
    }
    scale = lcm(*(part.denominator for part in parts.values()))
    return {flow: int(part * scale) for flow, part in parts.items()}
