# SPDX-License-Identifier: AGPL-3.0-or-later
import sqlite3
import time

import pytest
from django.db import connections

from terreau.core.health import problems, takes_writes


@pytest.mark.sqlite
@pytest.mark.django_db(transaction=True)
def test_a_database_held_by_another_writer_is_a_problem_told_at_once():
    connection = connections["default"]
    connection.ensure_connection()
    other = sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    asked = time.monotonic()
    try:
        assert not takes_writes("default")
        assert problems() != []
        assert time.monotonic() - asked < 15  # else a worker answers no page for as long
    finally:
        other.execute("ROLLBACK")
        other.close()
    assert takes_writes("default")
    assert connection.cursor().execute("PRAGMA busy_timeout").fetchone() == (20_000,)
