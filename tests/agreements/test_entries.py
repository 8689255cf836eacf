# SPDX-License-Identifier: AGPL-3.0-or-later
"""What ``terreau verify`` asks of contributions: each says what the ledger holds of it."""

from uuid import uuid4

import pytest

from terreau.agreements.actions import contributions as actions
from terreau.agreements.actions.contributions import Right
from terreau.agreements.models import Contribution
from terreau.agreements.queries.entries import event_faults
from terreau.core.quantities import MICRO
from terreau.ledger import actions as ledger
from tests.agreements.factories import give, make_place

pytestmark = pytest.mark.django_db


@pytest.fixture
def place():
    """One contribution as given, one undone, one rectified."""
    place = make_place()
    give(place, 3)
    undone, rectified = give(place, 4), give(place, 5)
    actions.undo(by=undone.recorded_by.user, contribution=undone, key=uuid4())
    right = Right(6 * MICRO, "hour", rectified.happened_on)
    actions.rectify(by=rectified.recorded_by.user, contribution=rectified, key=uuid4(), right=right)
    return place


def test_contributions_agree_with_the_ledger(place):
    assert list(event_faults(place.ecosystem)) == []


def test_a_changed_quantity_is_found(place):
    row = Contribution.objects.get(quantity=6 * MICRO)
    Contribution.objects.filter(pk=row.pk).update(quantity=7 * MICRO)

    assert list(event_faults(place.ecosystem)) == [
        f"contribution {row.pk} : 7000000, le registre dit 6000000"
    ]


def test_an_event_taken_back_behind_a_contribution_is_found(place):
    row = Contribution.objects.get(quantity=3 * MICRO)
    ledger.back_out(by=row.recorded_by.user, event_id=row.event_id, key=uuid4())

    assert [fault.split(" : ")[0] for fault in event_faults(place.ecosystem)] == [
        f"contribution {row.pk}"
    ]


def test_a_lost_event_is_found(place):
    row = Contribution.objects.get(quantity=3 * MICRO)
    Contribution.objects.filter(pk=row.pk).update(event_id=10**9)

    assert [fault[-4:] for fault in event_faults(place.ecosystem)] == ["None"]
