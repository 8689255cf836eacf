# SPDX-License-Identifier: AGPL-3.0-or-later
"""One moment of a database, read while others write."""

import threading

import pytest
from django.db import connection

from terreau.core import clock
from terreau.core.models import OutboxRow
from terreau.core.snapshot import standing_still

pytestmark = pytest.mark.django_db(transaction=True)


def write(key: str) -> None:
    OutboxRow.objects.create(key=key, name="x", asked_at=clock.now())
    connection.close()


def test_what_others_write_meanwhile_is_seen_only_afterwards():
    write("before")

    with standing_still("default"):
        seen = [OutboxRow.objects.count()]
        other = threading.Thread(target=write, args=("meanwhile",))
        other.start()
        other.join()
        seen.append(OutboxRow.objects.count())

    assert (seen, OutboxRow.objects.count()) == ([1, 1], 2)
