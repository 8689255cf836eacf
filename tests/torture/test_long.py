# SPDX-License-Identifier: AGPL-3.0-or-later
"""What goes on for long: somebody reads one moment while others write; a process never ends."""

from __future__ import annotations

import gc
import os
import threading
from datetime import date
from pathlib import Path
from uuid import uuid4
from wsgiref.util import setup_testing_defaults

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.core.wsgi import get_wsgi_application
from django.db import connection
from django.urls import reverse

from terreau.core.snapshot import snapshot
from terreau.ledger.actions import back_out, post
from terreau.ledger.models import Event
from terreau.ledger.queries import flows_between
from terreau.ledger.verify import differences
from tests.ledger.factories import a_flow, make_ground
from tests.torture.writers import Crew, database_here, make_place

pytestmark = pytest.mark.django_db(transaction=True)

WRITERS = 2
LOG_MAX = 100_000_000  # bytes
PATIENCE = 20  # seconds
LENGTHS = [  # seconds
    pytest.param(1.5, id="short"),
    pytest.param(600, id="long", marks=pytest.mark.torture),
]


def log_size() -> int:
    """Return the size of SQLite's log, nothing where there is none."""
    log = Path(f"{connection.settings_dict['NAME']}-wal")
    return log.stat().st_size if log.exists() else 0


def fold_the_log() -> None:
    """Have SQLite put its log back into the database: it cannot while somebody reads before it."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            ((busy, _, _),) = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        assert busy == 0


@pytest.mark.parametrize("seconds", LENGTHS)
def test_who_reads_for_long_keeps_nobody_from_writing_and_sees_one_moment(seconds):
    place = make_place(database_here(), loaves=1_000_000, writers=WRITERS)
    crew = Crew("bake_for_ever", place, WRITERS)
    crew.listen(seconds / 10)
    meanwhile, sizes = [], []
    for _ in range(3):
        with snapshot("default") as moment:
            seen = Event.objects.using(moment).count()
            crew.listen(seconds / 5)
            assert Event.objects.using(moment).count() == seen
            meanwhile.append(Event.objects.count() - seen)
        sizes.append(log_size())
        crew.listen(seconds / 10)
    crew.kill()
    fold_the_log()

    waits = sorted(wait for one in crew.heard for wait in one.waits if wait > 0)
    print(
        f"{connection.vendor}: {crew.counts()} calls, {meanwhile} events while somebody read, "
        f"log {[size // 2**20 for size in sizes]} MB, longest wait {waits[-1]:.2f} s"
    )
    assert min(meanwhile) > 0
    assert (max(sizes) < LOG_MAX, log_size()) == (True, 0)
    assert waits[-1] < PATIENCE
    assert list(differences()) == []


ROUNDS = [
    pytest.param(40, id="short"),
    pytest.param(5_000, id="long", marks=pytest.mark.torture),
]


@pytest.mark.parametrize("rounds", ROUNDS)
def test_a_process_that_never_ends_does_not_grow(rounds):
    ground, application = make_ground(), get_wsgi_application()

    def live() -> None:
        whose = {"by": ground.alice, "ledger": ground.ledger}
        pk, _ = post(**whose, flows=[a_flow(ground), a_flow(ground)])
        back_out(by=ground.alice, event_id=pk, key=uuid4())
        flows_between(ground.ledger, date(2026, 1, 1), date(2026, 12, 31))
        assert _opened(application, reverse("account_login")) == "200 OK"

    for _ in range(15):
        live()
    before = _weighed()
    for _ in range(rounds):
        live()
    after = _weighed()

    print(f"{connection.vendor}: {rounds} rounds, {before} then {after}")
    assert Event.objects.count() == 3 * (15 + rounds)
    assert after["handles"] <= before["handles"]
    assert after["threads"] <= before["threads"]
    assert after["things"] - before["things"] < 2 * rounds + 500


def _opened(application: WSGIHandler, path: str) -> str:
    """Open a page as a server does: Django's own client for tests grows at each request."""
    asked: dict[str, object] = {"HTTP_HOST": "testserver", "PATH_INFO": path}
    setup_testing_defaults(asked)
    told: list[str] = []
    answer = application(asked, lambda status, headers: told.append(status))
    b"".join(answer)
    answer.close()
    return told[0]


def _weighed() -> dict[str, int]:
    """Return the open handles, the threads, and the things in memory of this process."""
    gc.collect()
    return {
        "handles": len(os.listdir("/proc/self/fd")),
        "threads": threading.active_count(),
        "things": len(gc.get_objects()),
    }
