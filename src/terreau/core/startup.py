# SPDX-License-Identifier: AGPL-3.0-or-later
"""What must hold before an instance serves writes; web and worker call ``refuse_unsafe``."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Warning
from django.core.exceptions import ImproperlyConfigured
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder

from terreau.core import static_files, triggers
from terreau.core.sqlite.library import VERSION_MIN

TIMEOUT_SECONDS_MIN = 10
SQLITE_WANTED = {
    "journal_mode": "wal",
    "synchronous": "2",
    "foreign_keys": "1",
    "recursive_triggers": "1",
    "mmap_size": "0",
}


POSTGRESQL_WANTED = ("fsync", "synchronous_commit", "full_page_writes")


def problems(connection: BaseDatabaseWrapper) -> list[str]:
    """Return, in sentences, why this database must not be written to; empty when all is well."""
    found = list(_sqlite_problems(connection)) if connection.vendor == "sqlite" else []
    lost = triggers.missing(connection)
    if lost:
        found.append(f"Missing triggers: {', '.join(lost)}.")
    return found


def _sqlite_problems(connection: BaseDatabaseWrapper) -> Iterator[str]:
    with connection.cursor() as cursor:
        version = cursor.execute("SELECT sqlite_version()").fetchone()[0]
        if tuple(map(int, version.split("."))) < VERSION_MIN:
            yield f"SQLite {version} may corrupt a database that several workers write to."
        for name, wanted in SQLITE_WANTED.items():
            row = cursor.execute(f"PRAGMA {name}").fetchone()
            found = str(row[0]) if row else "0"
            if found != wanted:
                yield f"SQLite is set to {name} = {found}; it must be {wanted}."
    options = connection.settings_dict["OPTIONS"]
    if str(options.get("transaction_mode")).upper() != "IMMEDIATE":
        yield "SQLite transactions must begin as IMMEDIATE."
    if options.get("timeout", 0) < TIMEOUT_SECONDS_MIN:
        yield f"SQLite must wait for its turn at least {TIMEOUT_SECONDS_MIN} seconds."


def _postgresql_problems(connection: BaseDatabaseWrapper) -> Iterator[str]:
    """Say what lets a server forget, when it or its machine stops, what it had acknowledged."""
    with connection.cursor() as cursor:
        for name in POSTGRESQL_WANTED:
            cursor.execute(f"SHOW {name}")
            found = cursor.fetchone()[0]
            if found == "off":
                yield f"PostgreSQL is set to {name} = off; it must be on."


def is_behind(connection: BaseDatabaseWrapper) -> bool:
    """Tell whether migrations of this version were not applied."""
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def refuse_unprepared() -> None:
    """Raise ImproperlyConfigured, naming the first such database, when one has no tables at all.

    Asked before anything is read or written: SQLite would make an empty file on the way.
    """
    for connection in connections.all():
        if not _has_tables(connection):
            raise ImproperlyConfigured(
                f"The database « {connection.alias} » ({connection.settings_dict['NAME']}) has no "
                "tables yet: run `terreau migrate` first."
            )


def _has_tables(connection: BaseDatabaseWrapper) -> bool:
    name = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite" and isinstance(name, Path) and not name.exists():
        return False
    return MigrationRecorder(connection).has_table()


def refuse_unsafe() -> None:
    """Raise ImproperlyConfigured, with every reason, when a database must not be written to."""
    found = [
        f"The database « {connection.alias} » is not at this version."
        for connection in connections.all()
        if is_behind(connection)
    ]
    found += [reason for connection in connections.all() for reason in problems(connection)]
    if settings.PRODUCTION:  # a server of tests may be fast and forgetful
        postgresql = [one for one in connections.all() if one.vendor == "postgresql"]
        found += [reason for one in postgresql for reason in _postgresql_problems(one)]
    if found:
        raise ImproperlyConfigured(
            " ".join([*found, "Run `terreau migrate`, or restore a backup."])
        )


def refuse_bare() -> None:
    """Raise ImproperlyConfigured when pages would lack their static files: all would fail."""
    lost = static_files.lost()
    if lost:
        raise ImproperlyConfigured(
            f"{len(lost)} static files of this version are missing from {settings.STATIC_ROOT} "
            f"({lost[0]}…): run `terreau migrate` with the same settings, then serve again."
        )


def check_databases(*, databases: Any = None, **_: Any) -> list[CheckMessage]:
    """Answer Django's ``check --database``; warnings, for ``migrate`` repairs some of them."""
    return [
        Warning(reason, id="terreau.W001", obj=alias)
        for alias in databases or ()
        for reason in problems(connections[alias])
    ]
