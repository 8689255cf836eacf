# SPDX-License-Identifier: AGPL-3.0-or-later
"""Who contributed to what came out: where a trace begins, in own units, each thing once.

A trace passes what was given, mixed, made and handed on. A contribution is where something enters
it: work, a loan, a thing given or first counted. What was only handed on (a stock that an activity
consumes) is no new contribution, so that nothing is counted twice, whatever the ways it took.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import NamedTuple

from terreau.ledger.tracing.graph import Graph, Kind
from terreau.ledger.tracing.solving import came_from, came_from_fast

EXACT = 3_000
"""Nodes up to which one counts in fractions; beyond, in floats, the same to the millionth."""


class Origin(NamedTuple):
    """So many millionths of a unit entered with an event; ``known`` is False for a stock that gave
    them without ever having received them."""

    known: bool
    ref: int
    unit: str
    much: Fraction


def origins(graph: Graph, seeds: Mapping[int, int]) -> list[Origin]:
    """Return what entered, in the order of the events; what is of unknown origin comes last."""
    found: dict[tuple[bool, int, str], Fraction] = {}
    for node, much in _much(graph, seeds):
        kind = graph.kinds[node]
        if much and (kind == Kind.UNKNOWN or (kind == Kind.FLOW and _enters(graph, node))):
            key = (kind == Kind.FLOW, graph.refs[node], graph.units[node])
            found[key] = found.get(key, Fraction(0)) + much
    told = [Origin(*key, much) for key, much in found.items()]
    return sorted(told, key=lambda one: (not one.known, one.ref, one.unit))


def _much(graph: Graph, seeds: Mapping[int, int]) -> Iterator[tuple[int, Fraction]]:
    if len(graph.totals) <= EXACT:
        yield from came_from(graph, seeds).items()
    else:
        fast = came_from_fast(graph, seeds)
        yield from ((node, Fraction(much)) for node, much in enumerate(fast) if much)


def held_in(graph: Graph, stock: int) -> dict[int, int]:
    """Return what a stock holds at the end, to be followed."""
    nodes = graph.nodes_of(Kind.STOCK, stock)
    return {node: graph.left[node] for node in nodes if node in graph.left}


def moved_by(graph: Graph, event: int) -> dict[int, int]:
    """Return what an event moved, to be followed; nothing when it moved rights alone."""
    nodes = graph.nodes_of(Kind.FLOW, event)
    return {nodes[-1]: graph.totals[nodes[-1]]} if nodes else {}


def _enters(graph: Graph, node: int) -> bool:
    """Tell whether nothing is noted before: neither a stock, nor an activity into which something
    went."""
    return all(
        graph.kinds[source] == Kind.PROCESS and not any(graph.back.of(source))
        for source, _ in graph.back.of(node)
    )
