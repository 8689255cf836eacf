# SPDX-License-Identifier: AGPL-3.0-or-later
"""The identities of the statement, on pure histories."""

from datetime import date
from functools import reduce

import pytest
from hypothesis import given
from hypothesis import strategies as st

from terreau.agreements.enums import ContributionState, Kind
from terreau.agreements.kinds import KINDS, measure
from terreau.agreements.totals import NOTHING, Entry, Progress, Weights, moves, weights_of
from terreau.core.units import UNITS
from terreau.ledger.engine.table import action_row
from terreau.people.enums import Level

pytestmark = pytest.mark.unit

EVERYBODY = 99
QUANTITIES = st.integers(min_value=1, max_value=10**14)

entries = st.builds(
    Entry,
    giver_id=st.integers(1, 3),
    receiver_id=st.integers(4, 6),
    kind=st.sampled_from(Kind.values),
    unit=st.sampled_from(("hour", "day")),
    day=st.dates(date(2025, 1, 1), date(2025, 12, 31)),
    quantity=QUANTITIES,
    state=st.sampled_from(ContributionState.values),
    linked=st.booleans(),
    refund=st.booleans(),
    level=st.sampled_from(Level.values),
)


@given(entries)
def test_what_is_given_is_confirmed_awaiting_or_in_discussion(entry):
    weights = weights_of(entry)

    assert weights.given == weights.confirmed + weights.awaiting + weights.discussed
    assert weights.given == weights.fulfilled + weights.uncommitted
    assert min(weights.awaiting, weights.uncommitted, weights.freely) >= 0
    assert weights.discussed == 0 or weights.fulfilled == 0


@given(st.lists(st.tuples(entries, entries), max_size=20))
def test_totals_moved_step_by_step_equal_totals_counted_at_the_end(histories):
    kept: dict = {}
    counted: dict = {}
    for before, after in histories:
        for step in ((None, before), (before, after)):
            for place, weights in moves(*step, EVERYBODY).items():
                kept[place] = kept.get(place, NOTHING) + weights
        for place, weights in moves(None, after, EVERYBODY).items():
            counted[place] = counted.get(place, NOTHING) + weights

    assert {place: sums for place, sums in kept.items() if sums != NOTHING} == counted


@given(st.lists(entries, max_size=20))
def test_what_all_gave_is_what_each_gave_and_what_each_received(history):
    sums: dict[str, Weights] = {"given": NOTHING, "received": NOTHING, "all": NOTHING}
    for entry in history:
        for (_, side, *_), weights in moves(None, entry, EVERYBODY).items():
            sums[side] = sums[side] + weights

    assert sums["given"] == sums["received"] == sums["all"]
    assert sums["all"] == reduce(Weights.__add__, map(weights_of, history), NOTHING)


@given(QUANTITIES, st.integers(0, 10**14))
def test_a_promise_is_fulfilled_and_remaining_or_exceeded(committed, fulfilled):
    stand = Progress(committed, fulfilled)

    assert stand.fulfilled + stand.remaining == stand.committed + stand.over
    assert min(stand.remaining, stand.over) == 0


def test_the_table_of_kinds_knows_its_actions_and_units():
    assert set(KINDS) == set(Kind.values)
    for kind, rule in KINDS.items():
        assert set(rule.units) <= set(UNITS)
        assert len(set(rule.units)) == len(rule.units)
        for unit in rule.units:
            found = measure(kind, unit)
            row = action_row(found.action)
            assert row.measure in ("either", "effort" if found.effort else "quantity"), (kind, unit)
    money = {kind for kind, rule in KINDS.items() if "eur" in rule.units}
    assert money == {"money"}


def test_only_time_and_knowledge_may_go_to_all_of_us():
    to_all = {kind for kind, rule in KINDS.items() if rule.to_all}

    assert to_all == {"time", "animation", "knowledge"}
    for rule in KINDS.values():
        assert not (rule.to_all and rule.needs_organisation)


def test_time_is_counted_in_time_alone():
    assert KINDS["time"].units == ("hour", "half_day", "day")
    assert measure("time", "km") is None
    assert measure("equipment", "km") is not None
