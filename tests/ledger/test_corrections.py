# SPDX-License-Identifier: AGPL-3.0-or-later
"""Taking back all or a part: in what order, and never more than there was."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from terreau.core.errors import Invalid
from terreau.ledger.engine import corrections
from terreau.ledger.engine.state import Claim, Event, Past, Promise, State

pytestmark = pytest.mark.unit

ONE = 1_000_000
PROMISES = {
    7: Promise(7, 1, "effort", "hour", 100 * ONE),
    8: Promise(8, 1, "effort", "minute", 9_000 * ONE),
}
CLAIMS = {
    7: Claim(7, 1, 2, "effort", "hour", 100 * ONE, 1),
    8: Claim(8, 1, 2, "effort", "minute", 9_000 * ONE, 1),
}


def taken_back(past, micro=None):
    return corrections.taken_back(5, State(promises=PROMISES, past={5: past}, claims=CLAIMS), micro)


def work(hours, links, settles=None):
    event = Event("work", 1, 2, "time", None, "", hours * ONE, "hour")
    left = ({one: much * ONE for one, much in some.items()} for some in (links, settles or {}))
    return Past(event, 0, 0, next(left), 0, next(left))


def links_of(correction):
    return {link.promise: link.quantity / ONE for link in correction.links}


def test_all_of_it_gives_back_every_promise():
    correction = taken_back(work(10, {7: 4, 8: 120}))

    assert (correction.effort, links_of(correction)) == (-10 * ONE, {7: -4, 8: -120})
    assert correction.corrects == 5


@pytest.mark.parametrize(
    ("hours", "given_back"),
    [
        (4, {}),  # ten hours, six of them for promises: four are free to go
        (5, {8: -60}),
        (6, {8: -120}),
        (7, {7: -1, 8: -120}),
        (10, {7: -4, 8: -120}),
    ],
)
def test_a_part_takes_the_last_promise_first(hours, given_back):
    correction = taken_back(work(10, {7: 4, 8: 120}), hours * ONE)

    assert (correction.effort, links_of(correction)) == (-hours * ONE, given_back)


@pytest.mark.parametrize(
    ("hours", "given_back"),
    [(None, {7: -4, 8: -120}), (4, {}), (5, {8: -60}), (7, {7: -1, 8: -120})],
)
def test_claims_are_given_back_as_promises_are(hours, given_back):
    """What goes to promises and what settles claims are two readings of the same hours."""
    micro = None if hours is None else hours * ONE

    correction = taken_back(work(10, {7: 10}, {7: 4, 8: 120}), micro)

    assert {one.claim: one.quantity / ONE for one in correction.settles} == given_back
    assert links_of(correction) == {7: -(hours or 10)}


def test_a_part_that_does_not_convert_exactly_takes_a_little_less_off_the_promise():
    """Sixty minutes kept a promise of one hour: ten minutes are a sixth of it."""
    event = Event("work", 1, 2, "time", None, "", 60 * ONE, "minute")

    correction = taken_back(Past(event, links_left={7: ONE}), 10 * ONE)

    assert [(link.promise, link.quantity) for link in correction.links] == [(7, -166_666)]


def test_nothing_left_cannot_be_taken_back():
    past = Past(work(3, {}).event, effort_out=3 * ONE)

    with pytest.raises(Invalid):
        taken_back(past)


@pytest.mark.parametrize("micro", [0, -1])
def test_a_part_is_more_than_nothing(micro):
    with pytest.raises(Invalid):
        taken_back(work(3, {}), micro)


def test_a_part_of_two_measures_cannot_be_told():
    event = Event("work", 1, 2, "time", 2 * ONE, "item", 3 * ONE, "hour")

    with pytest.raises(Invalid):
        taken_back(Past(event), ONE)
    assert taken_back(Past(event)).quantity == -2 * ONE


@given(
    hours=st.integers(1, 40),
    first=st.integers(0, 20),
    second=st.integers(0, 1_200),
    part=st.integers(1, 40 * ONE),
)
def test_what_stays_for_promises_fits_in_what_stays(hours, first, second, part):
    linked = first + second / 60
    if linked > hours or part > hours * ONE:
        return
    past = work(hours, {7: first, 8: second})

    correction = taken_back(past, part)

    taken = {7: 0, 8: 0} | {link.promise: link.quantity for link in correction.links}
    stays = (first * ONE + taken[7]) * 60 + second * ONE + taken[8]
    assert stays <= (hours * ONE - part) * 60
    assert min(first * ONE + taken[7], second * ONE + taken[8]) >= 0
    if part <= (hours - linked) * ONE - 1:
        assert correction.links == ()
