# SPDX-License-Identifier: AGPL-3.0-or-later
"""The disk refuses: it is full, or breaks, at each step of a call. Nothing is half-written, and
writing goes on as soon as it can.
"""

from __future__ import annotations

import os
import resource
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from html import unescape
from pathlib import Path
from uuid import uuid4

import pytest
from django.db import DatabaseError, OperationalError

from terreau.core import faults
from terreau.core.errors import NoRoom, NotNow
from terreau.ecosystems.models import Ecosystem
from terreau.ledger.verify import differences
from tests.factories import make_user
from tests.torture.disk import BROKEN, FULL, OK, READ_ONLY, Disk, Step, Write, watched
from tests.torture.ground import Story, copy_of_the_tests, engine, keys_in_order, standing_on

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.sqlite]


def full_from(number: int) -> Callable[[Step], int]:
    """Return a disk that has no room from its nth write on."""
    seen = 0

    def fault(step: Step) -> int:
        nonlocal seen
        seen += isinstance(step, Write)
        return FULL if isinstance(step, Write) and seen >= number else OK

    return fault


def read_only_from(number: int) -> Callable[[Step], int]:
    """Return a disk that its system stopped writing to, from its nth write on."""
    full = full_from(number)
    return lambda step: READ_ONLY if full(step) == FULL else OK


def broken_at(number: int) -> Callable[[Step], int]:
    """Return a disk whose nth step, of any kind, fails."""
    seen = 0

    def fault(step: Step) -> int:
        nonlocal seen
        seen += 1
        return BROKEN[type(step)] if seen == number else OK

    return fault


def steps_of_a_call(disk: Disk, story: Story) -> int:
    before = len(disk.steps)
    story.tell()
    return len(disk.steps) - before


SIZES = [
    pytest.param(3, id="short"),
    pytest.param(1, id="long", marks=pytest.mark.torture),
]


@pytest.mark.parametrize("spoilt", [full_from, read_only_from, broken_at])
@pytest.mark.parametrize("every", SIZES)
def test_a_disk_that_refuses_at_any_step_leaves_nothing_half_written(
    tmp_path, monkeypatch, spoilt, every
):
    from terreau.core.sqlite import base

    monkeypatch.setattr(base, "PRAGMAS", base.PRAGMAS | {"wal_autocheckpoint": 20})
    place = copy_of_the_tests(tmp_path / "spoilt")
    refused = passed = 0
    with watched(place.parent) as disk, closing(engine(place)) as opened, standing_on(opened):
        story = Story()
        longest = max(steps_of_a_call(disk, story) for _ in range(6))
        for number in range(1, longest + 1, every):
            before = keys_in_order()
            disk.fault = spoilt(number)
            try:
                story.tell()
                passed += 1
            except DatabaseError as error:
                refused += 1
                assert faults.as_refusal(error) is not None, error
                assert keys_in_order() == before
            disk.fault = lambda step: OK

            story.call(len(story.calls) - 1, story.calls[-1])  # again, with the same keys

            assert keys_in_order() == [key for keys in story.calls for key in keys]
            assert list(differences()) == []
    print(f"{spoilt.__name__}: {longest} steps, {refused} refused, {passed} passed")
    assert refused >= 5


ROOM = 6
"""Megabytes: the empty tables, and some dozens of facts."""


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[Callable[[], None]]:
    """Make of a folder a disk with little room, nearly full; give what makes room on it.

    A real one where this user may mount; else the writes of SQLite past this size are refused.
    """
    folder.mkdir()
    size = f"size={megabytes}m"
    mounting = ["mount", "-t", "tmpfs", "-o", size, "tmpfs", str(folder)]
    if subprocess.run(mounting, check=False, capture_output=True).returncode == 0:
        ballast = folder / "ballast"
        ballast.write_bytes(bytes((megabytes - ROOM) << 20))
        try:
            yield ballast.unlink
        finally:
            subprocess.run(["umount", "-l", str(folder)], check=True)
        return
    with watched(folder) as disk:
        disk.fault = lambda step: FULL if isinstance(step, Write) and step.at > (ROOM << 20) else OK
        yield lambda: setattr(disk, "fault", lambda step: OK)


def test_a_full_disk_is_said_in_french_and_writing_goes_on_when_there_is_room(tmp_path, client):
    with small_disk(tmp_path / "small", 12) as make_room:
        place = copy_of_the_tests(tmp_path / "small")
        with closing(engine(place)) as opened, standing_on(opened):
            client.force_login(make_user("Nadège"))
            story, told = Story(), 0
            with pytest.raises(OperationalError, match="full"):
                while story.tell():
                    told += 1
            sent = {"name": "Le pain du bois", "sentence": "Du pain pour tous."}
            sent["key"] = str(uuid4())

            answer = client.post("/demarrer/", sent)

            before = [key for keys in story.calls[:told] for key in keys]
            assert answer.status_code == 507
            assert NoRoom().message in unescape(answer.content.decode())
            assert keys_in_order() == before
            assert (list(differences()), Ecosystem.objects.filter(name=sent["name"]).count()) == (
                [], 0,
            )  # fmt: skip
            make_room()
            story.call(told, story.calls[told])
            assert client.post("/demarrer/", sent).status_code == 302
            assert len(keys_in_order()) == len(before) + len(story.calls[told])
            assert (list(differences()), told > 20) == ([], True)


@contextmanager
def no_file_handle_left() -> Iterator[None]:
    """Let this process open no file more."""
    free = os.open(os.devnull, os.O_RDONLY)
    os.close(free)
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (free, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_without_a_file_handle_left_one_is_asked_to_come_back(tmp_path):
    place = copy_of_the_tests(tmp_path / "handles")
    with closing(engine(place)) as opened, standing_on(opened):
        story = Story()
        story.tell()

        with no_file_handle_left(), pytest.raises((OSError, DatabaseError)) as refused:
            story.tell()

        assert isinstance(faults.as_refusal(refused.value), NotNow)
        assert keys_in_order() == story.calls[0]
        story.call(1, story.calls[1])
        assert keys_in_order() == [*story.calls[0], *story.calls[1]]
        assert list(differences()) == []


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (OSError(28, "No space left on device"), NoRoom),
        (OSError(24, "Too many open files"), NotNow),
        (OSError(2, "No such file or directory"), type(None)),
        (OperationalError("database or disk is full"), NoRoom),
        (OperationalError("database is locked"), NotNow),
        (OperationalError("disk I/O error"), NotNow),
        (OperationalError("attempt to write a readonly database"), NotNow),
        (OperationalError("no such table: people_agent"), type(None)),
        (ValueError("disk is full"), type(None)),
    ],
)
def test_only_what_the_machine_lacks_is_said_to_be_so(error, expected):
    assert isinstance(faults.as_refusal(error), expected)
