# SPDX-License-Identifier: AGPL-3.0-or-later
"""What was given before a promise ended counts for it, even noted afterwards."""

from datetime import date, timedelta
from uuid import uuid4

import pytest

from terreau.agreements.actions import contributions
from terreau.agreements.actions.commitments import Look, review
from terreau.agreements.actions.contributions import Right
from terreau.agreements.actions.endings import end_agreement
from terreau.agreements.models import Commitment, Posting
from terreau.agreements.queries.agreements import progress_of
from terreau.agreements.queries.entries import event_faults, tally_faults
from terreau.agreements.queries.giving import guessed, offers
from terreau.core import clock
from terreau.core.errors import Invalid
from terreau.core.quantities import MICRO
from terreau.ledger.verify import differences
from tests.agreements.factories import give, make_place, promise

pytestmark = pytest.mark.django_db

TODAY = clock.today()
CLOSED = TODAY - timedelta(days=10)
BEFORE, AFTER = CLOSED - timedelta(days=20), CLOSED + timedelta(days=1)


@pytest.fixture
def place():
    return make_place()


def close(place, row):
    look = Look("close", kept="partly", day=CLOSED)
    review(by=place.alice, commitment=row, key=uuid4(), look=look)


def stand(row):
    found = Commitment.objects.select_related("version").get(pk=row.pk)
    return progress_of([found])[row.pk]


@pytest.mark.parametrize("end", ["promise", "agreement"])
@pytest.mark.parametrize("period", ["", "week"])
def test_a_gift_of_before_the_end_counts_for_the_promise(place, end, period):
    row = promise(place, 10, period=period)
    if end == "promise":
        close(place, row)
    else:
        end_agreement(by=place.alice, agreement=row.version.agreement, day=CLOSED)

    late = give(place, 4, commitment_id=row.pk, happened_on=BEFORE)
    last = give(place, 2, commitment_id=row.pk, happened_on=CLOSED)
    right = Right(3 * MICRO, "hour", BEFORE)
    contributions.rectify(by=place.alice, contribution=late, key=uuid4(), right=right)

    found = stand(row)
    assert (found.fulfilled, found.remaining, found.over) == (5 * MICRO, 0, 0)
    assert last.posting.commitment == row
    assert not Posting.objects.filter(withdrawn_on=None).exists()
    assert (tally_faults(place.ecosystem), list(event_faults(place.ecosystem))) == ([], [])
    assert list(differences()) == []


def test_a_gift_of_after_the_end_says_when_it_ended(place):
    row = promise(place, 10)
    close(place, row)

    with pytest.raises(Invalid, match=f"{CLOSED:%d/%m/%Y}") as refusal:
        give(place, 4, commitment_id=row.pk, happened_on=AFTER)

    assert refusal.value.field == "commitment"


def test_a_promise_that_ended_is_guessed_when_none_that_runs_fits(place):
    closed = promise(place, 10)
    close(place, closed)
    sides = {"giver_id": place.halte.pk, "receiver_id": place.council.pk, "unit": "hour"}

    def guess(day):
        return guessed(offers(place.alice, place.ecosystem, "time"), day=day, **sides)

    assert (guess(BEFORE), guess(AFTER)) == (closed.pk, None)
    running = promise(place, 20)
    assert (guess(BEFORE), guess(AFTER)) == (running.pk, running.pk)


def test_a_promise_that_ended_long_ago_is_not_offered(place):
    row = promise(place, 10)
    close(place, row)
    Commitment.objects.update(closed_on=date(2022, 1, 1))

    assert offers(place.alice, place.ecosystem, "time") == []
