# SPDX-License-Identifier: AGPL-3.0-or-later
"""« Passage de relais »: what it holds, what never comes on it, and who may do what there."""

import io
from uuid import uuid4

import docx
import pikepdf
import pytest
from django.urls import reverse

from terreau.core import clock, worker
from terreau.ecosystems.actions.interim import ask_interim, second_interim
from terreau.ecosystems.models import Interim
from terreau.ecosystems.rules.interim import NOTICE
from terreau.people.enums import Level, RoleKind
from terreau.people.models import Role
from tests.agreements.factories import give, make_place, promise
from tests.ecosystems.factories import make_entry
from tests.factories import join, make_ecosystem, make_organisation, make_user, represent
from tests.web.counting import query_count

pytestmark = pytest.mark.django_db


@pytest.fixture
def ecosystem():
    return make_ecosystem()


def page_of(client, user, ecosystem):
    client.force_login(user)
    return client.get(reverse("handover_page", args=[ecosystem.slug]))


def test_private_notes_never_come_on_the_relay_not_even_mine(client, ecosystem):
    alice = join(make_user("Alice"), ecosystem, RoleKind.PILOT)
    make_entry(alice, ecosystem, "PLANTED", level=Level.AUTHOR)
    make_entry(alice, ecosystem, "SHARED")

    page = page_of(client, alice, ecosystem).content.decode()

    assert (page.count("PLANTED"), page.count("SHARED")) == (0, 1)


def test_the_relay_prints(client, ecosystem):
    alice = join(make_user("Alice"), ecosystem, RoleKind.PILOT)
    make_entry(alice, ecosystem, '#read("/etc/passwd") *texte* <script>')
    client.force_login(alice)

    answer = client.get(reverse("handover_pdf", args=[ecosystem.slug]))

    with pikepdf.open(io.BytesIO(answer.content)) as pdf:
        assert len(pdf.pages) == 1
    assert answer["Content-Disposition"].startswith('attachment; filename="relais-')


def test_a_role_is_passed_on_from_the_page(client, ecosystem):
    alice = join(make_user("Alice"), ecosystem, RoleKind.PILOT)
    bob = join(make_user("Bob"), ecosystem)
    role = Role.objects.get(kind=RoleKind.PILOT)
    client.force_login(alice)
    address = reverse("handover_pass", args=[ecosystem.slug, role.pk])
    sent = {"key": uuid4(), "to": bob.agent_id, "on": clock.today().isoformat()}

    answers = [client.post(address, sent), client.post(address, sent)]

    # Who has just passed the role on no longer holds it after today; the day itself still counts.
    assert [answer.status_code for answer in answers] == [302, 302]
    assert Role.objects.filter(kind=RoleKind.PILOT, agent=bob.agent).count() == 1


def test_who_may_pass_what(client, ecosystem):
    alice = join(make_user("Alice"), ecosystem, RoleKind.PILOT)
    bob = join(make_user("Bob"), ecosystem)
    elsewhere = make_ecosystem("Ailleurs")
    chloe = join(make_user("Chloé"), elsewhere, RoleKind.PILOT)
    pilot, member, foreign = (Role.objects.get(agent=user.agent) for user in (alice, bob, chloe))

    table = {}
    for name, user in {"pilot": alice, "member": bob, "foreigner": chloe}.items():
        client.force_login(user)
        table[name] = [
            client.get(reverse("handover_pass", args=[ecosystem.slug, role.pk])).status_code
            for role in (pilot, member, foreign)
        ]

    assert table == {
        "pilot": [200, 404, 404],
        "member": [404, 404, 404],
        "foreigner": [404, 404, 404],
    }


def orphan(ecosystem):
    alice, bob = make_user("Alice"), make_user("Bob")
    halte = represent(alice, make_organisation("La Halte"), ecosystem)
    social = represent(bob, make_organisation("Le centre social"), ecosystem)
    return (alice, halte), (bob, social)


def test_an_interim_goes_from_one_page_to_the_other(client, ecosystem, monkeypatch, mailoutbox):
    (alice, halte), (bob, social) = orphan(ecosystem)
    slug = ecosystem.slug
    client.force_login(alice)
    client.post(
        reverse("handover_ask", args=[slug]), {"organisation": halte.pk, "person": bob.agent_id}
    )
    interim = Interim.objects.get()
    client.force_login(bob)
    second = reverse("handover_second", args=[slug, interim.pk])
    for _ in range(2):
        client.post(second, {"voice": social.pk})
    worker.run_pending()
    assert sorted(sent.to for sent in mailoutbox) == sorted([[alice.email], [bob.email]])
    start = reverse("handover_start", args=[slug, interim.pk])
    client.post(start)
    assert Role.objects.filter(kind=RoleKind.INTERIM).count() == 0
    later = clock.now() + NOTICE
    monkeypatch.setattr(clock, "now", lambda: later)

    page = page_of(client, alice, ecosystem)
    assert (page.context["standing"], Role.objects.filter(kind="interim").count()) == ("due", 0)
    client.post(start)

    assert Role.objects.get(kind=RoleKind.INTERIM).agent == bob.agent


def test_the_outside_does_not_touch_an_interim(client, ecosystem):
    (alice, halte), (bob, social) = orphan(ecosystem)
    interim = ask_interim(by=alice, ecosystem=ecosystem, organisation=halte, person=bob.agent)
    second_interim(by=bob, interim=interim, organisation=social)
    stranger = join(make_user("Chloé"), make_ecosystem("Ailleurs"), RoleKind.PILOT)
    client.force_login(stranger)
    slug = ecosystem.slug

    codes = [
        client.post(
            reverse(name, args=[slug, interim.pk]), {"voice": stranger.agent_id}
        ).status_code
        for name in ("handover_second", "handover_oppose", "handover_start")
    ]
    client.force_login(join(make_user("Denis"), ecosystem, RoleKind.INHABITANT))
    borrowed = client.post(reverse("handover_oppose", args=[slug, interim.pk]), {"voice": halte.pk})

    interim.refresh_from_db()
    assert (codes, borrowed.status_code, interim.opposed_at) == ([404] * 3, 302, None)


def test_promises_and_what_waits_are_told_without_blame(client):
    place = make_place()
    promise(place)
    give(place)

    page = page_of(client, place.pilot, place.ecosystem)

    assert page.context["relay"].waiting == [
        "une deuxième personne pour garder les clés",
        "1 contribution attend un « D'accord »",
    ]
    assert len(page.context["relay"].promises) == 1


def test_the_page_costs_the_same_at_one_and_at_thirty(client, ecosystem):
    alice = join(make_user("Alice"), ecosystem, RoleKind.PILOT)
    address = reverse("handover_page", args=[ecosystem.slug])
    client.force_login(alice)
    make_entry(alice, ecosystem)
    represent(make_user(), make_organisation("Première"), ecosystem)
    at_one = query_count(client, address)
    for number in range(29):
        make_entry(join(make_user(), ecosystem, RoleKind.ANIMATOR), ecosystem, f"Ligne {number}")
        represent(make_user(), make_organisation(f"Orga {number}"), ecosystem)

    assert query_count(client, address) == at_one


def test_the_relay_leaves_as_a_text_to_work_on(client, ecosystem):
    alice = join(make_user("Alice"), ecosystem, RoleKind.PILOT)
    make_entry(alice, ecosystem, "SHARED")
    make_entry(alice, ecosystem, "PLANTED", level=Level.AUTHOR)
    client.force_login(alice)

    answer = client.get(reverse("handover_word", args=[ecosystem.slug]))

    words = "\n".join(line.text for line in docx.Document(io.BytesIO(answer.content)).paragraphs)
    assert (words.count("SHARED"), words.count("PLANTED")) == (1, 0)
