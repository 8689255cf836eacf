# SPDX-License-Identifier: AGPL-3.0-or-later
"""Every named rule: one event that it accepts, one that it refuses, and the sentence."""

from dataclasses import replace
from fractions import Fraction

import pytest

from terreau.core.errors import Invalid
from terreau.core.quantities import LARGEST
from terreau.ledger.engine.cases import Case
from terreau.ledger.engine.effects import apply
from terreau.ledger.engine.rules import OUTCOMES, RULES, RuleBroken, check, check_outcome
from terreau.ledger.engine.state import (
    Came,
    Claim,
    Event,
    Link,
    Out,
    Past,
    Promise,
    Resource,
    Settle,
    State,
)
from terreau.ledger.engine.table import action_row

pytestmark = pytest.mark.unit

ALICE, BOB, CLAUDIA = 1, 2, 3
ONE = 1_000_000

WORK = Event("work", ALICE, BOB, "time", None, "", 3 * ONE, "hour")
MONEY = Event("transfer", ALICE, BOB, "money", 45 * ONE, "eur")
FLOUR = Event("transfer", ALICE, BOB, "flour", 2 * ONE, "kg", resource=1, to_resource=2)
LOAN = Event("transferCustody", ALICE, BOB, "flour", 30 * ONE, "kg", resource=1)
KEEP_WORK = replace(WORK, links=(Link(9, 2 * ONE),))
PAY = Event("transfer", BOB, ALICE, "money", 20 * ONE, "eur", settles=(Settle(8, 20 * ONE),))
UNPAY = replace(PAY, quantity=-20 * ONE, settles=(Settle(8, -20 * ONE),), corrects=6)
BACK = replace(KEEP_WORK, effort=-3 * ONE, links=(Link(9, -2 * ONE),), corrects=5)

STATE = State(
    resources={
        1: Resource(1, "flour", "kg", 0, 30 * ONE, 30 * ONE, ALICE, ALICE, 1),
        2: Resource(2, "flour", "kg", 0, 5 * ONE, 5 * ONE, BOB, BOB, 1),
        3: Resource(3, "flour", "kg"),
    },
    promises={9: Promise(9, ALICE, "effort", "hour", 10 * ONE)},
    past={5: Past(KEEP_WORK, links_left={9: 2 * ONE}), 6: Past(PAY, settles_left={8: 20 * ONE})},
    claims={8: Claim(8, BOB, ALICE, "quantity", "eur", 45 * ONE, 5)},
)
PAID = replace(STATE, claims={8: replace(STATE.claims[8], settled=20 * ONE)})
DROPPED = replace(STATE, claims={8: replace(STATE.claims[8], ended=True)})
ENDED = replace(STATE, promises={9: replace(STATE.promises[9], ended=True)})
LENT = replace(STATE, resources={1: replace(STATE.resources[1], custodian=CLAUDIA)})
OUT_OF_HAND = replace(
    STATE,
    resources={**STATE.resources, 1: replace(STATE.resources[1], custodian=CLAUDIA, on_hand=0)},
)
WORKSHOP, OTHER = 70, 71
FOR_A_WORKSHOP = replace(STATE, promises={9: replace(STATE.promises[9], input_of=WORKSHOP)})
TAKEN = Event("pickup", ALICE, ALICE, "flour", 30 * ONE, "kg", resource=1, input_of=WORKSHOP)
GIVEN = replace(TAKEN, action="dropoff", input_of=None, output_of=WORKSHOP)
IN_HAND = replace(STATE, outs={(WORKSHOP, 1): Out(WORKSHOP, 1, "pickup", 30 * ONE, 1)})
PUT_AWAY = Event("combine", ALICE, ALICE, "flour", 30 * ONE, "kg", resource=1, to_resource=4)
BAG = Resource(4, "bag", "item", 0, ONE, ONE, ALICE, ALICE, 1)
WITH_BAG = replace(STATE, resources={**STATE.resources, 4: BAG})
INSIDE = replace(
    WITH_BAG,
    resources={**WITH_BAG.resources, 1: replace(STATE.resources[1], on_hand=0, container=4)},
)
TAKEN_OUT = replace(PUT_AWAY, action="separate")
BAG_GOES = Event("transferCustody", ALICE, BOB, "bag", ONE, "item", resource=4)
BAG_GIVEN = replace(BAG_GOES, to_resource=5)
BAG_BACK = replace(BAG_GIVEN, quantity=-ONE, corrects=5)
BAG_ARRIVED = replace(
    INSIDE,
    resources={
        1: replace(STATE.resources[1], on_hand=0, container=5, came=Came(5, 1, CLAUDIA, ALICE)),
        4: replace(BAG, on_hand=0),
        5: replace(BAG, id=5, accounting=0, custodian=BOB, version=2),
    },
    past={5: Past(BAG_GIVEN)},
)
"""A bag that was confided with what it holds; something else happened to it since."""
CORRECTED = replace(STATE, past={5: Past(BACK, links_left={9: 2 * ONE})})


THIRD = Event("transferAllRights", ALICE, BOB, "flour", 10 * ONE, "kg", resource=1, rights="1/3")
SHARED = replace(
    STATE,
    resources={
        **STATE.resources,
        1: replace(STATE.resources[1], shares=((ALICE, Fraction(1, 2)), (CLAUDIA, Fraction(1, 2)))),
    },
)
NEARLY = Fraction(1, 10**12)
FINE = replace(
    STATE,
    resources={
        **STATE.resources,
        1: replace(
            STATE.resources[1],
            accounting=10 * 999_983,
            on_hand=10 * 999_983,
            shares=((ALICE, 1 - NEARLY), (CLAUDIA, NEARLY)),
        ),
    },
)
OF_ANOTHER = "received_where_it_belongs"
SERVICE = replace(FLOUR, action="deliverService", input_of=WORKSHOP)


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


def sentence(event, state):
    """What is said of an event that is refused."""
    with pytest.raises(RuleBroken) as refused:
        one = case(event, state)
        check(one)
        check_outcome(one, apply(state, event, one.row))
    return refused.value.message


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
        (TAKEN, STATE),
        (replace(TAKEN, action="accept"), STATE),
        (replace(TAKEN, receiver=BOB), STATE),
        (replace(TAKEN, quantity=2 * ONE), STATE),
        (GIVEN, replace(IN_HAND, resources={1: replace(STATE.resources[1], on_hand=0)})),
        (PUT_AWAY, WITH_BAG),
        (TAKEN_OUT, INSIDE),
        (replace(WORK, resource=1, specification="flour"), INSIDE),
        (BAG_GOES, INSIDE),
        (replace(FLOUR, action="copy", to_resource=3), STATE),
        (replace(FLOUR, action="consume", receiver=ALICE, to_resource=None, input_of=OTHER), STATE),
        (replace(MONEY, action="deliverService", input_of=WORKSHOP, output_of=OTHER), STATE),
    ],
)  # fmt: skip
def test_accepted(event, state):
    fulfilled = replace(state.promises[9], fulfilled=2 * ONE) if event.corrects else None
    state = replace(state, promises={9: fulfilled}) if fulfilled else state

    assert broken(event, state) is None


REFUSED = {
    "something_is_measured": (replace(WORK, effort=None, effort_unit=""), STATE),
    "measure_suits_the_action": (replace(WORK, action="transfer"), STATE),
    "units_are_known": (replace(MONEY, unit="furlong"), STATE),
    "quantities_have_the_right_sign": (replace(MONEY, quantity=-ONE), STATE),
    "giver_and_receiver_differ": (replace(MONEY, receiver=ALICE), STATE),
    "giver_is_receiver_where_nothing_is_given": (
        replace(FLOUR, action="lower", to_resource=None),
        STATE,
    ),
    "destination_suits_the_action": (
        replace(FLOUR, action="raise", receiver=ALICE, to_resource=2),
        STATE,
    ),
    "resource_is_named": (
        replace(FLOUR, action="raise", receiver=ALICE, resource=None, to_resource=None),
        STATE,
    ),
    "resources_are_known": (replace(FLOUR, resource=99), STATE),
    "resource_is_of_this_kind": (replace(FLOUR, specification="apples"), STATE),
    "resource_counts_in_this_dimension": (replace(FLOUR, unit="litre"), STATE),
    "promises_are_known": (replace(WORK, links=(Link(99, ONE),)), STATE),
    "correction_stays_within": (replace(BACK, effort=-4 * ONE), STATE),
    "correction_is_alike": (replace(BACK, receiver=CLAUDIA), STATE),
    "provider_is_accountable": (replace(FLOUR, provider=CLAUDIA), STATE),
    "provider_has_it": (replace(FLOUR, to_resource=None), LENT),
    "received_where_it_belongs": (replace(FLOUR, receiver=CLAUDIA), STATE),
    "hands_are_clear_when_rights_go": (replace(FLOUR, action="transferAllRights"), OUT_OF_HAND),
    "received_where_it_is_held": (
        FLOUR,
        replace(
            STATE,
            resources={**STATE.resources, 2: replace(STATE.resources[2], custodian=CLAUDIA)},
        ),
    ),
    "moved_within_what_is_ones_own": (
        Event("move", CLAUDIA, CLAUDIA, "flour", ONE, "kg", resource=1, to_resource=2),
        replace(STATE, resources=STATE.resources | LENT.resources),
    ),
    "custody_of_one_record_is_whole": (replace(LOAN, quantity=ONE), STATE),
    "custody_is_still_there": (
        replace(LOAN, quantity=-30 * ONE, corrects=5),
        replace(LENT, past={5: Past(LOAN)}),
    ),
    "no_activity_has_it_meanwhile": (LOAN, IN_HAND),
    "process_suits_the_action": (replace(FLOUR, input_of=WORKSHOP), STATE),
    "container_is_named": (replace(PUT_AWAY, to_resource=None), WITH_BAG),
    "what_goes_in_goes_whole": (replace(PUT_AWAY, quantity=ONE), WITH_BAG),
    "what_comes_out_was_inside": (TAKEN_OUT, WITH_BAG),
    "containment_is_still_as_it_was_left": (
        replace(PUT_AWAY, quantity=-30 * ONE, corrects=5),
        replace(WITH_BAG, past={5: Past(PUT_AWAY)}),  # taken out since
    ),
    "contents_are_those_that_came": (BAG_BACK, BAG_ARRIVED),
    "what_is_inside_is_left_alone": (
        replace(FLOUR, action="lower", receiver=ALICE, to_resource=None),
        INSIDE,
    ),
    "container_goes_whole": (replace(BAG_GOES, action="lower", receiver=ALICE), INSIDE),
    "one_process_takes_it_in_one_way": (replace(TAKEN, action="accept"), IN_HAND),
    "pair_gives_back_what_it_took": (GIVEN, STATE),
    "promise_is_of_the_giver": (replace(KEEP_WORK, provider=BOB, receiver=ALICE), STATE),
    "promise_is_still_open": (KEEP_WORK, ENDED),
    "promise_is_kept_in_its_activity": (replace(KEEP_WORK, input_of=OTHER), FOR_A_WORKSHOP),
    "promise_counts_in_this_dimension": (replace(KEEP_WORK, effort_unit="day"), STATE),
    "links_have_the_right_sign": (replace(WORK, links=(Link(9, -ONE),)), STATE),
    "links_fit_in_the_event": (replace(WORK, links=(Link(9, 4 * ONE),)), STATE),
    "promise_is_not_exceeded": (
        replace(WORK, effort=11 * ONE, links=(Link(9, 11 * ONE),)),
        STATE,
    ),
    "share_is_of_rights": (replace(THIRD, rights="2/6"), STATE),
    "share_is_held_by_the_giver": (replace(THIRD, provider=CLAUDIA), STATE),
    "share_says_its_quantity": (replace(THIRD, quantity=ONE), STATE),
    "shared_rights_stay_together": (FLOUR, SHARED),
    "shares_hold_after": (replace(THIRD, rights="1/999983", quantity=10), FINE),
    "claims_are_known": (replace(PAY, settles=(Settle(99, ONE),)), STATE),
    "claim_is_settled_by_who_owes_it": (replace(PAY, provider=CLAUDIA), STATE),
    "claim_is_settled_to_whom_it_is_due": (replace(PAY, receiver=CLAUDIA), STATE),
    "claim_is_still_open": (PAY, DROPPED),
    "claim_counts_in_this_dimension": (replace(PAY, unit="kg"), STATE),
    "settlements_have_the_right_sign": (replace(PAY, settles=(Settle(8, -ONE),)), STATE),
    "settlements_fit_in_the_event": (replace(PAY, settles=(Settle(8, 21 * ONE),)), STATE),
    "claim_is_not_exceeded": (
        replace(PAY, quantity=46 * ONE, settles=(Settle(8, 46 * ONE),)),
        STATE,
    ),
    "correction_gives_back_what_was_settled": (
        UNPAY,
        replace(PAID, past={6: Past(PAY, settles_left={8: ONE})}),
    ),
    "claim_holds_after": (UNPAY, STATE),  # nothing of the claim was counted as settled
    "promise_holds_after": (BACK, STATE),  # the promise was never counted as fulfilled
    "floor_holds_after": (replace(FLOUR, quantity=31 * ONE), STATE),
}


@pytest.mark.parametrize("rule", REFUSED)
def test_refused(rule):
    event, state = REFUSED[rule]

    assert broken(event, state) == rule


def test_every_rule_is_shown_to_refuse():
    assert sorted(REFUSED) == sorted(rule.__name__ for rule in (*RULES, *OUTCOMES))


AT_THE_EDGES = [
    (replace(MONEY, quantity=0), STATE, "quantities_have_the_right_sign"),
    (replace(MONEY, quantity=LARGEST + 1), STATE, "quantities_have_the_right_sign"),
    (replace(BACK, effort=3 * ONE), STATE, "quantities_have_the_right_sign"),
    (replace(MONEY, effort=ONE, effort_unit="hour"), STATE, "measure_suits_the_action"),
    (replace(MONEY, unit=""), STATE, "units_are_known"),
    (replace(FLOUR, quantity=1, unit="g"), STATE, "resource_counts_in_this_dimension"),
    (
        replace(FLOUR, action="move", receiver=ALICE, to_resource=None),
        STATE,
        "resource_is_named",
    ),
    (replace(FLOUR, action="copy", provider=BOB, receiver=CLAUDIA), STATE, OF_ANOTHER),
    (replace(SERVICE, provider=CLAUDIA, receiver=BOB), STATE, "provider_is_accountable"),
    (replace(FLOUR, action="raise", receiver=ALICE, to_resource=None), LENT, "provider_has_it"),
    (replace(THIRD, receiver=CLAUDIA), OUT_OF_HAND, "hands_are_clear_when_rights_go"),
    (
        replace(THIRD, rights="1/1", quantity=30 * ONE),
        replace(STATE, resources={1: replace(STATE.resources[1], on_hand=20 * ONE)}),
        "hands_are_clear_when_rights_go",
    ),
    (replace(THIRD, action="transfer"), STATE, "share_is_of_rights"),
    (replace(THIRD, resource=None), STATE, "share_is_of_rights"),
    (replace(THIRD, to_resource=3), STATE, "share_is_of_rights"),
    (replace(THIRD, rights="4/3", quantity=40 * ONE), STATE, "share_is_of_rights"),
    (replace(THIRD, quantity=10 * ONE + 1), STATE, "share_says_its_quantity"),
    (
        replace(FLOUR, action="move", receiver=ALICE, to_resource=3),
        SHARED,
        "shared_rights_stay_together",
    ),
    (replace(TAKEN, to_resource=2), STATE, "destination_suits_the_action"),
    (replace(FLOUR, to_resource=1), STATE, "resource_is_named"),
    (replace(FLOUR, action="transferAllRights", to_resource=1), STATE, "resource_is_named"),
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
    (replace(TAKEN, input_of=None), STATE, "process_suits_the_action"),
    (replace(TAKEN, input_of=None, output_of=WORKSHOP), STATE, "process_suits_the_action"),
    (replace(GIVEN, output_of=None), IN_HAND, "process_suits_the_action"),
    (replace(GIVEN, action="modify"), IN_HAND, "pair_gives_back_what_it_took"),
    (replace(GIVEN, output_of=OTHER), IN_HAND, "pair_gives_back_what_it_took"),
    (replace(GIVEN, quantity=30 * ONE + 1), IN_HAND, "pair_gives_back_what_it_took"),
    (
        replace(TAKEN, quantity=-30 * ONE, corrects=5),
        replace(STATE, past={5: Past(TAKEN)}),
        "pair_gives_back_what_it_took",
    ),
    (replace(TAKEN, receiver=BOB, quantity=ONE), STATE, "custody_of_one_record_is_whole"),
    (replace(GIVEN, provider=BOB), IN_HAND, "provider_has_it"),
    (replace(PUT_AWAY, to_resource=1), WITH_BAG, "container_is_named"),
    (
        replace(
            PUT_AWAY, specification="bag", unit="item", quantity=ONE, resource=4, to_resource=1
        ),
        INSIDE,
        "container_is_named",
    ),
    (
        PUT_AWAY,
        replace(
            WITH_BAG,
            resources={**WITH_BAG.resources, 1: replace(STATE.resources[1], on_hand=20 * ONE)},
        ),
        "what_goes_in_goes_whole",
    ),
    (replace(TAKEN_OUT, to_resource=2), INSIDE, "what_comes_out_was_inside"),
    (replace(TAKEN_OUT, to_resource=None), INSIDE, "what_comes_out_was_inside"),
    (replace(TAKEN_OUT, resource=None), INSIDE, "what_comes_out_was_inside"),
    (replace(TAKEN_OUT, quantity=ONE), INSIDE, "what_comes_out_was_inside"),
    (
        replace(FLOUR, resource=2, provider=BOB, receiver=ALICE, to_resource=1),
        INSIDE,
        "what_is_inside_is_left_alone",
    ),
    (
        replace(BAG_GOES, action="transfer", quantity=ONE),
        replace(
            INSIDE,
            resources={
                **INSIDE.resources,
                4: replace(BAG, accounting=2 * ONE, on_hand=2 * ONE),
            },
        ),
        "container_goes_whole",
    ),
    (replace(FLOUR, action="copy", to_resource=None), STATE, "resource_is_named"),
]


@pytest.mark.parametrize(("event", "state", "rule"), AT_THE_EDGES)
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
        "Il manque 2,5\u00a0kg dans ce stock : notez moins, ou d'abord ce qui y est entré.",
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


def test_what_is_entered_again_goes_to_its_promise_even_if_that_ended_since():
    again = Case(KEEP_WORK, action_row("work"), ENDED, beyond=True, again=True)

    check(again)

    assert apply(ENDED, KEEP_WORK, again.row).promises[9].fulfilled == 2 * ONE
