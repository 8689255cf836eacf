# SPDX-License-Identifier: AGPL-3.0-or-later
"""The power goes at each step of the disk: nothing that was acknowledged is lost, nothing is half.

The writes of the engine are recorded while a story is posted; then each moment is tried: what was
settled stays, what was not is there, missing or torn. With weaker settings the same trial must find
losses and damage, else it proves nothing.
"""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.db import DatabaseError, connection

from terreau.ledger.verify import differences
from tests.torture.disk import Note, Step, watched
from tests.torture.ground import (
    NAME,
    Story,
    copy_of_the_tests,
    engine,
    keys_in_order,
    standing_on,
)
from tests.torture.images import Image, after_each_step, contents, lay_out

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.sqlite]

CHECKPOINT_PAGES = 40  # instead of 1,000: the log is poured into the file every few calls


@dataclass
class Record:
    """What a story wrote: the files before, each step, and its calls in order."""

    before: dict[str, bytes]
    steps: list[Step]
    calls: list[list[str]]


@pytest.fixture
def recorded(tmp_path, monkeypatch):
    """Post a story through two connections in turn, set as told, and record the disk."""

    def record(synchronous: str, calls: int) -> Record:
        from terreau.core.sqlite import base

        place = copy_of_the_tests(tmp_path / "story")
        first = engine(place)
        with standing_on(first):
            story = Story()
        first.close()
        before = contents(place.parent)
        weaker = {"synchronous": synchronous, "wal_autocheckpoint": CHECKPOINT_PAGES}
        monkeypatch.setattr(base, "PRAGMAS", base.PRAGMAS | weaker)
        writers = engine(place), engine(place)
        with watched(place.parent) as disk:
            for number in range(calls):
                with standing_on(writers[number % 2]):
                    keys = story.tell()
                disk.steps.append(Note(str(keys[-1])))
            for writer in writers:
                writer.close()
        monkeypatch.undo()
        return Record(before, disk.steps, [[str(key) for key in keys] for keys in story.calls])

    return record


def found(image: Image, calls: list[list[str]], folder: Path) -> str:
    """Return what a power cut did: nothing, « lost » or « spoilt »."""
    lay_out(image, folder)
    opened = engine(folder / NAME)
    try:
        with standing_on(opened):
            keys = [str(key) for key in keys_in_order()]
            whole = _integrity() == ["ok"] and list(differences()) == []
    except (DatabaseError, ValueError, TypeError):  # nonsense in a row is damage too
        return "spoilt"
    finally:
        opened.close()
    if not whole or keys not in _beginnings(calls):
        return "spoilt"
    if not set(image.told) <= set(keys):
        return "lost"
    return "whole" if len(keys) == _count(calls, len(image.told)) else "whole, and more"


def _integrity() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA integrity_check")
        return [row[0] for row in cursor.fetchall()]


def _count(calls: list[list[str]], told: int) -> int:
    return sum(map(len, calls[:told]))


def _beginnings(calls: list[list[str]]) -> list[list[str]]:
    """Return all that may stand in the ledger: the first calls, whole, in order."""
    flat = [key for keys in calls for key in keys]
    return [flat[: _count(calls, told)] for told in range(len(calls) + 1)]


def outcomes(record: Record, folder: Path, *, cuts: int, every: int = 1) -> Counter:
    """Return how many power cuts left what."""
    count: Counter[str] = Counter()
    images = after_each_step(record.before, record.steps, cuts=cuts, seed=1)
    for number, image in enumerate(images):
        if number % every == 0:
            outcome = found(image, record.calls, folder)
            count[outcome] += 1
            count["spoilt writes"] += image.spoilt
            count["images"] += 1
    print(dict(count))
    return count


@pytest.fixture
def folder():
    """Return a folder in memory, where opening thousands of images settles nothing for real."""
    memory = Path("/dev/shm")
    place = tempfile.mkdtemp(prefix="terreau-images-", dir=memory if memory.is_dir() else None)
    yield Path(place)
    shutil.rmtree(place)


SIZES = [
    pytest.param(9, 1, 200, id="short"),
    pytest.param(60, 4, 5000, id="long", marks=pytest.mark.torture),
]


@pytest.mark.parametrize(("calls", "cuts", "wanted"), SIZES)
def test_nothing_acknowledged_is_lost_when_the_power_goes(recorded, folder, calls, cuts, wanted):
    record = recorded("FULL", calls)

    count = outcomes(record, folder, cuts=cuts)

    assert (count["lost"], count["spoilt"]) == (0, 0)
    assert count["images"] >= wanted
    assert count["spoilt writes"] > wanted  # the cuts did hurt
    assert count["whole, and more"] > 0  # and some came after the last settling, before the answer


@pytest.mark.parametrize(("synchronous", "harm"), [("NORMAL", "lost"), ("OFF", "spoilt")])
def test_with_less_care_the_same_trial_finds_harm(recorded, folder, synchronous, harm):
    record = recorded(synchronous, 12)

    count = outcomes(record, folder, cuts=1, every=5)

    assert count[harm] > 0
    assert synchronous == "OFF" or count["spoilt"] == 0
