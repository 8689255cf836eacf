# SPDX-License-Identifier: AGPL-3.0-or-later
"""A drill: a backup taken while somebody writes, restored elsewhere, verified.

What is lost is what was acknowledged and is not in the archive: it must be the last of it, none
from before the backup began. How long it takes to be served again counts everything: the empty
tables, the restore, and ``terreau verify``. Nothing to compare with: each stands beside a budget.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from uuid import UUID, uuid4

from django.db import connection
from tests.ledger.factories import Ground, a_flow, make_ground

from benchmarks.figures import Figure
from benchmarks.verify import Writer
from terreau.ledger.actions import post

EVENTS = 100_000
SECONDS_MAX = 120
"""A minute or two without the service for a ledger that a life of cooperation does not fill."""
BEFORE = 20


def figures(count: int = EVENTS) -> Iterator[Figure]:
    """Measure what a loss of the machine would cost: of what was noted, and of time."""
    if connection.vendor != "sqlite":
        return
    ground = make_ground()
    Writer(ground).write(count)
    with tempfile.TemporaryDirectory(prefix="terreau-drill-") as name:
        archive, elsewhere = Path(name, "backup.zip"), Path(name, "elsewhere")
        noted = [_noted(ground) for _ in range(BEFORE)]
        began = time.monotonic()
        backup = _terreau("backup", str(archive))
        while backup.poll() is None:
            noted.append(_noted(ground))
        ended = time.monotonic()
        assert backup.returncode == 0
        again = _restored(archive, elsewhere)
        lost = _lost(noted, elsewhere)
    took = ended - began
    value = f"{again:.0f}s({count}events,backup:{took:.1f}s)"
    yield Figure("drill_served_again", value, again / SECONDS_MAX, 1, at_most=True)
    age = ended - lost[0] if lost else 0.0
    value = f"{age:.1f}s({len(lost)}of{len(noted)},noted during the backup)".replace(" ", "_")
    yield Figure("drill_lost", value, age / took, 1, at_most=True)


def _noted(ground: Ground) -> tuple[UUID, float]:
    """Note a gift; return its key, and when it was acknowledged."""
    key = uuid4()
    post(by=ground.alice, ledger=ground.ledger, flows=[a_flow(ground, key=key)])
    return key, time.monotonic()


def _terreau(*words: str, **told: str) -> subprocess.Popen[bytes]:
    asked = [sys.executable, "-m", "terreau", *words]
    return subprocess.Popen(asked, env=os.environ | told, stdout=subprocess.DEVNULL)


def _restored(archive: Path, folder: Path) -> float:
    """Restore into an empty instance and verify it; return how long that took."""
    folder.mkdir()
    began = time.monotonic()
    for words in (("migrate",), ("restore", str(archive)), ("verify",)):
        assert _terreau(*words, TERREAU_DATA_DIR=str(folder)).wait() == 0, words
    return time.monotonic() - began


def _lost(noted: list[tuple[UUID, float]], folder: Path) -> list[float]:
    """Return when each was acknowledged that did not come back; none that did comes after one."""
    file = folder / "terreau.sqlite3"
    with closing(connection.Database.connect(str(file))) as door:
        there = {UUID(str(key)) for (key,) in door.execute("SELECT key FROM ledger_event")}
    came_back = [key in there for key, _ in noted]
    assert came_back == sorted(came_back, reverse=True), "a later gift is there, an earlier is not"
    assert all(came_back[:BEFORE]), "noted before the backup began"
    return [moment for (key, moment) in noted if key not in there]
