# SPDX-License-Identifier: AGPL-3.0-or-later
import io
import json
import zipfile

import pytest
from django.urls import reverse

from terreau.ecosystems.models import LogEntry, Presence
from terreau.people.enums import Level, RoleKind
from terreau.people.models import Mandate, Role
from tests.factories import join, make_ecosystem, make_organisation, make_user, represent
from tests.overview.test_my_data import make_note
from tests.web.reading import post_as_read

pytestmark = pytest.mark.django_db


def close(client, **fields):
    return client.post(
        reverse("account_close"), {"reason": "mission_ended", "sure": "on", **fields}
    )


def test_one_changes_one_s_name(client):
    alice = make_user("Alice")
    client.force_login(alice)

    post_as_read(client, reverse("account_page"), {"name": " Alix "})

    alice.agent.refresh_from_db()
    assert alice.agent.name == "Alix"


def test_my_account_shows_roles_and_mandates_with_their_dates(client):
    ecosystem = make_ecosystem("Aller et revenir")
    alice = join(make_user("Alice"), ecosystem, RoleKind.PILOT)
    represent(alice, make_organisation("La Halte"))
    client.force_login(alice)

    page = client.get(reverse("account_page")).content.decode()

    for told in ("Aller et revenir", "pilote", "La Halte", "1 janvier 2020"):
        assert page.count(told) >= 1, told


def test_my_data_come_as_one_file(client):
    alice = make_user("Alice")
    client.force_login(alice)

    answer = client.get(reverse("account_data"))

    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        told = json.loads(archive.read("mes-donnees.json"))
    assert told["compte"]["adresse"] == alice.email
    assert answer["Content-Disposition"].startswith('attachment; filename="mes-donnees-')


def test_closing_empties_the_account_and_keeps_what_was_common(client):
    ecosystem = make_ecosystem()
    alice = join(make_user("Alice", password="une phrase assez longue"), ecosystem)
    represent(alice, make_organisation("La Halte"))
    alice.emailaddress_set.create(email=alice.email, verified=True, primary=True)
    alice.authenticator_set.create(type="totp", data={"secret": "x"})
    make_note(alice, ecosystem, "pour moi", Level.AUTHOR)
    make_note(alice, ecosystem, "pour tout le cercle", Level.CIRCLE)
    Presence.objects.create(
        ecosystem=ecosystem,
        agent=alice.agent,
        cares="mon potager",
        space=ecosystem.circle,
        author=alice.agent,
        recorded_by=alice.agent,
    )
    old_address = alice.email
    client.force_login(alice)

    answer = close(client)

    alice.refresh_from_db()
    assert answer.url == reverse("account_closed")
    assert "_auth_user_id" not in client.session
    assert (alice.is_active, alice.has_usable_password()) == (False, False)
    assert alice.email != old_address
    assert alice.agent.name == "Une personne qui a fermé son compte"
    assert (alice.emailaddress_set.count(), alice.authenticator_set.count()) == (0, 0)
    assert list(LogEntry.objects.values_list("text", flat=True)) == ["pour tout le cercle"]
    assert Presence.objects.get().cares == ""
    role = Role.objects.get(agent=alice.agent)
    assert (role.until is not None, role.end_reason) == (True, "mission_ended")
    assert Mandate.objects.filter(person=alice.agent, until__isnull=True).count() == 0


def test_closing_ends_the_other_sessions_too(client):
    alice = make_user("Alice")
    client.force_login(alice)
    from django.test import Client

    other = Client()
    other.force_login(alice)
    close(client)

    assert other.get(reverse("account_page")).status_code == 302


def test_closing_asks_to_be_sure(client):
    alice = make_user("Alice")
    client.force_login(alice)

    answer = close(client, sure="")

    alice.refresh_from_db()
    assert "rien n&#x27;est encore fermé" in answer.content.decode()
    assert alice.is_active


def test_who_alone_holds_the_keys_is_warned(client):
    ecosystem = make_ecosystem("Aller et revenir")
    alice = join(make_user("Alice"), ecosystem, RoleKind.KEY_HOLDER)
    client.force_login(alice)
    alone = client.get(reverse("account_closure")).content.decode()

    join(make_user("Bob"), ecosystem, RoleKind.KEY_HOLDER)
    shared = client.get(reverse("account_closure")).content.decode()

    assert "Personne d'autre ne garde les clés" in alone
    assert "Personne d'autre ne garde les clés" not in shared
