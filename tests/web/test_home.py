# SPDX-License-Identifier: AGPL-3.0-or-later
import pytest
from django.urls import reverse

from tests.factories import join, make_ecosystem, make_organisation, make_user, represent

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
