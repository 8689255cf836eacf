# SPDX-License-Identifier: AGPL-3.0-or-later
"""Rights that several hold by exact fractions: ceded, taken back, never lost, kept and replayed."""

from dataclasses import replace
from fractions import Fraction
from uuid import uuid4

import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st

from terreau.core import triggers
from terreau.core.statements import execute
from terreau.ledger.actions import Stock, back_out, keep_stock, post
from terreau.ledger.columns import columns_of
from terreau.ledger.engine.corrections import taken_back
from terreau.ledger.engine.replay import Replay
from terreau.ledger.engine.rules import RuleBroken
from terreau.ledger.engine.shares import ceded, kept, read
from terreau.ledger.engine.state import Event, Resource, State
from terreau.ledger.flowing import flows_of
from terreau.ledger.models import Event as EventModel
from terreau.ledger.models import Resource as ResourceModel
from terreau.ledger.queries import rights_held
from terreau.ledger.verify import differences
from tests.ledger.factories import a_flow, make_ground

ONE = 1_000_000
ALICE, BOB, CLAUDIA = 1, 2, 3
TRACTOR = Resource(1, "tractor", "item", 0, 6 * ONE, 6 * ONE, ALICE, ALICE, 1, name="Les tracteurs")
HALF = Event("transferAllRights", ALICE, BOB, "tractor", 3 * ONE, "item", resource=1, rights="1/2")


def course(*events, stock=TRACTOR):
    replay = Replay({1: stock, 2: Resource(2, "tractor", "item")}, {}, frozenset(range(1000)))
    for number, one in enumerate(events, 1):
        replay.post(one)
        replay.remember(number, one)
    return replay


def refused(replay, event):
    before = dict(replay.resources)
    with pytest.raises(RuleBroken) as told:
        replay.post(event)
    assert replay.resources == before
    return told.value.rule, told.value.message


@pytest.mark.unit
def test_rights_are_shared_and_gathered_again():
    third = replace(HALF, provider=BOB, receiver=CLAUDIA, quantity=ONE, rights="1/6")
    rest = replace(HALF, provider=ALICE, receiver=CLAUDIA)
    replay = course(HALF, third)

    assert replay.resources[1].holders == {
        ALICE: Fraction(1, 2), BOB: Fraction(1, 3), CLAUDIA: Fraction(1, 6),
    }  # fmt: skip
    assert (replay.resources[1].accountable, replay.resources[1].accounting) == (ALICE, 6 * ONE)
    replay.post(rest)
    assert replay.resources[1].accountable == CLAUDIA  # who holds most acts for all
    replay.post(replace(HALF, provider=BOB, receiver=CLAUDIA, quantity=2 * ONE, rights="1/3"))
    assert (replay.resources[1].holders, replay.resources[1].shares) == ({CLAUDIA: 1}, ())


@pytest.mark.unit
def test_what_is_held_by_several_does_not_go_by_the_word_of_one():
    sale = Event("transfer", ALICE, BOB, "tractor", ONE, "item", resource=1, to_resource=2)
    move = replace(sale, action="move", receiver=ALICE)
    lowered = Event("lower", ALICE, ALICE, "tractor", ONE, "item", resource=1)
    replay = course(HALF)

    for event in (sale, move, replace(sale, action="transferAllRights")):
        rule, message = refused(replay, event)
        assert (rule, "« Les tracteurs » est à plusieurs" in message) == (
            "shared_rights_stay_together",
            True,
        )
    replay.post(lowered)
    assert replay.resources[1].holders == {ALICE: Fraction(1, 2), BOB: Fraction(1, 2)}


WHOLE = replace(HALF, quantity=6 * ONE, rights="1/1")
LOAN = replace(WHOLE, action="transferCustody", rights="")


@pytest.mark.unit
def test_what_is_lent_comes_home_to_who_has_the_rights_by_now():
    """Found: the rights left the record of what was lent, and it never came home."""
    ceded = replace(WHOLE, receiver=CLAUDIA)
    replay = course(LOAN)

    for event in (replace(ceded, rights="", to_resource=2), replace(ceded, rights=""), WHOLE):
        rule, message = refused(replay, event)
        assert (rule, "Les tracteurs" in message, "retour" in message) == (
            "hands_are_clear_when_rights_go",
            True,
            True,
        )
    replay.post(ceded)
    replay.post(replace(LOAN, provider=BOB, receiver=CLAUDIA))

    home = replay.resources[1]
    assert (home.accountable, home.custodian, home.on_hand) == (CLAUDIA, CLAUDIA, 6 * ONE)


@pytest.mark.unit
def test_what_was_ceded_and_not_handed_over_comes_once():
    replay = course(WHOLE)
    still = replay.resources[1].on_hand
    replay.post(LOAN)

    assert (still, replay.resources[1].on_hand) == (0, 6 * ONE)


@pytest.mark.unit
@settings(max_examples=100, deadline=None)
@given(
    deeds=st.lists(
        st.tuples(
            st.sampled_from([ALICE, BOB, CLAUDIA]),
            st.sampled_from([ALICE, BOB, CLAUDIA]),
            st.sampled_from(["", "1/2", "1/1"]),
            st.booleans(),
        ),
        min_size=5,
        max_size=20,
    )
)
def test_it_is_at_hand_while_somebody_with_rights_holds_it(deeds):
    replay, number = course(), 0
    for giver, taker, share, back in deeds:
        event = replace(HALF if share == "1/2" else WHOLE, provider=giver, receiver=taker)
        event = replace(event, rights=share) if share else replace(event, action=LOAN.action)
        event = event if share else replace(event, rights="")
        try:
            replay.post(event)
            number += 1
            replay.remember(number, event)
            if back:
                replay.post(taken_back(number, State(replay.resources, past=replay.past)))
        except RuleBroken:
            pass
        one = replay.resources[1]
        assert one.on_hand == (6 * ONE if one.custodian in one.holders else 0)


@pytest.mark.unit
def test_the_sentence_says_what_is_missing():
    rule, message = refused(
        course(HALF), replace(HALF, provider=BOB, quantity=4 * ONE, receiver=CLAUDIA, rights="2/3")
    )

    assert rule == "share_is_held_by_the_giver"
    assert message == (
        "Celui qui cède tient 1/2 des droits sur le stock « Les tracteurs » : il manque 1/6. Cédez "
        "une part plus petite."
    )


@pytest.mark.unit
def test_a_share_is_taken_back_whole_while_its_taker_has_it():
    replay = course(HALF)
    on = replace(HALF, provider=BOB, receiver=CLAUDIA, quantity=2 * ONE, rights="1/3")
    back = taken_back(1, State(replay.resources, past=replay.past))

    assert refused(replay, replace(back, quantity=-ONE))[0] == "share_says_its_quantity"
    replay.post(on)
    assert refused(replay, back)[0] == "share_is_held_by_the_giver"
    replay.remember(2, on)
    replay.post(taken_back(2, State(replay.resources, past=replay.past)))
    replay.post(back)
    assert replay.resources[1].holders == {ALICE: 1}


@pytest.mark.unit
def test_what_several_hold_keeps_its_holders_inside_a_container_that_is_sold():
    bag = Resource(2, "bag", "item", 0, ONE, ONE, ALICE, ALICE, 1)
    replay = course(HALF)
    replay.resources |= {2: bag, 3: Resource(3, "bag", "item")}
    away = Event("combine", ALICE, ALICE, "tractor", 6 * ONE, "item", resource=1, to_resource=2)
    replay.post(away)
    replay.post(Event("transfer", ALICE, BOB, "bag", ONE, "item", resource=2, to_resource=3))

    one = replay.resources[1]
    assert (one.container, one.holders) == (3, {ALICE: Fraction(1, 2), BOB: Fraction(1, 2)})


PARTS = st.tuples(
    st.integers(0, 4), st.integers(0, 4), st.integers(1, 12), st.integers(1, 12), st.booleans()
)


@pytest.mark.unit
@given(deeds=st.lists(PARTS, max_size=25))
@settings(max_examples=80, deadline=None)
def test_rights_sum_to_one_whatever_is_ceded_and_taken_back(deeds):
    replay, count = course(stock=replace(TRACTOR, accountable=0, custodian=0)), 0
    for giver, taker, top, bottom, back in deeds:
        part = Fraction(top, bottom)
        event = replace(
            HALF, provider=giver, receiver=taker, rights=f"{part.numerator}/{part.denominator}",
            quantity=int(part * 6 * ONE) or 1,
        )  # fmt: skip
        before = replay.resources[1]
        may = giver != taker and before.holders.get(giver, 0) >= part
        try:
            replay.post(event)
        except RuleBroken:
            assert (replay.resources[1], may) == (before, False)
            continue
        count += 1
        replay.remember(count, event)
        assert (sum(replay.resources[1].holders.values()), may) == (1, True)
        assert read(kept(replay.resources[1].shares)) == replay.resources[1].shares
        if back:
            replay.post(taken_back(count, State(replay.resources, past=replay.past)))
            assert replay.resources[1].holders == before.holders


@pytest.mark.unit
def test_what_one_holds_alone_is_not_kept_as_shares():
    assert ceded({ALICE: Fraction(1)}, ALICE, BOB, Fraction(1)) == ()


@pytest.fixture
def shared(db):
    """A stock of six of which a third was ceded."""
    ground = make_ground()
    stock = keep_stock(
        by=ground.alice, ledger=ground.ledger, stock=Stock(uuid4(), "Les tracteurs", "t", "item")
    )
    goods = {"specification": "t", "unit": "item", "resource_id": stock}
    third = a_flow(
        ground, action="transferAllRights", quantity=2 * ONE, rights=Fraction(1, 3), **goods
    )
    raised = a_flow(ground, action="raise", quantity=6 * ONE, receiver_id=ground.giver.pk, **goods)
    post(by=ground.alice, ledger=ground.ledger, flows=[raised, third])
    return ground, stock, third


def test_shares_are_kept_read_and_replayed(shared):
    ground, stock, third = shared

    assert rights_held(ground.ledger) == {
        stock: {ground.giver.pk: Fraction(2, 3), ground.taker.pk: Fraction(1, 3)}
    }
    assert post(by=ground.alice, ledger=ground.ledger, flows=[third])  # the same key, once
    assert EventModel.objects.count() == 2
    assert list(differences()) == []


def test_a_share_is_taken_back_in_the_database(shared):
    ground, stock, _ = shared
    back_out(by=ground.alice, event_id=EventModel.objects.latest("pk").pk, key=uuid4())

    assert rights_held(ground.ledger) == {stock: {ground.giver.pk: Fraction(1)}}
    assert ResourceModel.objects.get(pk=stock).rights == ""
    assert list(differences()) == []


@pytest.mark.parametrize(
    "tamper",
    [
        "UPDATE ledger_resource SET rights = '1:1/1'",
        "UPDATE ledger_event SET rights = '1/4' WHERE rights <> ''",
    ],
)
def test_shares_changed_behind_the_ledger_are_named(shared, tamper):
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        triggers.remove(connection)
        cursor.execute(tamper)

    where = {one.where.split()[0] for one in differences()}
    assert where & {"event", "ledger_resource"}


def test_a_share_of_rights_is_no_step_of_the_way_that_a_thing_went(shared):
    ground, *_ = shared

    assert [one.action for one in flows_of(execute, ground.ledger.pk)] == ["raise"]
    assert columns_of(execute, ground.ledger.pk).id.size == 1
