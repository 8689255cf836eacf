# SPDX-License-Identifier: AGPL-3.0-or-later
"""Notices that a table is written, whoever writes it; refuses it where nothing may be."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from django.db import connection, connections

_WRITES = re.compile(r'\s*(?:INSERT(?: OR \w+)? INTO|UPDATE|DELETE FROM|TRUNCATE)\s+"?(\w+)', re.I)


def written_by(sql: str) -> str:
    """Return the table that a statement writes, or nothing."""
    found = _WRITES.match(sql)
    return found[1] if found else ""


@contextmanager
def on_change(tables: Collection[str], told: Callable[[], object]) -> Iterator[None]:
    """Call ``told`` before each statement of the block that writes one of these tables."""

    def watch(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if written_by(sql) in tables:
            told()
        return execute(sql, params, many, context)

    with connection.execute_wrapper(watch):
        yield


READING = ("SELECT", "WITH", "EXPLAIN", "SAVEPOINT", "RELEASE", "ROLLBACK", "PRAGMA")


@contextmanager
def only_reading() -> Iterator[None]:
    """Raise inside the block on any statement that is not a read (a GET never writes)."""
    with ExitStack() as guards:
        for one in connections.all(initialized_only=True):
            guards.enter_context(one.execute_wrapper(_refuse_writes))
        yield


def _refuse_writes(execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
    if isinstance(sql, str) and not sql.lstrip(" (\n").upper().startswith(READING):
        raise RuntimeError(f"A page that is only read tried to write: {sql[:80]}")
    return execute(sql, params, many, context)
