# SPDX-License-Identifier: AGPL-3.0-or-later
"""Follow a quantity along the graph: exactly in fractions, or fast in floats. Same answers.

The exact answer is what a page shows of a few thousand steps. The fast one reads a million flows in
about a second: each node's figure then differs from the exact one by less than a hundredth of a
millionth of its unit, as long as nothing exceeds a milliard of it (the precision of a float).
"""

from __future__ import annotations

from array import array
from collections.abc import Collection, Mapping, Sequence
from fractions import Fraction
from operator import add, truediv

from terreau.ledger.tracing.graph import Graph, Ways
from terreau.ledger.tracing.rounds import spread

SMALL = 1e-6
"""Of a millionth of a unit: what is left then goes no further."""


def came_from(graph: Graph, seeds: Mapping[int, int]) -> dict[int, Fraction]:
    """Return how much of each node went into the seeds, in that node's unit, exactly."""
    wanted = {node: Fraction(much) for node, much in seeds.items()}
    return spread(graph.back, graph.totals, wanted, Fraction)


def went_to(
    graph: Graph, seeds: Mapping[int, int], kept: Collection[int] = frozenset()
) -> dict[int, Fraction]:
    """Return how much of the seeds went into each node, in the seeds' unit, exactly.

    ``kept`` nodes hold what their seed says, whatever comes back to them.
    """
    wanted = {node: Fraction(much) for node, much in seeds.items()}
    return spread(graph.forth, graph.totals, wanted, Fraction, kept)


def came_from_fast(graph: Graph, seeds: Mapping[int, int]) -> array[float]:
    """Return what ``came_from`` does, in floats, a figure a node."""
    return _run(graph.back, graph.shares, graph.totals, seeds, frozenset())


def went_to_fast(
    graph: Graph, seeds: Mapping[int, int], kept: Collection[int] = frozenset()
) -> array[float]:
    """Return what ``went_to`` does, in floats, a figure a node."""
    return _run(graph.forth, graph.shares_forth, graph.totals, seeds, frozenset(kept))


PASSES = 30


def _run(
    ways: Ways,
    shares: Sequence[float],
    totals: Sequence[int],
    seeds: Mapping[int, float],
    kept: frozenset[int],
) -> array[float]:
    """Pass the nodes in their order; what goes against it waits for the next pass.

    Where things go round, each pass leaves less; where that is slow, the rounds are solved.
    """
    much = _nothing(totals)
    waiting = _pass(ways, shares, totals, seeds, much, kept)
    for _ in range(PASSES):
        if not waiting:
            return much
        more = _nothing(totals)
        waiting = _pass(ways, shares, totals, waiting, more, kept)
        much = array("d", map(add, much, more))
    return _solved(ways, totals, seeds, kept)


def came_from_solved(graph: Graph, seeds: Mapping[int, float]) -> array[float]:
    """Return what ``came_from_fast`` does where passes do not come to an end: rounds are solved."""
    return _solved(graph.back, graph.totals, seeds, frozenset())


def _solved(
    ways: Ways, totals: Sequence[int], seeds: Mapping[int, float], kept: frozenset[int]
) -> array[float]:
    wanted = {node: float(seed) for node, seed in seeds.items()}
    much = _nothing(totals)
    for node, value in spread(ways, totals, wanted, truediv, kept).items():
        much[node] = value
    return much


def _nothing(totals: Sequence[int]) -> array[float]:
    return array("d", bytes(8 * len(totals)))


def _pass(
    ways: Ways,
    shares: Sequence[float],
    totals: Sequence[int],
    seeds: Mapping[int, float],
    much: array[float],
    kept: frozenset[int],
) -> dict[int, float]:
    """Put in ``much`` what comes from the seeds; return what has to go against the order."""
    for node, seed in seeds.items():
        much[node] = seed
    start, ends, late = ways.start, ways.ends, ways.late
    order = range(max(seeds, default=-1), -1, -1)
    if not ways.backwards:
        order = range(min(seeds, default=len(totals)), len(totals))
    waiting: dict[int, float] = {}
    for node in order:
        value = much[node]
        if not value:
            continue
        if node in kept:
            much[node] = value = seeds.get(node, 0.0)
        for number in range(start[node], start[node + 1]):
            much[ends[number]] += value * shares[number]
        if node in late:
            for end, amount in late[node]:
                waiting[end] = waiting.get(end, 0.0) + value * amount / totals[node]
    return {node: value for node, value in waiting.items() if value > SMALL and node not in kept}
