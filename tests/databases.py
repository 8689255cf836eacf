# SPDX-License-Identifier: AGPL-3.0-or-later
"""Databases of the tests: on SQLite files and on PostgreSQL, and what tests that commit leave.

Django empties every table after a transactional test. Append-only triggers refuse that, and it
would also take away the lists that migrations planted. So the migrated database is copied once a
run, and put back after each transactional test (a few milliseconds on SQLite, about a hundred on
PostgreSQL). Nothing is asked of such a test: ``@pytest.mark.django_db(transaction=True)``.
"""

import psycopg
from django.db import connections
from django.test import TransactionTestCase

PRISTINE = "_pristine"


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


def put_back(connection) -> None:
    """Make a database again what it was when it was kept."""
    if connection.vendor == "sqlite":
        connection.ensure_connection()
        kept = _library(connection).connect(_pristine_file(connection))
        kept.backup(connection.connection)
        kept.close()
    else:
        _copy(connection, _pristine_name(connection), connection.settings_dict["NAME"])


def forget(connection) -> None:
    """Drop the copy on a server; files go with their folder."""
    if connection.vendor == "postgresql":
        with _server(connection) as server:
            server.execute(f'DROP DATABASE IF EXISTS "{_pristine_name(connection)}" WITH (FORCE)')


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


def _server(connection) -> psycopg.Connection:
    given = connection.settings_dict
    return psycopg.connect(
        dbname="postgres",
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
