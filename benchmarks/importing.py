# SPDX-License-Identifier: AGPL-3.0-or-later
"""Taking a graph in by all the rules, against the same rows written by plain SQL, 100 at a time.

A quarter of the events keeps a promise, a quarter goes from one stock to another. The reference
knows the rows and their ids beforehand: it reads nothing, checks nothing, and writes to a database
of its own with the same tables, indexes and triggers. ``cpu`` is the ratio of processor time alone,
which other work on the machine disturbs less: on a slow disk the reference waits more often.
"""

import itertools
import resource
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import connection
from tests.factories import make_ecosystem

from benchmarks.figures import Figure
from benchmarks.posting import ADD_TO_BALANCE
from terreau.ecosystems.models import Ecosystem
from terreau.exchange.export import CONTEXT
from terreau.exchange.intake.bringing import bring_in
from terreau.exchange.writing import write
from terreau.ledger.kernel import EVENT_COLUMNS, EVENT_MARKS
from terreau.ledger.models import Event

EVENTS = 200_000
"""A minute or two; the target is for a million (``importing:1000000``)."""
REFERENCE = 1_000_000
"""The reference writes a million rows at most: into a small database, where it is at its best."""
BATCH = 100
AGENTS, PROMISES, STOCKS = 40, 1_000, 400
PLENTY = 10**8
DAYS = 700
MEGABYTES = 500
"""For a million; at ten, ``growth`` has its own bound."""


def figures(count: int = EVENTS) -> Iterator[Figure]:
    """Measure the rate of an import and the memory that it took."""
    if connection.vendor != "sqlite":
        return
    with tempfile.TemporaryDirectory(prefix="terreau-import-") as name:
        folder, ecosystem = Path(name), make_ecosystem("Importée")
        _bring(_written(folder, _things()), ecosystem)
        _copy(folder / "raw.sqlite3")
        last = Event.objects.latest("pk").pk
        file = _written(folder, itertools.chain(_things(), _events(count)))
        busy = time.process_time()
        rate = _bring(file, ecosystem)
        busy = time.process_time() - busy
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        raw_rate, raw_busy, rows = _raw(folder / "raw.sqlite3", last)
        again = _bring(file, ecosystem) if count <= REFERENCE else None
    told = f"{rate:.0f}/s(raw:{raw_rate:.0f}/s,cpu:{raw_busy / rows / (busy / count):.2f})"
    yield Figure(f"import_{count}", told, rate / raw_rate, 0.5)
    if again is not None:
        yield Figure(f"import_{count}_memory", f"{peak:.0f}MB", peak / MEGABYTES, 1, at_most=True)
        yield Figure(f"import_{count}_again", f"{again:.0f}/s", again / raw_rate, 0.25)


def _written(folder: Path, nodes: Iterable[dict[str, Any]]) -> Path:
    file = folder / "graph.jsonld"
    with file.open("w", encoding="utf-8") as out:
        write(out, "jsonld", CONTEXT, nodes)
    return file


def _bring(file: Path, ecosystem: Ecosystem) -> float:
    """Take a file in; return events a second, from the first byte read to the last row written."""
    started = time.perf_counter()
    found = bring_in(file, ecosystem, tell=lambda *_: None)
    return found.events / (time.perf_counter() - started)


def _name(what: str, number: int) -> str:
    return f"urn:uuid:{UUID(int=ord(what) << 64 | number)}"


def _measure(number: int, unit: str) -> dict[str, str]:
    return {"@type": "Measure", "hasNumericalValue": str(number), "hasUnit": unit}


def _things() -> Iterator[dict[str, Any]]:
    for n in range(AGENTS):
        yield {"@id": _name("a", n), "@type": "Organization", "name": f"Organisation {n}"}
    for what in ("time", "flour"):
        yield {"@id": _name("k", len(what)), "@type": "ResourceSpecification", "name": what}
    for n in range(STOCKS):
        node = {"@id": _name("s", n), "@type": "EconomicResource", "name": f"Stock {n}"}
        yield node | {"conformsTo": _name("k", 5), "terreau:countedIn": "om2:kilogram"}
    for n in range(PROMISES):
        yield _flow("p", n, "Commitment", _hours(n, PLENTY))
    for n in range(STOCKS):
        yield _flow("r", n, "EconomicEvent", _kilograms(n, "raise", PLENTY), n)


def _events(count: int) -> Iterator[dict[str, Any]]:
    for n in range(count):
        yield _flow("e", n, "EconomicEvent", _content(n), n)


def _flow(
    what: str, n: int, kind: str, content: dict[str, Any], day: int | None = None
) -> dict[str, Any]:
    node = {"@id": _name(what, n), "@type": kind, **content}
    if day is not None:
        moment = date(2024, 1, 1) + timedelta(days=day * DAYS // 1_000_000 % DAYS)
        node["hasPointInTime"] = moment.isoformat()
    return node


def _hours(n: int, much: int) -> dict[str, Any]:
    parties = {"provider": _name("a", n % AGENTS), "receiver": _name("a", (n + 1) % AGENTS)}
    kind = {"resourceConformsTo": _name("k", 4), "effortQuantity": _measure(much, "om2:hour")}
    return {"action": "work", **parties, **kind}


def _kilograms(n: int, action: str, much: int) -> dict[str, Any]:
    giver = n % STOCKS % AGENTS
    content = {"resourceConformsTo": _name("k", 5), "resourceInventoriedAs": _name("s", n % STOCKS)}
    content["resourceQuantity"] = _measure(much, "om2:kilogram")  # type: ignore[assignment]
    content["provider"] = content["receiver"] = _name("a", giver)
    if action == "transfer":
        content["receiver"] = _name("a", (giver + 1) % AGENTS)
        content["toResourceInventoriedAs"] = _name("s", (n + 1) % STOCKS)
    return {"action": action, **content}


def _content(n: int) -> dict[str, Any]:
    if n % 4 == 0:
        return _kilograms(n // 4, "transfer", n % 7 + 1)
    fulfils = {"fulfills": _name("p", n % PROMISES)} if n % 4 == 1 else {}
    return _hours(n % PROMISES, n % 5 + 1) | fulfils


_SELECT = f"SELECT id, {EVENT_COLUMNS} FROM ledger_event WHERE id > ? ORDER BY id LIMIT {BATCH}"
_EVENT = f"INSERT INTO ledger_event (id, {EVENT_COLUMNS}) VALUES (%s, {EVENT_MARKS})"
_LINK = "INSERT INTO ledger_eventlink (event_id, commitment_id, quantity) VALUES (%s, %s, %s)"
_PROMISE = (
    "UPDATE ledger_commitmentstate SET fulfilled = fulfilled + %s, version = version + 1 "
    "WHERE commitment_id = %s"
)
_STOCK = (
    "UPDATE ledger_resource SET accounting = accounting + %s, on_hand = on_hand + %s, "
    "version = version + 1 WHERE id = %s"
)
_SEAL = (
    "INSERT INTO ledger_seal (ledger_id, number, kind, fact, digest) VALUES (%s, %s, %s, %s, %s)"
)
Statements = list[tuple[str, list[tuple[Any, ...]]]]


def _open(file: Path | str) -> Any:
    door = connection.Database.connect(str(file), isolation_level=None)
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
        door.execute(f"PRAGMA {pragma}")
    door.execute("PRAGMA recursive_triggers = ON")
    return door


def _copy(file: Path) -> None:
    with closing(_open(connection.settings_dict["NAME"])) as door, closing(_open(file)) as copy:
        door.backup(copy)


def _raw(file: Path, last: int) -> tuple[float, float, int]:
    """Write the same rows into the copy: events a second, seconds of processor, and how many."""
    spent, busy, count = 0.0, 0.0, 0
    with closing(_open(connection.settings_dict["NAME"])) as door, closing(_open(file)) as copy:
        while count < REFERENCE and (events := door.execute(_SELECT, (last,)).fetchall()):
            statements = _statements(door, events)
            started, worked = time.perf_counter(), time.process_time()
            copy.execute("BEGIN IMMEDIATE")
            for sql, rows in statements:
                copy.executemany(sql.replace("%s", "?"), rows)
            copy.execute("COMMIT")
            spent += time.perf_counter() - started
            busy += time.process_time() - worked
            count, last = count + len(events), events[-1][0]
    return count / spent, busy, count


def _statements(door: Any, events: list[tuple[Any, ...]]) -> Statements:
    links = door.execute(
        "SELECT event_id, commitment_id, quantity FROM ledger_eventlink WHERE event_id BETWEEN ? "
        "AND ?",
        (events[0][0], events[-1][0]),
    ).fetchall()
    seals = door.execute(
        "SELECT ledger_id, number, kind, fact, digest FROM ledger_seal WHERE kind = 'event' "
        "AND fact BETWEEN ? AND ?",
        (events[0][0], events[-1][0]),
    ).fetchall()
    stocks, balances = [], []
    for row in events:
        _, ledger, _, action, giver, taker, kind, quantity, unit, effort, effort_unit, *more = row
        source, target, month = more[0], more[1], more[3][:8] + "01"
        if source is not None:
            stocks += [(-quantity, -quantity, source), (quantity, quantity, target)]
        told = ("quantity", unit, quantity) if effort is None else ("effort", effort_unit, effort)
        balances.append((ledger, month, giver, taker, action, kind, *told))
    return [
        (_EVENT, events),
        (_LINK, links),
        (_PROMISE, [(much, promise) for _, promise, much in links]),
        (_STOCK, stocks),
        (ADD_TO_BALANCE, balances),
        (_SEAL, seals),
    ]
