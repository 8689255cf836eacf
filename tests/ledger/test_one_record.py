# SPDX-License-Identifier: AGPL-3.0-or-later
"""A thing on one record that goes from hand to hand, in and out of activities, comes home once.

Its owner counts what there is; whoever has it, and whatever an activity does with it meanwhile, no
history leaves more at hand than there is, nor less once it is home and no activity has it.
"""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from terreau.ledger.engine.corrections import taken_back
from terreau.ledger.engine.replay import Replay
from terreau.ledger.engine.rules import RuleBroken
from terreau.ledger.engine.state import Event, Resource, State
from terreau.ledger.engine.table import action_row

pytestmark = pytest.mark.unit

ONE, ALL = 1_000_000, 3_000_000
OWNER, BORROWER, CARRIER = 101, 102, 103
WORKSHOP, DEPOT = 200, 201
TAKES = {"accept", "pickup"}
DONE: Counter[str] = Counter()

PARTIES = st.sampled_from([OWNER, BORROWER, CARRIER])
DEEDS = st.one_of(
    st.tuples(
        st.sampled_from(["accept", "modify", "pickup", "dropoff", "transferCustody"]),
        st.one_of(st.none(), st.none(), PARTIES),  # None: whoever holds it
        PARTIES,
        st.sampled_from([ALL, ALL, ONE]),
        st.sampled_from([WORKSHOP, DEPOT]),
    ),
    st.tuples(st.just("give back"), PARTIES),  # whatever is in an activity's hands
    st.integers(2, 12),  # the number of an event to take back
)


class Bike:
    """What the owner has: three of a thing, on one record."""

    def __init__(self):
        self.replay = Replay({1: Resource(1, "bike", "item")}, {}, frozenset(range(100)))
        self.count = 0
        self.post(Event("raise", OWNER, OWNER, "bike", ALL, "item", resource=1))

    @property
    def now(self):
        return self.replay.resources[1]

    @property
    def out(self):
        return sum(out.quantity for out in self.replay.outs.values())

    def post(self, event):
        try:
            self.replay.post(event)
        except RuleBroken as broken:
            DONE["refused"] += 1
            return broken.rule
        self.count += 1
        self.replay.remember(self.count, event)
        DONE[event.action if event.corrects is None else "taken back"] += 1
        return None

    def do(self, action, provider, receiver, amount=ALL, process=WORKSHOP):
        row = action_row(action)
        event = Event(
            action, provider or self.now.custodian, receiver, "bike", amount, "item", resource=1,
            input_of=process if action in TAKES else None,
            output_of=process if row.direction == "output" else None,
        )  # fmt: skip
        return self.post(event)

    def give_back(self, receiver):
        held = next((out for out in self.replay.outs.values() if out.quantity), None)
        if held is not None:
            action = action_row(held.action).pair
            self.do(action, None, receiver, held.quantity, held.process)

    def take_back(self, number):
        past = self.replay.past.get(number)
        if past is not None and past.stands:
            self.post(taken_back(number, State(self.replay.resources, past=self.replay.past)))


@settings(max_examples=200, deadline=None)
@given(deeds=st.lists(DEEDS, min_size=8, max_size=30))
def whatever_happens(deeds):
    bike = Bike()
    for deed in deeds:
        if isinstance(deed, int):
            bike.take_back(deed)
        elif deed[0] == "give back":
            bike.give_back(deed[1])
        else:
            bike.do(*deed)
        home = bike.now.custodian == OWNER
        assert bike.now.accounting == ALL
        assert bike.now.on_hand == (ALL - bike.out if home else 0)
        DONE["away, in an activity's hands"] += not home and bool(bike.out)


def test_what_comes_home_is_what_left():
    DONE.clear()
    whatever_happens()
    kinds = {"accept", "modify", "pickup", "dropoff", "transferCustody", "taken back", "refused"}
    assert all(DONE[kind] > 10 for kind in kinds), DONE
    assert DONE["away, in an activity's hands"] > 10


def test_repaired_by_another_then_brought_home_it_is_there_once():
    bike = Bike()
    bike.do("accept", OWNER, BORROWER)
    bike.do("modify", BORROWER, BORROWER)
    assert bike.now.on_hand == 0
    bike.do("transferCustody", BORROWER, OWNER)
    assert (bike.now.on_hand, bike.now.custodian) == (ALL, OWNER)


def test_repaired_at_home_and_lent_at_once_it_is_away():
    bike = Bike()
    bike.do("accept", OWNER, OWNER)
    bike.do("modify", OWNER, BORROWER)
    assert (bike.now.on_hand, bike.now.custodian) == (0, BORROWER)
    bike.do("transferCustody", BORROWER, OWNER)
    assert bike.now.on_hand == ALL


def test_carried_by_stages_it_arrives_once():
    bike = Bike()
    for action, giver, taker in (
        ("pickup", OWNER, CARRIER), ("dropoff", CARRIER, CARRIER),
        ("pickup", CARRIER, CARRIER), ("dropoff", CARRIER, OWNER),
    ):  # fmt: skip
        assert bike.do(action, giver, taker) is None
    assert (bike.now.on_hand, bike.now.custodian) == (ALL, OWNER)


def test_what_an_activity_has_in_hand_changes_hands_by_it_only():
    bike = Bike()
    bike.do("accept", OWNER, BORROWER)
    rule = "no_activity_has_it_meanwhile"
    assert bike.do("transferCustody", BORROWER, OWNER) == rule
    assert bike.do("pickup", BORROWER, OWNER, process=DEPOT) == rule
    assert bike.do("modify", BORROWER, OWNER) is None


def test_an_activity_takes_what_is_lent_whole():
    bike = Bike()
    bike.do("transferCustody", OWNER, BORROWER)
    rule = "custody_of_one_record_is_whole"
    assert bike.do("accept", BORROWER, BORROWER, ONE) == rule
    assert bike.do("accept", BORROWER, BORROWER) is None
    assert bike.do("accept", BORROWER, BORROWER, process=DEPOT) == "no_activity_has_it_meanwhile"
