# SPDX-License-Identifier: AGPL-3.0-or-later
"""Events that the rules accept, taken back, leave what was there; their order does not matter.

Nothing but the engine: stocks of three parties, two activities, all nineteen actions.
"""

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from terreau.ledger.engine.corrections import taken_back
from terreau.ledger.engine.replay import Replay
from terreau.ledger.engine.rules import RuleBroken
from terreau.ledger.engine.state import Event, Resource, State
from terreau.ledger.engine.table import action_row, table

pytestmark = pytest.mark.unit

ONE = 1_000_000
PARTIES = st.sampled_from([101, 102, 103])
STOCKS = [1, 2, 3]
DONE: Counter[str] = Counter()
"""What the histories of this run really did: a test that did nothing proves nothing."""
# What fits is likely enough to be accepted; anything else may come as well.
DEEDS = st.fixed_dictionaries(
    {
        "action": st.sampled_from(sorted(table())),
        "amount": st.integers(1, 3),
        "provider": PARTIES,
        "receiver": PARTIES,
        "resource": st.sampled_from([*STOCKS, *STOCKS, None]),
        "to_resource": st.sampled_from([*STOCKS, None]),
        "process": st.sampled_from([0, 1]),
        "fitting": st.sampled_from([True, True, True, False]),
    }
)


def shown(replay):
    """What is counted, and whose is what is inside: a correction leaves place, stage, state."""
    stocks = {
        pk: (one.accounting, one.on_hand, one.container) for pk, one in replay.resources.items()
    }
    inside = {
        pk: (one.custodian, one.accountable)
        for pk, one in replay.resources.items()
        if one.container is not None
    }
    return stocks, inside, {key: out.quantity for key, out in replay.outs.items() if out.quantity}


class Course:
    """A replay in which deeds are posted; ``shift`` makes another one's stocks and activities."""

    def __init__(self, *shifts):
        stocks = (one + shift for shift in shifts for one in STOCKS)
        self.replay = Replay(
            {one: Resource(one, "thing", "item") for one in stocks}, {}, frozenset(range(10_000))
        )
        self.count = 0
        for shift in shifts:
            for stock, party in zip(STOCKS[:2], (101, 102), strict=True):
                self.post(self.event({**FIRST, "resource": stock, "provider": party}, shift))

    def event(self, deed, shift=0):
        row = action_row(deed["action"])
        stocks = {**deed, **(self.fitting(deed, row, shift) if deed["fitting"] else {})}
        process = 200 + deed["process"] + shift
        one, other = (
            None if stocks[name] is None else stocks[name] + shift
            for name in ("resource", "to_resource")
        )
        return Event(
            row.name, stocks["provider"], stocks["receiver"], "thing", stocks["amount"] * ONE,
            "item", resource=one, to_resource=other,
            input_of=process if row.direction in ("input", "output_input") else None,
            output_of=process if row.direction == "output" else None,
        )  # fmt: skip

    def fitting(self, deed, row, shift):
        one = self.replay.resources[(deed["resource"] or STOCKS[0]) + shift]
        if row.name == "separate":
            mine = (self.replay.resources[stock + shift] for stock in STOCKS)
            one = next((stock for stock in mine if stock.container is not None), one)
        holder = one.custodian or deed["provider"]
        receiver = holder if row.name in ("raise", "lower", "move") else deed["receiver"]
        elsewhere = deed["to_resource"] if row.creates == "to" or row.contained else None
        if row.pair and holder == receiver:
            elsewhere = None
        if row.name == "separate" and one.container is not None:
            elsewhere = one.container - shift
        whole = row.contained or row.implies == "transferCustody"
        amount = one.accounting // ONE if whole and one.accounting else deed["amount"]
        return {
            "resource": one.id - shift, "provider": holder, "receiver": receiver,
            "to_resource": elsewhere, "amount": amount,
        }  # fmt: skip

    def post(self, event):
        """Post it if the rules accept it, else show that nothing moved. Returns its number."""
        before = dict(self.replay.resources), dict(self.replay.outs)
        try:
            self.replay.post(event)
        except RuleBroken:
            assert (self.replay.resources, self.replay.outs) == before
            DONE["refused"] += 1
            return None
        self.count += 1
        self.replay.remember(self.count, event)
        return self.count

    def take_back(self, number):
        state = State(self.replay.resources, past=self.replay.past)
        return self.post(taken_back(number, state))


FIRST = {
    "action": "raise", "amount": 2, "provider": 101, "receiver": 101, "resource": 1,
    "to_resource": None, "process": 0, "fitting": True,
}  # fmt: skip

# Left to chance, these rarely fit.
BEGINNING = [
    {**FIRST, "action": "move", "amount": 1, "to_resource": 3},
    {**FIRST, "action": "combine", "resource": 2, "to_resource": 1},
    {**FIRST, "action": "separate", "resource": 2},
    {**FIRST, "action": "raise", "amount": 3},
    {**FIRST, "action": "transferAllRights", "amount": 1, "receiver": 102, "to_resource": 2},
    *({**FIRST, "action": one} for one in ("pickup", "dropoff", "accept", "modify")),
]


@settings(max_examples=60, deadline=None)
@given(deeds=st.lists(DEEDS, min_size=10, max_size=40))
def what_is_taken_back_at_once(deeds):
    course = Course(0)
    for deed in (*BEGINNING, *deeds):
        before, opened = shown(course.replay), dict(course.replay.resources)
        event = course.event(deed)
        number = course.post(event)
        if number is None:
            continue
        DONE[event.action] += 1
        if course.take_back(number) is None:
            DONE["stays"] += 1  # what may not be taken back says so, and stays
            continue
        DONE[f"{event.action} back"] += 1
        assert shown(course.replay) == before
        for pk, one in course.replay.resources.items():
            if opened[pk].version == 0 and opened[pk].is_new:
                assert (one.accountable, one.custodian) == (None, None)
        course.post(event)


def test_what_is_taken_back_at_once_leaves_what_was_there():
    what_is_taken_back_at_once()

    assert [name for name in table() if not DONE[f"{name} back"]] == []
    assert DONE["refused"] > 100


@settings(max_examples=40, deadline=None)
@given(
    ours=st.lists(DEEDS, min_size=5, max_size=15),
    theirs=st.lists(DEEDS, min_size=5, max_size=15),
    turns=st.randoms(use_true_random=False),
)
def the_order_of_independent_events(ours, theirs, turns):
    """Two yards that share no stock and no activity, first one then the other, or in turns."""
    apart = Course(0, 1000)
    events = [[one for one in map(apart.event, ours) if apart.post(one)]]
    events += [[one for one in (apart.event(deed, 1000) for deed in theirs) if apart.post(one)]]
    mixed = Course(0, 1000)
    waiting = [0] * len(events[0]) + [1] * len(events[1])
    turns.shuffle(waiting)
    for whose in waiting:
        assert mixed.post(events[whose].pop(0)) is not None
        DONE["in turns"] += 1

    assert mixed.replay.resources == apart.replay.resources
    assert mixed.replay.outs == apart.replay.outs


def test_the_order_of_independent_events_does_not_matter():
    the_order_of_independent_events()

    assert DONE["in turns"] > 100


def stock(pk, amount, **more):
    figures = {"accounting": amount * ONE, "on_hand": amount * ONE, "accountable": 101}
    return Resource(pk, "thing", "item", **{"custodian": 101, "version": 3, **figures, **more})


RAISE = Event("raise", 102, 102, "thing", ONE, "item", resource=1)
LOAN = Event("transferCustody", 101, 102, "thing", 2 * ONE, "item", resource=1)


def test_what_was_raised_for_the_wrong_party_is_raised_for_the_right_one():
    course = Course()
    course.replay.resources[1] = Resource(1, "thing", "item")
    course.take_back(course.post(RAISE))

    assert course.post(replace(RAISE, provider=101, receiver=101))
    assert course.replay.resources[1].accountable == 101


def test_a_part_and_then_the_rest_taken_back_leave_a_stock_as_it_was_opened():
    course = Course()
    course.replay.resources[1] = Resource(1, "thing", "item")
    number = course.post(replace(RAISE, quantity=3 * ONE))
    state = State(course.replay.resources, past=course.replay.past)
    course.post(taken_back(number, state, ONE))
    still = course.replay.resources[1].accountable
    course.take_back(number)

    assert (still, course.replay.resources[1].is_new) == (102, True)


def test_what_is_lent_comes_home_no_larger_than_it_left():
    course = Course()
    course.replay.resources[1] = stock(1, 2)
    course.post(LOAN)

    assert course.post(replace(RAISE, provider=101, receiver=101)) is None
    home = course.post(replace(LOAN, provider=102, receiver=101))
    assert home is not None
    assert course.replay.resources[1].on_hand == course.replay.resources[1].accounting


def test_what_came_home_in_an_empty_stock_leaves_it_free():
    """A part was lent in a stock of its own and came home: what is raised there is at hand."""
    course = Course()
    course.replay.resources |= {1: stock(1, 2), 2: Resource(2, "thing", "item")}
    part = {"quantity": ONE, "to_resource": 2}
    course.post(replace(LOAN, **part))
    course.post(replace(LOAN, provider=102, receiver=101, quantity=ONE, resource=2, to_resource=1))

    assert course.post(replace(RAISE, provider=101, receiver=101, resource=2))
    assert course.replay.resources[2].custodian == 101


def test_taking_back_a_sale_leaves_what_the_other_container_held():
    """Found: the things that were in the buyer's van before went to the seller's."""
    course = Course()
    van, mine, other = stock(1, 1), stock(2, 1, on_hand=0, container=1), stock(4, 1, container=3)
    bought = replace(stock(3, 1), accountable=102, custodian=102)
    course.replay = Replay(
        {1: van, 2: mine, 3: bought, 4: replace(other, accountable=102, custodian=102, on_hand=0)},
        {}, frozenset(range(100)),
    )  # fmt: skip
    sale = course.post(Event("transfer", 101, 102, "thing", ONE, "item", resource=1, to_resource=3))

    assert course.take_back(sale) is None
    assert course.replay.resources[4].container == 3


def test_what_was_in_the_container_that_receives_is_not_given_back_with_what_came():
    """The bag of Bob holds a loaf of Alice; her bread joins the bag, and that is taken back."""
    course = Course(0)
    put = {**FIRST, "resource": 3, "amount": 1, "fitting": False}
    course.post(course.event(put))
    course.post(course.event({**put, "action": "combine", "to_resource": 2}))
    taken = {**put, "action": "accept", "resource": 1, "to_resource": 2, "receiver": 102}
    number = course.post(course.event(taken))
    bag = course.replay.resources[2]

    course.take_back(number)

    loaf = course.replay.resources[3]
    assert (bag.accounting, bag.on_hand, bag.custodian) == (2 * ONE, 2 * ONE, 102)
    assert (loaf.container, course.replay.resources[2].custodian) == (2, 102)
