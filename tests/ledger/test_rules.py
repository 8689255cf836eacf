# SPDX-License-Identifier: AGPL-3.0-or-later
"""Every named rule: one event that it accepts, one that it refuses, and the sentence."""

from dataclasses import replace

import pytest

from terreau.core.errors import Invalid
from terreau.core.quantities import LARGEST
from terreau.ledger.engine import rules
from terreau.ledger.engine.effects import apply
from terreau.ledger.engine.rules import OUTCOMES, RULES, Case, RuleBroken, check, check_outcome
from terreau.ledger.engine.state import Event, Link, Past, Promise, Resource, State
from terreau.ledger.engine.table import action_row, table

pytestmark = pytest.mark.unit

ALICE, BOB, CLAUDIA = 1, 2, 3
ONE = 1_000_000

WORK = Event("work", ALICE, BOB, "time", None, "", 3 * ONE, "hour")
MONEY = Event("transfer", ALICE, BOB, "money", 45 * ONE, "eur")
FLOUR = Event("transfer", ALICE, BOB, "flour", 2 * ONE, "kg", resource=1, to_resource=2)
LOAN = Event("transferCustody", ALICE, BOB, "flour", 30 * ONE, "kg", resource=1)
KEEP_WORK = replace(WORK, links=(Link(9, 2 * ONE),))
BACK = replace(KEEP_WORK, effort=-3 * ONE, links=(Link(9, -2 * ONE),), corrects=5)

STATE = State(
    resources={
        1: Resource(1, "flour", "kg", 0, 30 * ONE, 30 * ONE, ALICE, ALICE, 1),
        2: Resource(2, "flour", "kg", 0, 5 * ONE, 5 * ONE, BOB, BOB, 1),
        3: Resource(3, "flour", "kg"),
    },
    promises={9: Promise(9, ALICE, "effort", "hour", 10 * ONE)},
    past={5: Past(KEEP_WORK, links_left={9: 2 * ONE})},
)
ENDED = replace(STATE, promises={9: replace(STATE.promises[9], ended=True)})
LENT = replace(STATE, resources={1: replace(STATE.resources[1], custodian=CLAUDIA)})
CORRECTED = replace(STATE, past={5: Past(BACK, links_left={9: 2 * ONE})})


def case(event, state=STATE, beyond=False):
    return Case(event, action_row(event.action), state, beyond)


def broken(event, state=STATE, beyond=False):
    """The name of the first rule broken, or nothing."""
    try:
        one = case(event, state, beyond)
        check(one)
        check_outcome(one, apply(state, event, one.row))
    except RuleBroken as error:
        return error.rule
    return None


@pytest.mark.parametrize(
    ("event", "state"),
    [
        (WORK, STATE),
        (MONEY, STATE),
        (FLOUR, STATE),
        (replace(FLOUR, quantity=1_500, unit="tonne"), STATE),
        (replace(FLOUR, quantity=ONE, unit="g"), STATE),
        (replace(FLOUR, to_resource=3), STATE),
        (replace(FLOUR, quantity=30 * ONE), STATE),
        (LOAN, STATE),
        (replace(LOAN, quantity=ONE, to_resource=3), STATE),
        (KEEP_WORK, STATE),
        (replace(WORK, links=(Link(9, 3 * ONE),)), STATE),
        (replace(WORK, effort=10 * ONE, links=(Link(9, 10 * ONE),)), STATE),
        (BACK, STATE),
        (BACK, replace(ENDED, promises={9: replace(ENDED.promises[9], fulfilled=2 * ONE)})),
        (replace(WORK, provider=BOB, receiver=BOB), STATE),
        (replace(WORK, quantity=2 * ONE, unit="item"), STATE),
    ],
)
def test_accepted(event, state):
    fulfilled = replace(state.promises[9], fulfilled=2 * ONE) if event.corrects else None
    state = replace(state, promises={9: fulfilled}) if fulfilled else state

    assert broken(event, state) is None


REFUSED = {
    "action_is_opened": (replace(FLOUR, action="combine"), STATE),
    "something_is_measured": (replace(WORK, effort=None, effort_unit=""), STATE),
    "measure_suits_the_action": (replace(WORK, action="transfer"), STATE),
    "units_are_known": (replace(MONEY, unit="furlong"), STATE),
    "quantities_have_the_right_sign": (replace(MONEY, quantity=-ONE), STATE),
    "giver_and_receiver_differ": (replace(MONEY, receiver=ALICE), STATE),
    "resource_is_named": (replace(FLOUR, action="raise", resource=None, to_resource=None), STATE),
    "resources_are_known": (replace(FLOUR, resource=99), STATE),
    "resource_is_of_this_kind": (replace(FLOUR, specification="apples"), STATE),
    "resource_counts_in_this_dimension": (replace(FLOUR, unit="litre"), STATE),
    "promises_are_known": (replace(WORK, links=(Link(99, ONE),)), STATE),
    "correction_stays_within": (replace(BACK, effort=-4 * ONE), STATE),
    "correction_is_alike": (replace(BACK, receiver=CLAUDIA), STATE),
    "provider_is_accountable": (replace(FLOUR, provider=CLAUDIA), STATE),
    "provider_has_it": (replace(FLOUR, to_resource=None), LENT),
    "received_where_it_belongs": (replace(FLOUR, receiver=CLAUDIA), STATE),
    "custody_of_one_record_is_whole": (replace(LOAN, quantity=ONE), STATE),
    "custody_is_still_there": (
        replace(LOAN, quantity=-30 * ONE, corrects=5),
        replace(LENT, past={5: Past(LOAN)}),
    ),
    "promise_is_of_the_giver": (replace(KEEP_WORK, provider=BOB, receiver=ALICE), STATE),
    "promise_is_still_open": (KEEP_WORK, ENDED),
    "promise_counts_in_this_dimension": (replace(KEEP_WORK, effort_unit="day"), STATE),
    "links_have_the_right_sign": (replace(WORK, links=(Link(9, -ONE),)), STATE),
    "links_fit_in_the_event": (replace(WORK, links=(Link(9, 4 * ONE),)), STATE),
    "promise_is_not_exceeded": (
        replace(WORK, effort=11 * ONE, links=(Link(9, 11 * ONE),)),
        STATE,
    ),
    "promise_holds_after": (BACK, STATE),  # the promise was never counted as fulfilled
    "floor_holds_after": (replace(FLOUR, quantity=31 * ONE), STATE),
}


@pytest.mark.parametrize("rule", REFUSED)
def test_refused(rule):
    event, state = REFUSED[rule]

    assert broken(event, state) == rule


def test_every_rule_is_shown_to_refuse():
    assert sorted(REFUSED) == sorted(rule.__name__ for rule in (*RULES, *OUTCOMES))


@pytest.mark.parametrize(
    ("event", "state", "rule"),
    [
        (replace(MONEY, quantity=0), STATE, "quantities_have_the_right_sign"),
        (replace(MONEY, quantity=LARGEST + 1), STATE, "quantities_have_the_right_sign"),
        (replace(BACK, effort=3 * ONE), STATE, "quantities_have_the_right_sign"),
        (replace(MONEY, effort=ONE, effort_unit="hour"), STATE, "measure_suits_the_action"),
        (replace(MONEY, unit=""), STATE, "units_are_known"),
        (replace(FLOUR, quantity=1, unit="g"), STATE, "resource_counts_in_this_dimension"),
        (replace(FLOUR, action="move", to_resource=None), STATE, "resource_is_named"),
        (replace(BACK, corrects=77), STATE, "correction_stays_within"),
        (replace(BACK, effort=-3 * ONE - 1), STATE, "correction_stays_within"),
        (replace(WORK, links=(Link(9, 3 * ONE + 1),)), STATE, "links_fit_in_the_event"),
        (
            replace(WORK, effort=11 * ONE, links=(Link(9, 10 * ONE + 1),)),
            STATE,
            "promise_is_not_exceeded",
        ),
        (BACK, CORRECTED, "correction_stays_within"),
        (replace(BACK, links=(Link(9, -3 * ONE),)), STATE, "correction_stays_within"),
        (replace(BACK, effort_unit="minute"), STATE, "correction_is_alike"),
        (
            replace(WORK, links=(Link(9, ONE), Link(9, ONE))),
            STATE,
            "links_have_the_right_sign",
        ),
        (
            replace(KEEP_WORK, effort=None, effort_unit="", quantity=ONE, unit="item"),
            STATE,
            "promise_counts_in_this_dimension",
        ),
        (replace(BACK, links=(Link(9, 2 * ONE),)), STATE, "links_have_the_right_sign"),
    ],
)
def test_refused_at_the_edges(event, state, rule):
    assert broken(event, state) == rule


def test_giving_beyond_a_promise_on_purpose_is_accepted():
    event = replace(WORK, effort=11 * ONE, links=(Link(9, 11 * ONE),))

    assert broken(event, STATE, beyond=True) is None


def test_a_dimension_error_names_both_units():
    with pytest.raises(RuleBroken) as refused:
        check(case(replace(FLOUR, unit="litre")))

    assert refused.value.message == (
        "Ce stock se compte en kilogrammes, pas en litres : choisissez une unité de même nature."
    )


def test_a_floor_error_says_what_is_missing():
    with pytest.raises(RuleBroken) as refused:
        one = case(replace(FLOUR, quantity=32_500_000))
        check(one)
        check_outcome(one, apply(STATE, one.event, one.row))

    assert (refused.value.message, refused.value.field) == (
        "Il manque 2,5\u00a0kg dans ce stock.",
        "quantity",
    )


def test_a_credit_account_goes_down_to_its_limit():
    account = replace(STATE.resources[1], floor=-10 * ONE)
    state = replace(STATE, resources={**STATE.resources, 1: account})

    assert broken(replace(FLOUR, quantity=40 * ONE), state) is None
    assert broken(replace(FLOUR, quantity=40 * ONE + 1), state) == "floor_holds_after"


def test_a_total_beyond_64_bits_is_refused():
    full = replace(STATE.resources[2], accounting=LARGEST, on_hand=LARGEST)
    state = replace(STATE, resources={**STATE.resources, 2: full})

    assert broken(FLOUR, state) == "floor_holds_after"


def test_an_action_that_is_not_opened_says_so():
    closed = sorted(name for name, row in table().items() if not row.opened)

    for name in closed:
        with pytest.raises(RuleBroken) as refused:
            check(case(replace(FLOUR, action=name)))
        assert refused.value.message.startswith("Le registre ne sait pas encore noter « ")
    assert closed == [
        "accept", "combine", "copy", "dropoff", "modify", "pickup", "separate",
    ]  # fmt: skip


def test_a_word_that_is_no_action_is_refused():
    with pytest.raises(Invalid) as refused:
        action_row("steal")

    assert refused.value.message == "« steal » n'est pas une action du registre."


def test_every_rule_explains_itself_in_the_first_person_plural_or_none():
    """No rule answers with its own name, a number of the programme, or an exclamation."""
    for rule, (event, state) in REFUSED.items():
        with pytest.raises(RuleBroken) as refused:
            one = case(event, state)
            check(one)
            check_outcome(one, apply(state, event, one.row))
        message = refused.value.message
        assert (message[-1], "!" in message, rule in message) == (".", False, False)
    assert set(rules.FIELDS) <= set(REFUSED)


def test_what_is_entered_again_goes_to_its_promise_even_if_that_ended_since():
    again = Case(KEEP_WORK, action_row("work"), ENDED, beyond=True, again=True)

    check(again)

    assert apply(ENDED, KEEP_WORK, again.row).promises[9].fulfilled == 2 * ONE
