# SPDX-License-Identifier: AGPL-3.0-or-later
"""Who may not send a form is told so when opening it; an address only sent to says so too."""

import pytest
from django.urls import reverse

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
    assert "pressez le bouton" in answer.content.decode()
