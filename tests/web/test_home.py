# SPDX-License-Identifier: AGPL-3.0-or-later
import re

import pytest
from django.urls import reverse

from terreau.people.actions import give_mandate, give_role
from terreau.people.enums import RoleKind
from tests.factories import LONG_AGO, join, make_ecosystem, make_organisation, make_user, represent
from tests.web.reading import folded

pytestmark = pytest.mark.django_db


def test_the_count_of_readers_follows_the_level(client):
    ecosystem = make_ecosystem()
    alice = join(make_user("Alice"), ecosystem)
    represent(make_user("Bob"), make_organisation("La Halte"), ecosystem)
    client.force_login(alice)
    address = reverse("home_readers", args=[ecosystem.slug])

    answers = {
        level: client.get(address, {"level": level}).content.decode()
        for level in ("circle", "author", "public")
    }

    assert answers == {
        "circle": "2 personnes de 1 organisation le liront",
        "author": "personne d'autre que vous ne le lira",
        "public": "tout le monde pourra le lire",
    }


def test_the_count_of_readers_counts_who_receives_from_outside_the_circle(client):
    ecosystem = make_ecosystem()
    alice = join(make_user("Alice"), ecosystem)
    taxi, stranger = make_organisation("Taxi du Val"), make_organisation("Ailleurs")
    give_role(agent=taxi, space=ecosystem.space, kind=RoleKind.PARTNER, since=LONG_AGO)
    for name, agent in (("Gaspard", taxi), ("Zoé", stranger)):
        give_mandate(person=make_user(name).agent, organisation=agent, since=LONG_AGO)
    client.force_login(alice)
    address = reverse("home_readers", args=[ecosystem.slug])

    answers = [
        client.get(address, {"level": "circle", "receiver": receiver}).content.decode()
        for receiver in (taxi.pk, ecosystem.agent_id, stranger.pk, "x")
    ]

    alone = "personne d'autre que vous ne le lira"
    assert answers == ["2 personnes de 1 organisation le liront", alone, alone, alone]


def test_the_count_of_readers_refuses_a_level_that_does_not_exist(client):
    ecosystem = make_ecosystem()
    client.force_login(join(make_user(), ecosystem))

    answer = client.get(reverse("home_readers", args=[ecosystem.slug]), {"level": "moon"})

    assert answer.status_code == 422


def test_adding_is_a_page_of_its_own_and_is_closed_to_others(client):
    ecosystem = make_ecosystem()
    client.force_login(join(make_user(), ecosystem))
    address = reverse("home_add", args=[ecosystem.slug])

    inside = client.get(address)
    client.force_login(make_user("Bob"))
    outside = client.get(address)

    assert (inside.status_code, outside.status_code) == (200, 404)
    assert "<h1>Ajouter</h1>" in inside.content.decode()
    assert "Nous ne trouvons pas cette page" in outside.content.decode()


def test_with_one_cooperation_one_goes_straight_to_it(client):
    ecosystem = make_ecosystem()
    client.force_login(join(make_user(), ecosystem))

    straight = client.get(reverse("home_mine"))
    asked = client.get(reverse("home_mine"), {"toutes": ""})

    assert straight.url == reverse("week_page", args=[ecosystem.slug])
    assert asked.status_code == 200


def test_with_several_cooperations_each_shows_what_i_am_there(client):
    alice = make_user("Alice")
    first, second = make_ecosystem("Aller et revenir"), make_ecosystem("Manger ici")
    join(alice, first, RoleKind.PILOT)
    represent(alice, make_organisation("La Halte"), second)
    make_ecosystem("Celle des autres")
    client.force_login(alice)

    page = folded(client.get(reverse("home_mine")).content.decode())

    assert re.findall(r'class="card-title">(?:<a [^>]*>)?([^<]+)<', page) == [
        "Aller et revenir",
        "Manger ici",
    ]
    assert re.findall(r'class="badge badge-\w+">([^<]+)<', page) == [
        "pilote",
        "membre du premier cercle (La Halte)",
    ]


def test_with_none_one_is_told_how_to_begin(client):
    client.force_login(make_user())

    page = client.get(reverse("home_mine")).content.decode()

    assert "Vous n'êtes encore dans aucune coopération" in page


@pytest.mark.parametrize("count", [2, 4])
def test_my_cooperations_cost_the_same_number_of_queries(client, count, django_assert_num_queries):
    alice = make_user()
    for number in range(count):
        join(alice, make_ecosystem(f"Coopération {number}"))
    client.force_login(alice)

    with django_assert_num_queries(15):
        client.get(reverse("home_mine"))
