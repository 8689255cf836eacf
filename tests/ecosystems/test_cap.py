# SPDX-License-Identifier: AGPL-3.0-or-later
from datetime import date, timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from terreau.core import clock
from terreau.core.errors import EditConflict, Invalid, KeyReused, NotAllowed, NotFound
from terreau.ecosystems.actions import aim as aims
from terreau.ecosystems.actions import guests, words
from terreau.ecosystems.actions.decisions import decide, end_decision
from terreau.ecosystems.enums import AimState
from terreau.ecosystems.models import LogEntry, Word
from terreau.ecosystems.rules.texts import compared
from terreau.people.actions import open_guest_link
from terreau.people.enums import Level
from tests.ecosystems.factories import begin, filing
from tests.factories import join, make_organisation, make_user, represent


@pytest.fixture
def pilot():
    return make_user("Samir")


@pytest.fixture
def ecosystem(pilot):
    return begin(pilot)


@pytest.fixture
def member(ecosystem):
    return join(make_user("Kadi"), ecosystem)


def propose(by, ecosystem, text="Que personne ne renonce.", **more):
    return aims.propose_aim(by=by, ecosystem=ecosystem, filing=filing(), text=text, **more)


@pytest.mark.django_db
def test_versions_follow_each_other_and_stand_once_adopted(pilot, ecosystem, member):
    halte = represent(member, make_organisation("La Halte"), ecosystem)
    first = propose(member, ecosystem)
    second = propose(member, ecosystem, "Partager des véhicules.")

    aims.adopt_aim(
        by=pilot, aim=first, on=date(2026, 1, 9), how="d'un commun accord", adopted_by=[halte]
    )

    assert (first.number, second.number) == (1, 2)
    assert (first.state, first.adopted_on) == (AimState.ADOPTED, date(2026, 1, 9))
    assert list(first.adopted_by.all()) == [halte]
    assert LogEntry.objects.get().milestone == "aim"
    with pytest.raises(Invalid):
        aims.reword_aim(by=member, aim=first, version=first.version, text="Autre", why="")


@pytest.mark.django_db
def test_a_proposal_sent_twice_is_one_version(member, ecosystem):
    same = filing()

    first = aims.propose_aim(by=member, ecosystem=ecosystem, filing=same, text="Un cap.")
    again = aims.propose_aim(by=member, ecosystem=ecosystem, filing=same, text="Un cap.")

    assert first == again
    with pytest.raises(KeyReused):
        aims.propose_aim(by=member, ecosystem=ecosystem, filing=same, text="Un autre.")


@pytest.mark.django_db
def test_a_member_proposes_and_does_not_adopt(member, ecosystem):
    proposal = propose(member, ecosystem)

    with pytest.raises(NotAllowed):
        aims.adopt_aim(by=member, aim=proposal, on=clock.today(), how="")


@pytest.mark.django_db
def test_two_people_rewording_a_proposal_lose_nothing(pilot, member, ecosystem):
    proposal = propose(member, ecosystem)
    aims.reword_aim(by=pilot, aim=proposal, version=1, text="Du pilote.", why="")

    with pytest.raises(EditConflict) as conflict:
        aims.reword_aim(by=member, aim=proposal, version=1, text="De Kadi.", why="")

    assert (conflict.value.stored["text"], conflict.value.yours["text"]) == (
        "Du pilote.",
        "De Kadi.",
    )


@pytest.mark.django_db
def test_a_disagreement_is_settled_by_the_voice_that_raised_it(pilot, member, ecosystem):
    halte = represent(member, make_organisation("La Halte"), ecosystem)
    proposal = propose(pilot, ecosystem)
    raised = aims.disagree(by=member, aim=proposal, filing=filing(halte), text="Les soins d'abord.")

    with pytest.raises(NotAllowed):
        aims.settle(by=pilot, disagreement=raised)
    aims.settle(by=member, disagreement=raised, how="On tient les deux.")

    assert (raised.agent, raised.settled_on) == (halte, clock.today())


@pytest.mark.django_db
def test_nobody_disagrees_in_the_name_of_another(pilot, member, ecosystem):
    halte = represent(make_user("Odile"), make_organisation("La Halte"), ecosystem)

    with pytest.raises(NotAllowed):
        aims.disagree(
            by=member,
            aim=propose(pilot, ecosystem),
            filing=filing(halte),
            text="Au nom d'une autre.",
        )


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("action", "said", "field"),
    [
        (words.add_stake, {"label": " "}, "label"),
        (words.add_stake, {"label": "x" * 5000}, "label"),
        (words.add_obstacle, {"words": "Long.", "year": 1700}, "year"),
        (words.add_obstacle, {"words": "Long.", "year": None}, "year"),
        (words.add_obstacle, {"words": "", "year": 2024}, "words"),
        (words.add_word, {"word": "cap", "meaning": ""}, "meaning"),
    ],
)
def test_what_says_nothing_is_refused_on_its_field(member, ecosystem, action, said, field):
    with pytest.raises(Invalid) as refusal:
        action(by=member, ecosystem=ecosystem, filing=filing(), said=said)

    assert refusal.value.field == field


@pytest.mark.django_db
def test_a_difficulty_is_public_by_choice(member, ecosystem):
    said = {"words": "Huit mois pour se connaître.", "year": 2025, "code": "knowing_each_other"}

    kept = words.add_obstacle(by=member, ecosystem=ecosystem, filing=filing(), said=said)
    assert kept.level == Level.CIRCLE
    words.correct(by=member, text=kept, version=1, level=Level.PUBLIC, said=said)

    assert (kept.level, kept.year, kept.code) == (Level.PUBLIC, 2025, "knowing_each_other")


@pytest.mark.django_db
def test_a_word_is_there_once_and_may_be_erased_by_its_author(member, ecosystem):
    said = {"word": "Un retour", "meaning": "Le trajet pour rentrer."}
    kept = words.add_word(by=member, ecosystem=ecosystem, filing=filing(), said=said)

    with pytest.raises(Invalid):
        words.add_word(
            by=member,
            ecosystem=ecosystem,
            filing=filing(),
            said={**said, "word": "un retour"},
        )
    with pytest.raises(NotAllowed):
        words.erase(by=join(make_user("Bob"), ecosystem), text=kept)
    words.erase(by=member, text=kept)
    assert Word.objects.count() == 0


@pytest.mark.django_db
def test_a_decision_is_dated_and_may_end(pilot, member, ecosystem):
    yesterday = clock.today() - timedelta(days=1)
    said = {"day": yesterday, "text": "Chacun peut lire le relevé des autres."}

    with pytest.raises(NotAllowed):
        decide(by=member, ecosystem=ecosystem, filing=filing(), opens_statements=True, **said)
    kept = decide(by=pilot, ecosystem=ecosystem, filing=filing(), opens_statements=True, **said)
    with pytest.raises(Invalid):
        end_decision(by=pilot, decision=kept, on=yesterday - timedelta(days=1))
    end_decision(by=pilot, decision=kept)

    assert kept.ended_on == clock.today()


@pytest.mark.django_db
def test_a_stranger_writes_nothing(ecosystem):
    stranger = make_user("Bob")
    here = filing()

    with pytest.raises(NotAllowed):
        words.add_stake(by=stranger, ecosystem=ecosystem, filing=here, said={"label": "x"})
    with pytest.raises(NotAllowed):
        aims.propose_aim(by=stranger, ecosystem=ecosystem, filing=here, text="x")


@pytest.mark.django_db
def test_a_guests_word_comes_once_and_its_answer_is_public_by_choice(pilot, ecosystem):
    _, token = open_guest_link(by=pilot, space=ecosystem.space, label="Affiche")
    key = uuid4()

    first = guests.leave_word(token=token, key=key, text="Plus de bus le samedi.", name="Une voix")
    again = guests.leave_word(token=token, key=key, text="Plus de bus le samedi.", name="Une voix")
    guests.answer_word(by=pilot, entry=first, version=1, answer="Un taxi essaie.", publish=True)

    assert first == again
    assert (first.author, first.level) == (ecosystem.agent, Level.PUBLIC)


@pytest.mark.django_db
def test_too_many_or_too_long_words_are_refused(pilot, ecosystem, monkeypatch):
    _, token = open_guest_link(by=pilot, space=ecosystem.space, label="Affiche")
    monkeypatch.setattr(guests, "WORDS_AN_HOUR", 2)

    for text in ("", "x" * 1001):
        with pytest.raises(Invalid):
            guests.leave_word(token=token, key=uuid4(), text=text)
    for number in range(2):
        guests.leave_word(token=token, key=uuid4(), text=f"mot {number}")
    with pytest.raises(Invalid):
        guests.leave_word(token=token, key=uuid4(), text="un de trop")
    with pytest.raises(NotFound):
        guests.leave_word(token="invented", key=uuid4(), text="mot")


@given(st.text(alphabet="ab é\n"), st.text(alphabet="ab é\n"))
def test_a_comparison_holds_both_texts(old, new):
    pieces = compared(old, new)

    assert "".join(p.words for p in pieces if p.change != "new").split() == old.split()
    assert "".join(p.words for p in pieces if p.change != "gone") == new.strip()
