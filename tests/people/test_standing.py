# SPDX-License-Identifier: AGPL-3.0-or-later
"""``standing`` is a short cut: it says what the reach says, whatever the roles and mandates."""

from datetime import timedelta

import pytest
from django.utils import timezone

from terreau.core import clock
from terreau.people.models import Mandate, Role
from terreau.people.queries import Standing, mandates_of, standing
from terreau.people.rules import can_enter
from tests.factories import join, make_ecosystem, make_organisation, make_user, represent

pytestmark = pytest.mark.django_db

YESTERDAY, TOMORROW = timedelta(days=-1), timedelta(days=1)


def told(user, space, organisation=None):
    """The same, worked out from the reach."""
    other = organisation.pk if organisation else None
    mandate = mandates_of(user).filter(organisation_id=other).first()
    return Standing(can_enter(user, space), mandate.pk if mandate else None)


def test_standing_says_what_the_reach_says():
    ecosystem, other = make_ecosystem(), make_ecosystem()
    halte, garage = make_organisation("La Halte"), make_organisation("Le Garage")
    member, speaker, stranger = make_user("Alice"), make_user("Basile"), make_user("Zoé")
    join(member, ecosystem)
    represent(speaker, halte, ecosystem)

    for user in (member, speaker, stranger):
        for space in (ecosystem.space, other.space):
            for organisation in (None, halte, garage):
                found = standing(user, space.pk, organisation.pk if organisation else None)
                assert found == told(user, space, organisation)
    assert standing(speaker, ecosystem.space.pk).belongs


@pytest.mark.parametrize("model", [Role, Mandate])
@pytest.mark.parametrize(
    ("since", "until"),
    [(TOMORROW, None), (YESTERDAY, YESTERDAY), (YESTERDAY, timedelta(0)), (timedelta(0), TOMORROW)],
)
def test_standing_counts_what_runs_today(model, since, until):
    ecosystem, halte = make_ecosystem(), make_organisation()
    user = make_user("Alice")
    represent(user, halte, ecosystem)
    today = clock.today()
    model.objects.update(since=today + since, until=None if until is None else today + until)

    found = standing(user, ecosystem.space.pk, halte.pk)

    assert found == told(user, ecosystem.space, halte)
    assert found.belongs == (since <= timedelta(0) and until != YESTERDAY)


def test_a_closed_account_has_no_standing():
    ecosystem = make_ecosystem()
    user = join(make_user("Alice"), ecosystem)
    user.is_active, user.closed_at = False, timezone.now()

    assert standing(user, ecosystem.space.pk) == Standing(belongs=False, mandate=None)
