# SPDX-License-Identifier: AGPL-3.0-or-later
"""Triggers: append-only on both databases, put back after a rebuilt table, missed at start-up."""

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, IntegrityError, connection, models, transaction

from terreau.core import startup, triggers

TABLE = "core_stone"


@pytest.fixture
def stone(transactional_db, monkeypatch):
    """A table of its own, with append-only triggers registered for the time of the test."""
    monkeypatch.setattr(triggers, "_registered", dict(triggers._registered))
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE {TABLE} (id integer PRIMARY KEY, word varchar(20))")
        cursor.execute(f"INSERT INTO {TABLE} VALUES (1, 'grès')")
    triggers.register(*triggers.append_only(TABLE))
    triggers.install(connection)
    yield
    triggers.remove(connection)
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE {TABLE}")


def words() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT word FROM {TABLE}")
        return [row[0] for row in cursor.fetchall()]


STATEMENTS = {
    "both": (f"UPDATE {TABLE} SET word = 'sable'", f"DELETE FROM {TABLE}"),
    "sqlite": (
        f"INSERT OR REPLACE INTO {TABLE} VALUES (1, 'sable')",
        f"REPLACE INTO {TABLE} VALUES (1, 'sable')",
    ),
    "postgresql": (
        f"TRUNCATE {TABLE}",
        f"INSERT INTO {TABLE} VALUES (1, 'x') ON CONFLICT (id) DO UPDATE SET word = 'sable'",
    ),
}


@pytest.mark.parametrize("statement", STATEMENTS["both"] + STATEMENTS[connection.vendor])
def test_append_only_refuses_every_way_of_changing_a_row(stone, statement):
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        connection.cursor().execute(statement)

    assert words() == ["grès"]


def test_a_lost_trigger_is_named_at_startup_and_put_back_by_migrate(stone):
    with connection.cursor() as cursor:
        on_table = f" ON {TABLE}" if connection.vendor == "postgresql" else ""
        cursor.execute(f"DROP TRIGGER {TABLE}_no_update{on_table}")

    with pytest.raises(ImproperlyConfigured, match=f"{TABLE}_no_update"):
        startup.refuse_unsafe()

    triggers.install_after_migrate(using="default")
    startup.refuse_unsafe()
    assert triggers.missing(connection) == []


def test_altering_a_column_does_not_lose_triggers_for_long(stone):
    class Stone(models.Model):  # noqa: DJ008
        word = models.CharField(max_length=20, null=True)  # noqa: DJ001

        class Meta:
            app_label = "core"
            db_table = TABLE
            managed = False

    longer = models.CharField(max_length=40, default="")
    longer.set_attributes_from_name("word")
    with connection.schema_editor() as editor:
        editor.alter_field(Stone, Stone._meta.get_field("word"), longer)
    triggers.install_after_migrate(using="default")

    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        connection.cursor().execute(f"DELETE FROM {TABLE}")


@pytest.mark.postgresql
def test_a_trigger_put_to_sleep_is_missed_and_put_back(stone):
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {TABLE} DISABLE TRIGGER {TABLE}_no_delete")

    assert triggers.missing(connection) == [f"{TABLE}_no_delete"]

    triggers.install(connection)
    assert triggers.missing(connection) == []


def test_the_error_inside_is_the_one_that_is_told(stone):
    with (
        pytest.raises(IntegrityError, match="core_stone"),
        transaction.atomic(),
        triggers.suspended(connection),
    ):
        connection.cursor().execute(f"INSERT INTO {TABLE} VALUES (1, 'twice')")

    assert triggers.missing(connection) == []


def test_suspended_triggers_come_back_after_an_error(stone):
    with pytest.raises(ZeroDivisionError), triggers.suspended(connection):
        1 / 0  # noqa: B018

    assert triggers.missing(connection) == []
