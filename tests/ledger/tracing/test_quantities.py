# SPDX-License-Identifier: AGPL-3.0-or-later
"""How much of what came from where: conservation, both ends agree, against brute force."""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from terreau.ledger.tracing.building import Flowed
from terreau.ledger.tracing.graph import Graph, Kind, Ways
from terreau.ledger.tracing.solving import came_from, came_from_fast, went_to, went_to_fast
from tests.ledger.tracing.histories import (
    BICYCLE,
    BOLT,
    KG,
    TIME,
    among_stocks,
    anything,
    flow,
    graph_of,
    in_kilos,
    of_kind,
    origins,
)

pytestmark = pytest.mark.unit
both_orders = st.booleans()


def by_flow(graph: Graph, much: dict[int, Fraction]) -> dict[int, Fraction]:
    """What passed at each flow, in kilos or pieces."""
    found: dict[int, Fraction] = {}
    for node, value in much.items():
        if graph.kinds[node] == Kind.FLOW:
            found[graph.refs[node]] = in_kilos(graph, node, value) / KG
    return found


def held(graph: Graph, stock: int) -> dict[int, int]:
    """What a stock holds at the end, node by node."""
    return {
        node: left
        for node, left in graph.left.items()
        if graph.kinds[node] == Kind.STOCK and graph.refs[node] == stock
    }


def test_a_stock_lets_go_what_entered_it_in_proportion() -> None:
    flows = [
        flow(1, "raise", 6, resource=1),
        flow(2, "raise", 2, resource=1),
        flow(3, "transfer", 4, resource=1, to_resource=2),
    ]
    graph = graph_of(flows)
    assert by_flow(graph, came_from(graph, held(graph, 2))) == {1: 3, 2: 1, 3: 4}


def test_or_what_entered_first() -> None:
    flows = [
        flow(1, "raise", 3, resource=1),
        flow(2, "raise", 2, resource=1),
        flow(3, "transfer", 4, resource=1, to_resource=2),
    ]
    graph = graph_of(flows, fifo=True)
    assert by_flow(graph, came_from(graph, held(graph, 2))) == {1: 3, 2: 1, 3: 4}
    assert by_flow(graph, came_from(graph, held(graph, 1))) == {2: 1}


def test_what_enters_after_is_no_part_of_what_left_before() -> None:
    flows = [
        flow(1, "raise", 6, resource=1),
        flow(2, "transfer", 4, resource=1, to_resource=2),
        flow(3, "raise", 9, resource=1),
    ]
    graph = graph_of(flows)
    assert 3 not in by_flow(graph, came_from(graph, held(graph, 2)))


def test_an_activity_gives_all_that_entered_to_all_that_comes_out() -> None:
    flows = [
        flow(1, "raise", 10, resource=1),
        flow(2, "consume", 10, resource=1, input_of=1),
        Flowed(3, "work", TIME, 6 * KG, "hour", input_of=1),
        flow(4, "produce", 6, resource=2, output_of=1),
        flow(5, "produce", 2, resource=3, output_of=1),
    ]
    graph = graph_of(flows)
    told = by_flow(graph, came_from(graph, held(graph, 2)))
    assert told == {1: Fraction(30, 4), 2: Fraction(30, 4), 3: Fraction(18, 4), 4: 6}


def test_what_does_not_count_in_the_same_unit_takes_an_equal_part() -> None:
    flows = [
        Flowed(1, "work", TIME, 6 * KG, "hour", input_of=1),
        flow(2, "produce", 6, resource=2, output_of=1),
        flow(3, "produce", 1, resource=4, output_of=1),
    ]
    graph = graph_of(flows)
    assert by_flow(graph, came_from(graph, held(graph, 4))) == {1: 3, 3: 1}


def test_pieces_of_two_kinds_of_things_are_not_added() -> None:
    flows = [
        Flowed(1, "work", TIME, 6 * KG, "hour", input_of=1),
        Flowed(2, "produce", BICYCLE, KG, "item", output_of=1),
        Flowed(3, "produce", BOLT, 99 * KG, "item", output_of=1),
    ]
    graph = graph_of(flows)
    (bicycle,) = graph.nodes_of(Kind.FLOW, 2)
    assert by_flow(graph, came_from(graph, {bicycle: KG})) == {1: 3, 2: 1}


def test_what_is_mended_stays_itself_and_carries_the_work() -> None:
    flows = [
        flow(1, "raise", 5, resource=1),
        flow(2, "accept", 2, resource=1, input_of=1),
        Flowed(3, "work", TIME, 3 * KG, "hour", input_of=1),
        flow(4, "modify", 2, resource=1, output_of=1),
    ]
    graph = graph_of(flows)
    assert by_flow(graph, came_from(graph, held(graph, 1))) == {1: 5, 2: 2, 3: 3, 4: 2}


def test_what_is_put_away_comes_back_as_itself() -> None:
    flows = [
        flow(1, "raise", 5, resource=1),
        flow(2, "combine", 5, resource=1, to_resource=4),
        flow(3, "separate", 5, resource=1),
    ]
    graph = graph_of([flows[0], flows[1]._replace(unit="kg"), flows[2]])
    assert by_flow(graph, came_from(graph, held(graph, 1))) == {1: 5, 2: 5, 3: 5}


def test_a_thing_lent_as_one_record_does_not_move_its_content() -> None:
    flows = [
        flow(1, "raise", 5, resource=1),
        flow(2, "transferCustody", 5, resource=1, crossed=True),
    ]
    graph = graph_of(flows)
    assert by_flow(graph, came_from(graph, held(graph, 1))) == {1: 5}


def test_rights_alone_move_nothing_at_hand() -> None:
    flows = [
        flow(1, "raise", 5, resource=1),
        flow(2, "transferAllRights", 5, resource=1, to_resource=2, crossed=True),
    ]
    graph = graph_of(flows)
    assert held(graph, 2) == {}
    assert sum(held(graph, 1).values()) == 5 * KG


def test_what_was_given_before_it_came_is_owed_by_what_comes_next() -> None:
    flows = [
        flow(1, "transfer", 4, resource=1, to_resource=2),
        flow(2, "raise", 3, resource=1),
    ]
    graph = graph_of(flows)
    much = came_from(graph, held(graph, 2))
    assert by_flow(graph, much) == {1: 4, 2: 3}
    (unknown,) = of_kind(graph, Kind.UNKNOWN)
    assert much[unknown] == 1 * KG


def test_a_stock_that_feeds_the_activity_which_fills_it_is_solved() -> None:
    """Each day 1 kg of dough is kept for the next: half of all that ever comes out goes back."""
    flows = [
        flow(1, "raise", 1, resource=1),
        flow(2, "consume", 1, resource=1, input_of=1),
        flow(3, "raise", 1, resource=2),
        flow(4, "consume", 1, resource=2, input_of=1),
        flow(5, "produce", 2, resource=1, output_of=1),
        flow(6, "consume", 1, resource=1, input_of=1),
        flow(7, "produce", 1, resource=3, output_of=1),
    ]
    graph = graph_of(flows)
    told = by_flow(graph, came_from(graph, held(graph, 1) | held(graph, 3)))
    assert told[1] == 1
    assert told[3] == 1


def test_what_goes_round_for_ever_has_no_origin() -> None:
    flows = [
        flow(1, "consume", 1, resource=1, input_of=1),
        flow(2, "produce", 1, resource=1, output_of=1),
    ]
    graph = graph_of(flows)
    (node,) = graph.nodes_of(Kind.FLOW, 2)
    assert by_flow(graph, came_from(graph, {node: KG}))[2] == 1


@given(among_stocks(), both_orders)
def test_what_is_traced_sums_to_the_quantity(flows: list[Flowed], fifo: bool) -> None:
    graph = graph_of(flows, fifo=fifo)
    begin = origins(graph)
    for node, total in enumerate(graph.totals):
        much = came_from(graph, {node: total})
        found = sum(in_kilos(graph, one, much[one]) for one in begin if one in much)
        assert found == in_kilos(graph, node, Fraction(total))


@given(among_stocks(), both_orders)
def test_what_is_followed_is_somewhere_at_the_end(flows: list[Flowed], fifo: bool) -> None:
    graph = graph_of(flows, fifo=fifo)
    gone = {one.id for one in flows if one.action in ("lower", "consume")}
    for node, total in enumerate(graph.totals):
        much = went_to(graph, {node: total})
        left = sum(
            much.get(one, Fraction(0)) * part / graph.totals[one]
            for one, part in graph.left.items()
        )
        spent = sum(
            value
            for one, value in much.items()
            if graph.kinds[one] == Kind.FLOW and graph.refs[one] in gone
        )
        assert left + spent == total


@given(anything, both_orders)
def test_each_node_gives_what_it_received_and_no_more(flows: list[Flowed], fifo: bool) -> None:
    graph = graph_of(flows, fifo=fifo)
    for node, total in enumerate(graph.totals):
        given_away = sum(amount for _, amount in graph.forth.of(node))
        kept = graph.left.get(node, 0)
        if graph.kinds[node] in (Kind.STOCK, Kind.HANDS):
            assert given_away + kept == total
            assert sum(amount for _, amount in graph.back.of(node)) == total
        else:
            assert given_away in (0, total)


@given(anything, both_orders, st.data())
def test_both_ends_see_the_same_share(flows: list[Flowed], fifo: bool, data: st.DataObject) -> None:
    graph = graph_of(flows, fifo=fifo)
    nodes = range(len(graph.totals))
    if not nodes or goes_round_for_ever(graph, graph.back):
        return
    one, other = data.draw(st.sampled_from(nodes)), data.draw(st.sampled_from(nodes))
    traced = came_from(graph, {other: graph.totals[other]}).get(one, 0)
    followed = went_to(graph, {one: graph.totals[one]}).get(other, 0)
    assert traced == followed


def goes_round_for_ever(graph: Graph, ways: Ways) -> bool:
    """Tell whether something goes round undiminished: then no amount, or any, answers there."""
    size = len(graph.totals)
    rows = [[Fraction(int(one == other)) for other in range(size)] for one in range(size)]
    for node in range(size):
        for end, amount in ways.of(node):
            rows[end][node] -= Fraction(amount, graph.totals[node])
    while rows:
        pivot = next((row for row in rows if row[0]), None)
        if pivot is None:
            return True
        rows.remove(pivot)
        rows = [
            [a - row[0] / pivot[0] * b for a, b in zip(row[1:], pivot[1:], strict=True)]
            for row in rows
        ]
    return False


@given(anything, both_orders, st.data())
def test_the_answer_solves_the_equations(
    flows: list[Flowed], fifo: bool, data: st.DataObject
) -> None:
    """What is at a node is what was asked there, and what every other one brings to it."""
    graph = graph_of(flows, fifo=fifo)
    if not graph.totals:
        return
    seed = data.draw(st.sampled_from(range(len(graph.totals))))
    for ways, answer in ((graph.back, came_from), (graph.forth, went_to)):
        if goes_round_for_ever(graph, ways):
            continue
        much = answer(graph, {seed: graph.totals[seed]})
        brought: dict[int, Fraction] = defaultdict(Fraction, {seed: Fraction(graph.totals[seed])})
        for node, value in much.items():
            for end, amount in ways.of(node):
                brought[end] += value * Fraction(amount, graph.totals[node])
        assert {one: value for one, value in brought.items() if value} == {
            one: value for one, value in much.items() if value
        }


@given(anything, both_orders, st.data())
def test_the_fast_reading_gives_the_same_to_the_millionth(
    flows: list[Flowed], fifo: bool, data: st.DataObject
) -> None:
    graph = graph_of(flows, fifo=fifo)
    if not graph.totals:
        return
    seed = data.draw(st.sampled_from(range(len(graph.totals))))
    for exact, fast in ((came_from, came_from_fast), (went_to, went_to_fast)):
        wanted = exact(graph, {seed: graph.totals[seed]})
        found = fast(graph, {seed: graph.totals[seed]})
        for node, much in enumerate(found):
            assert abs(wanted.get(node, 0) - much) < 0.01


@given(st.integers(1, 9), st.lists(st.integers(1, 3), max_size=6))
def test_with_one_source_the_two_orders_agree(much: int, steps: list[int]) -> None:
    flows = [flow(1, "raise", much, resource=1)]
    for number, kilos in enumerate(steps, 2):
        if sum(steps[: number - 1]) <= much:
            flows.append(flow(number, "transfer", kilos, resource=1, to_resource=2))
    mixed, first = graph_of(flows), graph_of(flows, fifo=True)
    for stock in (1, 2):
        one = by_flow(mixed, came_from(mixed, held(mixed, stock)))
        assert one == by_flow(first, came_from(first, held(first, stock)))


@given(among_stocks())
def test_in_proportion_against_brute_force(flows: list[Flowed]) -> None:
    """Another way: carry what everything is made of from stock to stock."""
    stocks: dict[int, Counter[int]] = {1: Counter(), 2: Counter(), 3: Counter()}
    for one in flows:
        kilos = Fraction(one.micro, KG)
        if one.action in ("raise", "produce"):
            stocks[one.resource][one.id] += kilos
            continue
        source = stocks[one.resource]
        share = kilos / sum(source.values())
        part = Counter({origin: much * share for origin, much in source.items()})
        for origin, much in part.items():
            source[origin] -= much
        if one.to_resource:
            stocks[one.to_resource].update(part)
    _same(graph_of(flows), flows, stocks)


@given(among_stocks())
def test_first_in_first_out_against_brute_force(flows: list[Flowed]) -> None:
    """Another way: each stock is a queue of grams, each made of what its own lot is made of."""
    queues: dict[int, deque[tuple[int, Counter[int]]]] = {1: deque(), 2: deque(), 3: deque()}
    for one in flows:
        kilos = one.micro // KG
        if one.action in ("raise", "produce"):
            queues[one.resource].extend([(one.id, Counter({one.id: Fraction(1)}))] * kilos)
            continue
        left = [queues[one.resource].popleft() for _ in range(kilos)]
        mixed: Counter[int] = Counter()
        for _, made_of in left:
            for origin, much in made_of.items():
                mixed[origin] += much / kilos
        if one.to_resource:
            queues[one.to_resource].extend([(one.id, mixed)] * kilos)
    stocks = {
        stock: sum((made_of for _, made_of in queue), Counter()) for stock, queue in queues.items()
    }
    _same(graph_of(flows, fifo=True), flows, stocks)


def _same(graph: Graph, flows: list[Flowed], stocks: dict[int, Counter[int]]) -> None:
    entered = {one.id for one in flows if one.action in ("raise", "produce")}
    for stock in (1, 2, 3):
        told = by_flow(graph, came_from(graph, held(graph, stock)))
        found = {origin: much for origin, much in told.items() if origin in entered}
        assert found == {origin: much for origin, much in stocks[stock].items() if much}


def test_a_kept_node_holds_what_its_seed_says() -> None:
    flows = [
        flow(1, "raise", 4, resource=1),
        flow(2, "transfer", 4, resource=1, to_resource=2),
        flow(3, "transfer", 4, resource=2, to_resource=1),
        flow(4, "lower", 4, resource=1),
    ]
    graph = graph_of(flows)
    nodes = graph.nodes_of(Kind.STOCK, 1)
    seeds = {node: graph.totals[node] for node in nodes}
    fast = {node: Fraction(much) for node, much in enumerate(went_to_fast(graph, seeds, nodes))}
    for much in (went_to(graph, seeds, nodes), fast):
        told = {number: kilos for number, kilos in by_flow(graph, much).items() if kilos}
        assert told == {2: 4, 3: 4, 4: 4}
