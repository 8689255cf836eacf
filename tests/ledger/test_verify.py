# SPDX-License-Identifier: AGPL-3.0-or-later
"""``terreau verify`` finds what was tampered with, and nothing when nothing was."""

from uuid import uuid4

import pytest
from django.db import connection

from terreau.cli.verify import verify
from terreau.core import triggers
from terreau.ledger.actions import Stock, back_out, keep_stock, post, promise, withdraw
from terreau.ledger.claiming.actions import claim, drop_claim
from terreau.ledger.models import (
    Balance,
    ClaimEnd,
    ClaimState,
    CommitmentState,
    Correction,
    Event,
    EventLink,
    Place,
    ProcessSpecification,
    Resource,
    Settlement,
)
from terreau.ledger.verify import differences
from tests.ledger.factories import a_claim, a_flow, a_promise, a_settlement, make_ground

pytestmark = pytest.mark.django_db


@pytest.fixture
def ground():
    """A ledger with a fulfilled promise, a correction, a stock and an ended promise."""
    ground = make_ground()
    by = {"by": ground.alice, "ledger": ground.ledger}
    kept, ended = promise(**by, promises=[a_promise(ground), a_promise(ground)])
    stock = keep_stock(**by, stock=Stock(uuid4(), "Farine", "flour", "kg"))
    goods = {"specification": "flour", "unit": "kg", "resource_id": stock}
    events = post(
        **by,
        flows=[
            a_flow(ground, fulfils=((kept, 2_000_000), (ended, 1_000_000))),
            a_flow(ground),
            a_flow(
                ground, action="raise", quantity=9_000_000, receiver_id=ground.giver.pk, **goods
            ),
            a_flow(ground, action="transfer", quantity=4_000_000, **goods),
        ],
    )
    back_out(by=ground.alice, event_id=events[0], key=uuid4(), micro=500_000)
    withdraw(by=ground.alice, commitment_id=ended, key=uuid4())
    owed, dropped = claim(**by, claims=[a_claim(ground, events[1]), a_claim(ground, events[1])])
    shares = ((owed, 20_000_000), (dropped, 5_000_000))
    post(**by, flows=[a_settlement(ground, owed, 25, settles=shares)])
    drop_claim(by=ground.alice, claim_id=dropped, key=uuid4())
    return ground


def test_an_untouched_ledger_has_no_difference(ground):
    assert list(differences()) == []


def test_an_empty_ledger_has_no_difference():
    assert list(differences()) == []


@pytest.mark.parametrize(
    ("model", "column"),
    [
        (Balance, "total"),
        (Balance, "events"),
        (CommitmentState, "fulfilled"),
        (CommitmentState, "version"),
        (ClaimState, "settled"),
        (ClaimState, "version"),
        (Correction, "effort_out"),
        (Resource, "accounting"),
        (Resource, "on_hand"),
        (Resource, "version"),
    ],
)
def test_a_kept_figure_that_was_changed_is_named(ground, model, column):
    row = model.objects.order_by("-pk").first()
    before = getattr(row, column)
    model.objects.filter(pk=row.pk).update(**{column: before + 1})

    found = list(differences())

    assert found[-1].where.split()[0] == model._meta.db_table
    assert str(before + 1) in found[-1].says
    assert str(before) in found[-1].says


def said(ground, **content):
    return {"ledger": ground.ledger, **content}


@pytest.mark.parametrize(
    "change",
    [
        lambda ground: {"custodian": ground.taker},
        lambda ground: {"accountable": ground.taker},
        lambda ground: {"state": "usée"},
        lambda ground: {"stage": ProcessSpecification.objects.create(**said(ground, code="x"))},
        lambda ground: {"location": Place.objects.create(**said(ground, name="x", key=uuid4()))},
    ],
)
def test_what_events_say_of_a_stock_is_compared(ground, change):
    Resource.objects.update(**change(ground))

    assert [one.where.split()[0] for one in differences()][-1] == "ledger_resource"


def test_a_lost_balance_is_found(ground):
    Balance.objects.first().delete()

    assert "stored nothing" in list(differences())[-1].says


@pytest.mark.parametrize(
    "tamper",
    [
        lambda: Event.objects.filter(action="work", corrects=None).update(effort=7),
        lambda: EventLink.objects.filter(quantity__gt=0).update(quantity=7),
        lambda: Event.objects.filter(action="raise").update(quantity=10_000_000),
        lambda: EventLink.objects.all().delete(),
        lambda: Settlement.objects.all().delete(),
        lambda: ClaimEnd.objects.all().delete(),
    ],
)
def test_facts_changed_behind_the_triggers_are_found(ground, tamper):
    with triggers.suspended(connection):
        tamper()

    assert list(differences())


def test_a_missing_trigger_is_found(ground):
    with connection.cursor() as cursor:
        on_table = " ON ledger_event" if connection.vendor == "postgresql" else ""
        cursor.execute(f"DROP TRIGGER ledger_event_no_update{on_table}")

    assert [one.where for one in differences()] == ["database"]


def test_an_event_that_cannot_be_replayed_is_named(ground):
    event = Event.objects.filter(action="raise").get()
    with triggers.suspended(connection):
        Event.objects.filter(pk=event.pk).update(action="steal")

    found = [one for one in differences() if one.where == f"event {event.pk}"]
    assert [one.says.split(":")[0].split(" (")[0] for one in found] == [
        "is not what was sealed",
        "cannot be replayed",
    ]


@pytest.mark.django_db(transaction=True)  # it reads by a connection of its own
def test_the_command_ends_well_or_with_status_one(ground, capsys):
    verify.callback()
    good = capsys.readouterr().out
    Balance.objects.update(total=1)
    with pytest.raises(SystemExit) as ended:
        verify.callback()
    bad = capsys.readouterr().out

    assert good.endswith("replay equals all that is kept\n") and not good.startswith("0 events")
    assert (ended.value.code, "DIFFERENT ledger_balance " in bad) == (1, True)
