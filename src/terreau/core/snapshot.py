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
    connections[name] = _reading(connections[alias], name)
    try:
        with transaction.atomic(using=name):
            with connections[name].cursor() as cursor:
                cursor.execute("SELECT count(*) FROM django_migrations")  # the moment begins here
            yield name
    finally:
        connections[name].close()
        del connections[name]


@contextmanager
def standing_still(alias: str) -> Iterator[None]:
    """Read one moment of a database by its usual alias, for a check that compares many reads.

    For a process that does nothing else: inside the block nothing can be written by this alias.
    """
    usual = connections[alias]
    with snapshot(alias) as name:
        connections[alias] = connections[name]
        try:
            yield
        finally:
            connections[alias] = usual


def _reading(usual: Any, name: str) -> Any:
    """Return a connection set as the usual one, whose transactions only read."""
    other = type(usual)(copy.deepcopy(usual.settings_dict), alias=name)
    if other.vendor == "sqlite":
        other.ensure_connection()
        other.transaction_mode = "DEFERRED"
    else:
        from psycopg import IsolationLevel  # noqa: PLC0415  (only where PostgreSQL is used)

        other.settings_dict["OPTIONS"]["isolation_level"] = IsolationLevel.REPEATABLE_READ
    return other
