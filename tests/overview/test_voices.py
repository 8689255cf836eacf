# SPDX-License-Identifier: AGPL-3.0-or-later
"""A guest's word is never given to the cooperation, wherever it is read or taken away."""

import csv
import io
from uuid import uuid4

import pytest

from terreau.ecosystems.actions import guests
from terreau.ecosystems.models import LogEntry
from terreau.ecosystems.queries.logbook import authors, narrowed
from terreau.overview.relay import relay_of
from terreau.overview.relay_document import document_of
from terreau.overview.shown import shown_by
from terreau.overview.tables import tables_of
from terreau.people.actions import open_guest_link
from terreau.people.enums import Level
from terreau.people.visibility import reach_of
from tests.ecosystems.factories import begin, make_entry
from tests.factories import make_user

pytestmark = pytest.mark.django_db(databases="__all__")
PASSING = "quelqu'un de passage, sans compte"


@pytest.fixture
def pilot():
    return make_user("Samir")


@pytest.fixture
def ecosystem(pilot):
    """A cooperation with the words of two guests, one with a name, and a line of its pilot."""
    ecosystem = begin(pilot)
    _, token = open_guest_link(by=pilot, space=ecosystem.space, label="Affiche", key=uuid4())
    guests.leave_word(token=token, key=uuid4(), text="Le bus passe trop tôt.")
    guests.leave_word(token=token, key=uuid4(), text="Et trop tard.", name="Léa")
    make_entry(pilot, ecosystem, text="Nous avons écrit à la mairie.")
    return ecosystem


def listed(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))


def test_the_voice_of_an_entry_is_its_author_or_its_guest(ecosystem):
    voices = {entry.text: entry.voice for entry in LogEntry.objects.all()}

    assert voices["Le bus passe trop tôt."] == PASSING
    assert voices["Et trop tard."] == "Léa, sans compte"
    assert voices["Nous avons écrit à la mairie."] == "Samir"


def test_every_page_and_file_says_who_passed_by(client, ecosystem, pilot):
    client.force_login(pilot)
    at = f"/c/{ecosystem.slug}/"

    pages = [
        client.get(at + page).content.decode().replace("&#x27;", "'").split("<main")[-1]
        for page in ("journal/", "relais/", "qui-voit-quoi/circle/journal/", "qui/mots/")
    ]
    rows = listed(client.get(at + "journal/?format=csv").content)

    for page in pages:
        assert (PASSING in page, "Léa, sans compte" in page) == (True, True)
    said = {line[5]: line[1:3] for line in rows[1:]}
    assert said["Le bus passe trop tôt."] == [PASSING, ""]
    assert said["Nous avons écrit à la mairie."] == ["Samir", "Samir"]


def test_the_relay_as_a_document_and_the_archive_say_who_passed_by(client, ecosystem, pilot):
    relay = str(document_of(ecosystem, relay_of(ecosystem, reach_of(pilot))))
    tables = {table.name: table for table in tables_of(ecosystem, reach_of(pilot))}
    journal = tables["journal"]

    lines = [
        dict(zip(journal.headers, line, strict=True)) for line in journal.lines(lambda _: True)
    ]
    (found,) = [one for one in lines if one["trois lignes"] == "Le bus passe trop tôt."]
    told = {row["text"]: row.get("voice") for row in journal.objects(lambda _: True)}

    assert f"{PASSING} : Le bus passe trop tôt." in relay
    assert "Léa, sans compte : Et trop tard." in relay
    assert (found["au nom de"], found["écrit par"]) == (PASSING, "")
    assert told["Le bus passe trop tôt."] == PASSING
    assert told["Nous avons écrit à la mairie."] is None


def test_outside_a_guest_is_neither_named_nor_taken_for_the_cooperation(ecosystem, pilot):
    LogEntry.objects.filter(guest_link__isnull=False).update(level=Level.PROGRAMME)

    (shown,) = shown_by([ecosystem], reach_of(pilot))

    assert {told.author for told in shown.told["lignes du journal"]} == {"quelqu'un de passage"}


def test_the_words_of_guests_are_not_found_under_the_cooperations_name(ecosystem, pilot):
    (only,) = authors(ecosystem, pilot)
    under = narrowed(LogEntry.objects.all(), author=ecosystem.agent, theme="", marking=False)

    assert (only, list(under)) == (pilot.agent, [])
