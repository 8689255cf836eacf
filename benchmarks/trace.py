# SPDX-License-Identifier: AGPL-3.0-or-later
"""« D'où ça vient », with quantities, over two fifths of a ledger: ours against SciPy.

The reference solves the same graph, already there as a sparse matrix, with SciPy's triangular
solver. *Warm*, our graph is there too; *cold*, the flows are read from the database, the graph is
built, and then it is followed. ``TERREAU_BENCH_EVENTS=1000000`` measures the full size.
"""

import os
import random
from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from uuid import uuid4

import numpy as np
from django.db import connection, transaction
from django.utils import timezone
from scipy import sparse
from scipy.sparse.linalg import spsolve_triangular
from tests.ledger.factories import Ground, make_ground

from benchmarks.figures import Figure, in_turns, milliseconds
from terreau.core import clock
from terreau.core.statements import execute
from terreau.ledger.flowing import flows_of, units_of
from terreau.ledger.kernel import EVENT_COLUMNS, EVENT_MARKS
from terreau.ledger.models import Process, Resource, Specification
from terreau.ledger.sql import stamp
from terreau.ledger.tracing.building import build
from terreau.ledger.tracing.graph import Graph, Kind
from terreau.ledger.tracing.solving import came_from_fast

EVENTS = int(os.environ.get("TERREAU_BENCH_EVENTS", "100000"))
STOCKS = 200
REACHED = 0.4
ROUNDS = 5
KG = 1_000_000
Row = tuple[str, int | None, int | None, int | None, int | None]


def figures() -> Iterator[Figure]:
    """Measure a trace that reaches two fifths of the events, warm and cold."""
    ground = make_ground()
    last = _write(ground)
    graph = _graph(ground)
    (node,) = graph.nodes_of(Kind.FLOW, last)
    seeds = {node: graph.totals[node]}
    reference, answer = _reference(graph, node)
    found = came_from_fast(graph, seeds)
    _agree(found, answer)
    reached = sum(
        kind == Kind.FLOW and much > 0 for kind, much in zip(graph.kinds, found, strict=True)
    )
    rates = in_turns(ROUNDS, reference, lambda: len(came_from_fast(graph, seeds)) and 1)
    scipy, warm = milliseconds(rates)
    told = f"{warm:.0f}ms(scipy:{scipy:.0f}ms,{reached}/{EVENTS})"
    yield Figure("trace_warm", told, warm / scipy, 3, at_most=True)

    def cold() -> int:
        return len(came_from_fast(_graph(ground), seeds)) and 1

    scipy, taken = milliseconds(in_turns(3, reference, cold))
    told = f"{taken:.0f}ms(scipy:{scipy:.0f}ms)"
    yield Figure("trace_cold", told, taken / scipy, 10, at_most=True)


def _graph(ground: Ground) -> Graph:
    ledger = ground.ledger.pk
    graph = build(flows_of(execute, ledger), units_of(execute, ledger))
    assert graph.shares
    return graph


def _reference(graph: Graph, node: int) -> tuple[Callable[[], int], Callable[[], np.ndarray]]:
    """Return the work of SciPy on a ready matrix, and its answer."""
    ways, size = graph.back, len(graph.totals)
    assert not ways.late
    columns = np.repeat(np.arange(size), np.diff(np.array(ways.start)))
    shares = sparse.csc_array((-np.array(graph.shares), (np.array(ways.ends), columns)))
    shares.resize(size, size)
    matrix = (sparse.eye_array(size, format="csc") + shares).tocsc()
    asked = np.zeros(size)
    asked[node] = graph.totals[node]

    def solve() -> np.ndarray:
        return spsolve_triangular(matrix, asked, lower=False, unit_diagonal=True)

    return lambda: len(solve()) and 1, solve


def _agree(found: Sequence[float], answer: Callable[[], np.ndarray]) -> None:
    assert np.abs(np.array(found) - answer()).max() < 1, "ours and SciPy differ by a millionth"


@transaction.atomic
def _write(ground: Ground) -> int:
    """Write the events in bulk; return the id of the last one of the traced part."""
    ledger, kind = (
        ground.ledger.pk,
        Specification.objects.create(ledger=ground.ledger, code="flour"),
    )
    common = {"ledger": ground.ledger, "opened_by": ground.alice.agent, "opened_at": clock.now()}
    stocks = Resource.objects.bulk_create(
        Resource(key=uuid4(), name=f"Stock {n}", specification=kind, unit="kg", **common)
        for n in range(STOCKS)
    )
    processes = Process.objects.bulk_create(
        Process(key=uuid4(), name=f"Activité {n}", **common) for n in range(EVENTS // 5)
    )
    giver, person = ground.giver.pk, ground.alice.agent_id
    moment, first = stamp(timezone.now()), date(2016, 1, 1)
    number = last = 0
    rows = []
    for number, (action, source, target, into, out) in enumerate(_story(stocks, processes)):
        day = (first + timedelta(days=number * 3650 // EVENTS)).isoformat()
        event = (ledger, uuid4().hex, action, giver, giver, kind.pk, KG, "kg", None, "")
        event += (source, target, None, day, moment, person, None, None, into, out, None, "")
        rows.append(event)
        last = number if _near(number) else last
    sql = f"INSERT INTO ledger_event ({EVENT_COLUMNS}) VALUES ({EVENT_MARKS})"
    with connection.cursor() as cursor:
        cursor.execute("SELECT COALESCE(MAX(id), 0) FROM ledger_event")
        (before,) = cursor.fetchone()
        for start in range(0, len(rows), 10_000):
            cursor.executemany(sql, rows[start : start + 10_000])
    return before + 1 + last


def _near(number: int) -> bool:
    """Tell whether an event is of the part of the ledger that the trace reaches."""
    return number % 5 < REACHED * 5


def _story(stocks: list[Resource], processes: list[Process]) -> Iterator[Row]:
    """Yield events: two parts of a ledger that do not meet, in which things go from hand to hand.

    A round of six: something enters, is moved twice, and feeds an activity that fills a stock.
    """
    chance = random.Random(1)
    parts = {True: stocks[: STOCKS * 2 // 5], False: stocks[STOCKS * 2 // 5 :]}
    steps = {True: 0, False: 0}
    running = {True: 0, False: len(processes) * 2 // 5}
    held = {stock.pk: 0 for stock in stocks}
    for number in range(EVENTS):
        near = _near(number)
        mine, step = parts[near], steps[near]
        steps[near] += 1
        one, other = (stock.pk for stock in chance.sample(mine, 2))
        if step % 6 == 5:
            process = processes[running[near]].pk
            running[near] += 1
            held[one] += 1
            yield "produce", one, None, None, process
        elif step % 6 == 4 and held[one]:
            held[one] -= 1
            yield "consume", one, None, processes[running[near]].pk, None
        elif step % 6 in (1, 2, 3) and held[one]:
            held[one] -= 1
            held[other] += 1
            yield "move", one, other, None, None
        else:
            held[one] += 1
            yield "raise", one, None, None, None
