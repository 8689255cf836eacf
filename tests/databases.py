# SPDX-License-Identifier: AGPL-3.0-or-later
"""Databases of the tests: on SQLite files and on PostgreSQL, and what tests that commit leave.

Django empties every table after a transactional test. Append-only triggers refuse that, and it
would also take away the lists that migrations planted. So the migrated database is copied once a
run, and put back after each transactional test (some milliseconds). Nothing is asked of such a
test: ``@pytest.mark.django_db(transaction=True)``.

Migrating takes half a minute of computing, so it is done once for a given content of the migrations
and of what they plant: the first worker keeps the result, the others and later runs copy it.
"""

import fcntl
import hashlib
import shutil
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import psycopg
from django.db import connections
from django.test import TransactionTestCase
from django.test.utils import setup_databases

PRISTINE = "_pristine"
MIGRATED = Path(tempfile.gettempdir()) / "terreau-migrated"


def set_up():
    """Make the databases of the tests: copied from what was migrated, else migrated now.

    Returns what ``teardown_databases`` takes.
    """
    with one_at_a_time():
        if not all(_is_migrated(connection) for connection in connections.all()):
            made = setup_databases(verbosity=0, interactive=False)
            for connection in connections.all():
                _keep_migrated(connection)
            return made
        for connection in connections.all():
            _copy_migrated(connection)
    return setup_databases(verbosity=0, interactive=False, keepdb=True)


@contextmanager
def one_at_a_time():
    MIGRATED.mkdir(exist_ok=True)
    with (MIGRATED / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@cache
def digest() -> str:
    """Stand for all that decides what a migrated database holds."""
    root = Path(__file__).resolve().parents[1]
    files = [*root.glob("requirements/*.txt"), *root.glob("src/terreau/**/*.py")]
    planting = ("migrations", "seed", "trigger", "sqlite", "apps.py", "legal_forms")
    told = hashlib.sha256()
    for file in sorted(files):
        if file.suffix == ".txt" or any(word in str(file) for word in planting):
            told.update(file.read_bytes())
    return told.hexdigest()[:12]


def _migrated_name(connection) -> str:
    return f"terreau_{digest()}_{connection.alias}"


def _migrated_file(connection) -> Path:
    return MIGRATED / f"{_migrated_name(connection)}.sqlite3"


def _is_migrated(connection) -> bool:
    if connection.vendor == "sqlite":
        return _migrated_file(connection).exists()
    with _server(connection) as server:
        found = "SELECT 1 FROM pg_database WHERE datname = %s"
        return server.execute(found, (_migrated_name(connection),)).fetchone() is not None


def _keep_migrated(connection) -> None:
    if connection.vendor == "sqlite":
        unfinished = _migrated_file(connection).with_suffix(".part")
        unfinished.unlink(missing_ok=True)
        connection.ensure_connection()
        kept = _library(connection).connect(str(unfinished))
        connection.connection.backup(kept)
        kept.close()
        unfinished.rename(_migrated_file(connection))
    else:
        _copy(connection, connection.settings_dict["NAME"], _migrated_name(connection))


def _copy_migrated(connection) -> None:
    target = connection.creation._get_test_db_name()
    if connection.vendor == "sqlite":
        Path(target).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(_migrated_file(connection), target)
    else:
        _copy(connection, _migrated_name(connection), target)
    # Its tables stand: Django has nothing to migrate, and plants what every start plants.
    connection.settings_dict["TEST"]["MIGRATE"] = False


def all_databases() -> frozenset[str]:
    return frozenset(connections)


def keep_pristine(connection) -> None:
    """Copy a database that was just migrated."""
    if connection.vendor == "sqlite":
        connection.ensure_connection()
        kept = _library(connection).connect(_pristine_file(connection))
        connection.connection.backup(kept)
        kept.close()
    else:
        _copy(connection, connection.settings_dict["NAME"], _pristine_name(connection))
        with _server(connection, connection.settings_dict["NAME"]) as here:
            PLANTED[connection.alias] = _planted(here)


def put_back(connection) -> None:
    """Make a database again what it was when it was kept."""
    if connection.vendor == "sqlite":
        connection.ensure_connection()
        kept = _library(connection).connect(_pristine_file(connection))
        kept.backup(connection.connection)
        kept.close()
    elif not _refilled(connection):
        _copy(connection, _pristine_name(connection), connection.settings_dict["NAME"])


def forget(connection) -> None:
    """Drop the copy on a server; files go with their folder."""
    if connection.vendor == "postgresql":
        with _server(connection) as server:
            server.execute(f'DROP DATABASE IF EXISTS "{_pristine_name(connection)}" WITH (FORCE)')


@dataclass(frozen=True)
class Planted:
    """What a migrated database on a server holds: its shape, rows as text, and sequences."""

    shape: tuple[str, ...]
    rows: dict[str, bytes]
    sequences: list[tuple[str, int, bool]]


PLANTED: dict[str, Planted] = {}
SHAPE = """SELECT
    (SELECT md5(string_agg(concat(attrelid, attname, atttypid, attnotnull), ',' ORDER BY attrelid,
        attnum)) FROM pg_attribute JOIN pg_class c ON c.oid = attrelid
        WHERE relnamespace = 'public'::regnamespace),
    (SELECT md5(string_agg(concat(oid, tgname, tgenabled), ',' ORDER BY oid)) FROM pg_trigger),
    (SELECT md5(string_agg(concat(oid, conname), ',' ORDER BY oid)) FROM pg_constraint)"""
TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"
SEQUENCES = """SELECT quote_ident(sequencename), coalesce(last_value, 1), last_value IS NOT NULL
    FROM pg_sequences WHERE schemaname = 'public'"""
OTHERS = """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()"""


def _planted(here: psycopg.Connection) -> Planted:
    rows = {table: _read(here, table) for (table,) in here.execute(TABLES).fetchall()}
    return Planted(here.execute(SHAPE).fetchone(), rows, here.execute(SEQUENCES).fetchall())


def _read(here: psycopg.Connection, table: str) -> bytes:
    with here.cursor() as cursor, cursor.copy(f'COPY "{table}" TO STDOUT') as copy:
        return b"".join(copy)


def _refilled(connection) -> bool:
    """Put the rows back, unless the test changed the tables: a copy takes half a second."""
    planted = PLANTED[connection.alias]
    connection.close()
    with _server(connection, connection.settings_dict["NAME"]) as here:
        here.execute(OTHERS)
        if here.execute(SHAPE).fetchone() != planted.shape:
            return False
        with here.transaction():
            here.execute("SET session_replication_role = replica")  # no trigger, no foreign key
            here.execute("; ".join(f'DELETE FROM "{table}"' for table in planted.rows))
            for table, rows in planted.rows.items():
                if rows:
                    with here.cursor() as cursor, cursor.copy(f'COPY "{table}" FROM STDIN') as copy:
                        copy.write(rows)
            for sequence in planted.sequences:
                here.execute("SELECT setval(%s, %s, %s)", sequence)
    return True


def put_back_after_transactional_tests() -> None:
    """Replace Django's emptying of tables by ``put_back``, in every database of a test."""

    def teardown(test: TransactionTestCase) -> None:
        for alias in test._databases_names(include_mirrors=False):
            put_back(connections[alias])

    TransactionTestCase._fixture_teardown = teardown
    TransactionTestCase.databases = all_databases()


def _library(connection):
    return connection.Database


def _pristine_file(connection) -> str:
    return f"{connection.settings_dict['NAME']}{PRISTINE}"


def _pristine_name(connection) -> str:
    return f"{connection.settings_dict['NAME']}{PRISTINE}"


def _server(connection, name: str = "postgres") -> psycopg.Connection:
    given = connection.settings_dict
    return psycopg.connect(
        dbname=name,
        user=given["USER"],
        password=given["PASSWORD"],
        host=given["HOST"],
        port=given["PORT"],
        autocommit=True,
    )


def _copy(connection, source: str, target: str) -> None:
    connection.close()
    with _server(connection) as server:
        server.execute(f'DROP DATABASE IF EXISTS "{target}" WITH (FORCE)')
        server.execute(f'CREATE DATABASE "{target}" TEMPLATE "{source}" STRATEGY FILE_COPY')
