# SPDX-License-Identifier: AGPL-3.0-or-later
"""The engine that Django loads."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from terreau.core.sqlite import library
from terreau.core.sqlite.queue import Impatient, WriteQueue

library.choose()  # before Django imports sqlite3

from django.db import OperationalError  # noqa: E402
from django.db.backends.sqlite3 import base as django_sqlite  # noqa: E402

library.confirm(django_sqlite.Database)

TIMEOUT_SECONDS = 20
WRITING = ("IMMEDIATE", "EXCLUSIVE")  # a reader of one moment (DEFERRED) waits for nobody
PRAGMAS = {
    "journal_mode": "WAL",
    "synchronous": "FULL",  # an acknowledged write survives a power cut
    "recursive_triggers": "ON",  # else INSERT OR REPLACE passes an append-only trigger
    "mmap_size": "0",
}


class Cursor(django_sqlite.SQLiteCursorWrapper):
    """Django's cursor, which rewrites the placeholders of the same statements once."""

    def convert_query(self, query: str, *, param_names: list[str] | None = None) -> str:
        """Return the statement with SQLite's placeholders."""
        if param_names is not None:
            named: str = super().convert_query(query, param_names=param_names)
            return named
        return with_question_marks(query)


@lru_cache(maxsize=1024)
def with_question_marks(query: str) -> str:
    """Return a statement of Django's in SQLite's spelling."""
    return django_sqlite.FORMAT_QMARK_REGEX.sub("?", query).replace("%%", "%")


class DatabaseWrapper(django_sqlite.DatabaseWrapper):
    """Django's SQLite connection, durable and fair."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._queue: WriteQueue | None = None

    def get_connection_params(self) -> dict[str, Any]:
        """Add what every connection of ours needs to the parameters of the settings."""
        options = self.settings_dict["OPTIONS"]
        options.setdefault("transaction_mode", "IMMEDIATE")
        options.setdefault("timeout", TIMEOUT_SECONDS)
        parameters: dict[str, Any] = super().get_connection_params()
        self._queue = self._queue_beside(parameters["database"], parameters["timeout"])
        return parameters

    def create_cursor(self, name: str | None = None) -> Cursor:
        """Return a cursor of ours."""
        cursor: Cursor = self.connection.cursor(factory=Cursor)
        return cursor

    def quickly(self, sql: str, params: Sequence[Any]) -> list[tuple[Any, ...]]:
        """Run one statement and return its rows, past Django's cursor but with Django's errors."""
        self.ensure_connection()
        try:
            rows: list[tuple[Any, ...]] = self.connection.execute(
                with_question_marks(sql), params
            ).fetchall()
        except Exception:
            with self.wrap_database_errors:
                raise
        return rows

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Open the file, in a folder made when missing, and set it up."""
        connection = super().get_new_connection(conn_params)
        for name, value in PRAGMAS.items():
            connection.execute(f"PRAGMA {name} = {value}")
        return connection

    def _queue_beside(self, database: Any, timeout: float) -> WriteQueue | None:
        if self.creation.is_in_memory_db(database):
            return None
        path = Path(database)
        path.parent.mkdir(parents=True, exist_ok=True)
        return WriteQueue(path.with_name(f"{path.name}.queue"), patience_seconds=timeout)

    def _start_transaction_under_autocommit(self) -> None:
        if self._queue is not None and self.transaction_mode in WRITING:
            try:
                self._queue.enter()
            except Impatient:
                raise OperationalError("database is locked") from None
        try:
            super()._start_transaction_under_autocommit()
        except BaseException:
            self._leave()
            raise

    def _commit(self) -> None:
        super()._commit()
        self._leave()  # a refused commit is followed by a rollback, which leaves

    def _rollback(self) -> None:
        try:
            super()._rollback()
        finally:
            self._leave()

    def _close(self) -> None:
        try:
            super()._close()
        finally:
            self._leave()

    def _leave(self) -> None:
        if self._queue is not None:
            self._queue.leave()
