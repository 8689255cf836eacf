# SPDX-License-Identifier: AGPL-3.0-or-later
"""Spread quantities along a graph in which some things go round.

Each node is passed once everything that leads to it was. Where things go round (an activity feeds
on the stock that it fills), no such order exists: the nodes of the round are taken together, the
round is cut where it goes against the order of the nodes, what passes there is the unknown of a
small linear system, and that is solved.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Generic, TypeVar

from terreau.ledger.tracing.graph import Ways

Number = TypeVar("Number", Fraction, float)
Part = Callable[[int, int], Number]
NOTHING = 1e-12
"""A pivot of floats below this is nothing: all that enters such a round goes round for ever."""


def spread(
    ways: Ways,
    totals: Sequence[int],
    seeds: Mapping[int, Number],
    part: Part[Number],
    kept: Collection[int] = frozenset(),
) -> dict[int, Number]:
    """Return how much reaches each node. ``part`` divides two whole numbers, as Number does.

    ``kept`` nodes hold what their seed says, whatever comes back to them.
    """
    way = _Way(ways, totals, part, frozenset(kept))
    much: dict[int, Number] = dict(seeds)
    for together in reversed(_Walk(way.ends).all(seeds)):
        if len(together) > 1:
            much.update(_Round(way, together).solved(much))
        inside = frozenset(together)
        for node in together:
            for end, share in way.shares(node):
                if end not in inside:
                    much[end] = much.get(end, part(0, 1)) + much[node] * share
    return much


@dataclass(frozen=True, slots=True)
class _Way(Generic[Number]):
    """Where one comes to from each node, and with what share of what is there."""

    ways: Ways
    totals: Sequence[int]
    part: Part[Number]
    kept: frozenset[int]

    def ends(self, node: int) -> Iterator[int]:
        return (end for end, _ in self.ways.of(node) if end not in self.kept)

    def shares(self, node: int) -> Iterator[tuple[int, Number]]:
        total = self.totals[node]
        for end, amount in self.ways.of(node):
            if end not in self.kept:
                yield end, self.part(amount, total)


@dataclass(slots=True)
class _Walk:
    """Finds the nodes of a round, by Tarjan's walk without recursion."""

    ends: Callable[[int], Iterator[int]]
    seen: dict[int, int] = field(default_factory=dict)
    low: dict[int, int] = field(default_factory=dict)
    open: dict[int, None] = field(default_factory=dict)
    found: list[list[int]] = field(default_factory=list)

    def all(self, seeds: Collection[int]) -> list[list[int]]:
        """Return all nodes reached, those of a round together, what comes last first."""
        for seed in seeds:
            if seed not in self.seen:
                self._from(seed)
        return self.found

    def _from(self, seed: int) -> None:
        path = [self._enter(seed)]
        while path:
            node, ends = path[-1]
            deeper = self._next(node, ends)
            if deeper is not None:
                path.append(self._enter(deeper))
                continue
            path.pop()
            if path:
                above = path[-1][0]
                self.low[above] = min(self.low[above], self.low[node])
            if self.low[node] == self.seen[node]:
                self._close(node)

    def _enter(self, node: int) -> tuple[int, Iterator[int]]:
        self.seen[node] = self.low[node] = len(self.seen)
        self.open[node] = None
        return node, self.ends(node)

    def _next(self, node: int, ends: Iterator[int]) -> int | None:
        for end in ends:
            if end not in self.seen:
                return end
            if end in self.open:
                self.low[node] = min(self.low[node], self.seen[end])
        return None

    def _close(self, node: int) -> None:
        together = []
        while node in self.open:
            together.append(self.open.popitem()[0])
        self.found.append(together)


class _Round(Generic[Number]):
    """The nodes of a round: passed in their order, with what goes against it as unknowns.

    The unknown is what leaves a node against the order, or what arrives at one, whichever are the
    fewer: an activity that is fed three hundred times after its first product is one unknown.
    """

    def __init__(self, way: _Way[Number], together: Collection[int]) -> None:
        self.zero: Number = way.part(0, 1)
        self.one: Number = way.part(1, 1)
        sign = -1 if way.ways.backwards else 1
        self.nodes = sorted(together, key=lambda node: sign * node)
        inside = frozenset(together)
        self.along: dict[int, list[tuple[int, Number]]] = {}
        self.against: list[tuple[int, int, Number]] = []
        for node in self.nodes:
            self.along[node] = []
            for end, share in way.shares(node):
                if end in inside and sign * end > sign * node:
                    self.along[node].append((end, share))
                elif end in inside:
                    self.against.append((node, end, share))
        leave, arrive = {one[0] for one in self.against}, {one[1] for one in self.against}
        self.by_leaving = len(leave) <= len(arrive)
        self.cuts = sorted(leave if self.by_leaving else arrive)

    def solved(self, much: Mapping[int, Number]) -> dict[int, Number]:
        """Return what is at each node, with all that goes round."""
        given = {node: much[node] for node in self.nodes if node in much}
        still = self._measured(self._passed(given))
        columns = [
            self._measured(self._passed(self._injected({cut: self.one}))) for cut in self.cuts
        ]
        unknowns = dict(zip(self.cuts, _solve(columns, still), strict=True))
        for node, value in self._injected(unknowns).items():
            given[node] = given.get(node, self.zero) + value
        return self._passed(given)

    def _injected(self, unknowns: Mapping[int, Number]) -> dict[int, Number]:
        """Return what so much at the cuts brings to nodes, against the order."""
        if not self.by_leaving:
            return dict(unknowns)
        found: dict[int, Number] = {}
        for node, end, share in self.against:
            if node in unknowns:
                found[end] = found.get(end, self.zero) + unknowns[node] * share
        return found

    def _passed(self, given: Mapping[int, Number]) -> dict[int, Number]:
        much = {node: given.get(node, self.zero) for node in self.nodes}
        for node in self.nodes:
            if much[node]:
                for end, share in self.along[node]:
                    much[end] += much[node] * share
        return much

    def _measured(self, much: Mapping[int, Number]) -> list[Number]:
        """Return what is at the cuts after a pass."""
        if self.by_leaving:
            return [much[cut] for cut in self.cuts]
        found = dict.fromkeys(self.cuts, self.zero)
        for node, end, share in self.against:
            found[end] += much[node] * share
        return list(found.values())


def _solve(columns: Sequence[Sequence[Number]], still: Sequence[Number]) -> list[Number]:
    """Solve x = still + columns · x by elimination.

    Where all goes round for ever and nothing enters, x has no value: it is taken as nothing.
    """
    size = len(still)
    rows = [
        [(1 if i == j else 0) - columns[j][i] for j in range(size)] + [still[i]]
        for i in range(size)
    ]
    free = set()
    at = 0
    for column in range(size):
        best = max(range(at, size), key=lambda row: abs(rows[row][column]))
        if abs(rows[best][column]) <= NOTHING:
            free.add(column)
            continue
        rows[at], rows[best] = rows[best], rows[at]
        _clear(rows, at, column)
        at += 1
    told = iter(row[size] for row in rows)
    return [0 * still[0] if column in free else next(told) for column in range(size)]


def _clear(rows: list[list[Number]], at: int, column: int) -> None:
    """Make the row's pivot one, and the column nothing in all the others."""
    pivot = rows[at][column]
    rows[at] = [value / pivot for value in rows[at]]
    for number, row in enumerate(rows):
        if number != at and row[column]:
            factor = row[column]
            rows[number] = [a - factor * b for a, b in zip(row, rows[at], strict=True)]
