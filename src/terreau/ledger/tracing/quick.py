# SPDX-License-Identifier: AGPL-3.0-or-later
"""The graph of a whole ledger, built from columns: node by node the one that ``building`` makes.

Each pool is added up on its own: what it held before and after each move is a running sum, and all
the rest follows. Only where a pool gave what it did not have yet is it walked move by move.
"""

from __future__ import annotations

from array import array
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from terreau.ledger.tracing.building import build
from terreau.ledger.tracing.columns import UNIT_CODES, Columns, Whole
from terreau.ledger.tracing.graph import Graph, Kind
from terreau.ledger.tracing.moves import NONE, Moves, Pools, TooLarge, moves_of, placed, weights_of

Places = NDArray[np.integer[Any]]
UNKNOWN_UNIT = len(UNIT_CODES)
Owed = tuple[int, int, int]
"""The effect that gives back, the one that it gives back to, and how much."""
Rest = tuple[int, int]
"""An effect, and how much stayed of it, or lacked."""


def build_quick(columns: Columns, units: Mapping[int, str]) -> Graph:
    """Return what ``build`` does, for stocks that mix. ``units`` are those of the stocks."""
    try:
        return _Assembling(columns, units).graph()
    except TooLarge:
        return build(columns.flows(), units)


@dataclass(slots=True)
class _Edges:
    """Edges into nodes, in parts; ``place`` says in which order they come into a node."""

    source: list[Whole] = field(default_factory=list)
    target: list[Whole] = field(default_factory=list)
    place: list[Places] = field(default_factory=list)
    amount: list[Whole] = field(default_factory=list)

    def add(self, source: Whole, target: Whole, place: Places | int, amount: Whole) -> None:
        """Add edges; ``place``: how many others come into the same node before."""
        self.source.append(source)
        self.target.append(target)
        self.place.append(np.broadcast_to(np.asarray(place), target.shape))
        self.amount.append(amount)

    def sorted(self, count: int) -> tuple[Whole, Whole, Whole]:
        """Return where the edges of each node start, their sources, and their amounts."""
        sizes = np.zeros(count, np.int32)
        for target in self.target[:-1]:
            sizes[target] += 1  # an edge a node in each part, but in the last: what activities hold
        for target in self.target[-1:]:
            sizes += np.bincount(target, minlength=count).astype(np.int32)
        start = np.zeros(count + 1, np.int64)
        np.cumsum(sizes, out=start[1:])
        source, amount = np.empty((2, int(start[-1])), np.int64)
        while self.target:  # each part goes as soon as it is in its place: there may be millions
            at = start[self.target.pop()] + self.place.pop()
            source[at], amount[at] = self.source.pop(), self.amount.pop()
        return start, source, amount


class _Assembling:
    """Numbers the nodes in the order of time, and joins them."""

    def __init__(self, columns: Columns, units: Mapping[int, str]) -> None:
        self.columns = columns
        self.moves, self.pools = moves_of(columns, units)
        self.count = len(self.moves.flow)
        gives = np.flatnonzero(self.moves.out_of)
        self.processes, first, self.process = np.unique(
            self.moves.out_of[gives], return_index=True, return_inverse=True
        )
        self.gives, self.began = gives, gives[first]
        self.weights = weights_of(columns, self.moves, self.process)
        self.held = _Held(self.moves, self.pools)
        self.mixes, self.mixed = self.held.mixes, self.held.mixed
        self._number()

    def _number(self) -> None:
        """Number the nodes: an activity that begins to give, the flow, what a pool then holds."""
        more = np.ones(self.count, np.int8)
        more[self.began] += 1
        mixes = np.zeros(self.count, np.int8)
        mixes[self.mixes] = 1
        after: Whole = np.cumsum(more + mixes, dtype=narrow(3 * self.count))
        self.size = int(after[-1]) if self.count else 0
        self.flow = after - 1 - mixes
        """The node of each effect; the activity that begins there is just before, the mix after."""
        self.begun = self.flow[self.began] - 1
        self.entered = np.flatnonzero(self.moves.into)
        into = self.moves.into[self.entered]
        place, known = placed(self.processes, into)
        unfinished, begins, which = np.unique(into[~known], return_index=True, return_inverse=True)
        order = np.argsort(begins)
        self.unfinished = unfinished[order]
        node = np.empty(len(into), np.int64)
        node[known] = self.begun[place[known]]
        node[~known] = self.size + np.argsort(order)[which]
        self.entered_node = node
        self.entered_late = np.zeros(len(into), np.bool_)
        self.entered_late[known] = self.began[place[known]] <= self.entered[known]

    def graph(self) -> Graph:
        """Return the graph."""
        edges = _Edges()
        self._take_and_put(edges)
        owed, left, missing = self._forget_pools()
        self._enter_and_leave(edges)
        count = self.size + len(self.unfinished)
        start, source, amount = edges.sorted(count)
        graph = Graph(
            bytearray(self._kinds(count).tobytes()),
            _flat(self._refs(count)),
            _flat(self._totals(count)),
            self._units(count),
            _start=_flat(start[:-1]),
            _sources=_flat(source),
            _amounts=_flat(amount),
        )
        self._late(graph, owed)
        self._end(graph, left, missing)
        return graph

    def _forget_pools(self) -> tuple[list[Owed], list[Rest], list[Rest]]:
        """Keep of what pools hold only the exceptions: the rest is large, and all in the edges."""
        owed, left = list(self.held.owed()), list(self.held.left())
        missing = self.held.missing
        del self.held
        return owed, left, missing

    def _take_and_put(self, edges: _Edges) -> None:
        held = self.held
        source = self.flow[held.effect[held.last]] + 1
        takes = np.flatnonzero(held.has & ~held.puts)
        had = np.minimum(held.before[takes], -held.amount[takes])
        taken_from, amount = self._by_effect(takes, source[takes], had)
        took = amount > 0
        edges.add(taken_from[took], self.flow[took], 0, amount[took])
        puts = np.flatnonzero(held.puts & (held.after > 0))
        had = np.maximum(held.before[puts], 0)
        mixed_from, before = self._by_effect(puts, source[puts], had)
        again = before > 0
        edges.add(mixed_from[again], self.flow[again] + 1, 0, before[again])
        _, brought = self._by_effect(puts, source[puts], held.after[puts] - had)
        enters = brought > 0
        mix = self.flow[enters] + 1
        edges.add(self.flow[enters], mix, again[enters].astype(np.int8), brought[enters])
        self.took = took.astype(np.int8)

    def _by_effect(self, moves: Whole, source: Whole, amount: Whole) -> tuple[Whole, Whole]:
        """Put what is said pool after pool back in the order of time: memory is read in a row."""
        nodes, much = np.zeros(self.count, source.dtype), np.zeros(self.count, np.int64)
        effect = self.held.effect[moves]
        nodes[effect], much[effect] = source, amount
        return nodes, much

    def _enter_and_leave(self, edges: _Edges) -> None:
        source = self.begun[self.process]
        edges.add(source, self.flow[self.gives], self.took[self.gives], self.weights)
        early = ~self.entered_late
        effect, node = self.entered[early], self.entered_node[early]
        order = np.argsort(node, kind="stable")
        start = np.flatnonzero(np.diff(node[order], prepend=NONE))
        place = np.empty(len(node), np.int64)
        sizes = np.diff(start, append=len(node))
        place[order] = np.arange(len(node)) - np.repeat(start, sizes)
        edges.add(self.flow[effect], node, place, self.moves.total[effect])

    def _kinds(self, count: int) -> NDArray[np.uint8]:
        kinds = np.full(count, int(Kind.PROCESS), np.uint8)
        kinds[self.flow] = int(Kind.FLOW)
        mixes = self.mixes
        kinds[self.flow[mixes] + 1] = self.pools.kind[self.moves.went[mixes]]
        return kinds

    def _refs(self, count: int) -> Whole:
        refs = np.empty(count, np.int64)
        refs[self.begun] = self.processes
        refs[self.flow] = self.columns.id[self.moves.flow]
        mixes = self.mixes
        refs[self.flow[mixes] + 1] = self.pools.resource[self.moves.went[mixes]]
        refs[self.size :] = self.unfinished
        return refs

    def _totals(self, count: int) -> Whole:
        totals = np.ones(count, np.int64)
        sums = np.zeros(len(self.processes), np.int64)
        np.add.at(sums, self.process, self.weights)
        totals[self.begun] = sums
        totals[self.flow] = self.moves.total
        totals[self.flow[self.mixes] + 1] = self.mixed
        return totals

    def _units(self, count: int) -> list[str]:
        units = np.full(count, UNKNOWN_UNIT)
        units[self.flow] = self.moves.unit
        mixes = self.mixes
        units[self.flow[mixes] + 1] = self.pools.unit[self.moves.went[mixes]]
        names = np.array([*UNIT_CODES, ""], object)
        told: list[str] = names[units].tolist()
        return told

    def _late(self, graph: Graph, owed: list[Owed]) -> None:
        """Add what goes against the order: into what gave before, or to what is owed."""
        late = self.entered_late
        effects = self.entered[late]
        into = zip(
            self.flow[effects].tolist(),
            self.entered_node[late].tolist(),
            self.moves.total[effects].tolist(),
            strict=True,
        )
        for source, target, amount in into:
            graph.flows_late(source, target, amount)
        for put, take, amount in owed:
            graph.flows_late(int(self.flow[put]), int(self.flow[take]), amount)

    def _end(self, graph: Graph, left: list[Rest], missing: list[Rest]) -> None:
        for effect, rest in left:
            graph.left[int(self.flow[effect]) + 1] = rest
        for take, lacking in missing:
            pool = int(self.moves.came[take])
            unit = UNIT_CODES[self.pools.unit[pool]]
            node = graph.add(Kind.UNKNOWN, int(self.pools.resource[pool]), lacking, unit)
            graph.flows_late(node, int(self.flow[take]), lacking)


def narrow(largest: int) -> type[np.int32 | np.int64]:
    """Return the whole numbers that hold so much: half the memory for any ledger of today."""
    return np.int32 if largest < 2**31 else np.int64


def _flat(column: Whole) -> array[int]:
    return array("q", np.ascontiguousarray(column, np.int64).tobytes())


class _Held:
    """What the pools hold around each move, pool after pool, in the order of time."""

    def __init__(self, moves: Moves, pools: Pools) -> None:
        pool = np.stack([moves.came, moves.went], 1).ravel()
        there = np.flatnonzero(pool != NONE)
        key = np.uint16 if len(pools.kind) < 2**16 else np.int64  # sixteen bits sort much faster
        order = there[np.argsort(pool[there].astype(key), kind="stable")]
        order = order.astype(narrow(len(pool)))
        del there
        self.pool, self.effect = pool[order], order // 2
        del pool
        self.puts = order % 2 == 1
        amount = np.stack([-moves.taken, moves.total], 1).ravel()[order]
        self.amount = amount
        self.first = np.flatnonzero(np.diff(self.pool, prepend=NONE))
        running = np.cumsum(amount)
        begin = running[self.first] - amount[self.first]
        sizes = np.diff(self.first, append=len(order))
        self.after = running - np.repeat(begin, sizes)
        self.before = self.after - amount
        self.has = self.before > 0
        mixing = self.puts & (self.after > 0)
        """The last put before each move that left something there."""
        places = np.arange(len(order), dtype=order.dtype)
        places[~mixing] = 0
        seen = np.maximum.accumulate(places)
        self.last = np.concatenate([seen[:1], seen[:-1]])
        self.mixes = self.effect[mixing]
        self.mixed = self.after[mixing]
        self.seen = seen
        self.missing: list[tuple[int, int]] = []

    def left(self) -> Iterator[tuple[int, int]]:
        """Yield what stayed to the end, with the effect that put it there last."""
        end = np.append(self.first[1:], len(self.pool)) - 1 if len(self.first) else self.first
        end = end[self.after[end] > 0]
        yield from zip(self.effect[self.seen[end]].tolist(), self.after[end].tolist(), strict=True)

    def owed(self) -> Iterator[tuple[int, int, int]]:
        """Yield what puts give back to earlier takes, in turn; then ``missing`` is filled."""
        under = np.unique(self.pool[self.after < 0])
        ends = np.append(self.first[1:], len(self.pool))
        begins = self.pool[self.first]
        for at in np.flatnonzero(np.isin(begins, under)).tolist():
            yield from self._owed_in(slice(int(self.first[at]), int(ends[at])))

    def _owed_in(self, part: slice) -> Iterator[tuple[int, int, int]]:
        queue: deque[list[int]] = deque()
        moves = (self.effect, self.amount, self.before)
        for effect, amount, before in zip(*(one[part].tolist() for one in moves), strict=True):
            if amount < 0:
                lacking = -amount - max(before, 0)
                if lacking > 0:
                    queue.append([effect, lacking])
                continue
            while amount and queue:
                given = min(queue[0][1], amount)
                yield effect, queue[0][0], given
                queue[0][1] -= given
                amount -= given
                if not queue[0][1]:
                    queue.popleft()
        self.missing += [(take, lacking) for take, lacking in queue]
