# SPDX-License-Identifier: AGPL-3.0-or-later
"""A guest without an account reads where they are asked; their words are answered."""

from uuid import uuid4

import pytest

from terreau.core import clock
from terreau.ecosystems.actions import guests
from terreau.ecosystems.models import Aim, Ecosystem
from terreau.people.actions import open_guest_link
from tests.ecosystems.factories import begin
from tests.factories import make_user
from tests.web.reading import folded

pytestmark = pytest.mark.django_db


@pytest.fixture
def pilot():
    return make_user("Samir")


@pytest.fixture
def ecosystem(pilot):
    return begin(pilot)


def test_the_words_of_guests_are_read_and_answered_by_who_keeps_the_keys(client, pilot, ecosystem):
    _, token = open_guest_link(by=pilot, space=ecosystem.space, label="A")
    entry = guests.leave_word(token=token, key=uuid4(), text="Un mot.")
    client.force_login(pilot)
    sent = {"answer": "Vu.", "level": "public", "version": 1, "key": uuid4()}

    client.post(f"/c/{ecosystem.slug}/qui/mots/{entry.pk}/", sent)

    entry.refresh_from_db()
    assert (entry.answer, entry.level) == ("Vu.", "public")
    assert "Vu." in client.get(f"/c/{ecosystem.slug}/qui/mots/").content.decode()


def test_a_guest_reads_a_sentence_once_and_where(client, pilot, ecosystem):
    Ecosystem.objects.update(place="Le plateau")
    _, token = open_guest_link(by=pilot, space=ecosystem.space, label="Affiche", key=uuid4())
    Aim.objects.create(
        ecosystem=ecosystem,
        text=ecosystem.sentence,
        number=1,
        state="adopted",
        adopted_on=clock.today(),
        space=ecosystem.circle,
        author=pilot.agent,
        recorded_by=pilot.agent,
        level="public",
    )

    page = folded(client.get(f"/parole/{token}/").content.decode())

    assert page.count(ecosystem.sentence.replace("'", "&#x27;")) == 1
    assert "Le plateau." in page
