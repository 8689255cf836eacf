# SPDX-License-Identifier: AGPL-3.0-or-later
"""What may be noted already is found; what this reader may not know is not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from terreau.ecosystems.queries.alike import similar_agents
from terreau.ecosystems.rules.presence import Typed, can_know_agent, sounds_like
from terreau.people.enums import AgentKind, Level
from tests.ecosystems.factories import begin, note_actor
from tests.factories import join, make_organisation, make_user


@pytest.mark.unit
@pytest.mark.parametrize(
    ("typed", "known", "alike"),
    [
        ("residence des tilleuls", "Résidence des Tilleuls", True),
        ("RÉSIDENCE", "Résidence des Tilleuls", True),
        ("La ferme des Alouettes", "Ferme des alouettes", True),
        ("œuvre", "L'Oeuvre commune", True),
        ("Ferme des Hirondelles", "Ferme des Alouettes", False),
        ("association des cascades", "Cas", False),
        ("fe", "Ferme des Alouettes", False),
        ("!!!", "Ferme des Alouettes", False),
    ],
)
def test_a_name_is_recognised_without_its_accents(typed, known, alike):
    assert sounds_like(typed, known) is alike


@pytest.mark.unit
@given(st.text(), st.text())
def test_whatever_is_typed_is_read(typed, known):
    assert sounds_like(typed, known) in (True, False)


@pytest.fixture
def pilot():
    return make_user("Samir")


@pytest.fixture
def ecosystem(pilot):
    return begin(pilot)


def names(reader, ecosystem, **typed):
    found = similar_agents(Typed.read(typed), reader=reader, ecosystem=ecosystem)
    return [one.told for one in found]


@pytest.mark.django_db
def test_an_actor_without_a_role_is_found_by_who_may_read_of_it(pilot, ecosystem):
    member, stranger = join(make_user("Awa"), ecosystem), begin(name="Ailleurs")
    noted = note_actor(pilot, ecosystem, "Ferme des Alouettes")
    outsider = join(make_user("Kadi"), stranger)

    seen = [names(one, ecosystem, name="ferme") for one in (pilot, member, outsider)]
    elsewhere = names(pilot, stranger, name="ferme")
    noted.level = Level.AUTHOR
    noted.save()
    hidden = names(member, ecosystem, name="ferme")

    assert seen == [["Ferme des Alouettes"], ["Ferme des Alouettes"], []]
    assert (elsewhere, hidden) == ([], [])


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ({"siren": "732 829 320"}, True),
        ({"siret": "732 829 320 00074"}, True),
        ({"siret": "732 829 320 00099"}, True),  # another address of the same
        ({"rna": "w123456789"}, True),
        ({"siren": "732829"}, False),
        ({"siren": "552 100 554", "rna": "W999999999"}, False),
        ({"siren": "\0", "name": "a\0b"}, False),
    ],
)
def test_elsewhere_a_whole_number_finds_its_name_and_nothing_more(pilot, ecosystem, typed, found):
    make_organisation(
        "Très loin",
        siren="732829320",
        siret="73282932000074",
        rna="W123456789",
        place="au fond du val",
    )
    make_user("Une personne").agent.save()

    assert names(pilot, ecosystem, **typed) == (["Très loin, 732829320"] if found else [])


@pytest.mark.django_db
def test_what_a_number_shows_may_be_picked_and_nothing_else_from_elsewhere(pilot):
    known = make_organisation("Par le RNA", rna="W123456789")
    unknown = make_organisation("Sans rien")
    person = make_user("Une personne").agent
    person.siret, person.kind = "73282932000074", AgentKind.PERSON

    assert [can_know_agent(pilot, one) for one in (known, unknown, person)] == [True, False, False]
