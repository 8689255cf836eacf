# SPDX-License-Identifier: AGPL-3.0-or-later
"""The reference: the same rows, durably written by plain SQL on a connection of its own."""

from contextlib import closing
from typing import Any

import psycopg
from django.db import connection


class Raw:
    """A bare connection to the database under test, set as Terreau sets its own."""

    def __init__(self) -> None:
        self.sqlite = connection.vendor == "sqlite"
        given = connection.settings_dict
        if self.sqlite:
            self.door = connection.Database.connect(given["NAME"], timeout=20, isolation_level=None)
            for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
                self.door.execute(f"PRAGMA {pragma}")
            self.door.execute("PRAGMA recursive_triggers = ON")
        else:
            self.door = psycopg.connect(
                dbname=given["NAME"],
                user=given["USER"],
                password=given["PASSWORD"],
                host=given["HOST"],
                port=given["PORT"],
                autocommit=True,
            )

    def write(self, statements: list[tuple[str, tuple[Any, ...]]]) -> None:
        """Write in one transaction; the first statement gives the id that %(id) stands for."""
        with closing(self.door.cursor()) as cursor:
            cursor.execute("BEGIN IMMEDIATE" if self.sqlite else "BEGIN")
            first: Any = None
            for sql, values in statements:
                told = tuple(first if value is ID else value for value in values)
                cursor.execute(sql.replace("%s", "?") if self.sqlite else sql, told)
                if first is None:
                    first = cursor.fetchone()[0]
            cursor.execute("COMMIT")

    def close(self) -> None:
        self.door.close()


ID = object()
"""Stands for the id that the first statement returned."""
