# SPDX-License-Identifier: AGPL-3.0-or-later
"""The database itself refuses to change what happened, whoever asks and however."""

from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction

from terreau.core.startup import problems
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
from terreau.ledger.apps import FACTS
from terreau.ledger.claiming.actions import claim, drop_claim
from terreau.ledger.models import Balance, CommitmentState, Event, Place, Process, Resource
from terreau.ledger.planning.actions import Batch, note_batch
from tests.ledger.factories import DAY, a_claim, a_flow, a_promise, a_settlement, make_ground
from tests.ledger.wishing import an_offer, answers, said

pytestmark = pytest.mark.django_db

COLUMNS = {
    "ledger_event": "quantity = 1",
    "ledger_eventlink": "quantity = 1",
    "ledger_commitment": "promised = 1",
    "ledger_commitmentend": "kind = 'withdrawn'",
    "ledger_claim": "claimed = 1",
    "ledger_claimend": "kind = 'withdrawn'",
    "ledger_settlement": "quantity = 1",
    "ledger_specification": "code = 'other'",
    "ledger_processspecification": "code = 'other'",
    "ledger_batchlotrecord": "code = 'other'",
    "ledger_satisfaction": "quantity = 1",
    "ledger_seal": "fact = 1",
}


@pytest.fixture
def ground():
    """One row at least in every table of facts."""
    ground = make_ground()
    (commitment,) = promise(by=ground.alice, ledger=ground.ledger, promises=[a_promise(ground)])
    flow = a_flow(ground, fulfils=((commitment, 1_000_000),))
    (event,) = post(by=ground.alice, ledger=ground.ledger, flows=[flow])
    answers(ground, said(ground, an_offer(ground)), event_id=event)
    back_out(by=ground.alice, event_id=event, key=uuid4(), micro=1_000_000)
    withdraw(by=ground.alice, commitment_id=commitment, key=uuid4())
    (owed,) = claim(by=ground.alice, ledger=ground.ledger, claims=[a_claim(ground, event)])
    post(**by(ground), flows=[a_settlement(ground, owed)])
    drop_claim(by=ground.alice, claim_id=owed, key=uuid4())
    note_batch(**by(ground), batch=Batch(uuid4(), "L-1"))
    open_process(**by(ground), activity=Activity(uuid4(), "Vidange", "entretien"))
    return ground


def by(ground):
    return {"by": ground.alice, "ledger": ground.ledger}


def run(sql):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


def rows(table):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table} ORDER BY 1")
        return cursor.fetchall()


def test_all_facts_are_watched():
    assert (sorted(COLUMNS), problems(connection)) == (sorted(FACTS), [])


@pytest.mark.parametrize("table", FACTS)
def test_raw_sql_is_refused(ground, table):
    before = rows(table)
    statements = [f"UPDATE {table} SET {COLUMNS[table]}", f"DELETE FROM {table}"]
    if connection.vendor == "sqlite":
        statements.append(f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}")
    else:
        statements.append(f"TRUNCATE {table} CASCADE")
        run("SET CONSTRAINTS ALL IMMEDIATE")  # else TRUNCATE waits for the checks of this test

    for statement in statements:
        with pytest.raises(IntegrityError, match="append-only"):
            run(statement)

    assert before
    assert rows(table) == before


def test_the_orm_is_refused(ground):
    event = Event.objects.first()
    event.quantity = 5

    for attempt in (
        lambda: Event.objects.update(effort=1),
        lambda: event.save(),
        lambda: event.delete(),
        lambda: Event.objects.filter(pk=event.pk)._raw_delete(Event.objects.db),
        lambda: Event.objects.bulk_update([event], ["quantity"]),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            attempt()


def test_what_a_stock_is_never_changes_but_its_name_may(ground):
    stock = keep_stock(
        by=ground.alice, ledger=ground.ledger, stock=Stock(uuid4(), "Farine", "flour", "kg")
    )

    for column in ("unit = 'litre'", "floor = -1", "specification_id = specification_id"):
        with pytest.raises(IntegrityError, match="append-only"):
            run(f"UPDATE ledger_resource SET {column} WHERE id = {stock}")
    with pytest.raises(IntegrityError, match="append-only"):  # nor by way of a new row
        run(f"DELETE FROM ledger_resource WHERE id = {stock}")
    if connection.vendor == "sqlite":
        with pytest.raises(IntegrityError, match="append-only"):
            run("INSERT OR REPLACE INTO ledger_resource SELECT * FROM ledger_resource")
    Resource.objects.filter(pk=stock).update(name="Farine de blé")

    assert Resource.objects.get(pk=stock).unit == "kg"


EVENT = {
    "action": "transfer",
    "quantity": 1,
    "unit": "eur",
    "happened_on": DAY,
    "recorded_at": "2026-03-12T10:00Z",
}


def test_what_an_activity_and_a_place_are_never_changes_but_their_names_may(ground):
    process = open_process(**by(ground), activity=Activity(uuid4(), "Vidange", "entretien"))
    place = note_place(**by(ground), place=Somewhere(uuid4(), "Le dépôt"))

    for table, pk, column in (
        ("ledger_process", process, "specification_id = NULL"),
        ("ledger_process", process, "ledger_id = ledger_id"),
        ("ledger_place", place, "ledger_id = ledger_id"),
    ):
        with pytest.raises(IntegrityError, match="append-only"):
            run(f"UPDATE {table} SET {column} WHERE id = {pk}")
    Process.objects.filter(pk=process).update(name="Vidange de printemps", finished=True)
    Place.objects.filter(pk=place).update(name="Le grand dépôt")

    assert str(Process.objects.get(pk=process)) == "Vidange de printemps"


def raw_event(ground, **changes):
    kind = Event.objects.first().specification
    return Event(
        **{
            "ledger": ground.ledger,
            "key": uuid4(),
            "provider": ground.giver,
            "receiver": ground.taker,
            "specification": kind,
            "recorded_by": ground.alice.agent,
            **EVENT,
            **changes,
        }
    )


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"quantity": None, "unit": ""}, "event_measures_something"),
        ({"unit": ""}, "event_quantity_has_its_unit"),
        ({"effort": 1}, "event_effort_has_its_unit"),
        ({"quantity": -1}, "event_negative_only_when_it_corrects"),
        ({"quantity": 0}, "event_negative_only_when_it_corrects"),
        ({"effort": 0, "effort_unit": "hour"}, "event_negative_only_when_it_corrects"),
    ],
)
def test_the_database_refuses_what_must_not_be(ground, changes, name):
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        raw_event(ground, **changes).save(force_insert=True)


def test_the_database_refuses_a_gift_to_oneself_and_a_positive_correction(ground):
    with pytest.raises(IntegrityError, match="event_is_between_two"), transaction.atomic():
        raw_event(ground, receiver=ground.giver).save(force_insert=True)
    with (
        pytest.raises(IntegrityError, match="event_negative_only_when_it_corrects"),
        transaction.atomic(),
    ):
        raw_event(ground, corrects=Event.objects.first()).save(force_insert=True)


def test_the_database_refuses_what_must_not_be_kept(ground):
    with (
        pytest.raises(IntegrityError, match="promise_not_fulfilled_below_zero"),
        transaction.atomic(),
    ):
        CommitmentState.objects.update(fulfilled=-1)
    stock = keep_stock(
        by=ground.alice, ledger=ground.ledger, stock=Stock(uuid4(), "Farine", "flour", "kg")
    )
    with pytest.raises(IntegrityError, match="resource_not_under_its_floor"), transaction.atomic():
        Resource.objects.filter(pk=stock).update(accounting=-1)


@pytest.mark.sqlite  # PostgreSQL has real integer columns
@pytest.mark.parametrize("value", ["1.5", "9223372036854775807 + 1", "'many'", "x'00'"])
def test_sqlite_keeps_whole_numbers_only(ground, value):
    before = Balance.objects.order_by("pk").values_list("total", flat=True)

    with pytest.raises(IntegrityError, match="balance_total_is_whole"):
        run(f"UPDATE ledger_balance SET total = {value}")

    assert all(isinstance(total, int) for total in before)
