# SPDX-License-Identifier: AGPL-3.0-or-later
"""Triggers that outlive a rebuilt table.

On SQLite a migration that alters a column rebuilds the table and drops its triggers without a word.
So an app does not create triggers in a migration: it registers them in ``AppConfig.ready``
(``triggers.register(*triggers.append_only("ledger_event"))``), they are installed after every
``migrate``, and the start-up check refuses to serve when one is missing. Names are unique in the
whole database.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper


@dataclass(frozen=True)
class Trigger:
    """One trigger: its SQL by vendor, without ``IF NOT EXISTS``.

    ``statements["postgresql"]`` may begin with the function it calls (``CREATE OR REPLACE
    FUNCTION``); a vendor without SQL has no such trigger. ``{name}`` and ``{table}`` are filled in.
    """

    name: str
    table: str
    statements: dict[str, tuple[str, ...]]

    def sql(self, vendor: str) -> tuple[str, ...]:
        """Return the statements to run on a vendor, in order."""
        return tuple(
            text.replace("{name}", self.name).replace("{table}", self.table)
            for text in self.statements.get(vendor, ())
        )


_registered: dict[str, Trigger] = {}


def register(*triggers: Trigger) -> None:
    """Have these triggers installed after every migration and checked at every start."""
    _registered.update({trigger.name: trigger for trigger in triggers})


def append_only(table: str) -> tuple[Trigger, ...]:
    """Return the triggers by which a table refuses UPDATE, DELETE and TRUNCATE."""
    return (_refusing(table, "UPDATE", "no_update"), *_staying(table))


def fixed(table: str, *columns: str) -> tuple[Trigger, ...]:
    """Return the triggers by which some columns of a table never change once written.

    Its rows stay too: a row deleted and written anew would be another way to change them.
    """
    return (_refusing(table, f"UPDATE OF {', '.join(columns)}", "fixed"), *_staying(table))


def fixed_once(table: str, columns: Iterable[str], when: str) -> tuple[Trigger, ...]:
    """Return the triggers by which a row stays, and some columns of it, once a condition holds.

    ``when`` is an SQL condition on ``OLD`` of which both databases say the same.
    """
    change = _refusing_when(table, f"UPDATE OF {', '.join(columns)}", "fixed_once", when)
    return (change, _refusing_when(table, "DELETE", "stays_once", when))


_FUNCTION = """
CREATE OR REPLACE FUNCTION terreau_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME
    USING ERRCODE = 'integrity_constraint_violation';
END $$
"""
_FUNCTION_ONCE = """
CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF {when} THEN
    RAISE EXCEPTION '% is append-only by now', TG_TABLE_NAME
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN COALESCE(NEW, OLD);
END $$
"""
_ON_POSTGRESQL = (
    'CREATE TRIGGER "{{name}}" BEFORE {verb} ON "{{table}}" '
    "FOR EACH {each} EXECUTE FUNCTION terreau_refuse()"
)
_ON_SQLITE = (
    'CREATE TRIGGER "{{name}}" BEFORE {verb} ON "{{table}}" '
    "BEGIN SELECT RAISE(ABORT, '{{table}} is append-only'); END"
)


def _staying(table: str) -> tuple[Trigger, ...]:
    truncate = _ON_POSTGRESQL.format(verb="TRUNCATE", each="STATEMENT")
    return (
        _refusing(table, "DELETE", "no_delete"),
        Trigger(f"{table}_no_truncate", table, {"postgresql": (_FUNCTION, truncate)}),
    )


def _refusing(table: str, verb: str, name: str) -> Trigger:
    return Trigger(
        f"{table}_{name}",
        table,
        {
            "sqlite": (_ON_SQLITE.format(verb=verb),),
            "postgresql": (_FUNCTION, _ON_POSTGRESQL.format(verb=verb, each="ROW")),
        },
    )


def _refusing_when(table: str, verb: str, name: str, when: str) -> Trigger:
    on_sqlite = _ON_SQLITE.format(verb=verb).replace(" BEGIN", f" WHEN {when} BEGIN", 1)
    on_postgresql = _ON_POSTGRESQL.format(verb=verb, each="ROW")
    return Trigger(
        f"{table}_{name}",
        table,
        {
            "sqlite": (on_sqlite,),
            "postgresql": (
                _FUNCTION_ONCE.replace("{when}", when),
                on_postgresql.replace("terreau_refuse()", "{name}()"),
            ),
        },
    )


def expected(connection: BaseDatabaseWrapper) -> dict[str, Trigger]:
    """Return the triggers this database should have: those registered for tables it holds."""
    tables = set(connection.introspection.table_names())
    return {
        name: trigger
        for name, trigger in _registered.items()
        if trigger.table in tables and trigger.sql(connection.vendor)
    }


def present(connection: BaseDatabaseWrapper) -> set[str]:
    """Return the names of the triggers the database has now and heeds (O, A: not put to sleep)."""
    query = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
        "postgresql": "SELECT tgname FROM pg_trigger "
        "WHERE NOT tgisinternal AND tgenabled IN ('O', 'A')",
    }[connection.vendor]
    with connection.cursor() as cursor:
        cursor.execute(query)
        return {str(row[0]) for row in cursor.fetchall()}


def missing(connection: BaseDatabaseWrapper) -> list[str]:
    """Return the names of registered triggers that the database has lost."""
    return sorted(set(expected(connection)) - present(connection))


def install(connection: BaseDatabaseWrapper) -> None:
    """Install every registered trigger afresh."""
    remove(connection)
    with connection.cursor() as cursor:
        for trigger in expected(connection).values():
            for statement in trigger.sql(connection.vendor):
                cursor.execute(statement)


def remove(connection: BaseDatabaseWrapper) -> None:
    """Drop every registered trigger."""
    on_table = ' ON "{table}"' if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        for name, trigger in expected(connection).items():
            cursor.execute(
                f'DROP TRIGGER IF EXISTS "{name}"' + on_table.format(table=trigger.table)
            )


@contextlib.contextmanager
def suspended(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Do without triggers, for a restore into an empty instance; a failure brings them back."""
    with transaction.atomic(using=connection.alias):
        remove(connection)
        yield
        install(connection)


def install_after_migrate(*, using: str, **_: Any) -> None:
    """Receive ``post_migrate``."""
    from django.db import connections  # noqa: PLC0415  (models are not ready at import)

    install(connections[using])
