# SPDX-License-Identifier: AGPL-3.0-or-later
from datetime import timedelta

import pytest

from terreau.agreements.actions.agreements import propose
from terreau.agreements.queries import agreements, contributions
from terreau.core import clock
from terreau.overview.mine import waiting_for
from tests.agreements.factories import accept, add, give, make_draft, make_place, open_version

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
