# SPDX-License-Identifier: AGPL-3.0-or-later
import re
from datetime import date
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from terreau.core import clock
from terreau.ecosystems.actions import aim as aims
from terreau.ecosystems.actions import words
from terreau.ecosystems.models import Aim, AimDisagreement, CircleDecision, Obstacle, Stake, Word
from terreau.people.enums import Level
from tests.ecosystems.factories import begin, filing
from tests.factories import join, make_organisation, make_user, represent
from tests.web.reading import folded

pytestmark = pytest.mark.django_db


@pytest.fixture
def pilot():
    return make_user("Samir")


@pytest.fixture
def ecosystem(pilot):
    return begin(pilot)


@pytest.fixture
def member(ecosystem):
    return join(make_user("Kadi"), ecosystem)


@pytest.fixture
def here(ecosystem):
    return f"/c/{ecosystem.slug}/cap/"


def sent(author, **said):
    return {"author": author.agent_id, "key": uuid4(), "level": "circle", **said}


def propose(by, ecosystem, text):
    return aims.propose_aim(by=by, ecosystem=ecosystem, filing=filing(), text=text)


def test_a_cap_is_proposed_reworded_adopted_and_told(client, pilot, member, ecosystem, here):
    halte = represent(member, make_organisation("La Halte"), ecosystem)
    client.force_login(member)
    proposal = sent(member, text="Partager des véhicules.")
    client.post(f"{here}proposer/", proposal)
    client.post(f"{here}proposer/", proposal)
    aim = Aim.objects.get()
    client.post(
        f"{here}{aim.pk}/reformuler/",
        {"text": "Partager nos véhicules.", "key": uuid4(), "version": 1, "level": "ecosystem"},
    )
    client.force_login(pilot)
    client.post(
        f"{here}{aim.pk}/adopter/",
        {"version": 2, "on": "2026-01-09", "how": "d'un commun accord", "adopted_by": [halte.pk]},
    )

    aim.refresh_from_db()
    page = client.get(here).content.decode()
    assert (aim.state, aim.adopted_on, aim.level) == ("adopted", date(2026, 1, 9), "ecosystem")
    assert "Partager nos véhicules." in page
    assert "9 janvier 2026</time>, d&#x27;un commun accord, par La Halte" in folded(page)


def test_the_history_compares_each_version_with_the_one_before(client, pilot, ecosystem, here):
    for text, day in (("Partager des véhicules.", 1), ("Partager des trajets.", 2)):
        aim = propose(pilot, ecosystem, text)
        aims.adopt_aim(by=pilot, aim=aim, on=date(2026, 1, day), how="")
    client.force_login(pilot)

    page = folded(client.get(f"{here}histoire/").content.decode())

    assert "<del>véhicules.</del>" in page
    assert "<ins>trajets.</ins>" in page


def test_two_rewordings_are_both_shown(client, pilot, ecosystem, here):
    aim = propose(pilot, ecosystem, "Au départ.")
    aims.reword_aim(by=pilot, aim=aim, version=1, text="De quelqu'un d'autre.", why="")
    client.force_login(pilot)

    body = {"text": "De moi.", "key": uuid4(), "version": 1, "level": "circle"}
    page = client.post(f"{here}{aim.pk}/reformuler/", body).content.decode()

    assert ("De quelqu&#x27;un d&#x27;autre." in page, "De moi." in page) == (True, True)
    assert Aim.objects.get().text == "De quelqu'un d'autre."


def test_a_disagreement_stays_until_its_voice_settles_it(client, pilot, member, ecosystem, here):
    aim = propose(pilot, ecosystem, "Un cap.")
    client.force_login(member)
    client.post(f"{here}{aim.pk}/autrement/", sent(member, text="Les soins d'abord."))
    raised = AimDisagreement.objects.get()
    client.force_login(pilot)
    client.post(f"{here}desaccords/{raised.pk}/", {"how": "par moi"})
    raised.refresh_from_db()
    assert raised.settled_on is None

    client.force_login(member)
    client.post(f"{here}desaccords/{raised.pk}/", {"how": "On tient les deux."})

    raised.refresh_from_db()
    assert raised.settled_on == clock.today()
    assert "On tient les deux." in client.get(f"{here}desaccords/").content.decode()


def test_nobody_writes_in_the_name_of_another(client, member, ecosystem, here):
    other = represent(make_user("Odile"), make_organisation("La Halte"), ecosystem)
    client.force_login(member)

    answer = client.post(
        f"{here}enjeux/ajouter/", {**sent(member, label="Arriver à 5 h"), "author": other.pk}
    )

    assert list(answer.context["form"].errors) == ["author"]
    assert Stake.objects.count() == 0


TEXTS = (
    ("enjeux", Stake, {"label": "Arriver à 5 h"}, {"label": "Arriver et revenir"}),
    (
        "difficultes",
        Obstacle,
        {"words": "Huit mois.", "year": 2025, "code": "knowing_each_other"},
        {"words": "Neuf mois.", "year": 2025, "code": "turnover"},
    ),
    (
        "mots",
        Word,
        {"word": "un retour", "meaning": "Le trajet pour rentrer."},
        {"word": "un retour", "meaning": "Rentrer."},
    ),
)


@pytest.mark.parametrize(("leaf", "model", "first", "then"), TEXTS)
def test_a_short_text_is_written_corrected_and_erased(
    client, member, here, leaf, model, first, then
):
    client.force_login(member)
    body = sent(member, **first)

    client.post(f"{here}{leaf}/ajouter/", body)
    client.post(f"{here}{leaf}/ajouter/", body)
    row = model.objects.get()
    corrected = client.post(
        f"{here}{leaf}/{row.pk}/", {**then, "key": uuid4(), "version": 1, "level": "public"}
    )
    row.refresh_from_db()

    assert corrected.url == f"{here}{leaf}/"
    assert {name: getattr(row, name) for name in then} == then
    assert (row.level, row.version) == (Level.PUBLIC, 2)
    client.post(f"{here}{leaf}/{row.pk}/effacer/")
    assert model.objects.count() == 0


@pytest.mark.parametrize(("leaf", "model", "first", "then"), TEXTS)
def test_another_member_neither_corrects_nor_erases(
    client, member, ecosystem, here, leaf, model, first, then
):
    client.force_login(member)
    client.post(f"{here}{leaf}/ajouter/", sent(member, **first))
    row = model.objects.get()
    client.force_login(join(make_user("Bob"), ecosystem))

    answer = client.post(
        f"{here}{leaf}/{row.pk}/", {**then, "key": uuid4(), "version": 1, "level": "public"}
    )

    assert answer.context["form"].non_field_errors()
    assert client.post(f"{here}{leaf}/{row.pk}/effacer/").status_code == 403
    assert model.objects.get().version == 1


def test_a_decision_is_noted_and_ends(client, pilot, here):
    client.force_login(pilot)
    client.post(
        f"{here}decisions/ajouter/",
        sent(pilot, day=clock.today(), text="On ouvre les relevés.", opens_statements="on"),
    )
    kept = CircleDecision.objects.get()

    client.post(f"{here}decisions/{kept.pk}/fin/", {"on": clock.today()})

    kept.refresh_from_db()
    assert (kept.opens_statements, kept.ended_on) == (True, clock.today())
    assert "ne tient plus" in client.get(f"{here}decisions/").content.decode()


def test_a_private_text_is_its_authors_alone(client, pilot, member, ecosystem, here):
    words.add_stake(
        by=member,
        ecosystem=ecosystem,
        filing=filing(level=Level.AUTHOR),
        said={"label": "Secret planté"},
    )
    found = []
    for user in (member, pilot):
        client.force_login(user)
        for leaf in ("", "enjeux/", "enjeux/?format=csv"):
            found.append("Secret planté" in client.get(here + leaf).content.decode())

    assert found == [True, True, True, False, False, False]


PAGES = {  # page: (stranger, member, pilot)
    "": (404, 200, 200),
    "histoire/": (404, 200, 200),
    "proposer/": (404, 200, 200),
    "{aim}/reformuler/": (404, 403, 200),
    "{aim}/adopter/": (404, 404, 200),
    "{aim}/montrer/": (404, 404, 200),
    "{aim}/autrement/": (404, 200, 200),
    "desaccords/": (404, 200, 200),
    "enjeux/": (404, 200, 200),
    "enjeux/ajouter/": (404, 200, 200),
    "difficultes/": (404, 200, 200),
    "difficultes/ajouter/": (404, 200, 200),
    "mots/": (404, 200, 200),
    "decisions/": (404, 200, 200),
    "decisions/ajouter/": (404, 200, 200),
    "histoire/?format=ods": (404, 200, 200),
    "desaccords/?format=xlsx": (404, 200, 200),
    "difficultes/?format=csv": (404, 200, 200),
}


@pytest.mark.parametrize(("leaf", "expected"), PAGES.items())
def test_each_page_opens_to_whom_it_should(client, pilot, member, ecosystem, here, leaf, expected):
    aim = propose(pilot, ecosystem, "Un cap.")
    stranger = make_user("Bob")
    begin(stranger, "Ailleurs")

    found = []
    for user in (stranger, member, pilot):
        client.force_login(user)
        found.append(client.get(here + leaf.format(aim=aim.pk)).status_code)

    assert tuple(found) == expected


@pytest.mark.parametrize("leaf", ["", "histoire/", "desaccords/", "enjeux/", "mots/"])
def test_pages_cost_the_same_with_one_and_thirty_rows(client, pilot, ecosystem, here, leaf):
    def cost(rows):
        for turn in range(rows):
            aim = propose(pilot, ecosystem, f"Cap {turn}-{rows}")
            aims.adopt_aim(by=pilot, aim=aim, on=date(2026, 1, 1), how="", adopted_by=[pilot.agent])
            propose(pilot, ecosystem, f"Autre cap {turn}-{rows}")
            voice = represent(make_user(f"P{turn}"), make_organisation(f"O{turn}"), ecosystem)
            said = {"label": f"Enjeu {turn}", "word": f"mot {turn}-{rows}", "meaning": "sens"}
            for add in (words.add_stake, words.add_word):
                add(by=pilot, ecosystem=ecosystem, filing=filing(), said=said)
            speaker = voice.mandated.get().person.user
            aims.disagree(by=speaker, aim=aim, filing=filing(voice), text="Autrement.")
        client.get(here + leaf)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(here + leaf).status_code == 200
        return len(queries)

    client.force_login(pilot)

    assert cost(1) == cost(29)


def test_nobody_notes_the_adoption_of_words_that_they_did_not_read(
    client, pilot, member, ecosystem, here
):
    aim = propose(member, ecosystem, "Que personne ne renonce.")
    client.force_login(pilot)
    page = client.get(f"{here}{aim.pk}/adopter/").content.decode()
    (read,) = re.findall(r'name="version" value="(\d+)"', page)
    aims.reword_aim(by=member, aim=aim, version=aim.version, text="Que chacun renonce.", why="")

    form = {"on": "2026-01-09", "how": "", "version": read}
    late = client.post(f"{here}{aim.pk}/adopter/", form).content.decode()
    aim.refresh_from_db()
    assert (aim.adopted_on, "Que chacun renonce." in late) == (None, True)

    (fresh,) = re.findall(r'name="version" value="(\d+)"', late)
    client.post(f"{here}{aim.pk}/adopter/", {**form, "version": fresh})
    aim.refresh_from_db()
    assert aim.adopted_on == date(2026, 1, 9)
