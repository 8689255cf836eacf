# SPDX-License-Identifier: AGPL-3.0-or-later
"""The SQL of the how-to, on a real PostgreSQL: the role that serves cannot rewrite the ledger."""

import re
from uuid import uuid4

import pytest
from django.db import ProgrammingError, connection, transaction

from terreau.config.environment import PROJECT_ROOT
from terreau.core import triggers
from terreau.ledger.actions import (
    Activity,
    Somewhere,
    Stock,
    back_out,
    keep_stock,
    note_place,
    open_process,
    post,
    promise,
    withdraw,
)
from terreau.ledger.apps import FACTS, FIXED
from terreau.ledger.claiming.actions import claim, drop_claim
from terreau.ledger.models import Process, Seal
from terreau.ledger.planning.actions import Batch, Planned, note_batch, open_plan
from terreau.ledger.verify import differences
from tests.ledger.factories import a_claim, a_flow, a_promise, a_settlement, make_ground

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]

PAGE = PROJECT_ROOT / "docs/how-to/grown.md"


@pytest.fixture
def ground():
    """A ledger, and from now on the role of the application; the triggers are gone."""
    ground = make_ground()
    (told,) = re.findall(r"```sql\n(.*?)```", PAGE.read_text(), re.DOTALL)
    run("SET CONSTRAINTS ALL IMMEDIATE")  # no trigger may wait when triggers are dropped
    run(told)
    triggers.remove(connection)
    run("SET LOCAL ROLE terreau_app")
    return ground


def run(sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)


def asked(sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchone()[0]


def test_the_ledger_is_written_with_these_rights(ground):
    by = {"by": ground.alice, "ledger": ground.ledger}
    kept, ended = promise(**by, promises=[a_promise(ground), a_promise(ground)])
    stock = keep_stock(**by, stock=Stock(uuid4(), "Sac", "flour", "kg"))
    note_place(**by, place=Somewhere(uuid4(), "Le dépôt"))
    process = open_process(**by, activity=Activity(uuid4(), "Pétrir", "pâte"))
    open_plan(**by, plan=Planned(uuid4(), "La fournée"))
    note_batch(**by, batch=Batch(uuid4(), "L-1"))
    goods = {"specification": "flour", "unit": "kg", "receiver_id": ground.giver.pk}
    raised = a_flow(ground, action="raise", quantity=1, resource_id=stock, **goods)
    event, _ = post(**by, flows=[a_flow(ground, fulfils=((kept, 1_000_000),)), raised])
    (owed,) = claim(**by, claims=[a_claim(ground, event)])
    post(**by, flows=[a_settlement(ground, owed)])
    drop_claim(by=ground.alice, claim_id=owed, key=uuid4())
    back_out(by=ground.alice, event_id=event, key=uuid4())
    withdraw(by=ground.alice, commitment_id=ended, key=uuid4())
    Process.objects.filter(pk=process).update(name="Pétrir la pâte", finished=True)

    assert asked("SELECT current_user") == "terreau_app"
    assert Seal.objects.count() == 18
    assert {one.where for one in differences()} == {"database"}  # the triggers that were dropped


@pytest.mark.parametrize("table", [*FACTS, *FIXED])
def test_even_without_triggers_no_fact_is_changed_or_deleted(ground, table):
    column = FIXED[table][0] if table in FIXED else "id"
    column = f"{table[7:-3]}_id" if table.endswith("end") else column
    for statement in (
        f"UPDATE {table} SET {column} = {column}",
        f"DELETE FROM {table}",
        f"TRUNCATE {table} CASCADE",
        f"DROP TABLE {table} CASCADE",
        f"ALTER TABLE {table} DISABLE TRIGGER ALL",
    ):
        with (
            pytest.raises(ProgrammingError, match="permission denied|must be owner"),
            transaction.atomic(),
        ):
            run(statement)


def test_the_page_names_every_column(ground):
    """A column added to the ledger is given to the role, or kept from it, on purpose."""
    for table in (*FACTS, *FIXED):
        with connection.cursor() as cursor:
            columns = [
                one.name for one in connection.introspection.get_table_description(cursor, table)
            ]
        kept = [
            one
            for one in columns
            if not asked(f"SELECT has_column_privilege('{table}', '{one}', 'UPDATE')")
        ]
        assert set(kept) == ({"id", *FIXED[table]} if table in FIXED else set(columns)), table
