# SPDX-License-Identifier: AGPL-3.0-or-later
"""Every named rule of the ledger accepts one thing and refuses another, in a sentence.

The rules are found by looking: a public function of a module whose name ends with ``rules``. One
that has no line here is a failure, and so is one that the reference does not name.
"""

import inspect
import pkgutil
import re
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from importlib import import_module
from pathlib import Path
from uuid import uuid4

import pytest

import terreau.ledger
from terreau.core import clock
from terreau.core.errors import Invalid
from terreau.ledger.engine import claim_rules
from terreau.ledger.engine import rules as engine_rules
from terreau.ledger.engine.claim_rules import Claiming
from terreau.ledger.engine.holding_rules import HOLDING_RULES
from terreau.ledger.engine.rules import OUTCOMES, RULES, RuleBroken, check_claim, rules_of
from terreau.ledger.engine.state import Claim, Link, Past, Settle
from terreau.ledger.engine.stock_rules import HANDS_RULES
from terreau.ledger.flows import Activity, Batch, Planned, Promise, Somewhere, Stock
from terreau.ledger.wishes.rules import Answering, Asked
from terreau.ledger.wishes.said import Listing, Offering, Wish
from tests.ledger import test_rules as given
from tests.ledger.recipes.bread import BREAD

pytestmark = pytest.mark.unit

ONE = 1_000_000
REFERENCE = Path(__file__).parents[2] / "docs/reference/valueflows.md"
NO_RULES = {
    "activities_of", "begun", "can_change", "check", "check_claim", "check_outcome", "check_whole",
    "measured", "rules_of", "speaks_for", "told",
}  # fmt: skip
"""Public functions beside the rules: they ask them, or are asked by them."""

FULL, STOCK, PROMISE = given.FLOUR, given.STATE, given.KEEP_WORK
EMPTY_HANDED = replace(given.IN_HAND, resources={1: replace(given.STATE.resources[1], on_hand=0)})
KEPT = replace(STOCK, promises={9: replace(STOCK.promises[9], fulfilled=2 * ONE)})
AWAY = replace(given.LENT, past={5: Past(given.LOAN)})
LOANED = replace(AWAY, resources={1: replace(AWAY.resources[1], custodian=given.BOB, on_hand=0)})
PUT_BACK = replace(given.INSIDE, past={5: Past(given.PUT_AWAY)})
MOVED = replace(FULL, action="move", receiver=given.ALICE, to_resource=3)
RAISED = replace(FULL, action="raise", receiver=given.ALICE, to_resource=None)
IN_MINUTES = replace(PROMISE, effort=180 * ONE, effort_unit="minute")
ALL_OF_IT = replace(given.WORK, effort=10 * ONE, links=(Link(9, 10 * ONE),))
ACCEPTED = {
    "something_is_measured": (given.WORK, STOCK),
    "measure_suits_the_action": (given.WORK, STOCK),
    "units_are_known": (given.MONEY, STOCK),
    "quantities_have_the_right_sign": (given.BACK, KEPT),
    "giver_and_receiver_differ": (given.MONEY, STOCK),
    "giver_is_receiver_where_nothing_is_given": (RAISED, STOCK),
    "destination_suits_the_action": (FULL, STOCK),
    "resource_is_named": (RAISED, STOCK),
    "resources_are_known": (FULL, STOCK),
    "resource_is_of_this_kind": (FULL, STOCK),
    "resource_counts_in_this_dimension": (replace(FULL, quantity=ONE, unit="g"), STOCK),
    "promises_are_known": (PROMISE, STOCK),
    "correction_stays_within": (given.BACK, KEPT),
    "correction_is_alike": (given.BACK, KEPT),
    "provider_is_accountable": (FULL, STOCK),
    "provider_has_it": (FULL, STOCK),
    "received_where_it_belongs": (FULL, STOCK),
    "received_where_it_is_held": (FULL, STOCK),
    "hands_are_clear_when_rights_go": (given.THIRD, given.OUT_OF_HAND),
    "moved_within_what_is_ones_own": (MOVED, STOCK),
    "custody_of_one_record_is_whole": (given.LOAN, STOCK),
    "custody_is_still_there": (replace(given.LOAN, quantity=-30 * ONE, corrects=5), LOANED),
    "no_activity_has_it_meanwhile": (replace(given.GIVEN, receiver=given.BOB), EMPTY_HANDED),
    "process_suits_the_action": (given.TAKEN, STOCK),
    "container_is_named": (given.PUT_AWAY, given.WITH_BAG),
    "what_goes_in_goes_whole": (given.PUT_AWAY, given.WITH_BAG),
    "what_comes_out_was_inside": (given.TAKEN_OUT, given.INSIDE),
    "containment_is_still_as_it_was_left": (
        replace(given.PUT_AWAY, quantity=-30 * ONE, corrects=5),
        PUT_BACK,
    ),
    "contents_are_those_that_came": (
        given.BAG_BACK,
        replace(
            given.BAG_ARRIVED,
            resources={
                **given.BAG_ARRIVED.resources,
                5: replace(given.BAG_ARRIVED.resources[5], version=1),
            },
        ),
    ),
    "what_is_inside_is_left_alone": (given.BAG_GOES, given.INSIDE),
    "container_goes_whole": (given.BAG_GOES, given.INSIDE),
    "one_process_takes_it_in_one_way": (given.TAKEN, STOCK),
    "pair_gives_back_what_it_took": (given.GIVEN, EMPTY_HANDED),
    "share_is_of_rights": (given.THIRD, STOCK),
    "share_is_held_by_the_giver": (given.THIRD, STOCK),
    "share_says_its_quantity": (replace(given.THIRD, quantity=10_000, unit="tonne"), STOCK),
    "shared_rights_stay_together": (given.THIRD, given.SHARED),
    "shares_hold_after": (given.THIRD, STOCK),
    "promise_is_of_the_giver": (PROMISE, STOCK),
    "promise_is_still_open": (PROMISE, STOCK),
    "promise_is_kept_in_its_activity": (replace(PROMISE, input_of=70), given.FOR_A_WORKSHOP),
    "promise_counts_in_this_dimension": (IN_MINUTES, STOCK),
    "links_have_the_right_sign": (PROMISE, STOCK),
    "links_fit_in_the_event": (replace(given.WORK, links=(Link(9, 3 * ONE),)), STOCK),
    "promise_is_not_exceeded": (ALL_OF_IT, STOCK),
    "claims_are_known": (given.PAY, STOCK),
    "claim_is_settled_by_who_owes_it": (given.PAY, STOCK),
    "claim_is_settled_to_whom_it_is_due": (given.PAY, STOCK),
    "claim_is_still_open": (given.PAY, STOCK),
    "claim_counts_in_this_dimension": (given.PAY, STOCK),
    "settlements_have_the_right_sign": (given.UNPAY, given.PAID),
    "settlements_fit_in_the_event": (replace(given.PAY, quantity=60 * ONE), STOCK),
    "claim_is_not_exceeded": (
        replace(given.PAY, quantity=45 * ONE, settles=(Settle(8, 45 * ONE),)),
        STOCK,
    ),
    "correction_gives_back_what_was_settled": (given.UNPAY, given.PAID),
    "promise_holds_after": (given.BACK, KEPT),
    "floor_holds_after": (replace(FULL, quantity=30 * ONE), STOCK),
    "claim_holds_after": (given.UNPAY, given.PAID),
}  # fmt: skip

OWED = Claim(0, given.BOB, given.ALICE, "quantity", "eur", 45 * ONE, 5)
WORKED = Past(given.WORK)
CLAIMING = Claiming(OWED, "transfer", WORKED)
CLAIMS = {
    "claim_counts_something": replace(CLAIMING, claim=replace(OWED, claimed=0)),
    "claim_has_its_trigger": replace(CLAIMING, trigger=Past(given.WORK, effort_out=3 * ONE)),
    "claim_is_between_the_two_of_its_trigger": replace(
        CLAIMING, claim=replace(OWED, provider=given.CLAUDIA)
    ),
}

WANTED = Promise(uuid4(), "work", 1, 2, "time", effort=ONE, effort_unit="hour")
TODAY, BAKING = date(2026, 3, 12), Activity(uuid4(), "Cuire", "cuisson", date(2026, 3, 1))
BACK_TO_KNEAD = replace(BREAD.flows[0], specification="bread", unit="item")
CIRCLE = replace(BREAD, flows=(*BREAD.flows, BACK_TO_KNEAD))
PLAN, BATCH = Planned(uuid4(), "La fournée"), Batch(uuid4(), "L-1")
IN_PLAN = replace(WANTED, input_of_id=7, planned_within_id=1)
HALL, FLOUR = Somewhere(uuid4(), "La halle"), Stock(uuid4(), "Farine", "flour", "kg")
WISH = Wish(uuid4(), "work", "time", 3 * ONE, "hour", "effort", receiver_id=1)
OFFERING = Offering(uuid4(), "Des bras", "offer", 1, (1, 2))
LISTING = Listing(uuid4(), "Le printemps", 1)
ASKED = Asked("work", 1, "effort", "hour", True, {1}, 3 * ONE, False)
ANSWERING = Answering("work", 1, 2, 1, Fraction(120 * ONE), "minute", False, False)
GIVEN = {
    "check_wish": (lambda: WISH, lambda: replace(WISH, provider_id=2)),
    "check_days": (
        lambda: (TODAY, TODAY + timedelta(1)),
        lambda: (TODAY, TODAY - timedelta(1)),
    ),
    "check_level": (lambda: "circle", lambda: "anybody"),
    "check_offering": (lambda: OFFERING, lambda: replace(OFFERING, publishes=(1, 1))),
    "check_listing": (lambda: LISTING, lambda: replace(LISTING, name=" ")),
    "check_at_once": (lambda: ([1, 1],), lambda: (range(101),)),
    "check_same_side": (lambda: (1, 1), lambda: (1, 2)),
    "check_going_on": (lambda: None, lambda: TODAY),
    "check_unanswered": (lambda: False, lambda: True),
    "answered_by": (
        lambda: (ASKED, ANSWERING, 2 * ONE, False),
        lambda: (ASKED, ANSWERING, 3 * ONE, True),
    ),
    "check_day": (lambda: TODAY, lambda: clock.today() + timedelta(1)),
    "check_state": (lambda: "sèche", lambda: "x" * 61),
    "check_activity": (lambda: BAKING, lambda: replace(BAKING, ends_on=date(2026, 2, 28))),
    "check_place": (lambda: HALL, lambda: replace(HALL, latitude=ONE)),
    "check_stock": (lambda: FLOUR, lambda: replace(FLOUR, floor=1)),
    "check_promise": (lambda: WANTED, lambda: replace(WANTED, effort=0)),
    "check_plan": (lambda: PLAN, lambda: replace(PLAN, name=" ")),
    "check_batch": (lambda: BATCH, lambda: replace(BATCH, code="")),
    "check_number": (lambda: (FLOUR, ""), lambda: (FLOUR, "Le sac")),
    "check_promised_direction": (
        lambda: replace(WANTED, input_of_id=1),
        lambda: replace(WANTED, output_of_id=1),
    ),
    "check_promised_words": (lambda: WANTED, lambda: replace(WANTED, state="x" * 61)),
    "check_recipe": (lambda: BREAD, lambda: replace(BREAD, steps=())),
    "check_ingredient": (
        lambda: (BREAD, BREAD.flows[0]),
        lambda: (BREAD, replace(BREAD.flows[0], input_of=None, output_of=1)),
    ),
    "check_no_circle": (lambda: BREAD, lambda: CIRCLE),
    "check_made_for": (lambda: BREAD, lambda: replace(BREAD, primary_output="dough")),
    "check_times": (lambda: (BREAD, Fraction(1, 2)), lambda: (BREAD, Fraction(1, 3))),
    "plan_within": (lambda: (IN_PLAN, {7: 1}), lambda: (IN_PLAN, {7: 2})),
}
"""What is checked before the engine is asked."""


def found():
    """Every rule, by its name."""
    walked = pkgutil.walk_packages(terreau.ledger.__path__, "terreau.ledger.")
    modules = [import_module(one.name) for one in walked if one.name.endswith("rules")]
    return {
        name: function
        for module in modules
        for name, function in inspect.getmembers(module, inspect.isfunction)
        if function.__module__ == module.__name__
        and not name.startswith("_")
        and name not in NO_RULES
    }


def test_every_rule_has_a_line_that_accepts_and_one_that_refuses():
    both = set(ACCEPTED) & set(given.REFUSED) | set(CLAIMS) | set(GIVEN)

    assert (sorted(both), len(both) > 45) == (sorted(found()), True)
    asked = {rule.__name__ for rule in (*RULES, *OUTCOMES, *claim_rules.CLAIMING_RULES)}
    assert asked == set(ACCEPTED) | set(CLAIMS)


@pytest.mark.parametrize("name", ACCEPTED)
def test_a_rule_of_events_accepts_what_it_looks_at(name):
    event, state = ACCEPTED[name]
    asked = {rule.__name__ for rule in (*rules_of(event), *OUTCOMES)}

    assert (name in asked, given.broken(event, state)) == (True, None)


@pytest.mark.parametrize("name", CLAIMS)
def test_a_rule_of_new_claims_accepts_and_refuses(name):
    check_claim(CLAIMING)
    with pytest.raises(RuleBroken) as refused:
        check_claim(CLAIMS[name])

    assert refused.value.rule == name
    assert_is_a_sentence(refused.value.message)


@pytest.mark.parametrize("name", GIVEN)
def test_what_is_given_is_checked(name):
    check = found()[name]
    accepts, refuses = (asked() for asked in GIVEN[name])

    check(*(accepts if isinstance(accepts, tuple) else (accepts,)))
    with pytest.raises(Invalid) as refused:
        check(*(refuses if isinstance(refuses, tuple) else (refuses,)))

    assert_is_a_sentence(refused.value.message)


OF_STOCKS = {
    name
    for name, (event, _) in given.REFUSED.items()
    if (event.resource or event.to_resource)
    and not name.startswith(("claim", "promise", "giver", "process"))
} | {"resource_is_named"}
"""What is said of an activity, a promise or a claim names no stock."""


def test_what_is_refused_about_stocks_is_found():
    about = engine_rules._OF_STOCKS | set(HANDS_RULES) | set(HOLDING_RULES)

    assert {rule.__name__ for rule in about} - OF_STOCKS == {"process_suits_the_action"}


@pytest.mark.parametrize(
    ("event", "state", "rule"),
    [(*given.REFUSED[name], name) for name in sorted(OF_STOCKS - {"resource_is_named"})]
    + [one for one in given.AT_THE_EDGES if one[2] in OF_STOCKS and one[0].resource],
)
def test_what_is_refused_about_a_stock_names_it(event, state, rule):
    called = {pk: f"Réserve {pk}" for pk in state.resources}
    named = {pk: replace(one, name=called[pk]) for pk, one in state.resources.items()}

    message = given.sentence(event, replace(state, resources=named))

    wanted = [called.get(pk, f"numéro {pk}") for pk in (event.resource, event.to_resource) if pk]
    assert any(name in message for name in wanted), (rule, message)
    assert ("ce stock" in message.lower(), len(message.split()) > 8) == (False, True)
    assert_is_a_sentence(message)


def test_what_is_inside_does_not_say_inside_of_what():
    """Who has the flour may not read whose bag it is in."""
    event, state = given.REFUSED["what_is_inside_is_left_alone"]
    named = {pk: replace(one, name=f"Réserve {pk}") for pk, one in state.resources.items()}

    message = given.sentence(event, replace(state, resources=named))

    assert message == "Le stock « Réserve 1 » est rangé dans un autre stock : sortez-le d'abord."


def assert_is_a_sentence(message):
    assert (message[0].islower(), message[-1], "!" in message) == (False, ".", False)


def test_the_reference_names_every_rule_and_no_other():
    text = REFERENCE.read_text(encoding="utf-8")
    table = text.split("## Rules\n")[1].split("\n## ")[0]
    named = set(re.findall(r"`([a-z]+(?:_[a-z]+)+)`", table))

    assert named == set(found())


@pytest.mark.parametrize(
    "changes",
    [
        {"claim": replace(OWED, unit="furlong")},
        {"claim": replace(OWED, unit="")},
        {"claim": replace(OWED, measure="effort", unit="hour")},
        {"action": "steal"},
        {"trigger": None},
        {"trigger": Past(given.BACK)},
        {"claim": replace(OWED, receiver=given.CLAUDIA)},
        {"trigger": Past(replace(given.WORK, receiver=given.ALICE))},
    ],
)
def test_a_claim_is_refused_at_the_edges(changes):
    with pytest.raises(RuleBroken) as refused:
        check_claim(replace(CLAIMING, **changes))

    assert_is_a_sentence(refused.value.message)


def test_merged_sides_may_claim_and_owe():
    heir = replace(OWED, provider=7, receiver=8)

    check_claim(replace(CLAIMING, claim=heir, givers=frozenset({8}), takers=frozenset({7})))


def test_every_field_that_is_pointed_at_belongs_to_a_rule():
    assert set(engine_rules.FIELDS) <= set(found())
