# SPDX-License-Identifier: AGPL-3.0-or-later
"""Where something came from, over a whole ledger however large: every flow, and how much of it.

What a page follows has a limit; here a million flows take a second or two. What was read is kept in
the data folder, so that the next question reads only what happened since.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from terreau.core.errors import NotFound
from terreau.core.statements import execute
from terreau.ledger.columns import columns_of
from terreau.ledger.flowing import units_of
from terreau.ledger.tracing.graph import Graph, Kind
from terreau.ledger.tracing.quick import build_quick
from terreau.ledger.tracing.triangular import Triangle


class Origin(NamedTuple):
    """An event, with the millionths of its unit that went into what is asked about.

    Where nothing is known, ``event`` is None and ``stock`` gave it without having received it.
    """

    event: int | None
    stock: int | None
    micro: int
    unit: str


def origins(ledger: int, kind: Kind, ref: int, kept: Path | None = None) -> list[Origin]:
    """Return what went into an event or into what a stock holds now, in the order of time.

    ``kept``: a file to read from and to keep up. Raises NotFound for what moved no thing.
    """
    graph = build_quick(columns_of(execute, ledger, kept), units_of(execute, ledger))
    seeds = _seeds(graph, kind, ref)
    much = Triangle(graph).came_from(seeds)
    found: dict[tuple[int, int], Origin] = {}
    for node in (much >= 0.5).nonzero()[0].tolist():
        what, thing = Kind(graph.kinds[node]), graph.refs[node]
        micro, unit = round(much[node]), graph.units[node]
        if what is Kind.FLOW:
            found[what, thing] = Origin(thing, None, micro, unit)
        elif what is Kind.UNKNOWN:
            before = found.get((what, thing))
            more = micro + (before.micro if before else 0)
            found[what, thing] = Origin(None, thing, more, unit)
    return list(found.values())


def _seeds(graph: Graph, kind: Kind, ref: int) -> Mapping[int, int]:
    nodes = graph.nodes_of(kind, ref)
    if kind is Kind.FLOW and nodes:
        return {nodes[-1]: graph.totals[nodes[-1]]}
    seeds = {node: graph.left[node] for node in nodes if node in graph.left}
    if not seeds:
        raise NotFound("Nothing at hand was moved there, or nothing is left: there is no origin.")
    return seeds


def kept_in(folder: Path, ledger: int) -> Path:
    """Return the file of what was read of a ledger."""
    return folder / "kept" / f"flows-{ledger}.npy"
