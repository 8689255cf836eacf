# SPDX-License-Identifier: AGPL-3.0-or-later
from uuid import uuid4

import pytest

from terreau.ecosystems.models import Presence
from terreau.people.models import Role
from terreau.publishing.actions import publish_sheet
from tests.ecosystems.factories import begin, note_actor
from tests.factories import make_organisation, make_user, represent
from tests.publishing.factories import make_scene

pytestmark = pytest.mark.django_db
LEVEL = {"level": "circle"}


@pytest.fixture
def pilot():
    return make_user("Samir")


@pytest.fixture
def ecosystem(pilot):
    return begin(pilot)


@pytest.fixture
def here(ecosystem):
    return f"/c/{ecosystem.slug}/qui/"


def add(client, here, **said):
    sent = {"name": "La Halte", "agent_kind": "organisation", "key": uuid4(), **LEVEL, **said}
    return client.post(f"{here}ajouter/", sent)


def test_who_may_be_the_same_is_shown_before_being_written_twice(client, pilot, ecosystem, here):
    known = note_actor(pilot, ecosystem, "Centre social Les Quatre Chemins")
    Role.objects.create(
        agent=known.agent, space=ecosystem.circle, kind="partner", since="2024-01-01"
    )
    client.force_login(pilot)

    asked = add(client, here, name="Quatre Chemins")
    picked = add(client, here, name="Quatre Chemins", same_as=known.agent_id)
    another = add(client, here, name="Quatre Chemins", same_as="new")

    assert list(asked.context["form"].errors) == ["same_as"]
    assert picked.url == f"{here}{known.pk}/"
    assert another.url != picked.url
    assert Presence.objects.count() == 2


def test_one_noted_without_a_role_is_said_at_sending_and_may_be_another(
    client, pilot, ecosystem, here
):
    note_actor(pilot, ecosystem, "Résidence des Tilleuls")
    client.force_login(pilot)

    asked = add(client, here, name="residence des tilleuls")
    shown = asked.content.decode()
    another = add(client, here, name="residence des tilleuls", same_as="new")

    assert list(asked.context["form"].errors) == ["same_as"]
    assert ("Résidence des Tilleuls" in shown, "bien une autre" in shown) == (True, True)
    assert (another.status_code, Presence.objects.count()) == (302, 2)


def test_an_organisation_of_a_published_sheet_is_shown_by_its_name_and_may_be_picked(
    client, pilot, ecosystem, here
):
    scene = make_scene("Ailleurs")
    scene.partner.place = "secret-place"
    scene.partner.save()
    client.force_login(pilot)

    before = client.get(f"{here}proches/", {"name": "la halte"}).content.decode()
    publish_sheet(by=scene.steward, ecosystem=scene.ecosystem)
    after = client.get(f"{here}proches/", {"name": "la halte"}).content.decode()
    picked = add(client, here, same_as=scene.partner.pk)

    assert ["La Halte" in page for page in (before, after)] == [False, True]
    assert "secret" not in after.lower()
    assert picked.url == f"{here}{Presence.objects.get(ecosystem=ecosystem).pk}/"
    assert Presence.objects.get(ecosystem=ecosystem).agent == scene.partner


def test_while_typing_a_name_from_elsewhere_shows_nothing(client, pilot, ecosystem, here):
    elsewhere = begin(name="Ailleurs")
    represent(make_user("Kadi"), make_organisation("Association très cachée"), elsewhere)
    note = note_actor(pilot, ecosystem, "Association du bourg")
    Role.objects.create(
        agent=note.agent, space=ecosystem.circle, kind="partner", since="2024-01-01"
    )
    client.force_login(pilot)

    shown = client.get(f"{here}proches/", {"name": "association"}).content.decode()

    assert ("du bourg" in shown, "cachée" in shown) == (True, False)
