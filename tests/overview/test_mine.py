# SPDX-License-Identifier: AGPL-3.0-or-later
from datetime import timedelta

import pytest

from terreau.agreements.actions.agreements import propose
from terreau.agreements.queries import agreements, contributions
from terreau.core import clock
from terreau.ecosystems.models import NamingNotice, Presence
from terreau.overview.mine import waiting_for
from terreau.people.enums import RoleKind
from tests.agreements.factories import accept, add, give, make_draft, make_place, open_version
from tests.factories import join, make_ecosystem, make_user

pytestmark = pytest.mark.django_db


def test_nothing_waits_in_a_new_cooperation():
    assert waiting_for(make_place().alice) == {}


def test_a_contribution_waits_for_who_received_it_alone():
    place = make_place()
    give(place)
    give(place)

    told = {user: waiting_for(user) for user in (place.alice, place.basile, place.chloe)}

    assert told == {
        place.alice: {},
        place.basile: {place.ecosystem.pk: "2 contributions attendent votre « D'accord »"},
        place.chloe: {},
    }
    assert contributions.awaiting(place.basile, place.ecosystem).count() == 2


def test_what_was_given_to_all_of_us_waits_for_the_pilot():
    place = make_place()
    give(place, receiver_id=place.ecosystem.agent_id)

    assert waiting_for(place.pilot) == {
        place.ecosystem.pk: "1 contribution attend votre « D'accord »"
    }


def test_a_promise_to_look_at_together_says_its_day():
    place = make_place()
    day = clock.today() + timedelta(days=3)
    version = open_version(place)
    add(place, version, make_draft(place, review_on=day))
    accept(place, version)

    assert waiting_for(place.alice) == {
        place.ecosystem.pk: f"Un engagement à revoir ensemble (prévu le {day:%d/%m/%Y})"
    }


def test_an_agreement_to_answer_comes_first():
    place = make_place()
    give(place)
    version = open_version(place)
    add(place, version, make_draft(place))
    propose(by=place.alice, version=version)

    told = waiting_for(place.basile)

    assert told == {place.ecosystem.pk: "1 accord attend votre réponse"}
    assert agreements.to_answer(place.basile, place.ecosystem).count() == 1


def test_keys_held_alone_wait_for_who_holds_them():
    ecosystem = make_ecosystem()
    pilot = join(make_user("Prune"), ecosystem, RoleKind.PILOT)
    member = join(make_user("Alice"), ecosystem)

    alone = (waiting_for(pilot), waiting_for(member))
    join(make_user("Odile"), ecosystem, RoleKind.KEY_HOLDER)

    assert alone == ({ecosystem.pk: "Une deuxième personne pour garder les clés"}, {})
    assert waiting_for(pilot) == {}


def test_what_is_about_to_be_said_of_somebody_in_public_comes_first():
    place = make_place()
    give(place)
    presence = Presence.objects.create(
        ecosystem=place.ecosystem,
        space=place.ecosystem.circle,
        author=place.council,
        recorded_by=place.basile.agent,
        agent=place.council,
    )
    NamingNotice.objects.create(
        presence=presence,
        sent_on=clock.today(),
        effective_on=clock.today() + timedelta(days=7),
        given_by=place.pilot.agent,
    )

    assert waiting_for(place.basile) == {
        place.ecosystem.pk: "Dites si le nom de Communauté de communes peut paraître en public"
    }
    assert waiting_for(place.alice) == {}
