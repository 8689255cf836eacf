# SPDX-License-Identifier: AGPL-3.0-or-later
"""Several people write at the same moment, on either database: nothing is lost, nothing doubled."""

from uuid import uuid4

import pytest
from django.db import connection

from terreau.core.errors import Invalid
from terreau.ledger import posting as posting_module
from terreau.ledger.actions import Stock, back_out, keep_stock, post, promise, withdraw
from terreau.ledger.claiming.actions import claim
from terreau.ledger.claiming.queries import settled
from terreau.ledger.models import Balance, Claim, Event, Resource, Seal
from terreau.ledger.queries import fulfilments
from terreau.ledger.verify import differences
from tests.ledger.factories import a_claim, a_flow, a_promise, a_settlement, make_ground
from tests.threads import at_once, outcomes

pytestmark = pytest.mark.django_db(transaction=True)

WRITERS = 8


def posting(ground, flow):
    return lambda: post(by=ground.alice, ledger=ground.ledger, flows=[flow])[0]


def test_twenty_times_the_same_key_is_one_event():
    ground = make_ground()
    flow = a_flow(ground)

    answers = at_once([posting(ground, flow)] * 20)

    assert (len(set(answers)), outcomes(answers)) == (1, {"int": 20})
    assert Event.objects.count() == 1
    assert Balance.objects.get().total == 3_000_000
    assert list(differences()) == []


def test_a_stock_is_never_overdrawn():
    ground = make_ground()
    stock = keep_stock(
        by=ground.alice, ledger=ground.ledger, stock=Stock(uuid4(), "Farine", "flour", "kg")
    )
    goods = {"specification": "flour", "unit": "kg", "resource_id": stock}
    full = a_flow(ground, action="raise", quantity=50_000_000, receiver_id=ground.giver.pk, **goods)
    posting(ground, full)()
    takes = [
        posting(ground, a_flow(ground, action="transfer", quantity=8_000_000, **goods))
        for _ in range(WRITERS * 2)
    ]

    answers = at_once(takes)

    assert outcomes(answers) == {"int": 6, "refused": 10}
    assert Resource.objects.get(pk=stock).accounting == 2_000_000
    assert list(differences()) == []


def test_a_promise_is_not_exceeded_unsaid():
    ground = make_ground()
    (commitment,) = promise(by=ground.alice, ledger=ground.ledger, promises=[a_promise(ground)])
    gifts = [
        posting(ground, a_flow(ground, fulfils=((commitment, 3_000_000),))) for _ in range(WRITERS)
    ]

    answers = at_once(gifts)

    state = fulfilments([commitment])[commitment]
    assert outcomes(answers) == {"int": 3, "refused": 5}
    assert (state.fulfilled, state.remaining, state.over) == (9_000_000, 1_000_000, 0)
    assert list(differences()) == []


def test_no_more_is_settled_than_is_due():
    ground = make_ground()
    event = posting(ground, a_flow(ground))()
    (owed,) = claim(by=ground.alice, ledger=ground.ledger, claims=[a_claim(ground, event)])

    answers = at_once([posting(ground, a_settlement(ground, owed, 10)) for _ in range(WRITERS)])

    found = settled([owed])[owed]
    assert outcomes(answers) == {"int": 4, "refused": 4}
    assert (found.settled, found.remaining) == (40_000_000, 5_000_000)
    assert list(differences()) == []


def test_a_claim_entered_while_its_trigger_is_taken_back_is_refused_or_lifted():
    ground = make_ground()
    by = {"by": ground.alice, "ledger": ground.ledger}
    events = [posting(ground, a_flow(ground))() for _ in range(4)]
    deeds = [
        deed
        for event in events
        for deed in (
            lambda event=event: claim(**by, claims=[a_claim(ground, event)])[0],
            lambda event=event: back_out(by=ground.alice, event_id=event, key=uuid4()),
        )
    ]

    answers = at_once(deeds)

    claims = settled(Claim.objects.values_list("pk", flat=True)).values()
    assert outcomes(answers)["int"] == 4 + len(claims)
    assert sum(outcomes(answers).values()) == 8  # every other one was refused
    assert [one.remaining for one in claims] == [0] * len(claims)
    assert list(differences()) == []


def test_an_event_is_taken_back_once():
    ground = make_ground()
    events = [posting(ground, a_flow(ground))() for _ in range(4)]
    attempts = [
        lambda event=event: back_out(by=ground.alice, event_id=event, key=uuid4())
        for event in events
        for _ in range(4)
    ]

    answers = at_once(attempts)

    assert outcomes(answers) == {"int": 4, "refused": 12}
    assert Balance.objects.get(month__month=3).total == 12_000_000
    assert sum(Balance.objects.values_list("total", flat=True)) == 0
    assert list(differences()) == []


def test_what_is_withdrawn_is_not_fulfilled_any_more():
    ground = make_ground()
    (commitment,) = promise(by=ground.alice, ledger=ground.ledger, promises=[a_promise(ground)])
    key = uuid4()
    gifts = [
        posting(ground, a_flow(ground, fulfils=((commitment, 1_000_000),))) for _ in range(WRITERS)
    ]
    ending = [
        lambda: withdraw(by=ground.alice, commitment_id=commitment, key=key) for _ in range(3)
    ]

    found = outcomes(at_once([*gifts[:5], *ending, *gifts[5:]]))

    state = fulfilments([commitment])[commitment]
    assert (found["NoneType"], found["int"] + found["refused"]) == (3, WRITERS)
    assert (state.fulfilled, state.ended) == (found["int"] * 1_000_000, True)
    assert list(differences()) == []


def test_many_writers_on_one_balance_lose_nothing():
    ground = make_ground()

    def ten_times():
        return [posting(ground, a_flow(ground))() for _ in range(10)]

    answers = at_once([ten_times] * WRITERS)

    assert outcomes(answers) == {"list": WRITERS}
    assert Balance.objects.get().total == WRITERS * 10 * 3_000_000
    assert Balance.objects.get().events == Event.objects.count() == WRITERS * 10
    assert list(differences()) == []


def test_facts_of_every_kind_at_once_leave_one_chain():
    """Each writer brings kinds of things, stocks, promises, gifts: one chain, no fork."""
    ground = make_ground()
    by = {"by": ground.alice, "ledger": ground.ledger}

    def writer(number):
        stock = keep_stock(**by, stock=Stock(uuid4(), f"Sac {number}", f"flour {number}", "kg"))
        (kept,) = promise(**by, promises=[a_promise(ground, specification=f"time {number}")])
        goods = {"specification": f"flour {number}", "unit": "kg", "receiver_id": ground.giver.pk}
        raised = a_flow(ground, action="raise", quantity=1, resource_id=stock, **goods)
        shared = a_flow(ground, specification=f"time {number % 2}")
        given = post(**by, flows=[raised, shared])
        back_out(by=ground.alice, event_id=given[1], key=uuid4())
        withdraw(by=ground.alice, commitment_id=kept, key=uuid4())
        return len(given)

    answers = at_once([lambda number=number: writer(number) for number in range(WRITERS)])

    numbers = list(Seal.objects.order_by("pk").values_list("number", flat=True))
    assert outcomes(answers) == {"int": WRITERS}
    assert numbers == list(range(1, 8 * WRITERS + 1))
    assert list(differences()) == []


def test_postings_that_cross_do_not_block_each_other():
    """Each writer touches the same two stocks, in either order: nobody sees a deadlock."""
    ground = make_ground()
    stocks = []
    for name in ("Ici", "Là-bas"):
        stock = keep_stock(
            by=ground.alice, ledger=ground.ledger, stock=Stock(uuid4(), name, "flour", "kg")
        )
        stocks.append(stock)
    goods = {
        "action": "raise",
        "specification": "flour",
        "unit": "kg",
        "quantity": 1_000_000,
        "receiver_id": ground.giver.pk,
    }

    def both(first, second):
        flows = [a_flow(ground, resource_id=one, **goods) for one in (first, second)]
        return lambda: post(by=ground.alice, ledger=ground.ledger, flows=flows)

    here, there = stocks
    pairs = [(here, there), (there, here)] * (WRITERS // 2)

    answers = at_once([both(*pair) for pair in pairs])

    assert outcomes(answers) == {"list": WRITERS}
    assert set(Resource.objects.values_list("accounting", flat=True)) == {WRITERS * 1_000_000}
    assert list(differences()) == []


@pytest.fixture
def meanwhile(monkeypatch):
    """Have somebody else's call happen between what a posting read and what it writes, once."""
    real = posting_module.worked_out

    def at_the_first_reading(call):
        waiting = [call]

        def worked_out(*read):
            after = real(*read)
            if waiting:
                waiting.pop()()
            return after

        monkeypatch.setattr(posting_module, "worked_out", worked_out)

    return at_the_first_reading


def test_boxes_put_into_each_other_at_once_never_end_in_a_ring(meanwhile):
    """A holds D, C holds B; A goes into B while C goes into D. No row is written by both."""
    ground = make_ground()
    box = {"specification": "box", "unit": "item", "quantity": 1_000_000}
    box |= {"receiver_id": ground.giver.pk}

    def made(name):
        stock = Stock(uuid4(), name, "box", "item")
        pk = keep_stock(by=ground.alice, ledger=ground.ledger, stock=stock)
        posting(ground, a_flow(ground, action="raise", resource_id=pk, **box))()
        return pk

    def put(what, where):
        flow = a_flow(ground, action="combine", resource_id=what, to_resource_id=where, **box)
        return posting(ground, flow)

    a, b, c, d = map(made, "ABCD")
    put(d, a)()
    put(b, c)()
    meanwhile(put(c, d))

    with pytest.raises(Invalid, match="ne peut pas se contenir lui-même"):
        put(a, b)()

    containers = dict(Resource.objects.values_list("name", "container__name"))
    assert containers == {"A": None, "B": "C", "C": "D", "D": "A"}
    assert list(differences()) == []


def test_who_loses_every_race_waits_in_line_and_is_served(monkeypatch):
    """Somebody posts on the same stock each time that this writer has read and not yet written."""
    ground = make_ground()
    stock = keep_stock(
        by=ground.alice, ledger=ground.ledger, stock=Stock(uuid4(), "Farine", "flour", "kg")
    )
    goods = {"specification": "flour", "unit": "kg", "resource_id": stock, "action": "raise"}
    goods |= {"quantity": 1_000_000, "receiver_id": ground.giver.pk}
    real, races = posting_module.worked_out, []

    def worked_out(*read):
        after = real(*read)
        if not connection.in_atomic_block and not (races and races[-1] == "under way"):
            races.append("under way")
            posting(ground, a_flow(ground, **goods))()
            races[-1] = "won by another"
        return after

    monkeypatch.setattr(posting_module, "worked_out", worked_out)

    posting(ground, a_flow(ground, **goods))()

    assert races == ["won by another"] * posting_module.RACES
    assert Resource.objects.get(pk=stock).accounting == (posting_module.RACES + 1) * 1_000_000
    assert list(differences()) == []
