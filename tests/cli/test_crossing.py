# SPDX-License-Identifier: AGPL-3.0-or-later
"""The demonstration goes from SQLite to PostgreSQL and back; every row is compared by raw SQL."""

import json
from datetime import UTC, date, datetime, time
from uuid import UUID

import psycopg
import pytest
from django.db import connection
from psycopg import sql

from tests.cli import instances

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db]

# Sessions are left out on purpose; the others are Django's and SQLite's own bookkeeping.
LEFT_OUT = {"django_session", "django_migrations", "sqlite_sequence"}
DEMONSTRATION = {"TERREAU_MODE": "demonstration"}
CROSSING = "terreau_crossing"


def run(given: dict[str, str], *words: str) -> str:
    code, said, complaint = instances.run(given, *words)
    assert code == 0, complaint
    return said


@pytest.fixture
def server():
    """A new database beside that of the tests; its address."""
    given = connection.settings_dict
    asked = f"host={given['HOST']} user={given['USER']} dbname=postgres"
    with psycopg.connect(asked, autocommit=True) as opened:
        opened.execute(f"DROP DATABASE IF EXISTS {CROSSING} WITH (FORCE)")
        opened.execute(f"CREATE DATABASE {CROSSING}")
    yield f"postgres://{given['USER']}@/{CROSSING}?host={given['HOST']}"
    with psycopg.connect(asked, autocommit=True) as opened:
        opened.execute(f"DROP DATABASE {CROSSING} WITH (FORCE)")


def plain(cell):
    """The same value for the same thing, as either database hands it over."""
    if isinstance(cell, bool):
        return int(cell)
    if isinstance(cell, UUID):
        return cell.hex
    if isinstance(cell, datetime):
        return cell.astimezone(UTC).replace(tzinfo=None).isoformat(" ")
    if isinstance(cell, date | time):
        return cell.isoformat()
    if isinstance(cell, str) and cell[:1] in "[{":
        try:
            cell = json.loads(cell)
        except ValueError:
            return cell
    return json.dumps(cell, sort_keys=True) if isinstance(cell, dict | list) else cell


def sorted_rows(rows) -> list[str]:
    return sorted(repr([plain(cell) for cell in row]) for row in rows)


def rows_of_sqlite(folder) -> dict[str, list[str]]:
    from terreau.core.sqlite.library import choose

    found = {}
    for name in ("terreau.sqlite3", "side.sqlite3"):
        opened = choose().connect(folder / name)
        asked = "SELECT name FROM sqlite_master WHERE type = 'table'"
        for (table,) in opened.execute(asked).fetchall():
            if table not in LEFT_OUT:
                names = [row[1] for row in opened.execute(f'PRAGMA table_info("{table}")')]
                columns = ", ".join(f'"{name}"' for name in sorted(names))
                found[table] = sorted_rows(opened.execute(f'SELECT {columns} FROM "{table}"'))
    return found


def rows_of_postgresql(address: str) -> dict[str, list[str]]:
    found = {}
    with psycopg.connect(address) as opened:
        asked = (
            "SELECT table_name, array_agg(column_name::text) FROM information_schema.columns "
            "WHERE table_schema = 'public' GROUP BY table_name"
        )
        for table, names in opened.execute(asked).fetchall():
            if table not in LEFT_OUT:
                columns = sql.SQL(", ").join(map(sql.Identifier, sorted(names)))
                asked = sql.SQL("SELECT {} FROM {}").format(columns, sql.Identifier(table))
                found[table] = sorted_rows(opened.execute(asked).fetchall())
    return found


def test_every_row_and_file_goes_to_postgresql_and_back(tmp_path, server):
    origin = instances.migrated(tmp_path / "origin", **DEMONSTRATION)
    run(origin, "demo", "--prepare")
    (tmp_path / "origin/files/journal").mkdir(parents=True, exist_ok=True)
    (tmp_path / "origin/files/journal/août.pdf").write_bytes(b"%PDF-" + bytes(range(256)))
    before = rows_of_sqlite(tmp_path / "origin")
    signed = run(origin, "seal", "checkpoint", str(tmp_path / "signed.json"))

    said = run(origin, "backup", str(tmp_path / "one.zip"))
    (tmp_path / "there").mkdir()
    there = instances.told(tmp_path / "there", **DEMONSTRATION, TERREAU_DATABASE_URL=server)
    run(there, "migrate")
    assert run(there, "restore", "--resume-mail", str(tmp_path / "one.zip")) == said
    assert rows_of_postgresql(server) == before
    verified = run(there, "verify")
    checked = [run(there, "seal", "check", str(tmp_path / "signed.json"))]

    run(there, "backup", str(tmp_path / "two.zip"))
    back = instances.migrated(tmp_path / "back", **DEMONSTRATION)
    run(back, "restore", "--resume-mail", str(tmp_path / "two.zip"))

    checked.append(run(back, "seal", "check", str(tmp_path / "signed.json")))

    assert rows_of_sqlite(tmp_path / "back") == before
    assert int(signed.split()[0]) > 100
    assert ["nothing before it was changed" in one for one in checked] == [True, True]
    assert (tmp_path / "back/files/journal/août.pdf").read_bytes()[5:] == bytes(range(256))
    assert "replay equals all that is kept" in verified
    assert int(verified.split()[0]) > 50
    assert sum(map(len, before.values())) > 500
    print(said)
