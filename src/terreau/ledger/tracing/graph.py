# SPDX-License-Identifier: AGPL-3.0-or-later
"""The graph of what flowed into what: nodes in the order of time, how much passed between them.

A node is a flow (an event), what a stock held after something entered it, what an activity has in
hand, or a whole activity. ``total`` is how much it is, in a unit of its own. An edge goes from a
source to what it flowed into; its amount is in the source's unit. Hence two readings of one edge:
a unit of the target came from ``amount / total of the target`` of the source, and of a unit of the
source ``amount / total of the source`` went into the target.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, MutableSequence, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from functools import cached_property
from itertools import accumulate


class Kind(IntEnum):
    """What a node is; its ``ref`` is the id of that thing."""

    FLOW = 0
    STOCK = 1
    HANDS = 2  # what an activity or a container holds of a resource, which is the ref
    PROCESS = 3
    UNKNOWN = 4  # what a stock gave without ever having received it; the stock is the ref


Late = dict[int, list[tuple[int, int]]]


@dataclass(frozen=True, slots=True)
class Ways:
    """The edges seen from one end: of node n, ``ends[start[n]:start[n + 1]]`` and their amounts.

    ``late`` are the few that go against the order of the nodes.
    """

    start: Sequence[int]
    ends: Sequence[int]
    amounts: Sequence[int]
    late: Late
    backwards: bool

    def of(self, node: int) -> Iterator[tuple[int, int]]:
        """Yield where one comes to from a node, and by how much."""
        first, last = self.start[node], self.start[node + 1]
        yield from zip(self.ends[first:last], self.amounts[first:last], strict=True)
        yield from self.late.get(node, ())


@dataclass(eq=False)
class Graph:
    """Filled node by node: the edges that come into a node are given with it, or come late."""

    kinds: bytearray = field(default_factory=bytearray)
    refs: array[int] = field(default_factory=lambda: array("q"))
    totals: MutableSequence[int] = field(default_factory=list)
    units: list[str] = field(default_factory=list)
    left: dict[int, int] = field(default_factory=dict)
    """What stayed in a node of a stock or of hands to the end."""
    _start: array[int] = field(default_factory=lambda: array("q"))
    _sources: array[int] = field(default_factory=lambda: array("q"))
    _amounts: MutableSequence[int] = field(default_factory=list)
    _late: Late = field(default_factory=dict)

    def add(self, kind: Kind, ref: int, total: int, unit: str) -> int:
        """Add a node and return its number. Edges given until the next node come into it."""
        self._start.append(len(self._sources))
        self.kinds.append(kind)
        self.refs.append(ref)
        self.totals.append(total)
        self.units.append(unit)
        return len(self.totals) - 1

    def flows_in(self, source: int, amount: int) -> None:
        """Say that something flowed from a node into the last one."""
        self._sources.append(source)
        self._amounts.append(amount)

    def flows_late(self, source: int, target: int, amount: int) -> None:
        """Say that something flowed from a node into an earlier one."""
        self._late.setdefault(target, []).append((source, amount))

    def nodes_of(self, kind: Kind, ref: int) -> list[int]:
        """Return the nodes that are about one thing, in the order of time."""
        found: list[int] = []
        at = 0
        while True:
            try:
                at = self.refs.index(ref, at)
            except ValueError:
                return found
            if self.kinds[at] == kind:
                found.append(at)
            at += 1

    @cached_property
    def back(self) -> Ways:
        """From each node to its sources."""
        start = array("q", self._start)
        start.append(len(self._sources))
        return Ways(start, self._sources, self._amounts, self._late, backwards=True)

    @cached_property
    def forth(self) -> Ways:
        """From each node to what it flowed into."""
        size = len(self.totals)
        counts = array("q", bytes(8 * (size + 1)))
        for source in self._sources:
            counts[source + 1] += 1
        start = array("q", accumulate(counts))
        at, ends, amounts = array("q", start), array("q", self._sources), list(self._amounts)
        back = self.back
        for target in range(size):
            for number in range(back.start[target], back.start[target + 1]):
                source = self._sources[number]
                ends[at[source]], amounts[at[source]] = target, self._amounts[number]
                at[source] += 1
        late: Late = {}
        for target, edges in self._late.items():
            for source, amount in edges:
                late.setdefault(source, []).append((target, amount))
        return Ways(start, ends, amounts, late, backwards=False)

    @cached_property
    def shares(self) -> array[float]:
        """The amounts of ``back``, each over the total of its target: for the fast reading."""
        return _shares(self.back, self.totals)

    @cached_property
    def shares_forth(self) -> array[float]:
        """The amounts of ``forth``, each over the total of its source."""
        return _shares(self.forth, self.totals)


def _shares(ways: Ways, totals: Sequence[int]) -> array[float]:
    shares = array("d")
    for node, total in enumerate(totals):
        part = ways.amounts[ways.start[node] : ways.start[node + 1]]
        shares.extend([amount / total for amount in part])
    return shares
