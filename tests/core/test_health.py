# SPDX-License-Identifier: AGPL-3.0-or-later
import sqlite3

import pytest
from django.db import connections

from terreau.core.health import problems, takes_writes


@pytest.mark.sqlite
@pytest.mark.django_db(transaction=True)
def test_a_database_held_by_another_writer_is_a_problem():
    connection = connections["default"]
    connection.ensure_connection()
    connection.connection.execute("PRAGMA busy_timeout = 50")
    other = sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        assert not takes_writes("default")
        assert problems() != []
    finally:
        other.execute("ROLLBACK")
        other.close()
    assert takes_writes("default")
