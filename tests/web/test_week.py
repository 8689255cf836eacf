# SPDX-License-Identifier: AGPL-3.0-or-later
"""« Cette semaine »: what moves, what waits, what only those who steer see."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from terreau.core import clock
from terreau.ecosystems.models import Presence, Visit
from terreau.people.actions import invite
from terreau.people.enums import Level, RoleKind
from terreau.people.models import Mandate
from tests.agreements.factories import give, make_place, promise
from tests.ecosystems.factories import make_entry
from tests.factories import join, make_ecosystem, make_organisation, make_user, represent
from tests.web.counting import query_count
from tests.web.reading import folded

pytestmark = pytest.mark.django_db


@pytest.fixture
def ecosystem():
    return make_ecosystem()


@pytest.fixture
def pilot(ecosystem):
    return join(make_user("Paule"), ecosystem, RoleKind.PILOT)


@pytest.fixture
def alice(ecosystem):
    return join(make_user("Alice"), ecosystem)


def week(client, user, ecosystem):
    client.force_login(user)
    return client.get(reverse("week_page", args=[ecosystem.slug])).context["week"]


def test_what_moved_is_what_came_since_my_last_visit(client, ecosystem, alice):
    make_entry(alice, ecosystem, "Avant.")
    page = week(client, alice, ecosystem)
    assert [one.what for one in page.moved if one.kind == "journal"] == ["Avant."]

    client.post(reverse("week_read", args=[ecosystem.slug]), {"until": page.made_at.isoformat()})
    make_entry(alice, ecosystem, "Après.")

    assert [one.what for one in week(client, alice, ecosystem).moved] == ["Après."]


def test_opening_the_page_moves_nothing(client, ecosystem, alice):
    week(client, alice, ecosystem)

    assert Visit.objects.count() == 0


@pytest.mark.parametrize("until", ["", "hier", "2026-13-45T00:00", "2026-01-01T00:00:00"])
def test_a_moment_that_makes_no_sense_is_now(client, ecosystem, alice, until):
    client.force_login(alice)

    client.post(reverse("week_read", args=[ecosystem.slug]), {"until": until})

    assert clock.now() - Visit.objects.get().at < timedelta(minutes=1)


def test_an_older_window_does_not_hide_what_is_new(client, ecosystem, alice):
    client.force_login(alice)
    address = reverse("week_read", args=[ecosystem.slug])
    client.post(address)
    before = Visit.objects.get().at

    client.post(address, {"until": (clock.now() - timedelta(days=9)).isoformat()})

    assert Visit.objects.get().at == before


def test_secrets_do_not_move(client, ecosystem, alice, pilot):
    make_entry(alice, ecosystem, "PLANTED", level=Level.AUTHOR)

    assert [one.what for one in week(client, alice, ecosystem).moved if one.kind == "journal"] == [
        "PLANTED"
    ]
    page = client.get(reverse("week_page", args=[ecosystem.slug]))
    client.force_login(pilot)
    page = client.get(reverse("week_page", args=[ecosystem.slug]))
    assert page.content.decode().count("PLANTED") == 0


@pytest.fixture
def silent(ecosystem):
    return represent(make_user("Zoé"), make_organisation("SILENT"), ecosystem)


def test_who_to_call_is_for_those_who_steer(client, ecosystem, pilot, alice, silent):
    names = [call.agent.name for call in week(client, pilot, ecosystem).calls]

    assert names == ["Alice", "SILENT"]
    assert week(client, alice, ecosystem).calls == []
    assert client.get(reverse("week_page", args=[ecosystem.slug])).content.count(b"SILENT") == 0


def test_who_to_call_is_never_printed(client, ecosystem, pilot, silent):
    client.force_login(pilot)

    page = client.get(reverse("week_page", args=[ecosystem.slug])).content.decode()

    assert page.count('<section aria-labelledby="appeler" class="no-print">') == 1


def test_who_stepped_back_or_gave_a_sign_is_left_in_peace(client, ecosystem, pilot, alice, silent):
    make_entry(alice, ecosystem)
    Presence.objects.create(
        ecosystem=ecosystem,
        space=ecosystem.circle,
        author=silent,
        recorded_by=silent,
        agent=silent,
        away_until=clock.today() + timedelta(days=30),
    )

    assert week(client, pilot, ecosystem).calls == []


@pytest.mark.parametrize(("holders", "said"), [(0, 1), (1, 1), (2, 0)])
def test_a_missing_key_is_said(client, ecosystem, alice, holders, said):
    for _ in range(holders):
        join(make_user(), ecosystem, RoleKind.KEY_HOLDER)
    client.force_login(alice)

    page = client.get(reverse("week_page", args=[ecosystem.slug])).content.decode()

    titles = ("Plus personne ne garde les clés", "Une seule personne garde les clés")
    assert sum(page.count(title) for title in titles) == said


def test_the_question_leads_to_its_page_by_name(client, ecosystem, pilot):
    client.force_login(pilot)

    answer = client.get(reverse("week_page", args=[ecosystem.slug]))

    part = answer.context["week"].question.part
    assert f"{part}</a>" in folded(answer.content.decode())


def test_a_stranger_finds_nothing(client, ecosystem):
    client.force_login(make_user("Bob"))

    assert client.get(reverse("week_page", args=[ecosystem.slug])).status_code == 404
    assert client.post(reverse("week_read", args=[ecosystem.slug])).status_code == 404


def test_the_page_costs_the_same_at_one_and_at_thirty(client, ecosystem, pilot):
    client.force_login(pilot)
    address = reverse("week_page", args=[ecosystem.slug])
    make_entry(pilot, ecosystem)
    represent(make_user(), make_organisation("Première"), ecosystem)
    at_one = query_count(client, address)
    for number in range(29):
        make_entry(join(make_user(), ecosystem), ecosystem, f"Ligne {number}")
        represent(make_user(), make_organisation(f"Orga {number}"), ecosystem)

    assert query_count(client, address) == at_one


def test_no_percentage_and_no_ranking(client, ecosystem, pilot, silent):
    client.force_login(pilot)

    page = client.get(reverse("week_page", args=[ecosystem.slug])).content.decode()

    assert page.count("%") == 0


def test_an_organisation_is_heard_through_who_speaks_for_it(client, ecosystem, pilot, silent):
    zoe = Mandate.objects.get(organisation=silent).person.user
    join(zoe, ecosystem)
    assert [(call.agent, call.voices) for call in week(client, pilot, ecosystem).calls] == [
        (silent, ["Zoé"])
    ]

    make_entry(zoe, ecosystem, "J'étais là.")

    assert week(client, pilot, ecosystem).calls == []


def test_a_gift_that_awaits_me_is_on_top_and_what_i_promise_below(client):
    place = make_place()
    promise(place)
    gift = give(place)

    mine = week(client, place.basile, place.ecosystem)
    theirs = week(client, place.alice, place.ecosystem)

    assert (mine.awaiting, theirs.awaiting) == ([gift], [])
    assert ([one.words for one in theirs.mine], mine.mine) == (["Tenir le téléphone"], [])


def test_invitations_on_their_way_are_not_asked_for_again(client, ecosystem, pilot):
    seat = {"email": "b@exemple.invalid", "role_kind": RoleKind.KEY_HOLDER}
    invite(by=pilot, space=ecosystem.circle, key=uuid4(), address="http://ici/", **seat)
    client.force_login(pilot)

    page = folded(client.get(f"/c/{ecosystem.slug}/").content.decode())

    assert "La deuxième clé attend une réponse" in page
    assert "Une seule personne garde les clés" not in page
