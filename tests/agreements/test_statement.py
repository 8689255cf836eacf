# SPDX-License-Identifier: AGPL-3.0-or-later
"""The statement over any history: corrections, discussions, over-fulfilment, new versions."""

from collections import Counter
from datetime import date, timedelta
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from terreau.agreements.actions import contributions, discussions
from terreau.agreements.actions.commitments import Look, review
from terreau.agreements.actions.contributions import Right
from terreau.agreements.actions.tallies import rebuild
from terreau.agreements.enums import ContributionState as State
from terreau.agreements.models import Contribution, Discussion, Tally
from terreau.agreements.queries.agreements import progress_of
from terreau.agreements.queries.entries import tally_faults
from terreau.agreements.queries.statement import Period, statement
from terreau.core import clock
from terreau.core.errors import Refusal
from terreau.core.quantities import MICRO
from terreau.ledger import queries as ledger
from tests.agreements.factories import give, make_place, promise
from tests.agreements.test_agreements import next_version

FIRST = date(2025, 1, 1)

steps = st.lists(
    st.tuples(
        st.sampled_from(
            ("give", "give", "give freely", "undo", "rectify", "confirm", "talk", "end",
             "version", "close")
        ),
        st.integers(0, 30),
        st.integers(1, 40),
        st.integers(0, 400),
    ),
    min_size=1,
    max_size=14,
)  # fmt: skip


class History:
    """Plays steps on a small place: La Halte promised the council 30 hours."""

    def __init__(self) -> None:
        self.place = make_place()
        self.commitment = promise(self.place, 30)

    def play(self, played) -> None:
        for name, which, amount, days in played:
            rows = list(Contribution.objects.order_by("pk"))
            row = rows[which % len(rows)] if rows else None
            try:
                getattr(self, name.replace(" ", "_"))(row, amount, days)
            except Refusal:
                continue

    def give(self, row, amount, days):
        day = FIRST + timedelta(days=days)
        give(self.place, amount, commitment_id=self.commitment.pk, happened_on=day)

    def give_freely(self, row, amount, days):
        day = FIRST + timedelta(days=days)
        give(self.place, amount, unit=("hour", "day")[amount % 2], happened_on=day)

    def undo(self, row, amount, days):
        if row:
            contributions.undo(by=self.place.alice, contribution=row, key=uuid4())

    def rectify(self, row, amount, days):
        right = Right(amount * MICRO, ("hour", "day")[days % 5 == 0], FIRST + timedelta(days=days))
        if row:
            contributions.rectify(by=self.place.alice, contribution=row, key=uuid4(), right=right)

    def confirm(self, row, amount, days):
        if row:
            contributions.confirm(
                by=self.place.basile, ecosystem=self.place.ecosystem, contributions=[row]
            )

    def talk(self, row, amount, days):
        if row:
            discussions.open_discussion(
                by=self.place.basile,
                contribution=row,
                key=uuid4(),
                opening=discussions.Opening("Parlons-en.", self.place.lab.pk),
            )

    def end(self, row, amount, days):
        found = Discussion.objects.filter(closed_on__isnull=True).first()
        if found:
            agreed = (amount % 4) * 5 * MICRO
            discussions.propose_end(
                by=self.place.alice, discussion=found, quantity=agreed, lesson="Compter d'abord."
            )
            discussions.agree_end(by=self.place.basile, discussion=found, key=uuid4())

    def version(self, row, amount, days):
        self.commitment.refresh_from_db()
        if self.commitment.closed_on is None:
            self.commitment = next_version(self.place, self.commitment, quantity=amount)

    def close(self, row, amount, days):
        look = Look("close", kept="partly")
        review(by=self.place.alice, commitment=self.commitment, key=uuid4(), look=look)


def sums(lines):
    """Return what was given of each kind and unit."""
    return {(line.kind, line.unit): line.given for line in lines if line.given.given}


class AnyHistory(TestCase):
    @settings(max_examples=25)
    @given(steps)
    def test_the_identities_hold(self, played):
        history = History()
        history.play(played)
        ecosystem, halte = history.place.ecosystem, history.place.halte
        alice = history.place.alice

        lines = statement(alice, ecosystem, halte.pk, Period())

        for line in lines:
            weights = line.given
            assert weights.given == weights.fulfilled + weights.uncommitted
            assert weights.given == weights.confirmed + weights.awaiting + weights.discussed
            promised = line.promised
            assert promised.fulfilled + line.remaining == promised.committed + line.over
            assert promised.fulfilled == weights.fulfilled
        assert tally_faults(ecosystem) == []
        assert sums(lines) == sums(statement(alice, ecosystem, None, Period()))
        self.compare_with_rows(lines)
        self.compare_with_the_ledger(history)

    def compare_with_rows(self, lines):
        """Count again from the contributions, without the totals."""
        counted = Counter()
        for row in Contribution.objects.exclude(state=State.UNDONE):
            counted[row.kind, row.unit] += row.quantity
        assert {place: weights.given for place, weights in sums(lines).items()} == dict(counted)

    def compare_with_the_ledger(self, history):
        """Each contribution holds the value of its last event; undone ones were taken back."""
        rows = {row.event_id: row for row in Contribution.objects.all()}
        for event in ledger.events(rows):
            row = rows[event.pk]
            measured = (event.effort, event.effort_unit) if event.effort else (
                event.quantity, event.unit
            )  # fmt: skip
            assert measured == (row.quantity, row.unit)
        current = type(history.commitment).objects.select_related("version")
        stand = progress_of([current.get(pk=history.commitment.pk)])[history.commitment.pk]
        linked = Contribution.objects.filter(posting__commitment=history.commitment)
        given = sum(
            row.quantity
            for row in linked.filter(state__in=(State.AWAITING, State.CONFIRMED, State.CORRECTING))
        )
        assert stand.fulfilled == given

    @settings(max_examples=25)
    @given(steps, st.integers(0, 420), st.integers(0, 420))
    def test_any_period_is_the_sum_of_its_parts(self, played, one, other):
        history = History()
        history.play(played)
        ecosystem, halte = history.place.ecosystem, history.place.halte
        alice = history.place.alice
        start, end = (FIRST + timedelta(days=days) for days in sorted((one, other)))
        cut = start + (end - start) // 2

        whole = sums(statement(alice, ecosystem, halte.pk, Period(start, end)))
        parts = [
            sums(statement(alice, ecosystem, halte.pk, Period(start, cut))),
            sums(statement(alice, ecosystem, halte.pk, Period(cut + timedelta(days=1), end))),
        ]

        added = {}
        for part in parts:
            for place, weights in part.items():
                added[place] = added[place] + weights if place in added else weights
        assert added == whole
        counted = Counter()
        rows = Contribution.objects.filter(happened_on__range=(start, end))
        for row in rows.exclude(state=State.UNDONE):
            counted[row.kind, row.unit] += row.quantity
        assert {place: weights.given for place, weights in whole.items()} == dict(counted)


@pytest.mark.django_db
def test_what_is_in_discussion_does_not_fulfil_until_it_ends():
    place = make_place()
    commitment = promise(place, 100)
    row = give(place, 60, commitment_id=commitment.pk)
    discussion = discussions.open_discussion(
        by=place.basile, contribution=row, key=uuid4(), opening=discussions.Opening("Parlons-en.")
    )
    (during,) = statement(place.alice, place.ecosystem, place.halte.pk, Period())
    discussions.propose_end(
        by=place.alice, discussion=discussion, quantity=40 * MICRO, lesson="Compter d'abord."
    )
    discussions.agree_end(by=place.basile, discussion=discussion, key=uuid4())

    (after,) = statement(place.alice, place.ecosystem, place.halte.pk, Period())

    assert (during.given.discussed, during.given.fulfilled, during.remaining) == (
        60 * MICRO,
        0,
        100 * MICRO,
    )
    assert (after.given.confirmed, after.given.fulfilled, after.remaining) == (
        40 * MICRO,
        40 * MICRO,
        60 * MICRO,
    )


@pytest.mark.django_db
def test_units_are_never_added_and_what_others_promised_stands_apart():
    place = make_place()
    promise(place, 10, provider_id=place.council.pk, receiver_id=place.halte.pk)
    give(place, 3)
    give(place, 2, unit="half_day")

    found = statement(place.alice, place.ecosystem, place.halte.pk, Period())
    lines = {line.unit: line for line in found}

    assert {unit: line.given.given for unit, line in lines.items()} == {
        "hour": 3 * MICRO,
        "half_day": 2 * MICRO,
    }
    assert (lines["hour"].expected, lines["hour"].still_expected, lines["hour"].remaining) == (
        10 * MICRO,
        10 * MICRO,
        0,
    )


@pytest.mark.django_db
def test_totals_can_be_counted_again_from_nothing():
    place = make_place()
    for number in range(3):
        give(place, number + 1, happened_on=clock.today() - timedelta(days=40 * number))
    before = list(Tally.objects.order_by("side", "month").values_list("side", "month", "given"))
    Tally.objects.update(given=7)
    assert len(tally_faults(place.ecosystem)) == len(before)

    rebuild(place.ecosystem)

    after = list(Tally.objects.order_by("side", "month").values_list("side", "month", "given"))
    assert (after, tally_faults(place.ecosystem)) == (before, [])
