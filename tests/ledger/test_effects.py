# SPDX-License-Identifier: AGPL-3.0-or-later
"""What each opened action does to the stocks, and the specification's own situations, re-typed."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from terreau.ledger.engine.effects import apply, composed
from terreau.ledger.engine.state import Event, Link, Past, Promise, Resource, State
from terreau.ledger.engine.table import action_row, table

pytestmark = pytest.mark.unit

ALICE, BOB, CLAUDIA = 1, 2, 3
ONE = 1_000_000


def stock(pk, amount, owner=ALICE, **more):
    figures = {"accounting": amount * ONE, "on_hand": amount * ONE, "version": 1}
    return Resource(
        pk, "thing", "item", **{"accountable": owner, "custodian": owner, **figures, **more}
    )


def event(action, amount, provider=ALICE, receiver=BOB, **more):
    return Event(action, provider, receiver, "thing", amount * ONE, "item", **more)


def after(state, *events):
    for one in events:
        state = apply(state, one, action_row(one.action))
    return state


def figures(state):
    return {
        pk: (one.accounting / ONE, one.on_hand / ONE, one.accountable, one.custodian)
        for pk, one in state.resources.items()
    }


def holding(*resources):
    return State({one.id: one for one in resources})


def test_table_holds_the_nineteen_actions():
    assert sorted(table()) == sorted(
        "accept cite combine consume copy deliverService dropoff lower modify move pickup produce "
        "raise separate transfer transferAllRights transferCustody use work".split()
    )


def test_transfer_between_two_wallets():
    state = holding(stock(1, 540, ALICE), stock(2, 480, BOB))

    state = after(state, event("transfer", 100, resource=1, to_resource=2))

    assert figures(state) == {1: (440, 440, ALICE, ALICE), 2: (580, 580, BOB, BOB)}


def test_transfer_into_a_new_stock_makes_it_the_receivers():
    state = holding(stock(1, 50, ALICE), Resource(2, "thing", "item"))

    state = after(state, event("transfer", 20, resource=1, to_resource=2))

    assert figures(state) == {1: (30, 30, ALICE, ALICE), 2: (20, 20, BOB, BOB)}


def test_rights_alone_move_without_the_thing():
    state = holding(stock(1, 50, ALICE), Resource(2, "thing", "item"))

    state = after(state, event("transferAllRights", 20, resource=1, to_resource=2))

    assert figures(state) == {1: (30, 50, ALICE, ALICE), 2: (20, 0, BOB, None)}


def test_a_lent_book_comes_home():
    state = holding(stock(1, 1, ALICE))
    lent = after(state, event("transferCustody", 1, ALICE, BOB, resource=1))
    passed_on = after(lent, event("transferCustody", 1, BOB, CLAUDIA, resource=1))
    home = after(passed_on, event("transferCustody", 1, CLAUDIA, ALICE, resource=1))

    assert figures(lent) == {1: (1, 0, ALICE, BOB)}
    assert figures(passed_on) == {1: (1, 0, ALICE, CLAUDIA)}
    assert figures(home) == {1: (1, 1, ALICE, ALICE)}


def test_custody_of_a_part_goes_to_its_own_stock():
    state = holding(stock(1, 10, ALICE), Resource(2, "thing", "item"))

    state = after(state, event("transferCustody", 4, resource=1, to_resource=2))

    assert figures(state) == {1: (10, 6, ALICE, ALICE), 2: (0, 4, ALICE, BOB)}


def test_making_a_desk():
    """Eight desks and 130 sheets: three sheets used, hours worked, one desk made."""
    state = holding(stock(1, 8), stock(2, 130), stock(3, 1), stock(4, 1))

    state = after(
        state,
        event("consume", 3, ALICE, ALICE, resource=2),
        Event("use", ALICE, ALICE, "thing", None, "", 3_500_000, "hour", resource=4),
        event("cite", 1, BOB, ALICE, resource=3),
        Event("work", BOB, ALICE, "machining", None, "", 7_000_000, "hour"),
        event("produce", 1, ALICE, ALICE, resource=1),
    )

    assert {pk: one.accounting // ONE for pk, one in state.resources.items()} == {
        1: 9,
        2: 127,
        3: 1,
        4: 1,
    }


def test_correcting_what_was_consumed():
    """Consume 3, take it back, consume 5: five are gone."""
    state = State({1: stock(1, 130)}, past={7: Past(event("consume", 3, resource=1))})

    state = after(
        state,
        event("consume", 3, ALICE, ALICE, resource=1),
        event("consume", -3, ALICE, ALICE, resource=1, corrects=7),
        event("consume", 5, ALICE, ALICE, resource=1),
    )

    assert state.resources[1].accounting == 125 * ONE
    assert state.past[7].quantity_out == 3 * ONE


def test_consuming_what_another_provides_transfers_it_first():
    """The implied transfer is composed, never added: nothing is counted twice."""
    state = holding(stock(1, 230, ALICE), stock(2, 0, BOB))

    state = after(state, event("consume", 30, ALICE, BOB, resource=1, to_resource=2))

    assert figures(state) == {1: (200, 200, ALICE, ALICE), 2: (0, 0, BOB, BOB)}


def test_producing_for_another_transfers_afterwards():
    state = holding(stock(1, 5, ALICE), stock(2, 7, BOB))

    state = after(state, event("produce", 3, ALICE, BOB, resource=1, to_resource=2))

    assert figures(state) == {1: (5, 5, ALICE, ALICE), 2: (10, 10, BOB, BOB)}


def test_one_resource_on_both_sides_acts_once():
    both = event("consume", 3, ALICE, BOB, resource=1, to_resource=1)

    assert [row.name for row, _ in composed(both, action_row("consume"))] == ["consume"]


@pytest.mark.parametrize("action", ["work", "use", "cite", "deliverService"])
def test_what_is_not_taken_moves_no_quantity(action):
    state = holding(stock(1, 5))

    assert figures(after(state, event(action, 2, resource=1))) == figures(state)


def test_raise_brings_a_stock_into_being():
    state = holding(Resource(1, "thing", "item"))

    state = after(state, event("raise", 12, ALICE, ALICE, resource=1))
    state = after(state, event("lower", 2, ALICE, ALICE, resource=1))

    assert figures(state) == {1: (10, 10, ALICE, ALICE)}


def test_a_stock_keeps_its_own_unit():
    state = holding(replace(stock(1, 0), unit="kg"))

    state = after(state, replace(event("raise", 2, resource=1), unit="tonne"))

    assert state.resources[1].accounting == 2_000 * ONE


def test_two_halves_fulfil_the_promise():
    """Eight hours committed, four in the morning and four in the afternoon: nothing remains."""
    half = Event(
        "work", BOB, ALICE, "machining", None, "", 4_000_000, "hour", links=(Link(9, 4_000_000),)
    )
    state = State(promises={9: Promise(9, BOB, "effort", "hour", 8_000_000)})

    state = after(state, half, half)

    assert (state.promises[9].fulfilled, state.promises[9].remaining) == (8_000_000, 0)


@given(promised=st.integers(1, 10**9), given=st.integers(0, 2 * 10**9), ended=st.booleans())
def test_fulfilled_and_remaining_are_committed_and_over(promised, given, ended):
    one = Promise(1, ALICE, "effort", "hour", promised, given, ended)

    assert one.fulfilled + one.remaining == one.committed + one.over
    assert min(one.remaining, one.over) == 0


REVERSIBLE = ("transfer", "transferAllRights", "raise", "lower", "produce", "consume", "move")


@given(action=st.sampled_from(REVERSIBLE), amount=st.integers(1, 50))
def test_a_full_correction_puts_the_quantities_back(action, amount):
    original = event(action, amount, resource=1, to_resource=2)
    before = State({1: stock(1, 100), 2: stock(2, 100, BOB)}, past={7: Past(original)})

    state = after(before, original, replace(original, quantity=-amount * ONE, corrects=7))

    assert {pk: (r.accounting, r.on_hand) for pk, r in state.resources.items()} == {
        pk: (r.accounting, r.on_hand) for pk, r in before.resources.items()
    }


def test_taking_a_loan_back_restores_the_custodian():
    original = event("transferCustody", 1, resource=1)
    before = State({1: stock(1, 1)}, past={7: Past(original)})

    state = after(before, original, replace(original, quantity=-ONE, corrects=7))

    assert figures(state) == figures(before)


@given(amounts=st.lists(st.integers(1, 30), max_size=8))
def test_transfers_create_and_destroy_nothing(amounts):
    state = holding(stock(1, 1_000), stock(2, 0, BOB))

    state = after(state, *(event("transfer", one, resource=1, to_resource=2) for one in amounts))

    assert sum(one.accounting for one in state.resources.values()) == 1_000 * ONE
