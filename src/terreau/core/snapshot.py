# SPDX-License-Identifier: AGPL-3.0-or-later
"""One moment of a database, read at leisure while others write."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connections, transaction


@contextmanager
def snapshot(alias: str) -> Iterator[str]:
    """Open a second connection that goes on seeing this moment; yield its alias.

    Nothing waits for it: SQLite's readers and writers do not in WAL mode, PostgreSQL's neither.
    """
    name = f"{alias}-snapshot"
    here = connections[alias]
    connections[name] = type(here)(_reading(here.settings_dict, here), alias=name)
    try:
        with transaction.atomic(using=name):
            with connections[name].cursor() as cursor:
                cursor.execute("SELECT count(*) FROM django_migrations")  # the moment begins here
            yield name
    finally:
        connections[name].close()
        del connections[name]


def _reading(given: dict[str, Any], connection: Any) -> dict[str, Any]:
    wanted = copy.deepcopy(given)
    if connection.vendor == "sqlite":
        wanted["OPTIONS"]["transaction_mode"] = "DEFERRED"
    else:
        from psycopg import IsolationLevel  # noqa: PLC0415  (only where PostgreSQL is used)

        wanted["OPTIONS"]["isolation_level"] = IsolationLevel.REPEATABLE_READ
    return wanted
