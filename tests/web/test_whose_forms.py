# SPDX-License-Identifier: AGPL-3.0-or-later
"""Who may not send a form is told so when opening it; an address only sent to says so too."""

from html import unescape

import pytest
from django.urls import reverse

from terreau.agreements.actions.agreements import propose
from terreau.web.middleware import _page_above
from tests.agreements.factories import add, give, make_draft, make_place, open_version
from tests.ecosystems.factories import begin, make_entry, note_actor
from tests.factories import join, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def pilot():
    return make_user("Samir")


@pytest.fixture
def ecosystem(pilot):
    return begin(pilot)


@pytest.fixture
def other(ecosystem):
    return join(make_user("Awa"), ecosystem)


@pytest.mark.parametrize("view", ["logbook_edit", "logbook_erase"])
def test_lines_are_opened_for_change_by_their_author_only(client, pilot, ecosystem, other, view):
    address = reverse(view, args=[ecosystem.slug, make_entry(pilot, ecosystem).pk])

    answers = {}
    for person in (pilot, other):
        client.force_login(person)
        answers[person] = client.get(address)

    assert [answers[one].status_code for one in (pilot, other)] == [200, 403]
    assert "appartiennent à qui les a écrites" in answers[other].content.decode()


@pytest.mark.parametrize("view", ["qui_edit", "qui_identity", "qui_agree"])
def test_an_actor_is_opened_for_change_by_who_may_speak_of_it(
    client, pilot, ecosystem, other, view
):
    presence = note_actor(pilot, ecosystem)
    address = reverse(view, args=[ecosystem.slug, presence.pk])

    answers = {}
    for person in (pilot, other):
        client.force_login(person)
        answers[person] = client.get(address)

    assert [answers[one].status_code for one in (pilot, other)] == [200, 403]
    assert "personnes qui parlent pour" in answers[other].content.decode()


def test_an_address_that_a_button_sends_to_says_what_to_do(client, pilot, ecosystem):
    client.force_login(pilot)
    address = reverse("start_unlink", args=[ecosystem.slug, 1])

    answer = client.get(address)

    assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")
    shown = answer.content.decode()
    assert "pressez-le" in shown
    assert f'href="{reverse("start_links", args=[ecosystem.slug])}"' in shown


@pytest.mark.parametrize(
    ("path", "above"),
    [
        ("/c/ici/contributions/5/annuler/", "/c/ici/contributions/5/"),
        ("/c/ici/engagements/partie/5/d-accord/", "/c/ici/engagements/"),
        ("//evil.example/x/", "/"),
        ("/nulle-part", "/"),
    ],
)
def test_the_page_above_is_the_nearest_that_there_is(path, above):
    assert _page_above(path) == above


def said(answer):
    return unescape(answer.content.decode()).replace("\N{NO-BREAK SPACE}", " ")


def _of_the_agreement(place, name):
    version = open_version(place)
    add(place, version, make_draft(place))
    if name in ("validate", "decline"):
        propose(by=place.alice, version=version)
    row = {
        "edit": version.commitments,
        **dict.fromkeys(("validate", "decline", "representative"), version.parties),
    }.get(name)
    return row.order_by("pk")[0].pk if row is not None else version.agreement_id


AGREEMENT_FORMS = (
    ("text", "s'écrit entre ses parties"),
    ("add", "s'écrit entre ses parties"),
    ("edit", "s'écrit entre ses parties"),
    ("change", "s'écrit entre ses parties"),
    ("end", "se termine entre ses parties"),
    ("validate", "parlent pour La Halte"),
    ("decline", "parlent pour La Halte"),
    ("representative", "dit elle-même qui la représente"),
)


@pytest.mark.parametrize(
    ("name", "words"), AGREEMENT_FORMS, ids=[one for one, _ in AGREEMENT_FORMS]
)
def test_a_form_of_an_agreement_opens_for_who_may_send_it(client, name, words):
    place = make_place()
    address = reverse(
        f"agreements_{name}", args=[place.ecosystem.slug, _of_the_agreement(place, name)]
    )

    answers = {}
    for person in (place.alice, place.chloe):
        client.force_login(person)
        answers[person] = client.get(address)

    assert [answers[one].status_code for one in (place.alice, place.chloe)] == [200, 403]
    assert words in said(answers[place.chloe])


def test_a_text_that_was_proposed_opens_no_form_any_more(client):
    place = make_place()
    version = open_version(place)
    add(place, version, make_draft(place))
    propose(by=place.alice, version=version)
    client.force_login(place.alice)

    answer = client.get(
        reverse("agreements_text", args=[place.ecosystem.slug, version.agreement_id])
    )

    assert answer.status_code == 422
    assert "elle ne change plus" in said(answer)


def test_the_button_of_a_note_counts_the_third_that_is_chosen(client):
    place = make_place()
    row = give(place)
    address = reverse("contributions_talk_readers", args=[place.ecosystem.slug, row.pk])
    client.force_login(place.basile)

    told = [
        client.get(address, {"third": third}).content.decode()
        for third in ("", place.lab.pk, place.halte.pk, 999_999, "x")
    ]

    two, three = (f"{n} personnes de {n} organisations le liront" for n in (2, 3))
    assert [one.replace("\N{NO-BREAK SPACE}", " ") for one in told] == [two, three, two, two, two]
    client.force_login(place.chloe)
    assert client.get(address).status_code == 404
