# SPDX-License-Identifier: AGPL-3.0-or-later
"""Histories made to be slow: a chain of 100,000, ways that multiply, one stock for everything.

Each is followed to its end and answers exactly. What would walk each way, or call itself once a
step, would not come back from any of them.
"""

from __future__ import annotations

import pytest

from terreau.ledger.tracing.building import Flowed, build
from terreau.ledger.tracing.graph import Graph, Kind
from terreau.ledger.tracing.sets import Happened, Thing, linked, trace, track
from terreau.ledger.tracing.solving import came_from, came_from_fast, went_to_fast
from tests.ledger.tracing.histories import FLOUR, KG

pytestmark = pytest.mark.unit

LONG = 100_000
LEVELS, WIDTH = 13, 3


def chain(length: int) -> list[Flowed]:
    """A kilo that goes through so many stocks."""
    first = Flowed(1, "raise", FLOUR, KG, "kg", resource=1)
    return [first, *(_moved(n + 1, n, n + 1) for n in range(1, length))]


def _moved(number: int, source: int, target: int, micro: int = KG) -> Flowed:
    return Flowed(number, "transfer", FLOUR, micro, "kg", source, target, crossed=True)


def multiplying() -> list[Flowed]:
    """Thirteen times, three stocks each give a third to each of the three that follow."""
    whole = WIDTH**LEVELS * KG
    flows = [Flowed(n, "raise", FLOUR, whole, "kg", resource=n) for n in range(1, WIDTH + 1)]
    for level in range(LEVELS):
        for source in range(WIDTH):
            for target in range(WIDTH):
                at = level * WIDTH + 1
                flows.append(
                    _moved(len(flows) + 1, at + source, at + WIDTH + target, whole // WIDTH)
                )
    return flows


def hub() -> list[Flowed]:
    """All goes through one stock: so many kilos in, each from its own, then so many out."""
    entered = [Flowed(n, "raise", FLOUR, KG, "kg", resource=1) for n in range(1, LONG // 2 + 1)]
    return entered + [_moved(n, 1, n) for n in range(LONG // 2 + 1, LONG + 1)]


def graph_of(flows: list[Flowed]) -> Graph:
    stocks = {one for flow in flows for one in (flow.resource, flow.to_resource) if one}
    return build(flows, dict.fromkeys(stocks, "kg"))


def last_of(graph: Graph, flows: list[Flowed]) -> dict[int, int]:
    (node, *_) = graph.nodes_of(Kind.FLOW, flows[-1].id)
    return {node: graph.totals[node]}


def raised(graph: Graph, much, flows: list[Flowed]) -> list[object]:
    """Return how much came from each of the flows that brought something into being."""
    wanted = {flow.id for flow in flows if flow.action == "raise"}
    told = zip(range(len(graph.totals)), graph.kinds, graph.refs, strict=True)
    nodes = [node for node, kind, ref in told if kind == Kind.FLOW and ref in wanted]
    return [much[node] for node in nodes if much[node]]


def test_a_chain_of_100_000_is_followed_to_its_end_both_ways():
    flows = chain(LONG)
    graph = graph_of(flows)
    seeds = last_of(graph, flows)
    assert raised(graph, came_from_fast(graph, seeds), flows) == [KG]
    (first, *_) = graph.nodes_of(Kind.FLOW, 1)
    reached = went_to_fast(graph, {first: graph.totals[first]})
    assert [reached[node] for node in seeds] == [KG]
    assert sum(map(bool, reached)) >= LONG


def test_a_chain_is_followed_exactly():
    flows = chain(LONG // 10)
    graph = graph_of(flows)
    seeds = last_of(graph, flows)

    assert raised(graph, came_from(graph, seeds), flows) == [KG]


def test_a_chain_of_100_000_is_a_set_both_ways():
    flows = chain(LONG)
    links = linked(Happened(f.id, f.action, f.resource, f.to_resource) for f in flows)

    assert len(trace(links, Thing("event", LONG))) == 2 * LONG - 1
    assert Thing("event", LONG) in track(links, Thing("event", 1))


def test_a_million_and_a_half_of_ways_are_a_hundred_flows():
    flows = multiplying()
    graph = graph_of(flows)
    seeds = last_of(graph, flows)

    parts = raised(graph, came_from(graph, seeds), flows)
    assert WIDTH**LEVELS > 1_500_000 and len(flows) < 150
    assert parts == [WIDTH ** (LEVELS - 2) * KG] * WIDTH
    links = linked(Happened(f.id, f.action, f.resource, f.to_resource) for f in flows)
    assert len(trace(links, Thing("event", flows[-1].id))) <= 2 * len(flows)


def test_one_stock_through_which_everything_goes():
    flows = hub()
    graph = graph_of(flows)
    seeds = last_of(graph, flows)

    traced = came_from_fast(graph, seeds)
    parts = raised(graph, traced, flows)
    assert len(parts) == LONG // 2
    assert sum(parts) == pytest.approx(KG)
    assert max(parts) == pytest.approx(KG / (LONG // 2))
    links = linked(Happened(f.id, f.action, f.resource, f.to_resource) for f in flows)
    assert len(trace(links, Thing("event", LONG))) == LONG // 2 + 2
