# SPDX-License-Identifier: AGPL-3.0-or-later
"""The count on a save button: by level, and those whom it concerns even outside the circle."""

import pytest

from terreau.agreements.queries.readers import readers_of
from terreau.people.actions import give_mandate, give_role
from terreau.people.enums import RoleKind
from terreau.people.queries import readers_count
from tests.agreements.factories import give, make_place, open_version
from tests.factories import LONG_AGO, make_organisation, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def place():
    return make_place()


@pytest.fixture
def outside(place):
    """An organisation of the wider circle, and who speaks for it."""
    taxi = make_organisation("Taxi du Val")
    give_mandate(person=make_user("Gaspard").agent, organisation=taxi, since=LONG_AGO)
    give_role(agent=taxi, space=place.ecosystem.space, kind=RoleKind.PARTNER, since=LONG_AGO)
    return taxi


def test_a_party_outside_the_circle_is_counted_among_the_readers(place, outside):
    circle = readers_count(place.ecosystem.circle, "circle")
    inside = open_version(place).agreement
    wider = open_version(place, parties=[place.council.pk, outside.pk]).agreement

    assert readers_of(inside) == circle
    found = readers_of(wider)
    assert (found.people, found.organisations) == (circle.people + 1, circle.organisations + 1)


def test_who_receives_is_counted_and_all_of_us_are_nobody_more(place, outside):
    circle = readers_count(place.ecosystem.circle, "circle")

    to_taxi = readers_of(give(place, receiver_id=outside.pk))
    to_all = readers_of(give(place, receiver_id=place.ecosystem.agent_id))

    assert (to_taxi.people, to_all) == (circle.people + 1, circle)
