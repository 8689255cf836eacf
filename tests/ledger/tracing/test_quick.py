# SPDX-License-Identifier: AGPL-3.0-or-later
"""The graph from columns is the plain one, and the triangular solver gives its answers."""

from __future__ import annotations

from itertools import chain
from uuid import uuid4
from zlib import crc32

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from terreau.core.errors import Invalid
from terreau.core.quantities import LARGEST
from terreau.core.statements import execute
from terreau.ledger.actions import back_out
from terreau.ledger.columns import columns_of
from terreau.ledger.flowing import flows_of
from terreau.ledger.tracing.building import Flowed
from terreau.ledger.tracing.columns import Columns
from terreau.ledger.tracing.graph import Graph, Kind
from terreau.ledger.tracing.quick import build_quick
from terreau.ledger.tracing.solving import came_from
from terreau.ledger.tracing.triangular import Triangle
from tests.exchange.stories import ONE, Story, begin
from tests.ledger.factories import DAY
from tests.ledger.tracing.histories import (
    FLOUR,
    KG,
    STOCKS,
    among_stocks,
    anything,
    flow,
    graph_of,
)


def drawn(graph: Graph) -> tuple[object, ...]:
    """All that a graph says. The nodes of unknown origin come last, in no order that matters."""
    known = [node for node, kind in enumerate(graph.kinds) if kind != Kind.UNKNOWN]
    late = chain.from_iterable(
        ((target, *_named(graph, source), amount) for source, amount in edges)
        for target, edges in graph.back.late.items()
    )
    nodes = [(graph.kinds[n], graph.refs[n], graph.totals[n], graph.units[n]) for n in known]
    edges = [list(graph.back.of(node))[: _early(graph, node)] for node in known]
    return nodes, edges, sorted(late), graph.left, len(graph.totals)


def _early(graph: Graph, node: int) -> int:
    return graph.back.start[node + 1] - graph.back.start[node]


def _named(graph: Graph, node: int) -> tuple[int, int]:
    unknown = graph.kinds[node] == Kind.UNKNOWN
    return (-1, graph.refs[node]) if unknown else (0, node)


@pytest.mark.unit
@given(st.one_of(anything, among_stocks()))
def test_the_graph_from_columns_is_the_plain_one(flows: list[Flowed]) -> None:
    columns = Columns.of(flows)
    assert list(columns.flows()) == flows
    assert drawn(build_quick(columns, STOCKS)) == drawn(graph_of(flows))


@pytest.mark.unit
@given(anything, st.data())
def test_the_triangular_solver_gives_the_exact_answer(
    flows: list[Flowed], data: st.DataObject
) -> None:
    graph = build_quick(Columns.of(flows), STOCKS)
    if not graph.totals:
        return
    seed = data.draw(st.sampled_from(range(len(graph.totals))))
    wanted = came_from(graph, {seed: graph.totals[seed]})
    found = Triangle(graph).came_from({seed: graph.totals[seed]})
    for node, much in enumerate(found):
        assert abs(wanted.get(node, 0) - much) < 0.01


@pytest.mark.unit
def test_a_ledger_where_nothing_moved_has_an_empty_graph() -> None:
    graph = build_quick(Columns.of([]), {})
    assert len(graph.totals) == 0
    assert len(Triangle(graph).came_from({})) == 0


@pytest.mark.unit
def test_sums_beyond_64_bits_are_added_one_by_one() -> None:
    flows = [flow(n, "raise", 1, resource=1)._replace(micro=LARGEST) for n in (1, 2)]
    graph = build_quick(Columns.of(flows), STOCKS)
    assert sum(graph.left.values()) == 2 * LARGEST


@pytest.mark.unit
def test_what_cannot_be_converted_is_refused_as_ever() -> None:
    flows = [Flowed(1, "raise", FLOUR, KG, "hour", 1)]
    with pytest.raises(Invalid):
        build_quick(Columns.of(flows), STOCKS)


def same(story: Story, kept=None) -> None:
    ledger = story.ground.ledger.pk
    read = columns_of(execute, ledger, kept)
    assert list(read.flows()) == flows_of(execute, ledger)


@pytest.fixture
def story(db: None) -> Story:
    """Six events over three stocks and an activity; one taken back, one in part."""
    story = begin()
    first = story.say("raise", "giver", "giver", 9, "bin")
    story.say("transfer", "giver", "taker", 2, "bin", "shop")
    story.say("consume", "giver", "giver", 3, "bin", input_of_id=story.processes["milling"])
    story.say("work", "giver", "taker", quantity=None, unit="", effort=2 * ONE, effort_unit="hour")
    gone = story.say("move", "giver", "giver", 1, "bin", "sack")
    by = {"by": story.ground.alice, "happened_on": DAY}
    back_out(**by, event_id=gone, key=uuid4())
    back_out(**by, event_id=first, key=uuid4(), micro=ONE)
    return story


def test_columns_hold_what_is_read_flow_by_flow(story: Story, monkeypatch) -> None:
    same(story)
    monkeypatch.setattr("terreau.ledger.columns.CHUNK", 2)
    same(story)


def test_a_kept_file_is_read_and_kept_up(story: Story, tmp_path, django_assert_num_queries) -> None:
    file = tmp_path / "new" / "flows.npy"
    same(story, file)
    there = file.read_bytes()
    with django_assert_num_queries(4):  # the largest ids, two seals, the corrections: no event
        columns_of(execute, story.ground.ledger.pk, file)
    story.say("lower", "giver", "giver", 1, "bin", happened_on=DAY.replace(day=1))
    same(story, file)
    assert file.read_bytes() != there
    same(story, file)


@pytest.mark.parametrize("fault", ["cut", "bit", "another", "none"])
def test_a_file_that_does_not_hold_is_read_anew(story: Story, tmp_path, fault) -> None:
    file = tmp_path / "flows.npy"
    if fault == "another":
        other = begin()
        other.say("raise", "giver", "giver", 9, "bin")
        columns_of(execute, other.ground.ledger.pk, file)
    else:
        same(story, file)
    whole = bytearray(file.read_bytes())
    if fault == "bit":
        whole[-1] ^= 1
    file.write_bytes(whole[:-8] if fault == "cut" else whole if fault != "none" else b"")
    same(story, file)


def test_a_file_of_another_past_is_not_believed(story: Story, tmp_path) -> None:
    """Whole and well formed, of this ledger, but its last seal is not in the chain."""
    file = tmp_path / "flows.npy"
    same(story, file)
    cells = np.load(file)
    cells[3] += 1
    cells[8:] += 1
    cells[7] = crc32(cells[8:])
    np.save(file, cells)
    same(story, file)


def test_a_folder_that_cannot_be_written_only_costs_time(story: Story, tmp_path) -> None:
    (tmp_path / "file").write_text("no folder")
    same(story, tmp_path / "file" / "flows.npy")


def test_a_matrix_that_was_asked_answers_the_same_again() -> None:
    """The solver writes on it: what it leaves must do for the next question."""
    flows = [
        flow(1, "raise", 4, resource=1),
        flow(2, "transfer", 3, resource=1, to_resource=2, crossed=True),
        flow(3, "consume", 2, resource=2, input_of=1),
        flow(4, "produce", 5, resource=3, output_of=1),
    ]
    graph = graph_of(flows)
    triangle = Triangle(graph)
    seeds = [{node: graph.totals[node]} for node in range(len(graph.totals))]
    first = [triangle.came_from(seed).tolist() for seed in seeds]

    assert [triangle.came_from(seed).tolist() for seed in seeds] == first
    assert first == [Triangle(graph).came_from(seed).tolist() for seed in seeds]
