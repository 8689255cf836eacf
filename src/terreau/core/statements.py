# SPDX-License-Identifier: AGPL-3.0-or-later
"""Plain SQL, one statement at a time, without what Django does around each.

Around a short statement on SQLite that costs as much as the statement. Where somebody listens (a
count of queries, a guard against writing) or a transaction is broken, Django's own way is taken.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections

Rows = list[tuple[object, ...]]


def execute(sql: str, params: Sequence[Any] = ()) -> Rows:
    """Run a statement on the usual connection and return its rows; ``%s`` stands for a value.

    Errors are Django's (``IntegrityError``, ``OperationalError``…), whichever way is taken.
    """
    return _on(connections[DEFAULT_DB_ALIAS], sql, params)


def at_hand() -> Callable[[str, Sequence[Any]], Rows]:
    """Return ``execute`` for several statements in a row: the connection is looked up once."""
    return partial(_on, connections[DEFAULT_DB_ALIAS])


def _on(connection: Any, sql: str, params: Sequence[Any]) -> Rows:
    quickly = getattr(connection, "quickly", None)
    watched = connection.execute_wrappers or connection.needs_rollback or connection.queries_logged
    if quickly is not None and not watched:
        return quickly(sql, params)  # type: ignore[no-any-return]
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return list(cursor.fetchall()) if cursor.description else []
