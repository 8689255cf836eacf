# SPDX-License-Identifier: AGPL-3.0-or-later
"""A quantity followed back through a large graph: SciPy's triangular solver, a pass at a time.

The nodes stand in the order of time, so what came from what is a triangular matrix. The few flows
that go against the order wait for the next pass, as in ``solving``.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.linalg import spsolve_triangular

from terreau.ledger.tracing.graph import Graph
from terreau.ledger.tracing.solving import PASSES, SMALL, came_from_solved

Real = NDArray[np.float64]


class Triangle:
    """The shares of a graph as a matrix, made once and asked many times."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.totals = np.asarray(graph.totals, float)
        size, ways = len(self.totals), graph.back
        start = np.asarray(ways.start, np.int64)
        sizes = np.diff(start)
        shares = np.asarray(ways.amounts, float) / np.repeat(self.totals, sizes)
        # Each column ends with its own node: the ones on the diagonal.
        last = start[1:] + np.arange(size)
        ends, values = np.empty((2, len(shares) + size))
        inner = np.ones(len(ends), np.bool_)
        inner[last] = False
        ends[last], values[last] = np.arange(size), 1.0
        ends[inner], values[inner] = np.asarray(ways.ends, np.int64), -shares
        starts = start + np.arange(size + 1)
        self.matrix = sparse.csc_array((values, ends.astype(np.int32), starts), (size, size))

    def came_from(self, seeds: Mapping[int, float]) -> Real:
        """Return what ``came_from_fast`` does."""
        much = np.zeros(len(self.totals))
        waiting = dict(seeds)
        for _ in range(PASSES + 1):
            if not waiting:
                return much
            asked = np.zeros(len(much))
            asked[list(waiting)] = list(waiting.values())
            # It writes on the matrix its own diagonal only, each time: no copy of all is needed.
            more = spsolve_triangular(
                self.matrix, asked, lower=False, unit_diagonal=True, overwrite_A=True,
                overwrite_b=True,
            )  # fmt: skip
            waiting = self._against(more)
            much += more
        return np.asarray(came_from_solved(self.graph, seeds), float)

    def _against(self, much: Real) -> dict[int, float]:
        """Return what has to go against the order after a pass."""
        waiting: dict[int, float] = {}
        for node, edges in self.graph.back.late.items():
            for end, amount in edges if much[node] else ():
                share = float(much[node]) * amount / self.graph.totals[node]
                waiting[end] = waiting.get(end, 0.0) + share
        return {node: value for node, value in waiting.items() if value > SMALL}
