# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the machine lacks while a program writes is said as a problem; nothing is half-written."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

import pytest
from django.db import connection

from terreau.agreements.models import Contribution
from terreau.core.errors import NoRoom, NotNow
from terreau.ledger.models import Event
from tests.agreements.factories import make_place
from tests.api.kit import problem, program_of
from tests.api.test_giving import address, body

pytestmark = pytest.mark.sqlite


def held() -> tuple[int, int]:
    return Event.objects.count(), Contribution.objects.count()


@contextmanager
def no_page_more() -> Iterator[None]:
    """Let the main database grow no more, as on a full disk."""

    def ask(sql: str) -> int:
        return int(connection.connection.execute(sql).fetchone()[0])

    most = ask("PRAGMA max_page_count")
    ask(f"PRAGMA max_page_count = {ask('PRAGMA page_count')}")
    try:
        yield
    finally:
        ask(f"PRAGMA max_page_count = {most}")


@pytest.mark.django_db(databases="__all__")
def test_without_room_on_the_disk_it_is_507_and_goes_on_when_there_is_room():
    place = make_place()
    program, key, noted = program_of(place.alice), uuid4(), 0

    with no_page_more():
        while (answer := program.post(address(place), body(place), key)).status_code == 201:
            key, noted = uuid4(), noted + 1

    assert problem(answer) == (507, [])
    assert answer.json()["detail"] == NoRoom().message
    assert held() == (noted, noted)
    assert program.post(address(place), body(place), key).status_code == 201
    assert held() == (noted + 1, noted + 1)


@contextmanager
def somebody_writes() -> Iterator[None]:
    """Stand first in the line of writers, and do not leave it."""
    with connection._queue._path.open("w") as place:
        fcntl.flock(place, fcntl.LOCK_EX)
        yield


@pytest.mark.django_db(transaction=True, databases="__all__")
def test_while_somebody_writes_for_too_long_it_is_503_and_goes_on_afterwards(monkeypatch):
    place = make_place()
    program, key = program_of(place.alice), uuid4()
    monkeypatch.setattr(connection._queue, "_patience_seconds", 0.05)

    with somebody_writes():
        answer = program.post(address(place), body(place), key)

    assert problem(answer) == (503, [])
    assert answer.json()["detail"] == NotNow().message
    assert held() == (0, 0)
    assert program.post(address(place), body(place), key).status_code == 201
    assert held() == (1, 1)
