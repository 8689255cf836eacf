# SPDX-License-Identifier: AGPL-3.0-or-later
"""A reach is worked out once a request, and never outlives what it rests on."""

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from terreau.people.actions import end_role, give_mandate, give_role
from terreau.people.enums import EndReason, RoleKind
from terreau.people.models import Mandate, Role
from terreau.people.visibility import reach_of, remembered
from tests.factories import LONG_AGO, join, make_ecosystem, make_organisation, make_user

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_reach_is_worked_out_once():
    user = join(make_user("Alice"), make_ecosystem())

    with remembered(), CaptureQueriesContext(connection) as queries:
        first, second = reach_of(user), reach_of(user)

    assert (first == second, len(queries)) == (True, 1)


def test_outside_a_request_nothing_is_remembered():
    user = join(make_user("Alice"), make_ecosystem())

    with CaptureQueriesContext(connection) as queries:
        reach_of(user)
        reach_of(user)

    assert len(queries) == 2


def test_two_readers_are_not_confused():
    ecosystem, other = make_ecosystem(), make_ecosystem()
    alice, basile = join(make_user("Alice"), ecosystem), join(make_user("Basile"), other)

    with remembered():
        reaches = [reach_of(one).roots for one in (alice, basile, alice)]

    assert reaches == [{ecosystem.space_id}, {other.space_id}, {ecosystem.space_id}]


@pytest.mark.parametrize(
    "change",
    [
        lambda user, place: give_role(
            agent=user.agent, space=place.circle, kind=RoleKind.PILOT, since=LONG_AGO
        ),
        lambda user, place: end_role(role=Role.objects.get(), reason=EndReason.PAUSE),
        lambda user, place: Role.objects.all().delete(),
        lambda user, place: Role.objects.update(kind=RoleKind.PILOT),
        lambda user, place: give_mandate(
            person=user.agent, organisation=make_organisation(), since=LONG_AGO
        ),
        lambda user, place: Mandate.objects.bulk_create(
            [Mandate(person=user.agent, organisation=make_organisation(), since=LONG_AGO)]
        ),
    ],
)
def test_a_change_is_seen_at_once(change):
    place = make_ecosystem()
    user = join(make_user("Alice"), place)

    with remembered():
        reach_of(user)
        change(user, place)
        found = reach_of(user)

    assert found == reach_of(user)


def test_what_is_rolled_back_is_not_remembered():
    place = make_ecosystem()
    user = make_user("Alice")

    with remembered():
        with transaction.atomic():
            join(user, place)
            inside = reach_of(user)
            transaction.set_rollback(True)
        after = reach_of(user)

    assert (inside.roots, after.roots) == ({place.space_id}, frozenset())
