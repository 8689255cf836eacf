# SPDX-License-Identifier: AGPL-3.0-or-later
"""``terreau verify`` on a million events, against only reading and hashing their rows.

The ledger holds gifts that keep promises, stocks that pass from hand to hand, and corrections; it
is written in bulk by the kernel, and what is kept is derived by the engine.
"""

import json
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date, timedelta
from hashlib import sha256
from uuid import uuid4

from django.db import connection, transaction
from tests.ledger.factories import Ground, a_promise, make_ground

from benchmarks.figures import Figure
from benchmarks.raw import Raw
from terreau.core import clock
from terreau.core.statements import execute
from terreau.ledger import kernel
from terreau.ledger.actions import Stock, keep_stock, promise
from terreau.ledger.engine.replay import Replay
from terreau.ledger.engine.state import Event, Link, Promise, Resource, State
from terreau.ledger.models import Specification
from terreau.ledger.posting import kept_rows

EVENTS = 200_000
"""Half a minute to write and verify; the target is for a million (``verify:1000000``)."""
PROMISES, STOCKS = 200, 50
ROWS = 2_000
SECONDS_MAX = 60
BEGAN = date(2024, 1, 1)


def figures(count: int = EVENTS) -> Iterator[Figure]:
    """Measure the whole command in a process of its own, then the bare reading."""
    Writer(make_ground()).write(count)
    connection.close()
    started = time.perf_counter()
    told = subprocess.run(
        [sys.executable, "-m", "terreau", "verify"], capture_output=True, text=True, check=False
    )
    seconds = time.perf_counter() - started
    assert told.returncode == 0, told.stdout + told.stderr
    assert told.stdout.startswith(f"{count} events "), told.stdout
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    computed, memory = used.ru_utime + used.ru_stime, used.ru_maxrss // 1024
    bare = _read_and_hash()
    value = f"{count}in{seconds:.0f}s({count / seconds:.0f}/s,bare:{count / bare:.0f}/s)"
    yield Figure("ledger_verify", value, bare / seconds, 1 / 8)
    a_minute = SECONDS_MAX * count / 1_000_000
    told_of = f"{seconds:.0f}s(cpu:{computed:.0f}s)"
    yield Figure("ledger_verify_minute", told_of, a_minute / seconds, 1)
    yield Figure("ledger_verify_memory", f"{memory}MB", memory / 500, 1, at_most=True)


def _read_and_hash() -> float:
    """Return how long it takes to read each event with its links and its seal, and hash them."""
    raw, digest = Raw(), b""
    started = time.perf_counter()
    with closing(raw.door.cursor()) as cursor:
        for sql in (
            "SELECT e.*, s.digest FROM ledger_event e "
            "JOIN ledger_seal s ON s.kind = 'event' AND s.fact = e.id ORDER BY e.id",
            "SELECT * FROM ledger_eventlink ORDER BY event_id",
        ):
            cursor.execute(sql)
            for row in cursor:
                digest = sha256(digest + json.dumps(row, default=str).encode()).digest()
    seconds = time.perf_counter() - started
    raw.close()
    return seconds


class Writer:
    """Writes a ledger of any size."""

    def __init__(self, ground: Ground) -> None:
        by = {"by": ground.alice, "ledger": ground.ledger}
        self.ground, self.ledger = ground, ground.ledger.pk
        self.promises = promise(**by, promises=[a_promise(ground) for _ in range(PROMISES)])
        self.stocks = [
            keep_stock(**by, stock=Stock(uuid4(), f"Stock {n}", "flour", "kg", floor=None))
            for n in range(STOCKS)
        ]
        kinds = Specification.objects.filter(ledger=ground.ledger)
        self.kinds = {kind.code: kind.pk for kind in kinds}
        self.replay = self._beginning()

    def _beginning(self) -> Replay:
        giver = self.ground.giver.pk
        return Replay(
            {pk: Resource(pk, "flour", "kg", None) for pk in self.stocks},
            {pk: Promise(pk, giver, "effort", "hour", 10_000_000) for pk in self.promises},
        )

    def write(self, count: int) -> None:
        """Write so many events, then what is kept of them."""
        before = State(self.replay.resources.copy(), self.replay.promises.copy())
        past: list[tuple[int, Event]] = []
        for start in range(0, count, ROWS):
            numbers = range(start, min(start + ROWS, count))
            events = [(self._event(n, past), BEGAN + timedelta(n * 700 // count)) for n in numbers]
            past = list(zip(self._written(events), [event for event, _ in events], strict=True))
        replay = self.replay
        corrected = {pk: one for pk, one in replay.past.items() if one.version}
        before = replace(
            before, past={pk: replace(one, version=0) for pk, one in corrected.items()}
        )
        after = State(replay.resources, replay.promises, corrected)
        balances = tuple(
            kernel.BalanceRow((self.ledger, *key[:4], self.kinds[key[4]], *key[5:]), *sums)
            for key, sums in replay.balances.items()
        )
        with transaction.atomic():
            kernel.write(execute, kernel.Posting((), balances, kept_rows(before, after)))

    def _event(self, number: int, past: list[tuple[int, Event]]) -> Event:
        giver, taker = self.ground.giver.pk, self.ground.taker.pk
        if number % 20 == 19 and past:
            pk, one = past[number % ROWS - 9]  # a gift of time that keeps a promise
            back = tuple(Link(link.promise, -link.quantity) for link in one.links)
            return replace(one, effort=-(one.effort or 0), links=back, corrects=pk)
        if number % 10 == 3:
            here, there = self.stocks[number % STOCKS], self.stocks[(number + 1) % STOCKS]
            return Event(
                "transfer", giver, taker, "flour", number % 7 + 1, "kg",
                resource=here, to_resource=there,
            )  # fmt: skip
        kept = Link(self.promises[number % PROMISES], 1_000_000)
        links = (kept,) if number % 2 == 0 else ()
        return Event(
            "work", giver, taker, "time", effort=3_000_000, effort_unit="hour", links=links
        )

    @transaction.atomic
    def _written(self, events: list[tuple[Event, date]]) -> list[int]:
        ids = kernel.write(execute, kernel.Posting(tuple(self._row(*one) for one in events)))
        for pk, (event, day) in zip(ids, events, strict=True):
            self.replay.corrected = frozenset({pk})  # any of them may be corrected by the next ones
            self.replay.feed(pk, event, day.replace(day=1).isoformat())
        self.replay.past = {
            pk: one for pk, one in self.replay.past.items() if one.version or pk >= ids[0]
        }
        return ids

    def _row(self, event: Event, day: date) -> kernel.EventRow:
        return kernel.EventRow(
            ledger=self.ledger,
            key=uuid4(),
            action=event.action,
            provider=event.provider,
            receiver=event.receiver,
            specification=self.kinds[event.specification],
            quantity=event.quantity,
            unit=event.unit,
            effort=event.effort,
            effort_unit=event.effort_unit,
            resource=event.resource,
            to_resource=event.to_resource,
            corrects=event.corrects,
            happened_on=day,
            recorded_at=clock.now(),
            recorded_by=self.ground.alice.agent_id,
            on_behalf_of=None,
            mandate=None,
            links=tuple((link.promise, link.quantity) for link in event.links),
        )
