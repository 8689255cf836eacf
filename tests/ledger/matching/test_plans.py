# SPDX-License-Identifier: AGPL-3.0-or-later
"""Ways to share out: none takes too much, and the fullest is the fullest there is."""

import itertools
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from terreau.core.quantities import MICRO
from terreau.core.units import as_fraction
from terreau.ledger.matching.pairs import Intent, Spot, compare
from terreau.ledger.matching.plans import plans
from terreau.ledger.matching.tables import Share, Table, fits

pytestmark = pytest.mark.unit


def meal(pk, quantity, **more):
    return Intent(pk, pk, "repas", quantity * MICRO, "meal", **more)


def by_name(needs, offers):
    return {plan.name: plan for plan in plans(needs, offers)}


def shares(plan):
    return [(share.need, share.offer, share.quantity // MICRO) for share in plan.shares]


def test_each_way_shares_out_as_it_says():
    near, far = Spot(47 * MICRO, 5 * MICRO), Spot(48 * MICRO, 5 * MICRO)
    needs = [meal(1, 10, spot=far), meal(2, 4, spot=near)]
    offers = [meal(11, 4, spot=near), meal(12, 6, spot=far)]
    told = by_name(needs, offers)

    assert shares(told["in_turn"]) == [(1, 11, 4), (1, 12, 6)]
    assert shares(told["nearest"]) == [(1, 12, 6), (2, 11, 4)]
    assert shares(told["smallest"]) == [(2, 11, 4), (1, 12, 6)]
    assert told["in_turn"].left == ((2, 4 * MICRO),)
    assert told["nearest"].left == ((1, 4 * MICRO),)


def test_the_fullest_serves_what_the_simple_ways_leave():
    """The first need takes the only offer that the second may have."""
    needs = [meal(1, 5), meal(2, 5)]
    offers = [meal(11, 5), replace(meal(12, 5), circle=frozenset({1}))]
    told = by_name(needs, offers)

    assert told["in_turn"].left == ((2, 5 * MICRO),)
    assert told["fullest"].left == ()
    assert sorted(shares(told["fullest"])) == [(1, 12, 5), (2, 11, 5)]


def test_of_the_fullest_it_is_the_one_with_the_shortest_way():
    here, there = Spot(47 * MICRO, 5 * MICRO), Spot(48 * MICRO, 5 * MICRO)
    needs = [meal(1, 5, spot=here), meal(2, 5, spot=there)]
    offers = [meal(11, 5, spot=there), meal(12, 5, spot=here)]

    assert sorted(shares(by_name(needs, offers)["fullest"])) == [(1, 12, 5), (2, 11, 5)]


def test_other_things_and_other_units_are_shared_out_apart():
    needs = [meal(1, 5), Intent(2, 2, "salle", 2 * MICRO, "day")]
    offers = [meal(11, 5), Intent(12, 12, "salle", 6 * MICRO, "half_day")]

    for plan in plans(needs, offers):
        assert sorted(shares(plan)) == [(1, 11, 5), (2, 12, 2)]
        assert plan.left == ()


def test_nothing_to_share_is_no_fault():
    for plan in plans([meal(1, 5)], []):
        assert (plan.shares, plan.left) == ((), ((1, 5 * MICRO),))


AMOUNTS = st.integers(1, 4)


@st.composite
def tables(draw):
    """A few needs and offers of one thing, in two units, some bound to each other's circle."""

    def one(pk):
        quantity = draw(AMOUNTS)
        minimum = draw(st.integers(0, quantity))
        circle = draw(st.none() | st.frozensets(st.integers(1, 6)))
        unit = draw(st.sampled_from(["day", "half_day"]))
        return Intent(pk, pk, "salle", quantity * MICRO, unit, minimum * MICRO, circle=circle)

    return [one(pk) for pk in range(1, draw(st.integers(2, 4)))], [
        one(pk) for pk in range(4, draw(st.integers(5, 7)))
    ]


def in_days(table, found):
    return sum(as_fraction(one.quantity, table.needs[one.need].unit, "day") for one in found)


def most_there_is(table):
    """Try every way to share out in half days: slow, and too simple to be wrong."""
    half = {pair: MICRO // 2 if table.needs[pair.need].unit == "day" else MICRO
            for pair in table.pairs}  # fmt: skip
    choices = [range(0, pair.most // half[pair] + 1) for pair in table.pairs]
    best = 0
    for amounts in itertools.product(*choices):
        found = [
            Share(pair.need, pair.offer, amount * half[pair])
            for pair, amount in zip(table.pairs, amounts, strict=True)
            if amount
        ]
        if fits(table, found):
            best = max(best, in_days(table, found))
    return best


@given(tables())
@settings(max_examples=40, deadline=None)
def test_no_way_takes_too_much_and_the_fullest_is_the_fullest(drawn):
    needs, offers = drawn
    pairs = tuple(
        pair for need in needs for offer in offers if (pair := compare(need, offer)).holds
    )
    if len(pairs) > 4:
        pairs, offers = tuple(p for p in pairs if p.offer == 4), offers[:1]
    table = Table({n.id: n for n in needs}, {o.id: o for o in offers}, pairs)
    told = by_name(needs, offers)

    for plan in told.values():
        assert fits(table, plan.shares)
        assert dict(plan.left) == {
            need.id: rest
            for need in needs
            if (rest := need.quantity - sum(s.quantity for s in plan.shares if s.need == need.id))
        }
    assert in_days(table, told["fullest"].shares) == most_there_is(table)


@given(tables())
@settings(max_examples=40, deadline=None)
def test_too_much_never_fits(drawn):
    needs, offers = drawn
    pairs = tuple(pair for n in needs for o in offers if (pair := compare(n, o)).holds)
    table = Table({n.id: n for n in needs}, {o.id: o for o in offers}, pairs)

    for pair in pairs:
        assert fits(table, [Share(pair.need, pair.offer, pair.most)])
        assert not fits(table, [Share(pair.need, pair.offer, pair.most + 1_000_000)])
        assert not fits(table, [Share(pair.need, pair.offer, table.least(pair) - 1)])


def test_dates_that_do_not_cross_are_not_shared_out():
    needs = [meal(1, 5, until=date(2026, 3, 1))]
    offers = [meal(11, 5, since=date(2026, 3, 2))]

    assert all(plan.shares == () for plan in plans(needs, offers))
