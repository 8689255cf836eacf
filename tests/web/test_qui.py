# SPDX-License-Identifier: AGPL-3.0-or-later
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from terreau.core import clock
from terreau.ecosystems.actions import guests
from terreau.ecosystems.actions.presence import Lines, edit_lines
from terreau.ecosystems.models import ActorKind, LogEntry, Presence
from terreau.people.actions import open_guest_link
from terreau.people.enums import Level, RoleKind
from terreau.people.models import GuestLink, Invitation, Role
from terreau.people.rules import can_enter, can_speak_for
from tests.ecosystems.factories import begin, note_actor
from tests.factories import join, make_organisation, make_user, represent
from tests.web.reading import folded, post_as_read

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


def test_an_empty_page_says_what_to_do(client, pilot, here):
    client.force_login(pilot)

    page = client.get(here).content.decode()

    assert "Personne n'est encore noté ici" in page.replace("&#x27;", "'")
    assert "Une seule personne garde les clés" in page


def test_a_name_is_enough_and_twice_is_once(client, pilot, here):
    client.force_login(pilot)
    key = uuid4()

    first, again = add(client, here, key=key), add(client, here, key=key, same_as="new")

    assert first.url == again.url == f"{here}{Presence.objects.get().pk}/"


def test_a_number_that_seems_wrong_is_said_and_kept(client, pilot, here):
    client.force_login(pilot)

    answer = add(client, here, siren="123 456 789")
    page = client.get(answer.url).content.decode()

    assert "sa clé ne tombe pas juste" in page
    assert Presence.objects.get().agent.siren == "123456789"


def test_the_post_is_known_by_its_own_rule(client, pilot, here):
    client.force_login(pilot)

    answer = add(client, here, siret="356 000 000 00048")

    assert "SIRET" not in "".join(str(m) for m in client.get(answer.url).context["messages"])


def test_markup_and_formulas_stay_text(client, pilot, here):
    client.force_login(pilot)
    add(client, here, name="<script>alert(1)</script>", cares="=1+1")

    page = client.get(here).content.decode()
    file = client.get(f"{here}?format=csv").content.decode()

    assert "<script>alert(1)" not in page
    assert "'=1+1" in file


def test_lines_of_two_people_are_both_shown(client, pilot, ecosystem, here):
    noted = note_actor(pilot, ecosystem)
    edit_lines(by=pilot, presence=noted, version=1, lines=Lines(cares="écrit par un autre"))
    client.force_login(pilot)

    sent = {"cares": "écrit par moi", "version": 1, "key": uuid4(), **LEVEL}
    page = client.post(f"{here}{noted.pk}/quatre-lignes/", sent).content.decode()
    final = client.post(f"{here}{noted.pk}/quatre-lignes/", {**sent, "version": 2})

    assert ("écrit par un autre" in page, "écrit par moi" in page) == (True, True)
    assert 'name="version" value="2"' in page
    assert final.status_code == 302
    assert Presence.objects.get().cares == "écrit par moi"


def test_a_member_sees_what_is_shown_of_them_and_steps_back(client, pilot, ecosystem, here):
    noted = note_actor(pilot, ecosystem)
    speaker = make_user("Odile")
    represent(speaker, noted.agent, ecosystem)
    client.force_login(speaker)
    until = clock.today() + timedelta(days=20)

    own = client.get(f"{here}{noted.pk}/").content.decode()
    post_as_read(client, f"{here}{noted.pk}/en-retrait/", {"until": until})

    assert "Ce qui est montré de vous" in own
    assert "en retrait jusqu" in client.get(here).content.decode()
    client.force_login(pilot)
    assert "Ce qui est montré de vous" not in client.get(f"{here}{noted.pk}/").content.decode()
    post_as_read(client, f"{here}{noted.pk}/en-retrait/", {"until": ""})
    assert Presence.objects.get().away_until == until


def test_a_member_presents_the_organisation_they_speak_for(client, ecosystem, here):
    speaker = make_user("Odile")
    halte = represent(speaker, make_organisation("La Halte"), ecosystem)
    other = represent(make_user("Kadi"), make_organisation("Une autre"), ecosystem)
    client.force_login(speaker)

    first = client.post(f"{here}se-presenter/{halte.pk}/")
    again = client.post(f"{here}se-presenter/{halte.pk}/")

    assert first.url == again.url == f"{here}{Presence.objects.get().pk}/quatre-lignes/"
    assert client.post(f"{here}se-presenter/{other.pk}/").status_code == 404


def test_hostile_letters_in_a_search_find_nothing_and_break_nothing(client, pilot, here):
    client.force_login(pilot)

    for name in ("%' OR 1=1 --", "x" * 9000, "<b>"):
        assert client.get(f"{here}proches/", {"name": name, "siren": name}).status_code == 200
        assert add(client, here, name=name).status_code in (200, 302)


def test_a_null_character_is_refused_in_an_address_and_in_a_form(client, pilot, here):
    client.force_login(pilot)

    assert client.get(f"{here}proches/", {"name": "\0abc"}).status_code == 400
    assert add(client, here, name="\0abc").status_code == 200
    assert not Presence.objects.filter(agent__name__contains="abc").exists()


def test_an_agreement_told_by_others_says_by_whom(client, pilot, ecosystem, here):
    noted = note_actor(pilot, ecosystem)
    client.force_login(pilot)
    client.post(f"{here}{noted.pk}/contactee/")

    address, day = f"{here}{noted.pk}/accord/", {"on": clock.today()}
    refused = post_as_read(client, address, day)
    post_as_read(client, address, {**day, "said_by": "sa directrice"})

    assert list(refused.context["form"].errors) == ["said_by"]
    assert "(sa directrice)" in client.get(f"{here}{noted.pk}/").content.decode()
    client.post(f"{here}{noted.pk}/accord/retirer/")
    assert Presence.objects.get().standing == "contacted"


def test_roles_are_given_ended_and_handed_over(client, pilot, ecosystem, here):
    member = join(make_user("Kadi"), ecosystem)
    client.force_login(pilot)

    client.post(
        f"{here}roles/donner/",
        {
            "agent": member.agent_id,
            "kind": "key_holder",
            "space": ecosystem.circle_id,
            "since": clock.today(),
        },
    )
    held = Role.objects.get(agent=pilot.agent, kind=RoleKind.PILOT)
    client.post(
        reverse("handover_pass", args=[ecosystem.slug, held.pk]),
        {"key": uuid4(), "to": member.agent_id, "on": clock.today()},
    )
    own = Role.objects.get(agent=pilot.agent, kind=RoleKind.KEY_HOLDER)
    client.post(f"{here}roles/{own.pk}/fin/", {"reason": "handed_over", "until": clock.today()})

    held = set(Role.objects.filter(until=None).values_list("agent__name", "kind"))
    assert held == {("Kadi", "core_member"), ("Kadi", "key_holder"), ("Kadi", "pilot")}
    listed = client.get(f"{here}roles/").content.decode()
    assert "relais passé" in listed


def test_a_role_of_another_cooperation_is_not_found(client, pilot, here):
    foreign = Role.objects.filter(space__root=begin(name="Autre").space)[0]
    client.force_login(pilot)

    assert client.get(f"{here}roles/{foreign.pk}/fin/").status_code == 404


def test_an_invitation_is_followed_to_its_place(client, pilot, ecosystem, here):
    noted = note_actor(pilot, ecosystem)
    guest = make_user("Odile")
    client.force_login(pilot)
    sent = {
        "email": "odile@exemple.invalid",
        "role_kind": "core_member",
        "organisation": noted.agent_id,
        "space": ecosystem.circle_id,
        "key": uuid4(),
    }
    link = client.post(f"{here}inviter/", sent).context["link"]
    path = link.removeprefix("http://testserver")
    client.logout()

    unsigned = client.get(path).content.decode()
    redirected = client.post(path)
    client.force_login(guest)
    accepted = client.post(path)

    assert f"next={path}" in unsigned
    assert redirected.url == f"/compte/login/?next={path}"
    assert accepted.url == here
    assert can_enter(guest, ecosystem.space) and can_speak_for(guest, noted.agent)
    assert "a déjà servi" in client.get(path).content.decode()


def test_an_invitation_is_taken_back(client, pilot, ecosystem, here):
    client.force_login(pilot)
    sent = {
        "email": "a@exemple.invalid",
        "role_kind": "partner",
        "space": ecosystem.circle_id,
        "key": uuid4(),
    }
    link = client.post(f"{here}inviter/", sent).context["link"]

    client.post(f"{here}inviter/{Invitation.objects.get().pk}/reprendre/")

    assert client.post(link).status_code == 422
    assert not Invitation.objects.filter(accepted_at__isnull=False).exists()


def test_a_guest_reads_what_is_public_leaves_a_word_and_sees_what_became_of_it(
    client, pilot, ecosystem, here
):
    noted = note_actor(pilot, ecosystem, "Organisation secrète")
    client.force_login(pilot)
    opened = client.post(
        f"{here}liens/", {"label": "Affiche", "question": "Quel trajet ?", "key": uuid4()}
    )
    address = opened.context["address"].removeprefix("http://testserver")
    assert "<svg" in opened.content.decode()
    client.logout()
    word = {"text": "Plus de bus le samedi.", "name": "Une voisine", "key": uuid4()}

    client.post(address, word)
    client.post(address, word)
    before = client.get(address).content.decode()
    entry = LogEntry.objects.get()
    guests.answer_word(by=pilot, entry=entry, version=1, answer="Un taxi essaie.", publish=True)
    after = client.get(address).content.decode()

    assert (ecosystem.sentence.replace("'", "&#x27;") in before, "Quel trajet ?" in before) == (
        True,
        True,
    )
    assert (noted.agent.name in before, "Plus de bus" in before) == (False, False)
    assert ("Plus de bus" in after, "Un taxi essaie." in after) == (True, True)


def test_a_link_shows_its_own_words_only(client, pilot, ecosystem):
    _, token = open_guest_link(by=pilot, space=ecosystem.space, label="A")
    _, other = open_guest_link(by=pilot, space=ecosystem.space, label="B")
    entry = guests.leave_word(token=token, key=uuid4(), text="Un mot publié.")
    guests.answer_word(by=pilot, entry=entry, version=1, answer="", publish=True)

    assert "Un mot publié." not in client.get(f"/parole/{other}/").content.decode()


def test_a_closed_link_opens_nothing(client, pilot, ecosystem, here):
    link, token = open_guest_link(by=pilot, space=ecosystem.space, label="A")
    client.force_login(pilot)

    client.post(f"{here}liens/{link.pk}/fermer/")

    assert client.get(f"/parole/{token}/").status_code == 404
    assert GuestLink.objects.get().revoked_at is not None


PAGES = {  # page: (stranger, member, pilot)
    "": (404, 200, 200),
    "ajouter/": (404, 200, 200),
    "proches/": (404, 200, 200),
    "{actor}/": (404, 200, 200),
    "{actor}/quatre-lignes/": (404, 403, 200),
    "{actor}/identite/": (404, 403, 200),
    "{actor}/accord/": (404, 403, 200),
    "roles/": (404, 200, 200),
    "roles/donner/": (404, 404, 200),
    "cercles/ouvrir/": (404, 404, 200),
    "inviter/": (404, 404, 200),
    "liens/": (404, 404, 200),
    "mots/": (404, 404, 200),
    "mots/?format=csv": (404, 404, 200),
    "?format=csv": (404, 200, 200),
    "roles/?format=csv": (404, 200, 200),
}


@pytest.mark.parametrize(("leaf", "expected"), PAGES.items())
def test_each_page_opens_to_whom_it_should(client, pilot, ecosystem, here, leaf, expected):
    noted = note_actor(pilot, ecosystem)
    member = join(make_user("Kadi"), ecosystem)
    stranger = pilot_elsewhere = make_user("Bob")
    begin(pilot_elsewhere, "Ailleurs")
    address = here + leaf.format(actor=noted.pk)

    found = []
    for user in (stranger, member, pilot):
        client.force_login(user)
        found.append(client.get(address).status_code)

    assert tuple(found) == expected


@pytest.mark.parametrize("leaf", ["", "roles/", "ajouter/"])
def test_pages_cost_the_same_with_one_and_thirty_rows(client, pilot, ecosystem, here, leaf):
    def cost(rows):
        for turn in range(rows):
            noted = note_actor(pilot, ecosystem, f"Organisation {turn}-{rows}")
            represent(make_user(f"Personne {turn}"), noted.agent, ecosystem)
        client.get(here + leaf)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(here + leaf).status_code == 200
        return len(queries)

    client.force_login(pilot)

    assert cost(1) == cost(29)


def test_somebody_noted_gets_a_place_in_two_touches(client, pilot, ecosystem, here):
    noted = note_actor(pilot, ecosystem, "La Halte")
    client.force_login(pilot)
    page = client.get(f"{here}{noted.pk}/").content.decode()
    give = f"{here}roles/donner/?qui={noted.agent_id}"
    form = client.get(give).context["form"]
    sent = {name: form[name].value() for name in form.fields}

    client.post(give, sent)

    role = Role.objects.get(agent=noted.agent)
    assert give in page
    assert (role.kind, role.space) == (RoleKind.PARTNER, ecosystem.space)
    assert "parmi nous" in client.get(here).content.decode()
    assert "Lui donner une place" not in client.get(f"{here}{noted.pk}/").content.decode()


def test_an_invitation_for_an_organisation_starts_from_its_page(client, pilot, ecosystem, here):
    noted = note_actor(pilot, ecosystem, "La Halte")
    client.force_login(pilot)

    form = client.get(f"{here}inviter/?pour={noted.agent_id}").context["form"]

    assert form["organisation"].value() == noted.agent_id
    assert client.get(f"{here}inviter/?pour=²").status_code == 200


def test_presenting_oneself_is_proposed_until_a_line_is_written(client, pilot, ecosystem, here):
    client.force_login(pilot)
    client.post(f"{here}se-presenter/{pilot.agent_id}/")
    presence = Presence.objects.get()

    left_empty = client.get(here).content.decode()
    edit_lines(by=pilot, presence=presence, version=1, lines=Lines(can_do="Tenir une caisse."))
    written = client.get(here).content.decode()

    assert ("Me présenter" in left_empty, "Me présenter" in written) == (True, False)
    assert "Ce que je sais faire" in written


def test_who_takes_part_is_not_shown_as_somebody_to_contact(client, pilot, ecosystem, here):
    client.force_login(pilot)
    client.post(f"{here}se-presenter/{pilot.agent_id}/")

    page = folded(client.get(f"{here}{Presence.objects.get().pk}/").content.decode())

    assert ("Parmi nous" in page, "Pressentie" in page) == (True, False)
    assert "Le contact est pris" not in page


def test_who_gave_the_agreement_is_asked_as_needed(client, pilot, ecosystem, here):
    noted = note_actor(pilot, ecosystem, "La Halte")
    client.force_login(pilot)

    form = client.get(f"{here}{noted.pk}/accord/").context["form"]

    assert form.fields["said_by"].required


def test_an_invitation_says_what_it_is_for_and_what_keeping_the_keys_means(
    client, pilot, ecosystem, here
):
    client.force_login(pilot)
    seat = {"email": "b@exemple.invalid", "role_kind": "key_holder", "space": ecosystem.circle_id}
    link = client.post(f"{here}inviter/", {**seat, "key": uuid4()}).context["link"]
    client.logout()

    page = folded(client.get(link).content.decode())

    assert ecosystem.sentence.replace("'", "&#x27;") in page
    assert "Cela veut dire&nbsp;: inviter, régler" in page


def test_presenting_somebody_else_says_nothing_of_who_is_noted_here(client, pilot, ecosystem, here):
    noted = note_actor(pilot, ecosystem, name="Discrète")
    Presence.objects.filter(pk=noted.pk).update(level=Level.AUTHOR)
    stranger = make_organisation("Ailleurs")
    client.force_login(join(make_user("Kadi"), ecosystem))

    answers = [client.post(f"{here}se-presenter/{pk}/") for pk in (noted.agent_id, stranger.pk)]

    assert [answer.status_code for answer in answers] == [404, 404]


def test_a_refused_actor_leaves_no_new_kind_behind(client, pilot, here):
    client.force_login(pilot)
    before = ActorKind.objects.count()

    answer = add(client, here, new_kind="une sorte de plus", siren="8" * 12)

    assert "9 caractères au plus" in answer.content.decode()
    assert ActorKind.objects.count() == before
