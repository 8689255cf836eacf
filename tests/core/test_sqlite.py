# SPDX-License-Identifier: AGPL-3.0-or-later
"""The engine: what a connection is set to, what it refuses, and whether writers take turns."""

import multiprocessing
import sqlite3
import time
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, OperationalError, connection, transaction

from terreau.config.databases import database
from terreau.core import startup
from terreau.core.sqlite import library

pytestmark = pytest.mark.django_db
WRITERS, ROWS = 4, 400
HELD_SECONDS = 0.003


def engine(path: Path, **options):
    """A connection of our engine to a file of its own."""
    from terreau.core.sqlite.base import DatabaseWrapper

    given = database("", path)
    defaults = {
        "TIME_ZONE": None,
        "CONN_MAX_AGE": 0,
        "CONN_HEALTH_CHECKS": False,
        "AUTOCOMMIT": True,
    }
    given["OPTIONS"] |= options
    return DatabaseWrapper(defaults | given, alias="default")


def test_a_connection_is_durable_checked_and_waits(tmp_path):
    opened = engine(tmp_path / "a" / "a.sqlite3")

    assert startup.problems(opened) == []


@pytest.mark.parametrize(
    "pragma",
    [
        "synchronous = NORMAL",
        "foreign_keys = OFF",
        "mmap_size = 65536",
        "recursive_triggers = OFF",
        "journal_mode = DELETE",
    ],
)
def test_startup_names_each_unsafe_setting(tmp_path, pragma):
    opened = engine(tmp_path / "a.sqlite3")
    opened.cursor().execute(f"PRAGMA {pragma}")

    found = startup.problems(opened)

    assert [sentence.split()[4] for sentence in found] == [pragma.split()[0]]


@pytest.mark.parametrize(
    ("options", "words"),
    [({"transaction_mode": "DEFERRED"}, "IMMEDIATE"), ({"timeout": 5}, "at least 10 seconds")],
)
def test_startup_refuses_weak_options(tmp_path, options, words):
    found = startup.problems(engine(tmp_path / "a.sqlite3", **options))

    assert [words in sentence for sentence in found] == [True]


def test_an_old_library_without_pysqlite3_is_refused_in_words(monkeypatch):
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 40, 1))
    monkeypatch.setattr(library, "_bundled", lambda: None)

    with pytest.raises(ImproperlyConfigured, match=r"install the Python package pysqlite3"):
        library.choose()


def test_a_second_writer_gives_up_after_its_patience(tmp_path):
    first, second = engine(tmp_path / "a.sqlite3"), engine(tmp_path / "a.sqlite3", timeout=0.2)
    first.ensure_connection()
    second.ensure_connection()
    first._start_transaction_under_autocommit()

    with pytest.raises(OperationalError, match="database is locked"):
        second._start_transaction_under_autocommit()
    first._rollback()
    second._start_transaction_under_autocommit()
    assert second.cursor().execute("SELECT 1").fetchone() == (1,)
    second._rollback()


def _write(path: Path, together, results) -> None:
    """Write rows of one's own in a tight loop, until all writers together made enough.

    Each transaction lasts long enough for the line to decide who is next, and not the processors,
    which are shared with whatever else runs.
    """
    opened = engine(path)
    opened.ensure_connection()
    together.wait()
    done = total = 0
    while total < ROWS:
        opened._start_transaction_under_autocommit()
        total = opened.cursor().execute("SELECT count(*) FROM row").fetchone()[0]
        if total < ROWS:
            opened.cursor().execute("INSERT INTO row (n) VALUES (%s)", (total,))
            time.sleep(HELD_SECONDS)
            done += 1
        opened._commit()
    opened.close()
    results.put(done)


def test_writers_take_turns(tmp_path):
    """Four processes in a tight loop: none is starved, and no row is lost or written twice."""
    path = tmp_path / "fair.sqlite3"
    opened = engine(path)
    opened.cursor().execute("CREATE TABLE row (n INTEGER UNIQUE)")
    spawn = multiprocessing.get_context("spawn")
    together, results = spawn.Barrier(WRITERS), spawn.Queue()

    writers = [spawn.Process(target=_write, args=(path, together, results)) for _ in range(WRITERS)]
    for writer in writers:
        writer.start()
    counts = [results.get(timeout=120) for _ in writers]
    for writer in writers:
        writer.join()

    print("writes of each", counts)
    assert sum(counts) == opened.cursor().execute("SELECT count(*) FROM row").fetchone()[0] == ROWS
    assert min(counts) > max(counts) / 2


@pytest.mark.django_db(transaction=True)
def test_a_write_refused_inside_a_transaction_lets_the_next_one_in():
    with pytest.raises(DatabaseError), transaction.atomic():
        connection.cursor().execute("INSERT INTO no_such_table VALUES (1)")

    with transaction.atomic():
        assert connection.in_atomic_block
