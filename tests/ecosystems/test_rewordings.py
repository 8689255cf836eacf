# SPDX-License-Identifier: AGPL-3.0-or-later
"""Words that somebody answered, then edited: the answer was to what stood before."""

import pytest
from django.db import IntegrityError, transaction

from terreau.core import clock
from terreau.core.errors import EditConflict, Invalid
from terreau.ecosystems.actions import effects as actions
from terreau.ecosystems.actions.effects import FirstWords, Rest
from terreau.ecosystems.actions.records import Edit
from terreau.ecosystems.enums import EffectNature, EffectTiming, Evidence
from terreau.ecosystems.models import (
    Beneficiary,
    Ecosystem,
    Effect,
    EffectLink,
    Rewording,
    VoidedAnswer,
)
from terreau.ecosystems.queries.earlier import earlier_of
from terreau.ecosystems.queries.effects import answers_awaited, effects_of
from terreau.ecosystems.rules.effects import as_read
from terreau.people.actions import give_role
from terreau.people.enums import Level, RoleKind
from terreau.people.models import Agent, User
from terreau.people.visibility import NOBODY
from tests.ecosystems.solutions import make_maillon
from tests.ecosystems.test_effects import LOST, make_effect
from tests.factories import join, make_ecosystem, make_organisation, make_user, represent


@pytest.fixture
def ecosystem(db) -> Ecosystem:
    return make_ecosystem()


@pytest.fixture
def alice(ecosystem) -> User:
    return join(make_user("Alice"), ecosystem)


@pytest.fixture
def taxi(ecosystem) -> Agent:
    return represent(make_user("Le chauffeur"), make_organisation("Taxi du Val"), ecosystem)


@pytest.fixture
def answered(ecosystem, alice, taxi) -> Effect:
    """A harm that the taxi answered, and that everybody reads since."""
    effect = make_effect(
        alice,
        ecosystem,
        LOST.statement,
        LOST.for_whom,
        LOST.said_by,
        nature=EffectNature.DESTROYED,
    )
    voice = User.objects.get(agent__name="Le chauffeur")
    actions.answer(by=voice, link=effect.links.get(), words="C'est vrai.")
    effect.refresh_from_db()
    edit(alice, effect, LOST, Level.PUBLIC)
    assert effect.level == Level.PUBLIC
    return effect


def edit(by: User, effect: Effect, words: FirstWords, level: str = "", **rest: object) -> Effect:
    return actions.edit_effect(
        by=by,
        effect=effect,
        edit=Edit(effect.version, level or effect.level),
        words=words,
        rest=Rest(**{"nature": EffectNature.DESTROYED, **rest}),
    )


@pytest.mark.parametrize(
    ("words", "rest"),
    [
        (FirstWords("Le taxi triche sur ses courses.", LOST.for_whom), {}),
        (FirstWords(LOST.statement, "Les victimes du taxi"), {}),
        (FirstWords(LOST.statement, LOST.for_whom, "tout le monde"), {}),
        (LOST, {"nature": EffectNature.USEFUL}),
        (LOST, {"evidence": Evidence.INTUITION + 1}),
        (LOST, {"evidence_words": "Il l'a avoué."}),
        (LOST, {"other_causes": "Sa malhonnêteté."}),
        (LOST, {"seen_where": "Dans ses comptes truqués."}),
    ],
)
def test_other_words_void_the_answer_and_come_back_inside(ecosystem, answered, words, rest):
    tristan = join(make_user("Tristan"), ecosystem)

    edit(tristan, answered, words, **rest)

    (link,) = answered.links.all()
    (kept,) = VoidedAnswer.objects.all()
    assert (link.answer, link.answered_on, link.answer_by) == ("", None, None)
    assert (kept.answer, kept.agent, kept.answer_by.name) == (
        "C'est vrai.",
        link.agent,
        "Le chauffeur",
    )
    assert answered.level == Level.ECOSYSTEM
    assert effects_of(ecosystem, NOBODY).changes == []
    voice = User.objects.get(agent__name="Le chauffeur")
    assert list(answers_awaited(voice, ecosystem)) == [link]
    assert not Beneficiary.objects.filter(level=Level.PUBLIC, label__contains="victimes").exists()


def test_what_says_nothing_else_keeps_the_answer(ecosystem, answered):
    tristan = join(make_user("Tristan"), ecosystem)

    edit(tristan, answered, LOST, timing=EffectTiming.IMMEDIATE)
    edit(tristan, answered, LOST, timing=EffectTiming.IMMEDIATE)

    assert answered.links.get().answer == "C'est vrai."
    assert (answered.level, VoidedAnswer.objects.count()) == (Level.PUBLIC, 0)


@pytest.mark.parametrize("nature", [EffectNature.USEFUL, EffectNature.DESTROYED])
def test_edited_words_leave_again_only_after_a_new_answer(ecosystem, alice, answered, nature):
    words = FirstWords("Le patron triche.", LOST.for_whom)
    edit(join(make_user("Tristan"), ecosystem), answered, words, nature=nature)
    with pytest.raises(Invalid) as refused:
        edit(alice, answered, words, Level.PUBLIC, nature=nature)
    voice = User.objects.get(agent__name="Le chauffeur")

    answered.refresh_from_db()
    actions.answer(by=voice, link=answered.links.get(), words="C'est faux.")
    edit(alice, answered, words, Level.PUBLIC, nature=nature)

    assert refused.value.field == "level"
    assert answered.level == Level.PUBLIC


def test_words_edited_after_an_answer_are_neither_untied_nor_removed(ecosystem, alice, answered):
    edit(alice, answered, FirstWords("Le patron triche.", LOST.for_whom))

    with pytest.raises(Invalid):
        actions.unlink_agent(by=alice, link=answered.links.get())
    with pytest.raises(Invalid):
        actions.remove_effect(by=alice, effect=answered)


def test_an_answer_never_lands_on_words_that_came_after_it_was_begun(ecosystem, alice, taxi):
    effect = make_effect(
        alice, ecosystem, LOST.statement, LOST.for_whom, nature=EffectNature.DESTROYED
    )
    link = effect.links.select_related("effect").get()
    read, voice = as_read(link), User.objects.get(agent__name="Le chauffeur")
    edit(alice, effect, FirstWords("Le Taxi du Val triche.", LOST.for_whom))

    with pytest.raises(EditConflict) as caught:
        actions.answer(by=voice, link=link, words="C'est vrai.", version=read)
    assert EffectLink.objects.get().answer == ""

    actions.answer(by=voice, link=link, words="C'est faux.", version=caught.value.version)
    assert EffectLink.objects.get().answer == "C'est faux."


def test_who_edited_and_what_stood_are_kept_for_who_could_read_it(ecosystem, alice, taxi):
    effect = make_effect(alice, ecosystem, "Un secret.", level=Level.CIRCLE)
    edit(alice, effect, FirstWords("Ce qui se dit.", LOST.for_whom), Level.ECOSYSTEM)
    partner = make_user("Ana")
    give_role(
        agent=partner.agent, space=ecosystem.space, kind=RoleKind.PARTNER, since=clock.today()
    )

    (mine,), (theirs,) = earlier_of(effect, alice), earlier_of(effect, partner)

    assert (mine.by, theirs.by) == (alice.agent, alice.agent)
    assert ("Ce qui change", "Un secret.") in mine.words
    assert (theirs.words, theirs.level) == ((), "")


@pytest.mark.parametrize("edits", [1, 6])
def test_reading_what_stood_before_takes_the_same_queries(
    ecosystem, alice, answered, edits, django_assert_num_queries
):
    for number in range(edits):
        edit(alice, answered, FirstWords(f"Le patron triche {number}.", LOST.for_whom))

    with django_assert_num_queries(5):
        found = earlier_of(answered, alice)

    assert len(found) == edits + 1  # making it public is kept too


def test_a_rewording_stands_for_one_record(ecosystem, alice):
    effect = make_effect(alice, ecosystem)
    filed = {"space": effect.space, "author": effect.author, "level": Level.CIRCLE}

    for record in ({}, {"effect": effect, "maillon": make_maillon(alice, ecosystem)}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Rewording.objects.create(by=alice.agent, **filed, **record)
