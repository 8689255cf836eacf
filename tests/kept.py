# SPDX-License-Identifier: AGPL-3.0-or-later
"""A world that many classes walk through: made once, then put in as plain rows and files.

Making it replays a year of a cooperation through the actions, some seconds each time. What was made
is kept for what the code, the database and the day are; a class then gets the same rows at once.
"""

from __future__ import annotations

import fcntl
import hashlib
import pickle
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from django.apps import apps
from django.conf import settings
from django.core.management.color import no_style
from django.db import connections

from terreau.core import clock
from tests import factories

ROOT = Path(__file__).resolve().parents[1]
KEPT = Path(tempfile.gettempdir()) / "terreau-worlds"
Given = TypeVar("Given")
LEFT = {"django_migrations"}
Rows = dict[tuple[str, str], tuple[list[str], set[tuple[Any, ...]]]]  # by database and table


@dataclass
class Kept:
    """What making it gave, the rows that it wrote, and its files by their path."""

    given: Any
    rows: Rows
    files: dict[str, bytes]
    number: int


def once(make: Callable[[], Given]) -> Given:
    """Return what ``make`` gives; call it only when nobody did so with this code today."""
    with _alone():
        path = KEPT / f"{make.__name__}-{_digest()}.pickle"
        if path.exists():
            kept: Kept = pickle.loads(path.read_bytes())
        else:
            return _made(make, path)
    _put_in(kept)
    factories.go_on_after(kept.number)
    return kept.given


@contextmanager
def _alone() -> Iterator[None]:
    KEPT.mkdir(exist_ok=True)
    with (KEPT / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _made(make: Callable[[], Given], path: Path) -> Given:
    before = _rows()
    given = make()
    after = _rows()
    assert not any(rows - after[table][1] for table, (_, rows) in before.items()), "it only adds"
    new = {table: (names, rows - before[table][1]) for table, (names, rows) in after.items()}
    files = {
        str(file.relative_to(settings.MEDIA_ROOT)): file.read_bytes()
        for file in sorted(Path(settings.MEDIA_ROOT).rglob("*"))
        if file.is_file()
    }
    unfinished = path.with_suffix(".part")
    unfinished.write_bytes(pickle.dumps(Kept(given, new, files, factories.reached())))
    unfinished.rename(path)
    return given


def _rows() -> Rows:
    found: Rows = {}
    for connection in connections.all():
        with connection.cursor() as cursor:
            for table in sorted(set(connection.introspection.table_names(cursor)) - LEFT):
                cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
                names = [column[0] for column in cursor.description]
                rows = {tuple(map(_plain, row)) for row in cursor.fetchall()}
                found[connection.alias, table] = names, rows
    return found


def _plain(value: Any) -> Any:
    return bytes(value) if isinstance(value, memoryview) else value


def _put_in(kept: Kept) -> None:
    """Write the rows (keys are looked at when the test ends) and the files."""
    for (alias, table), (names, rows) in kept.rows.items():
        if rows:
            quote = connections[alias].ops.quote_name
            columns = ", ".join(map(quote, names))
            places = ", ".join(["%s"] * len(names))
            with connections[alias].cursor() as cursor:
                cursor.executemany(
                    f"INSERT INTO {quote(table)} ({columns}) VALUES ({places})", list(rows)
                )
    for connection in connections.all():
        with connection.cursor() as cursor:
            models = [one for one in apps.get_models() if one._meta.managed]
            there = set(connection.introspection.table_names(cursor))
            models = [one for one in models if one._meta.db_table in there]
            for statement in connection.ops.sequence_reset_sql(no_style(), models):
                cursor.execute(statement)
    for name, content in kept.files.items():
        file = Path(settings.MEDIA_ROOT) / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)


def _digest() -> str:
    """Stand for all that decides what is made."""
    told = hashlib.sha256(f"{clock.today()} {connections['default'].vendor}".encode())
    ours = [path for path in (ROOT / "src/terreau").rglob("*") if path.suffix in READ]
    for file in sorted([*ours, *ROOT.glob("tests/*.py"), ROOT / "tests/web/world.py"]):
        told.update(file.read_bytes())
    return told.hexdigest()[:16]


READ = {".py", ".yaml", ".toml", ".json", ".csv", ".sql"}
