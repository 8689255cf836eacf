# SPDX-License-Identifier: AGPL-3.0-or-later
"""Balances by agent, kind and unit: the kept tables against DuckDB, ledger-cli and hledger.

All add up the same events. DuckDB reads them from Parquet, at the full size; the two tools for
plain-text accounting read our own journal, of a tenth of it at most, since they read it all again
for each question. The answers are compared before anything is timed.
"""

import csv
import io
import random
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from uuid import uuid4

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
from django.db import connection, transaction
from django.utils import timezone
from tests.factories import make_organisation
from tests.ledger.factories import Ground, make_ground

from benchmarks.figures import Figure, in_turns, milliseconds
from benchmarks.ground import with_room
from terreau.core.quantities import to_decimal
from terreau.core.statements import execute
from terreau.ecosystems.models import Ecosystem
from terreau.exchange import books
from terreau.exchange.entries import entries
from terreau.ledger.balances import agent_balances
from terreau.ledger.kernel import EVENT_COLUMNS, EVENT_MARKS
from terreau.ledger.models import Specification
from terreau.ledger.sql import stamp

EVENTS, IN_A_JOURNAL = 1_000_000, 100_000
AGENTS, PARTNERS, DAYS = 100, 4, 730
BEGAN = date(2024, 1, 1)
KINDS = (
    ("work", "time", "effort", "hour"), ("transfer", "flour", "quantity", "kg"),
    ("transfer", "money", "quantity", "eur"), ("use", "room", "quantity", "day"),
)  # fmt: skip
ROUNDS = 11
LEDGER_CLI = ("ledger", "--args-only", "-f", "{}", "balance", "--flat", "--no-total")
HLEDGER = ("hledger", "-f", "{}", "balance", "--flat", "--no-total", "-O", "csv", "--layout=bare")
Told = dict[tuple[int, str, str, str], tuple[int, int]]


def figures(count: int = EVENTS) -> Iterator[Figure]:
    """Measure all balances, those of one agent, and the same by other tools."""
    with tempfile.TemporaryDirectory(prefix="terreau-balances-") as name:
        folder, ground = Path(name), make_ground()
        write(ground, count, folder / "events.parquet")
        reference = _in_duckdb(folder / "events.parquet")
        ours = _ours(ground)
        assert ours() == reference(), "ours and DuckDB differ"
        duck, mine = milliseconds(in_turns(ROUNDS, _one(reference), _one(ours)))
        told = f"{mine:.1f}ms(duckdb:{duck:.1f}ms)"
        yield Figure(f"balances_{count}", told, mine / duck, 2, at_most=True)
        agent = next(iter(ours()))[0]
        (single,) = milliseconds(in_turns(ROUNDS * 9, _one(_ours(ground, agent))))
        yield Figure(f"balances_{count}_one_agent", f"{single:.2f}ms", single, 1, at_most=True)
        if count <= EVENTS:
            yield from _beside_journals(min(count // 10, IN_A_JOURNAL), folder)


def _one(work: Callable[[], object]) -> Callable[[], int]:
    return lambda: 1 if work() else 1


def _ours(ground: Ground, *agents: int) -> Callable[[], Told]:
    return lambda: agent_balances([ground.ledger], agents=agents or None)


def _in_duckdb(file: Path) -> Callable[[], Told]:
    engine = duckdb.connect()
    sql = (
        "WITH pairs AS (SELECT provider, receiver, specification, measure, unit, "
        f"sum(micro) AS much FROM '{file}' GROUP BY ALL) "
        "SELECT agent, specification, measure, unit, sum(given), sum(received) FROM ("
        "SELECT provider AS agent, specification, measure, unit, much AS given, 0 AS received "
        "FROM pairs UNION ALL "
        "SELECT receiver, specification, measure, unit, 0, much FROM pairs) GROUP BY ALL"
    )
    return lambda: {
        tuple(key): (int(given), int(received))
        for *key, given, received in engine.execute(sql).fetchall()
    }


def _beside_journals(count: int, folder: Path) -> Iterator[Figure]:
    ground, journal = make_ground(), folder / "ledger.journal"
    write(ground, count, folder / "few.parquet")
    told = entries(Ecosystem.objects.get(space=ground.ledger))
    books.write(told, books.Book.HLEDGER, journal)
    ours = _ours(ground)
    (mine,) = milliseconds(in_turns(ROUNDS, _one(ours)))
    for name, command, target in (("ledger_cli", LEDGER_CLI, 30), ("hledger", HLEDGER, 100)):
        if shutil.which(command[0]) is None:
            print(f"# balances against {name}: left out, {command[0]} is not installed")
            continue
        answers: list[str] = []
        asked = [word.format(journal) for word in command]

        def ask(asked: list[str] = asked, answers: list[str] = answers) -> int:
            run = subprocess.run(asked, capture_output=True, text=True, check=True)
            answers.append(run.stdout)
            return 1

        (theirs,) = milliseconds(in_turns(1, ask))
        _agree(name, answers[0], ours())
        told = f"{mine:.1f}ms({name}:{theirs:.0f}ms)"
        yield Figure(f"balances_{count}_beside_{name}", told, theirs / mine, target)


def _agree(name: str, answer: str, ours: Told) -> None:
    """Compare the sum of what is received of each unit: names of accounts are each tool's own."""
    expected: dict[str, Decimal] = {}
    for (_, _, _, unit), (_, received) in ours.items():
        expected[unit] = expected.get(unit, Decimal()) + to_decimal(received)
    found: dict[str, Decimal] = {}
    for account, unit, amount in _rows(name, answer):
        if account.startswith("Reçu"):
            found[unit] = found.get(unit, Decimal()) + Decimal(amount)
    assert found == expected, f"ours and {name} differ"


def _rows(name: str, answer: str) -> Iterator[tuple[str, str, str]]:
    if name == "hledger":
        for account, unit, amount in list(csv.reader(io.StringIO(answer)))[1:]:
            yield account, unit, amount
        return
    pending: list[tuple[str, str]] = []
    for line in answer.splitlines():
        amount, unit, *account = line.split(maxsplit=2)
        pending.append((unit.strip('"'), amount))
        if account:  # an account with several units names itself on its last line
            for one, much in pending:
                yield account[0], one, much
            pending.clear()


@with_room()
def write(ground: Ground, count: int, file: Path) -> None:
    """Write the events in bulk, what is kept of them, and the same in Parquet."""
    chance, ledger = random.Random(1), ground.ledger.pk
    agents = [make_organisation(f"Organisation {n}").pk for n in range(AGENTS)]
    kinds = {
        code: Specification.objects.create(ledger=ground.ledger, code=code).pk
        for code in {kind[1] for kind in KINDS}
    }
    moment, person = stamp(timezone.now()), ground.alice.agent_id
    schema = pa.schema(
        [("provider", pa.int64()), ("receiver", pa.int64()), ("specification", pa.string())]
        + [("measure", pa.string()), ("unit", pa.string()), ("micro", pa.int64())]
        + [("happened_on", pa.date32())]
    )
    sql = f"INSERT INTO ledger_event ({EVENT_COLUMNS}) VALUES ({EVENT_MARKS})"
    with connection.cursor() as cursor, pq.ParquetWriter(file, schema) as out:
        for start in range(0, count, 100_000):
            rows, told = [], []
            for number in range(start, min(start + 100_000, count)):
                giver = chance.randrange(AGENTS)
                taker = (giver + 1 + 7 * chance.randrange(PARTNERS)) % AGENTS
                action, code, measure, unit = KINDS[chance.randrange(len(KINDS))]
                micro, day = chance.randrange(1, 80) * 250_000, number * DAYS // count
                happened = BEGAN + timedelta(days=day)
                of = (micro, unit, None, "") if measure == "quantity" else (None, "", micro, unit)
                row = (ledger, uuid4().hex, action, agents[giver], agents[taker], kinds[code], *of)
                row += (None, None, None, happened.isoformat(), moment, person, None, None)
                rows.append((*row, None, None, None, "", ""))
                told.append((agents[giver], agents[taker], code, measure, unit, micro, happened))
            with transaction.atomic():
                cursor.executemany(sql, rows)
            out.write_table(pa.table(list(map(list, zip(*told, strict=True))), schema=schema))
    _keep(ledger)


def _keep(ledger: int) -> None:
    """Derive what posting keeps up to date."""
    month = "SUBSTR(CAST(happened_on AS text), 1, 7) || '-01'"
    if connection.vendor == "postgresql":
        month = f"CAST({month} AS date)"
    for measure, unit in (("quantity", "unit"), ("effort", "effort_unit")):
        execute(
            "INSERT INTO ledger_balance (ledger_id, month, provider_id, receiver_id, action, "
            "specification_id, measure, unit, total, events) "
            f"SELECT ledger_id, {month}, provider_id, receiver_id, action, specification_id, "
            f"'{measure}', {unit}, SUM({measure}), COUNT(*) FROM ledger_event "
            f"WHERE ledger_id = %s AND {measure} IS NOT NULL "
            f"GROUP BY ledger_id, {month}, provider_id, receiver_id, action, specification_id, "
            f"{unit}",
            [ledger],
        )
