# SPDX-License-Identifier: AGPL-3.0-or-later
"""Each law holds of what the actions wrote, and names the row that breaks it."""

from uuid import uuid4

import pytest
from django.db import connection, transaction

from terreau.core import triggers
from terreau.ledger import laws
from terreau.ledger.actions import Stock, back_out, keep_stock, post, promise
from terreau.ledger.claiming.actions import claim
from terreau.ledger.models import (
    Claim,
    ClaimState,
    CommitmentState,
    Event,
    EventLink,
    Resource,
    Settlement,
)
from tests.ledger.factories import a_claim, a_flow, a_promise, a_settlement, make_ground

pytestmark = pytest.mark.django_db


@pytest.fixture
def ground():
    """Two stocks, one inside the other; a promise kept in part; a correction."""
    ground = make_ground()
    by = {"by": ground.alice, "ledger": ground.ledger}
    (kept,) = promise(**by, promises=[a_promise(ground)])
    sack, shelf = (
        keep_stock(**by, stock=Stock(uuid4(), name, "flour", "kg")) for name in ("Sac", "Étagère")
    )
    goods = {"specification": "flour", "unit": "kg", "receiver_id": ground.giver.pk}
    events = post(
        **by,
        flows=[
            a_flow(ground, fulfils=((kept, 2_000_000),)),
            a_flow(ground, action="raise", quantity=9_000_000, resource_id=sack, **goods),
            a_flow(ground, action="raise", quantity=1_000_000, resource_id=shelf, **goods),
            a_flow(ground),
        ],
    )
    back_out(by=ground.alice, event_id=events[0], key=uuid4(), micro=500_000)
    owed, lifted = claim(**by, claims=[a_claim(ground, events[0]), a_claim(ground, events[3])])
    post(**by, flows=[a_settlement(ground, owed), a_settlement(ground, lifted)])
    back_out(by=ground.alice, event_id=events[3], key=uuid4())
    return ground


def test_what_the_actions_wrote_keeps_every_law(ground):
    assert [*laws.broken(), *laws.orphans()] == []


def test_sums_larger_than_the_database_can_hold_are_compared_too(ground):
    by, most = {"by": ground.alice, "ledger": ground.ledger}, 2**63 - 1
    goods = {"action": "transfer", "quantity": most}
    post(**by, flows=[a_flow(ground, unit=unit, **goods) for unit in ("kg", "litre")])

    assert list(laws.broken()) == []


def correction():
    return Event.objects.filter(corrects__isnull=False).order_by("pk")[0]


def first():
    return Event.objects.order_by("pk")[0]


def change(table, **columns):
    pk = columns.pop("pk")
    told = ", ".join(f"{name} = %s" for name in columns)
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA ignore_check_constraints = ON")
        cursor.execute(f"UPDATE {table} SET {told} WHERE id = %s", [*columns.values(), pk])
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA ignore_check_constraints = OFF")
    return pk


def unpromised(ground):
    state = CommitmentState.objects.get()
    CommitmentState.objects.update(fulfilled=state.fulfilled + 1)
    return f"commitment {state.pk}"


def other_effort(ground):
    change("ledger_event", pk=first().pk, effort=4_000_000)
    return f"ledger {ground.ledger.pk}"


def other_party(ground):
    return f"event {change('ledger_event', pk=correction().pk, receiver_id=ground.giver.pk)}"


def correction_of_a_correction(ground):
    one = correction()
    change("ledger_event", pk=one.pk, corrects_id=one.pk)
    return f"event {one.pk}"


def too_much(ground):
    change("ledger_event", pk=correction().pk, effort=-3_000_001)
    return f"event {first().pk}"


def under_the_floor(ground):
    if connection.vendor == "postgresql":
        run("SET CONSTRAINTS ALL IMMEDIATE")  # no check may wait when one is dropped
        run("ALTER TABLE ledger_resource DROP CONSTRAINT resource_not_under_its_floor")
    return f"resource {change('ledger_resource', pk=Resource.objects.first().pk, on_hand=-1)}"


def inside_itself(ground):
    sack, shelf = Resource.objects.order_by("pk")
    change("ledger_resource", pk=shelf.pk, container_id=sack.pk)
    return f"resource {change('ledger_resource', pk=sack.pk, container_id=shelf.pk)}"


def promised_elsewhere(ground):
    other = make_ground()
    (elsewhere,) = promise(by=other.alice, ledger=other.ledger, promises=[a_promise(other)])
    link = EventLink.objects.order_by("pk")[0]
    change("ledger_eventlink", pk=link.pk, commitment_id=elsewhere)
    return f"event {link.event_id}"


def unsettled(ground):
    state = ClaimState.objects.order_by("pk")[0]
    ClaimState.objects.filter(pk=state.pk).update(settled=state.settled + 1)
    return f"claim {state.pk}"


def triggered_by_a_correction(ground):
    one = Claim.objects.order_by("pk")[0]
    return f"claim {change('ledger_claim', pk=one.pk, triggered_by_id=correction().pk)}"


def not_lifted(ground):
    state = ClaimState.objects.get(lifted=True)
    ClaimState.objects.update(lifted=False)
    return f"claim {state.pk}"


def claimed_elsewhere(ground):
    other = make_ground()
    by = {"by": other.alice, "ledger": other.ledger}
    (event,) = post(**by, flows=[a_flow(other)])
    (elsewhere,) = claim(**by, claims=[a_claim(other, event)])
    one = Settlement.objects.order_by("pk")[0]
    change("ledger_settlement", pk=one.pk, claim_id=elsewhere)
    return f"event {one.event_id}"


def run(sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)


BREAKS = {
    "a promise is kept by what its links say": unpromised,
    "a ledger's balances add up to its events": other_effort,
    "a correction is of the same flow as what it corrects, which is none itself": other_party,
    "no more is taken back of an event than it gave": too_much,
    "a stock is not under its floor": under_the_floor,
    "a container is not inside itself": inside_itself,
    "what an event keeps was promised in the same ledger": promised_elsewhere,
    "a claim is settled by what its settlements say": unsettled,
    "a claim answers an event that is no correction": triggered_by_a_correction,
    "a claim is lifted when all of what triggered it was taken back": not_lifted,
    "what an event settles was claimed in the same ledger": claimed_elsewhere,
}


def test_every_law_is_broken_by_a_test():
    assert set(BREAKS) == set(laws.LAWS)


@pytest.mark.parametrize(
    ("law", "broken_by"),
    [*BREAKS.items(), (list(BREAKS)[2], correction_of_a_correction)],
)
def test_a_broken_law_names_its_row(ground, law, broken_by):
    with transaction.atomic():
        triggers.remove(connection)
        row = broken_by(ground)
        found = [str(one) for one in laws.broken()]
        transaction.set_rollback(True)

    assert f"{row}: breaks the law « {law} »" in found


def test_what_points_to_nothing_or_elsewhere_is_named(ground):
    other = make_ground()
    stock = keep_stock(
        by=other.alice, ledger=other.ledger, stock=Stock(uuid4(), "Sac", "flour", "kg")
    )
    with transaction.atomic():
        triggers.remove(connection)
        one, another = Event.objects.order_by("pk")[1:3]
        change("ledger_event", pk=one.pk, resource_id=stock)
        change("ledger_event", pk=another.pk, to_resource_id=10**9)
        found = [str(one) for one in laws.orphans()]
        transaction.set_rollback(True)

    assert found == [
        f"ledger_event {one.pk}: resource points into another ledger",
        f"ledger_event {another.pk}: to_resource points to nothing",
    ]
