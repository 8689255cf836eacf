# SPDX-License-Identifier: AGPL-3.0-or-later
"""Trace and track as sets: what they pass, what they do not, and that they hold the quantities."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from terreau.ledger.tracing.building import Flowed
from terreau.ledger.tracing.graph import Kind
from terreau.ledger.tracing.sets import Happened, Thing, linked, trace, track
from terreau.ledger.tracing.solving import came_from, went_to
from tests.ledger.tracing.histories import anything, graph_of

pytestmark = pytest.mark.unit


def event(number: int) -> Thing:
    return Thing("event", number)


def resource(number: int) -> Thing:
    return Thing("resource", number)


def process(number: int) -> Thing:
    return Thing("process", number)


BREAD = linked(
    [
        Happened(1, "raise", resource=1),
        Happened(2, "consume", resource=1, input_of=1),
        Happened(3, "work", input_of=1),
        Happened(4, "produce", resource=2, output_of=1),
        Happened(5, "transfer", resource=2, to_resource=3),
    ]
)


def test_a_trace_goes_back_to_all_that_entered() -> None:
    assert trace(BREAD, resource(3)) == {
        resource(3): None,
        event(5): resource(3),
        resource(2): event(5),
        event(4): resource(2),
        process(1): event(4),
        event(3): process(1),
        event(2): process(1),
        resource(1): event(2),
        event(1): resource(1),
    }


def test_a_track_goes_on_to_all_that_it_entered() -> None:
    assert set(track(BREAD, resource(1))) == {
        resource(1), event(2), process(1), event(4), resource(2), event(5), resource(3),
    }  # fmt: skip


def test_a_flow_is_in_the_activity_of_the_promise_that_it_fulfils() -> None:
    """Whatever was noted: directly, or through the promise."""
    links = linked(
        [
            Happened(1, "work", promises=(7,)),
            Happened(2, "work", input_of=1),
            Happened(3, "produce", resource=2, promises=(8,)),
        ],
        planned={7: (1, None), 8: (None, 1)},
    )
    assert set(trace(links, resource(2))) == {
        resource(2), event(3), process(1), event(1), event(2),
    }  # fmt: skip
    assert event(3) in track(links, event(1))


MENDING = [
    Happened(1, "raise", resource=1),
    Happened(2, "raise", resource=2),
    Happened(3, "accept", resource=1, input_of=1),
    Happened(4, "accept", resource=2, input_of=1),
    Happened(5, "modify", resource=1, output_of=1),
    Happened(6, "modify", resource=2, output_of=1),
]


def test_what_passed_through_an_activity_beside_it_is_no_part_of_it() -> None:
    found = trace(linked(MENDING), resource(1))
    assert event(3) in found
    assert event(4) not in found
    assert resource(2) not in found


def test_what_is_mended_twice_is_followed_twice() -> None:
    again = [
        Happened(7, "accept", resource=1, input_of=2),
        Happened(8, "modify", resource=1, output_of=2),
    ]
    assert {event(3), event(7)} <= set(trace(linked(MENDING + again), resource(1)))


def test_what_goes_round_is_passed_once() -> None:
    links = linked(
        [
            Happened(1, "consume", resource=1, input_of=1),
            Happened(2, "produce", resource=1, output_of=1),
        ]
    )
    assert set(trace(links, resource(1))) == {resource(1), event(2), process(1), event(1)}


@given(anything, st.data())
def test_all_that_has_a_quantity_is_in_the_set(flows: list[Flowed], data: st.DataObject) -> None:
    graph = graph_of(flows)
    if not graph.totals:
        return
    links = linked(
        Happened(one.id, one.action, one.resource, one.to_resource, one.input_of, one.output_of)
        for one in flows
    )
    start = data.draw(st.sampled_from([graph.refs[n] for n in _flows(graph)]))
    nodes = graph.nodes_of(Kind.FLOW, start)
    for node in (nodes[0], nodes[-1]):
        traced = came_from(graph, {node: graph.totals[node]})
        assert _told(graph, traced) <= set(trace(links, event(start)))
        followed = went_to(graph, {node: graph.totals[node]})
        assert _told(graph, followed) <= set(track(links, event(start)))


def _flows(graph) -> list[int]:
    return [node for node in range(len(graph.totals)) if graph.kinds[node] == Kind.FLOW]


def _told(graph, much) -> set[Thing]:
    return {event(graph.refs[node]) for node in _flows(graph) if much.get(node)}
