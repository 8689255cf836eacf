# SPDX-License-Identifier: AGPL-3.0-or-later
"""« D'où ça vient », with quantities, over two fifths of a ledger: ours against SciPy.

The reference solves the same graph, already there as a sparse matrix, with SciPy's triangular
solver. *Warm*, our graph is there too. *Cold*, nothing is in memory: what a former reading kept in
a file is read, what was recorded since comes from the database, the graph is built and followed.
*First*, there is no such file either: all flows come from the database.
"""

import random
import tempfile
from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from itertools import islice
from pathlib import Path
from uuid import uuid4

import numpy as np
from django.db import connection, transaction
from django.utils import timezone
from scipy import sparse
from scipy.sparse.linalg import spsolve_triangular
from tests.ledger.factories import Ground, make_ground

from benchmarks.figures import Figure, in_turns, milliseconds
from benchmarks.ground import with_room
from terreau.core import clock
from terreau.core.statements import execute
from terreau.ledger.columns import columns_of
from terreau.ledger.flowing import units_of
from terreau.ledger.kernel import EVENT_COLUMNS, EVENT_MARKS
from terreau.ledger.models import Resource, Specification
from terreau.ledger.sql import stamp
from terreau.ledger.tracing.graph import Graph, Kind
from terreau.ledger.tracing.quick import build_quick
from terreau.ledger.tracing.solving import came_from_fast
from terreau.ledger.tracing.triangular import Triangle

EVENTS = 1_000_000
STOCKS = 200
REACHED = 0.4
ROUNDS = 5
ROWS = 100_000
KG = 1_000_000
Row = tuple[str, int | None, int | None, int | None, int | None]


def figures(count: int = EVENTS) -> Iterator[Figure]:
    """Measure a trace that reaches two fifths of the events, warm, cold, and for the first time."""
    ground = make_ground()
    last = _write(ground, count)
    graph = _graph(ground)
    (node,) = graph.nodes_of(Kind.FLOW, last)
    reference, answer = _reference(graph, node)
    scipy, warm, reached = _warm(graph, node, reference, answer)
    told = f"{warm:.0f}ms(scipy:{scipy:.0f}ms,{reached}/{count})"
    yield Figure(f"trace_warm_{count}", told, warm / scipy, 3, at_most=True)
    seeds = {node: graph.totals[node]}
    del graph, answer
    others = [reference] if count <= EVENTS else []  # two large graphs at once are no part of it
    del reference
    with tempfile.TemporaryDirectory(prefix="terreau-trace-") as folder:
        kept = Path(folder, "flows.npy")
        _graph(ground, kept)
        for name, file, target in (("cold", kept, 10), ("first", None, 30)):

            def asked(file: Path | None = file) -> int:
                return len(Triangle(_graph(ground, file)).came_from(seeds)) and 1

            taken, *theirs = milliseconds(in_turns(ROUNDS, asked, *others))
            against = theirs[0] if theirs else scipy
            told = f"{taken:.0f}ms(scipy:{against:.0f}ms)"
            yield Figure(f"trace_{name}_{count}", told, taken / against, target, at_most=True)


def _warm(
    graph: Graph, node: int, reference: Callable[[], int], answer: Callable[[], np.ndarray]
) -> tuple[float, float, int]:
    """Return the milliseconds of SciPy and ours, and how many flows are reached."""
    seeds, triangle = {node: graph.totals[node]}, Triangle(graph)
    found = triangle.came_from(seeds)
    _agree(found, answer)
    if len(found) <= 3 * EVENTS:
        _agree(came_from_fast(graph, seeds), answer)
    flows = np.frombuffer(graph.kinds, np.uint8) == Kind.FLOW
    rates = in_turns(ROUNDS, reference, lambda: len(triangle.came_from(seeds)) and 1)
    scipy, warm = milliseconds(rates)
    return scipy, warm, int((flows & (found > 0)).sum())


def _graph(ground: Ground, kept: Path | None = None) -> Graph:
    ledger = ground.ledger.pk
    return build_quick(columns_of(execute, ledger, kept), units_of(execute, ledger))


def _reference(graph: Graph, node: int) -> tuple[Callable[[], int], Callable[[], np.ndarray]]:
    """Return the work of SciPy on a ready matrix, and its answer."""
    ways, size = graph.back, len(graph.totals)
    assert not ways.late
    columns = np.repeat(np.arange(size, dtype=np.int32), np.diff(np.asarray(ways.start)))
    given = np.array(ways.amounts, float)
    given /= -np.asarray(graph.totals)[columns]
    places = (np.asarray(ways.ends).astype(np.int32), columns)
    shares = sparse.csc_array((given, places), (size, size))
    del given, places, columns
    matrix = sparse.eye_array(size, format="csc") + shares
    del shares
    asked = np.zeros(size)
    asked[node] = graph.totals[node]

    def solve() -> np.ndarray:
        return spsolve_triangular(matrix, asked, lower=False, unit_diagonal=True, overwrite_A=True)

    return lambda: len(solve()) and 1, solve


def _agree(found: Sequence[float], answer: Callable[[], np.ndarray]) -> None:
    assert np.abs(np.array(found) - answer()).max() < 1, "ours and SciPy differ by a millionth"


@with_room()
def _write(ground: Ground, count: int) -> int:
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
    processes = _open_processes(ground, count // 5)
    giver, person = ground.giver.pk, ground.alice.agent_id
    moment, first = stamp(timezone.now()), date(2016, 1, 1)
    sql = f"INSERT INTO ledger_event ({EVENT_COLUMNS}) VALUES ({EVENT_MARKS})"
    seal = (
        "INSERT INTO ledger_seal (ledger_id, number, kind, fact, digest) "
        "VALUES (%s, %s, 'event', %s, %s)"
    )
    ((before,),) = execute("SELECT COALESCE(MAX(id), 0) FROM ledger_event", [])
    last = 0
    story = enumerate(_story(count, stocks, processes))
    with connection.cursor() as cursor:
        while some := list(islice(story, ROWS)):
            rows = []
            for number, (action, source, target, into, out) in some:
                day = (first + timedelta(days=number * 3650 // count)).isoformat()
                event = (ledger, uuid4().hex, action, giver, giver, kind.pk, KG, "kg", None, "")
                event += (source, target, None, day, moment, person, None, None, into, out)
                rows.append((*event, None, "", ""))
                last = number if _near(number) and action != "raise" else last
            sealed = [(ledger, number + 1, before + number + 1, bytes(32)) for number, _ in some]
            with transaction.atomic():
                cursor.executemany(sql, rows)
                cursor.executemany(seal, sealed)
    return int(before) + 1 + last


def _open_processes(ground: Ground, count: int) -> range:
    """Open so many activities in bulk; return their ids."""
    moment = stamp(timezone.now())
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT COALESCE(MAX(id), 0) FROM ledger_process")
        (before,) = cursor.fetchone()
        for start in range(0, count, ROWS):
            cursor.executemany(
                "INSERT INTO ledger_process (ledger_id, key, name, finished, opened_by_id, "
                "opened_at) VALUES (%s, %s, %s, %s, %s, %s)",
                [
                    (ground.ledger.pk, uuid4().hex, f"Activité {n}", False)
                    + (ground.alice.agent_id, moment)
                    for n in range(start, min(start + ROWS, count))
                ],
            )
    return range(before + 1, before + 1 + count)


def _near(number: int) -> bool:
    """Tell whether an event is of the part of the ledger that the trace reaches."""
    return number % 5 < REACHED * 5


def _story(count: int, stocks: list[Resource], processes: range) -> Iterator[Row]:
    """Yield events: two parts of a ledger that do not meet, in which things go from hand to hand.

    A round of six: something enters, is moved twice, and feeds an activity that fills a stock.
    """
    chance = random.Random(1)
    parts = {True: stocks[: STOCKS * 2 // 5], False: stocks[STOCKS * 2 // 5 :]}
    steps = {True: 0, False: 0}
    running = {True: 0, False: len(processes) * 2 // 5}
    held = {stock.pk: 0 for stock in stocks}
    for number in range(count):
        near = _near(number)
        mine, step = parts[near], steps[near]
        steps[near] += 1
        one, other = (stock.pk for stock in chance.sample(mine, 2))
        if step % 6 == 5:
            process = processes[running[near]]
            running[near] += 1
            held[one] += 1
            yield "produce", one, None, None, process
        elif step % 6 == 4 and held[one]:
            held[one] -= 1
            yield "consume", one, None, processes[running[near]], None
        elif step % 6 in (1, 2, 3) and held[one]:
            held[one] -= 1
            held[other] += 1
            yield "move", one, other, None, None
        else:
            held[one] += 1
            yield "raise", one, None, None, None
