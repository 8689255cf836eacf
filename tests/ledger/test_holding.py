# SPDX-License-Identifier: AGPL-3.0-or-later
"""Processes that take in hand and give back, containers, copies, places, stages and states."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from terreau.ledger.engine.effects import apply
from terreau.ledger.engine.replay import Replay
from terreau.ledger.engine.rules import RuleBroken
from terreau.ledger.engine.state import Event, Past, Resource, State, slice_for
from terreau.ledger.engine.table import action_row, table

pytestmark = pytest.mark.unit

ALICE, BOB, CLAUDIA = 1, 2, 3
WORKSHOP = 50
HERE, THERE = 70, 71
CLEANED = 90
ONE = 1_000_000


def stock(pk, amount, owner=ALICE, **more):
    figures = {"accounting": amount * ONE, "on_hand": amount * ONE, "version": 1}
    return Resource(
        pk, "thing", "item", **{"accountable": owner, "custodian": owner, **figures, **more}
    )


def event(action, amount=1, provider=ALICE, receiver=ALICE, resource=1, **more):
    return Event(
        action, provider, receiver, "thing", amount * ONE, "item", resource=resource, **more
    )


def through(*events, resources):
    """The replay of events one after the other."""
    replay = Replay({one.id: one for one in resources}, {})
    for number, one in enumerate(events, 100):
        replay.feed(number, one, "2026-03-01")
    return replay


def shown(replay, *names):
    return {
        pk: tuple(
            value // ONE if name in ("accounting", "on_hand") else value
            for name in names
            for value in (getattr(one, name),)
        )
        for pk, one in replay.resources.items()
    }


def test_a_car_in_repair_is_out_of_hand_and_comes_back_changed():
    replay = through(
        event("accept", 1, ALICE, BOB, input_of=WORKSHOP),
        resources=[stock(1, 1)],
    )
    assert shown(replay, "accounting", "on_hand", "accountable", "custodian") == {
        1: (1, 0, ALICE, BOB)
    }

    back = event(
        "modify", 1, BOB, ALICE, output_of=WORKSHOP, stage=CLEANED, state="révisée",
        to_location=HERE,
    )  # fmt: skip
    replay.feed(200, back, "2026-03-01")

    assert shown(replay, "on_hand", "custodian", "stage", "state", "location") == {
        1: (1, ALICE, CLEANED, "révisée", HERE)
    }
    assert replay.outs[WORKSHOP, 1].quantity == 0


def test_what_is_carried_is_with_the_carrier_in_between():
    """Thirty kilograms from Alice to Bob by Claudia: hers are 0, 30 in the process, then 0."""
    resources = [stock(1, 230), stock(2, 0, CLAUDIA), stock(3, 0, BOB)]
    taken = event("pickup", 30, ALICE, CLAUDIA, to_resource=2, input_of=WORKSHOP)
    given = event("dropoff", 30, CLAUDIA, BOB, resource=2, to_resource=3, output_of=WORKSHOP)

    between = through(taken, resources=resources)
    after = through(taken, given, resources=resources)

    assert shown(between, "on_hand") == {1: (200,), 2: (0,), 3: (0,)}
    assert between.outs[WORKSHOP, 2].quantity == 30 * ONE
    assert shown(after, "on_hand", "custodian") == {1: (200, ALICE), 2: (0, CLAUDIA), 3: (30, BOB)}
    assert shown(after, "accounting") == {1: (230,), 2: (0,), 3: (0,)}


def test_what_is_set_down_is_where_it_was_set_down():
    replay = through(
        event("pickup", 4, input_of=WORKSHOP, to_location=HERE),
        event("dropoff", 3, output_of=WORKSHOP, to_location=THERE),
        resources=[stock(1, 4)],
    )

    assert shown(replay, "on_hand", "location") == {1: (3, THERE)}
    assert replay.outs[WORKSHOP, 1].quantity == ONE


HERD, COW, BELL = 1, 2, 3
HERD_OF_ONE = [stock(HERD, 1), stock(COW, 1), stock(BELL, 1)]
JOINS = (
    event("combine", resource=BELL, to_resource=COW),
    event("combine", resource=COW, to_resource=HERD),
)


def test_a_cow_joins_the_herd_and_leaves_it():
    joined = through(*JOINS, resources=HERD_OF_ONE)
    out = event("separate", resource=COW, to_resource=HERD)
    left = through(*JOINS, out, resources=HERD_OF_ONE)

    assert shown(joined, "on_hand", "container") == {
        HERD: (1, None),
        COW: (0, HERD),
        BELL: (0, COW),
    }
    assert joined.inside == {COW: {BELL}, HERD: {COW}}
    assert shown(left, "on_hand", "container") == {HERD: (1, None), COW: (1, None), BELL: (0, COW)}


def test_what_a_container_holds_goes_with_it_at_any_depth():
    """The herd is sold and taken elsewhere: the cow and its bell with it, but not what is lent."""
    lent = replace(HERD_OF_ONE[2], accountable=CLAUDIA)
    other = Resource(9, "thing", "item")
    sale = event("transfer", 1, ALICE, BOB, resource=HERD, to_resource=9, to_location=THERE)

    replay = through(*JOINS, sale, resources=[*HERD_OF_ONE[:2], lent, other])

    assert shown(replay, "accountable", "custodian", "location", "container") == {
        HERD: (ALICE, ALICE, None, None),
        COW: (BOB, BOB, THERE, 9),
        BELL: (CLAUDIA, BOB, THERE, COW),
        9: (BOB, BOB, THERE, None),
    }
    assert replay.inside == {COW: {BELL}, HERD: set(), 9: {COW}}


def test_a_container_lent_as_one_record_is_lent_with_what_it_holds():
    loan = event("transferCustody", 1, ALICE, BOB, resource=HERD, to_location=THERE)

    replay = through(*JOINS, loan, resources=HERD_OF_ONE)

    assert shown(replay, "accountable", "custodian", "location") == dict.fromkeys(
        (HERD, COW, BELL), (ALICE, BOB, THERE)
    )


def test_taking_back_puts_things_where_they_were():
    for made in (JOINS[1], event("transferCustody", 1, ALICE, BOB, resource=HERD)):
        before = through(JOINS[0], resources=HERD_OF_ONE)
        after = through(JOINS[0], resources=HERD_OF_ONE)
        after.past[7] = Past(made)
        after.feed(300, made, "2026-03-01")
        after.feed(301, replace(made, quantity=-ONE, corrects=7), "2026-03-01")

        names = ("accounting", "on_hand", "container", "custodian")
        assert shown(after, *names) == shown(before, *names)


def test_what_is_taken_back_gives_back_to_each_what_each_held():
    """Found: all that a lent herd held went to who had lent it, bells of others too."""
    mine = replace(HERD_OF_ONE[2], accountable=CLAUDIA, custodian=CLAUDIA)
    theirs = stock(4, 1, BOB)
    resources = [*HERD_OF_ONE[:2], mine, theirs, Resource(9, "thing", "item")]
    joins = (*JOINS, event("combine", provider=BOB, receiver=BOB, resource=4, to_resource=HERD))
    names = ("accounting", "on_hand", "accountable", "custodian", "container")
    for made in (
        event("transferCustody", 1, ALICE, BOB, resource=HERD),
        event("accept", 1, ALICE, BOB, resource=HERD, input_of=WORKSHOP),
        event("pickup", 1, ALICE, BOB, resource=HERD, to_resource=9, input_of=WORKSHOP),
        event("transfer", 1, ALICE, BOB, resource=HERD, to_resource=9),
        event("transferAllRights", 1, ALICE, BOB, resource=HERD, to_resource=9),
        event("move", 1, resource=HERD, to_resource=9),
    ):
        before, after = through(*joins, resources=resources), through(*joins, resources=resources)
        after.corrected = {7}
        after.post(made)
        gone = shown(after, "accountable", "custodian", "container")
        after.remember(7, made)
        after.post(replace(made, quantity=-ONE, corrects=7))

        assert gone != shown(before, "accountable", "custodian", "container")
        assert shown(after, *names) == shown(before, *names), made.action


def test_what_befell_a_container_since_is_told_before_its_loan_is_taken_back():
    """Who held what is known of the last time only: the rest would be a guess."""
    loan = event("transferCustody", 1, ALICE, BOB, resource=HERD)
    joined = event("combine", provider=BOB, receiver=BOB, resource=4, to_resource=HERD)
    replay = through(*JOINS, loan, joined, resources=[*HERD_OF_ONE, stock(4, 1, BOB, name="L'âne")])
    replay.past[7] = Past(loan)
    replay.resources[HERD] = replace(replay.resources[HERD], name="Le troupeau")
    back = replace(loan, quantity=-ONE, corrects=7)

    with pytest.raises(RuleBroken) as refused:
        replay.post(back)
    assert refused.value.rule == "contents_are_those_that_came"
    assert "« Le troupeau »" in refused.value.message
    for one, who in ((4, BOB), (COW, BOB)):
        replay.post(event("separate", 1, who, who, resource=one, to_resource=HERD))
    replay.post(back)

    assert replay.resources[HERD].custodian == ALICE


def test_a_copy_leaves_the_original_and_belongs_to_who_made_it_for_whom():
    new = Resource(2, "thing", "item")
    copied = event("copy", 5, ALICE, BOB, to_resource=2, to_location=HERE, state="brouillon")

    replay = through(copied, resources=[stock(1, 1), new])

    assert shown(replay, "accounting", "on_hand", "accountable", "location", "state") == {
        1: (1, 1, ALICE, None, ""),
        2: (5, 5, BOB, HERE, "brouillon"),
    }


def test_what_is_made_is_where_it_was_made_and_at_its_stage():
    made = event("produce", 3, output_of=WORKSHOP, stage=CLEANED, to_location=HERE)
    more = replace(made, to_location=THERE)

    replay = through(made, more, resources=[Resource(1, "thing", "item")])

    assert shown(replay, "accounting", "location", "stage") == {1: (6, HERE, CLEANED)}


# Two stocks named, two agents: an implied transfer also says how what arrives is.
SAYS_THE_STATE_OF = {
    "work": set(),
    **dict.fromkeys(["use", "cite", "raise", "lower", "combine", "separate"], {1}),
    **dict.fromkeys(["transfer", "transferCustody", "transferAllRights", "move", "copy"], {2}),
    **dict.fromkeys(["consume", "pickup", "accept", "deliverService"], {2}),
    **dict.fromkeys(["produce", "dropoff", "modify"], {1, 2}),
}


@pytest.mark.parametrize("name", sorted(table()))
def test_state_is_written_where_the_table_says(name):
    said = event(name, 1, ALICE, BOB, to_resource=2, state="prêt")
    state = State({1: stock(1, 5), 2: stock(2, 5, BOB)})

    after = apply(state, said, action_row(name))

    assert {pk for pk, one in after.resources.items() if one.state} == SAYS_THE_STATE_OF[name]


def test_only_what_an_event_may_touch_is_read():
    joined = through(*JOINS, resources=[*HERD_OF_ONE, stock(8, 1)])
    state = State(joined.resources)

    near = slice_for(state, event("move", resource=HERD, to_resource=None), joined.inside)
    around = slice_for(state, event("separate", resource=BELL), joined.inside)

    assert (set(near.resources), set(around.resources)) == ({HERD, COW, BELL}, {BELL, COW, HERD})


@given(
    took=st.integers(1, 100),
    back=st.lists(st.integers(1, 40), max_size=5),
    pair=st.sampled_from([("pickup", "dropoff"), ("accept", "modify")]),
)
def test_on_hand_and_in_the_process_are_what_is_owned(took, back, pair):
    replay = through(
        event(pair[0], took, input_of=WORKSHOP),
        *(event(pair[1], one, output_of=WORKSHOP) for one in back),
        resources=[stock(1, 100)],
    )

    out = replay.outs[WORKSHOP, 1]
    assert replay.resources[1].on_hand + out.quantity == replay.resources[1].accounting
    assert out.action == pair[0]
