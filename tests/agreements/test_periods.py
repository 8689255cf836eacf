# SPDX-License-Identifier: AGPL-3.0-or-later
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from terreau.agreements.actions import agreements, commitments
from terreau.agreements.actions.commitments import Look
from terreau.agreements.enums import Period
from terreau.agreements.models import Posting
from terreau.agreements.queries import agreements as queries
from terreau.agreements.queries.entries import tally_faults
from terreau.agreements.queries.statement import Period as Days
from terreau.agreements.queries.statement import statement
from terreau.agreements.rules.periods import began, begun, last_day
from terreau.core import clock
from terreau.core.errors import Invalid
from terreau.core.quantities import MICRO
from terreau.ledger.queries import fulfilments
from tests.agreements.factories import accept, add, give, make_draft, make_place, promise

DAYS = st.dates(date(2015, 1, 1), date(2040, 12, 31))
PERIODS = st.sampled_from([code for code in Period.values if code])


@pytest.mark.parametrize(
    ("since", "period", "day", "number", "first", "last"),
    [
        (date(2025, 9, 6), "year", date(2025, 9, 6), 1, date(2025, 9, 6), date(2026, 9, 5)),
        (date(2025, 9, 6), "year", date(2026, 9, 5), 1, date(2025, 9, 6), date(2026, 9, 5)),
        (date(2025, 9, 6), "year", date(2026, 9, 6), 2, date(2026, 9, 6), date(2027, 9, 5)),
        (date(2026, 1, 31), "month", date(2026, 2, 27), 1, date(2026, 1, 31), date(2026, 2, 27)),
        (date(2026, 1, 31), "month", date(2026, 2, 28), 2, date(2026, 2, 28), date(2026, 3, 30)),
        (date(2026, 1, 31), "month", date(2026, 3, 31), 3, date(2026, 3, 31), date(2026, 4, 29)),
        (date(2024, 2, 29), "year", date(2025, 2, 28), 2, date(2025, 2, 28), date(2026, 2, 27)),
        (date(2026, 3, 1), "week", date(2026, 3, 7), 1, date(2026, 3, 1), date(2026, 3, 7)),
        (date(2026, 3, 1), "week", date(2026, 3, 8), 2, date(2026, 3, 8), date(2026, 3, 14)),
        (date(2026, 11, 15), "quarter", date(2027, 2, 15), 2, date(2027, 2, 15), date(2027, 5, 14)),
        (date(2026, 3, 1), "week", date(2025, 1, 1), 1, date(2026, 3, 1), date(2026, 3, 7)),
    ],
)
def test_a_period_begins_again_at_its_own_day(since, period, day, number, first, last):
    assert begun(since, period, day) == number
    assert (began(since, period, day), last_day(since, period, day)) == (first, last)


def test_a_promise_in_all_has_one_period_for_ever():
    assert begun(date(2020, 1, 1), "", date(2040, 1, 1)) == 1
    assert began(date(2020, 1, 1), "", date(2040, 1, 1)) == date(2020, 1, 1)


@given(DAYS, PERIODS, st.integers(0, 3000))
def test_every_day_is_in_one_period_and_the_next_follows_at_once(since, period, later):
    day = since + timedelta(days=later)
    first, last = began(since, period, day), last_day(since, period, day)

    assert first <= day <= last
    after = last + timedelta(days=1)
    assert (began(since, period, after), begun(since, period, after)) == (
        after,
        begun(since, period, day) + 1,
    )


ACCEPTED = date(2026, 3, 2)


@pytest.fixture
def place(db):
    return make_place()


def on(day):
    return clock.at(datetime(day.year, day.month, day.day, 12, tzinfo=UTC))


def weekly(place, quantity=12, **changes):
    """Twelve hours a week, promised on a Monday."""
    with on(ACCEPTED):
        return promise(place, quantity, period="week", day=ACCEPTED, **changes)


def stand(row):
    row.refresh_from_db()
    return queries.with_progress([row])[0]


def told(progress):
    return tuple(
        value // MICRO
        for value in (progress.committed, progress.fulfilled, progress.remaining, progress.over)
    )


def give_on(place, row, day, quantity, **changes):
    with on(day):
        return give(place, quantity, commitment_id=row.pk, happened_on=day, **changes)


def test_each_week_promises_as_much_again(place):
    row = weekly(place)
    give_on(place, row, date(2026, 3, 4), 12)
    give_on(place, row, date(2026, 3, 11), 7)

    with on(date(2026, 3, 12)):
        found = stand(row)
        ends = found.period_ends
        lines = statement(place.alice, place.ecosystem, place.halte.pk, Days())
    with on(date(2026, 3, 16)):
        later = stand(row)

    assert told(found.progress) == (24, 19, 5, 0)
    assert (told(found.now), ends) == ((12, 7, 5, 0), date(2026, 3, 15))
    assert [told(line.promised) for line in lines] == [(24, 19, 5, 0)]
    assert (told(later.progress), told(later.now)) == ((36, 19, 17, 0), (12, 0, 12, 0))


def test_the_ledger_has_a_line_for_each_week_in_which_something_was_given(place):
    row = weekly(place)
    for day in (date(2026, 3, 25), date(2026, 3, 26), date(2026, 3, 4)):
        give_on(place, row, day, 5)

    lines = Posting.objects.filter(commitment=row).order_by("begins_on")
    found = fulfilments(lines.values_list("ledger_id", flat=True))

    assert [line.begins_on for line in lines] == [ACCEPTED, date(2026, 3, 23)]
    assert [found[line.ledger_id].fulfilled // MICRO for line in lines] == [5, 10]
    assert [found[line.ledger_id].promised // MICRO for line in lines] == [12, 12]
    assert tally_faults(place.ecosystem) == []


def test_what_changes_counts_from_the_week_in_which_it_is_accepted(place):
    row = weekly(place)
    give_on(place, row, date(2026, 3, 4), 12)
    give_on(place, row, date(2026, 3, 18), 3)
    with on(date(2026, 3, 19)):
        version = agreements.change(by=place.alice, agreement=row.version.agreement)
        copy = version.commitments.get()
        draft = make_draft(place, 8, period="week")
        commitments.edit_commitment(by=place.alice, commitment=copy, edited=1, draft=draft)
        accept(place, version, day=date(2026, 3, 19))
        now = stand(copy)
    give_on(place, copy, date(2026, 3, 25), 2)
    with on(date(2026, 3, 26)):
        later = stand(copy)

    assert copy.since == date(2026, 3, 16)
    assert (told(now.progress), told(later.progress)) == ((8, 3, 5, 0), (16, 5, 11, 0))
    with on(date(2026, 3, 26)):
        assert told(stand(row).progress) == (12, 12, 0, 0)


def test_a_replaced_promise_counts_no_period_after_its_replacement(place):
    row = weekly(place)
    give_on(place, row, date(2026, 3, 4), 30)
    with on(date(2026, 3, 19)):
        version = agreements.change(by=place.alice, agreement=row.version.agreement)
        copy = version.commitments.get()
        draft = make_draft(place, 8, period="week")
        commitments.edit_commitment(by=place.alice, commitment=copy, edited=1, draft=draft)
        accept(place, version, day=date(2026, 3, 19))

    with on(date(2026, 6, 1)):
        former = stand(row)

    assert told(former.progress) == (24, 30, 0, 6)


def test_a_dropped_promise_counts_the_periods_that_had_begun(place):
    row = weekly(place)
    give_on(place, row, date(2026, 3, 4), 30)
    with on(date(2026, 3, 10)):
        version = agreements.change(by=place.alice, agreement=row.version.agreement)
        commitments.remove_commitment(by=place.alice, commitment=version.commitments.get())
        add(place, version, make_draft(place, 1, words="Autre chose", kind="animation"))
        accept(place, version, day=date(2026, 3, 10))

    with on(date(2026, 6, 1)):
        former = stand(row)

    assert told(former.progress) == (24, 30, 0, 6)


def test_the_same_promise_in_a_new_version_goes_on_counting(place):
    row = weekly(place)
    give_on(place, row, date(2026, 3, 4), 12)
    with on(date(2026, 3, 12)):
        version = agreements.change(by=place.alice, agreement=row.version.agreement)
        accept(place, version, day=date(2026, 3, 12))
        copy = version.commitments.get()
        assert (copy.since, told(stand(copy).progress)) == (ACCEPTED, (24, 12, 12, 0))


def test_nothing_is_promised_again_after_it_stopped(place):
    row = weekly(place)
    give_on(place, row, date(2026, 3, 4), 5)
    with on(date(2026, 3, 10)):
        look = Look(outcome="close", kept="partly", day=date(2026, 3, 10))
        commitments.review(by=place.alice, commitment=row, key=row.key, look=look)
    with on(date(2026, 6, 1)):
        found = stand(row)

    assert (told(found.progress), found.now) == ((5, 5, 0, 0), None)


def test_days_fulfil_what_was_promised_in_half_days_and_hours_do_not(place):
    row = promise(place, 4, unit="half_day")

    give(place, 1, unit="day", commitment_id=row.pk)
    give(place, 1, unit="half_day", commitment_id=row.pk)
    with pytest.raises(Invalid) as refusal:
        give(place, 4, unit="hour", commitment_id=row.pk)

    assert told(stand(row).progress) == (4, 3, 1, 0)
    assert refusal.value.field == "commitment"
    assert tally_faults(place.ecosystem) == []
