# SPDX-License-Identifier: AGPL-3.0-or-later
"""Who contributed to what came out: each thing once, in its own unit, whatever its ways."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from terreau.ledger.sharing.origins import Origin, held_in, moved_by, origins
from tests.ledger.tracing.histories import (
    KG,
    STOCKS,
    TIME,
    Flowed,
    among_stocks,
    anything,
    flow,
    graph_of,
    numbered,
)

pytestmark = pytest.mark.unit


def entered(flows: list[Flowed], stock: int) -> dict[int, Fraction]:
    """By the number of the flow (none of unknown origin), in kilos or hours."""
    graph = graph_of(flows)
    return {one.ref: one.much / KG for one in origins(graph, held_in(graph, stock))}


def work(hours: int, process: int) -> Flowed:
    return Flowed(0, "work", TIME, hours * KG, "hour", input_of=process)


def test_work_and_what_was_given_count_and_what_was_handed_on_does_not():
    flows = numbered(
        [
            flow(0, "raise", 30, resource=1),
            flow(0, "transfer", 10, to_resource=1, crossed=True),
            flow(0, "consume", 20, resource=1, input_of=1),
            work(6, 1),
            flow(0, "produce", 16, resource=2, output_of=1),
            flow(0, "transfer", 4, resource=2, to_resource=3, crossed=True),
        ]
    )

    assert entered(flows, 3) == {1: Fraction(15, 4), 2: Fraction(5, 4), 4: Fraction(3, 2)}
    assert entered(flows, 2) == {1: Fraction(45, 4), 2: Fraction(15, 4), 4: Fraction(9, 2)}


def test_fault_7_a_process_reached_by_two_ways_is_counted_once_with_the_right_quantity():
    flows = numbered(
        [
            work(8, 1),
            flow(0, "produce", 6, resource=1, output_of=1),
            flow(0, "produce", 2, resource=2, output_of=1),
            flow(0, "consume", 6, resource=1, input_of=2),
            flow(0, "consume", 2, resource=2, input_of=2),
            flow(0, "produce", 4, resource=3, output_of=2),
        ]
    )

    assert entered(flows, 3) == {1: 8}


def test_fault_7_two_processes_fill_one_stock_and_each_counts_for_what_it_made():
    flows = numbered(
        [
            work(3, 1),
            work(5, 2),
            flow(0, "produce", 6, resource=1, output_of=1),
            flow(0, "produce", 2, resource=1, output_of=2),
            flow(0, "lower", 4, resource=1),
        ]
    )

    assert entered(flows, 1) == {1: Fraction(3, 2), 2: Fraction(5, 2)}


def test_fault_7_a_thing_that_was_lent_and_came_back_is_its_own_origin():
    flows = numbered(
        [
            flow(0, "raise", 4, resource=1),
            flow(0, "accept", 2, resource=1, input_of=1),
            work(5, 1),
            flow(0, "modify", 2, resource=1, output_of=1),
        ]
    )

    assert entered(flows, 1) == {1: 4, 3: 5}


def test_a_product_of_which_nothing_is_noted_before_is_brought_by_who_made_it():
    flows = numbered([flow(0, "produce", 5, resource=1, output_of=1)])

    assert entered(flows, 1) == {1: 5}


def test_what_a_stock_gave_without_having_it_is_of_unknown_origin():
    flows = numbered(
        [
            flow(0, "raise", 3, resource=1),
            flow(0, "transfer", 4, resource=1, to_resource=2, crossed=True),
        ]
    )
    graph = graph_of(flows)

    assert origins(graph, held_in(graph, 2)) == [
        Origin(True, 1, "kg", Fraction(3 * KG)),
        Origin(False, 1, "kg", Fraction(KG)),
    ]


def test_an_event_is_followed_as_a_stock_is():
    flows = numbered(
        [flow(0, "raise", 3, resource=1), flow(0, "transfer", 2, resource=1, to_resource=2)]
    )
    graph = graph_of(flows)

    assert origins(graph, moved_by(graph, 2)) == [Origin(True, 1, "kg", Fraction(2 * KG))]
    assert moved_by(graph, 9) == {}


@given(among_stocks(), st.sampled_from((1, 2, 3)))
def test_what_entered_sums_to_what_is_held(flows, stock):
    graph = graph_of(flows)
    seeds = held_in(graph, stock)

    told = origins(graph, seeds)

    kilos = sum(one.much / 1000 if one.unit == "g" else one.much for one in told)
    assert kilos * (1000 if STOCKS[stock] == "g" else 1) == sum(seeds.values())


@given(anything, st.sampled_from((1, 2, 3, 4)))
def test_no_event_counts_for_more_than_it_moved(flows, stock):
    graph = graph_of(flows)
    moved = {one.id: one for one in flows}

    for one in origins(graph, held_in(graph, stock)):
        if one.known:
            scale = 1000 if one.unit == "g" and moved[one.ref].unit == "kg" else 1
            assert 0 < one.much <= moved[one.ref].micro * scale
