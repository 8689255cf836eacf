# SPDX-License-Identifier: AGPL-3.0-or-later
"""« Ce que ça change »: who says it, for whom; nobody is named outside before their answer."""

from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from terreau.core import clock
from terreau.core.errors import EditConflict, Invalid, KeyReused, NotAllowed, NotFound
from terreau.ecosystems.actions import effects as actions
from terreau.ecosystems.actions.effects import FirstWords, Rest
from terreau.ecosystems.actions.records import Edit, Filing
from terreau.ecosystems.enums import EffectLinkKind, EffectNature, Evidence, Standing
from terreau.ecosystems.models import (
    Beneficiary,
    Ecosystem,
    Effect,
    EffectLink,
    Presence,
)
from terreau.ecosystems.queries.effects import change_of, effects_of
from terreau.ecosystems.rules.effects import named_in
from terreau.people.enums import Level, RoleKind
from terreau.people.models import Agent, User
from terreau.people.visibility import NOBODY
from tests.ecosystems.solutions import filing, make_maillon
from tests.factories import join, make_ecosystem, make_organisation, make_user, represent

LOST = FirstWords("Le taxi a perdu deux courses par semaine.", "Le taxi du Val", "l'artisan")


@pytest.fixture
def ecosystem(db) -> Ecosystem:
    return make_ecosystem()


@pytest.fixture
def alice(ecosystem) -> User:
    return join(make_user("Alice"), ecosystem)


@pytest.fixture
def taxi(ecosystem) -> Agent:
    return represent(make_user("Le chauffeur"), make_organisation("Taxi du Val"), ecosystem)


def make_effect(
    by: User,
    ecosystem: Ecosystem,
    statement: str = "Trois intérimaires ont gardé leur poste.",
    for_whom: str = "Les intérimaires",
    said_by: str = "leur employeur",
    *,
    level: str = Level.CIRCLE,
    **rest: object,
) -> Effect:
    return actions.add_effect(
        by=by,
        ecosystem=ecosystem,
        filing=filing(level),
        words=FirstWords(statement, for_whom, said_by),
        rest=Rest(**rest),
    )


def agree(agent: Agent, ecosystem: Ecosystem) -> None:
    Presence.objects.create(
        ecosystem=ecosystem,
        agent=agent,
        space=ecosystem.circle,
        author=agent,
        recorded_by=agent,
        standing=Standing.AGREED,
        agreed_on=clock.today(),
    )


# Names in a sentence


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Le TAXI du val a perdu des courses", {1}),
        ("le taxi, du Val : moins", {1}),
        ("Un taxi de la vallée", set()),
        ("Sainte-Élodie et l'Épi", {2}),
        ("", set()),
    ],
)
def test_a_name_is_seen_whatever_accents_and_capitals(text, found):
    assert named_in([text], {1: "Taxi du Val", 2: "Sainte Elodie", 3: "LA"}) == found


@given(st.text(max_size=60), st.text(max_size=60), st.text(max_size=20))
def test_a_name_put_in_a_sentence_is_always_found_when_long_enough(before, after, name):
    plain = "".join(char for char in name if char.isalnum() and char.isascii())

    found = named_in([f"{before} {plain} {after}"], {1: plain})

    assert found == ({1} if len(plain) >= 4 else set())


# Keeping


def test_three_words_are_enough_and_are_kept_once(ecosystem, alice):
    once = Filing(uuid4())
    words = FirstWords("On ose demander un trajet.", "Les personnes âgées", "deux habitantes")

    first = actions.add_effect(by=alice, ecosystem=ecosystem, filing=once, words=words)
    second = actions.add_effect(by=alice, ecosystem=ecosystem, filing=once, words=words)

    assert first == second
    assert Beneficiary.objects.count() == 1
    assert (first.evidence, first.nature, first.level) == (
        Evidence.INTUITION,
        EffectNature.USEFUL,
        Level.CIRCLE,
    )
    with pytest.raises(KeyReused):
        other = FirstWords("Autre chose.", "Les personnes âgées")
        actions.add_effect(by=alice, ecosystem=ecosystem, filing=once, words=other)


def test_a_beneficiary_written_again_is_the_same(ecosystem, alice):
    make_effect(alice, ecosystem, for_whom="Les intérimaires")
    make_effect(alice, ecosystem, for_whom=" les Intérimaires ")

    assert [b.label for b in Beneficiary.objects.all()] == ["Les intérimaires"]


@pytest.mark.parametrize(
    ("words", "field"),
    [
        (FirstWords("", "Les intérimaires"), "statement"),
        (FirstWords("x" * 5000, "Les intérimaires"), "statement"),
        (FirstWords("Un changement", " "), "for_whom"),
        (FirstWords("Un changement", "x" * 5000), "for_whom"),
        (FirstWords("Un changement", "Les intérimaires", "x" * 5000), "said_by"),
    ],
)
def test_wrong_words_are_refused_with_their_field_and_leave_nothing(ecosystem, alice, words, field):
    with pytest.raises(Invalid) as caught:
        actions.add_effect(by=alice, ecosystem=ecosystem, filing=filing(), words=words)

    assert caught.value.field == field
    assert (Effect.objects.count(), Beneficiary.objects.count()) == (0, 0)


def test_two_people_editing_lose_nothing(ecosystem, alice):
    effect = make_effect(alice, ecosystem)
    edit = Edit(effect.version, Level.CIRCLE)
    mine = FirstWords("La version d'Alice.", "Les intérimaires")
    actions.edit_effect(by=alice, effect=effect, edit=edit, words=mine, rest=Rest())

    with pytest.raises(EditConflict) as caught:
        actions.edit_effect(
            by=join(make_user("Bob"), ecosystem),
            effect=Effect.objects.get(),
            edit=edit,
            words=FirstWords("La version de Bob.", "Les intérimaires"),
            rest=Rest(),
        )

    assert caught.value.stored["statement"] == "La version d'Alice."
    assert caught.value.yours["statement"] == "La version de Bob."


# Who is named answers first


def test_a_harmful_effect_that_names_somebody_waits_for_their_answer(ecosystem, alice, taxi):
    with pytest.raises(Invalid, match="Taxi du Val") as caught:
        actions.add_effect(
            by=alice,
            ecosystem=ecosystem,
            filing=filing(Level.PUBLIC),
            words=LOST,
            rest=Rest(nature=EffectNature.DESTROYED),
        )

    assert caught.value.field == "level"
    assert not Effect.objects.exists()


@pytest.mark.parametrize("level", [Level.PROGRAMME, Level.COMMUNITY, Level.NOTICE, Level.PUBLIC])
def test_the_answer_opens_the_way_out(ecosystem, alice, taxi, level):
    effect = actions.add_effect(
        by=alice,
        ecosystem=ecosystem,
        filing=filing(),
        words=LOST,
        rest=Rest(nature=EffectNature.DESTROYED),
    )
    (link,) = EffectLink.objects.all()
    change = {"effect": effect, "words": LOST, "rest": Rest(nature=EffectNature.DESTROYED)}
    with pytest.raises(Invalid):
        actions.edit_effect(by=alice, edit=Edit(effect.version, level), **change)

    with pytest.raises(NotAllowed):
        actions.answer(by=alice, link=link, words="Il est d'accord.")
    voice = User.objects.get(agent__name="Le chauffeur")
    actions.answer(by=voice, link=link, words="Je préfère être autour de la table.")
    effect.refresh_from_db()
    actions.edit_effect(by=alice, edit=Edit(effect.version, level), **change)

    effect.refresh_from_db()
    link.refresh_from_db()
    assert (link.agent, link.kind, link.answer_by) == (taxi, EffectLinkKind.NAMED, voice.agent)
    assert effect.level == level


def test_an_answer_from_somebody_without_account_is_written_by_a_steward(ecosystem, alice):
    silent = make_organisation("Taxi du Val")
    agree(silent, ecosystem)
    effect = make_effect(
        alice, ecosystem, LOST.statement, LOST.for_whom, nature=EffectNature.DESTROYED
    )
    (link,) = effect.links.all()
    pilot = join(make_user("Samir"), ecosystem, RoleKind.PILOT)

    with pytest.raises(NotAllowed):
        actions.answer(by=alice, link=link, words="Dit au téléphone.")
    actions.answer(by=pilot, link=link, words="Dit au téléphone.")

    assert EffectLink.objects.get().answer == "Dit au téléphone."


def test_turning_a_public_effect_harmful_is_refused_while_unheard(ecosystem, alice, taxi):
    effect = make_effect(alice, ecosystem, LOST.statement, LOST.for_whom, level=Level.PUBLIC)

    with pytest.raises(Invalid):
        actions.edit_effect(
            by=alice,
            effect=effect,
            edit=Edit(effect.version, Level.PUBLIC),
            words=LOST,
            rest=Rest(nature=EffectNature.DESTROYED),
        )

    assert Effect.objects.get().nature == EffectNature.USEFUL


def test_a_name_cannot_be_untied_while_the_sentence_says_it(ecosystem, alice, taxi):
    effect = make_effect(
        alice, ecosystem, LOST.statement, LOST.for_whom, nature=EffectNature.DESTROYED
    )

    actions.unlink_agent(by=alice, link=effect.links.get())

    assert [(x.agent, x.kind) for x in effect.links.all()] == [(taxi, EffectLinkKind.NAMED)]


def test_what_was_answered_is_neither_untied_nor_removed(ecosystem, alice, taxi):
    effect = make_effect(alice, ecosystem, nature=EffectNature.DESTROYED)
    link = actions.link_agent(by=alice, effect=effect, agent=taxi, kind=EffectLinkKind.NAMED)
    voice = User.objects.get(agent__name="Le chauffeur")
    actions.answer(by=voice, link=link, words="C'est vrai.")
    link.refresh_from_db()

    with pytest.raises(Invalid):
        actions.unlink_agent(by=alice, link=link)
    with pytest.raises(Invalid):
        actions.remove_effect(by=alice, effect=effect)


def test_from_outside_an_unheard_effect_is_never_read(ecosystem, alice, taxi):
    # Planted below the actions, as an older version or an import could have left it.
    effect = make_effect(alice, ecosystem, nature=EffectNature.DESTROYED)
    actions.link_agent(by=alice, effect=effect, agent=taxi, kind=EffectLinkKind.NAMED)
    Effect.objects.update(level=Level.PUBLIC)

    assert effects_of(ecosystem, NOBODY).changes == []
    assert [c.effect for c in effects_of(ecosystem, alice).changes] == [effect]


# Reading


def test_what_nobody_says_stands_apart_and_the_silent_are_named(ecosystem, alice):
    said = make_effect(alice, ecosystem)
    supposed = make_effect(alice, ecosystem, "Moins de CO2.", "L'air", said_by="")
    actions.add_beneficiary(by=alice, ecosystem=ecosystem, filing=filing(), label="Les internes")

    effects = effects_of(ecosystem, alice)

    assert [[c.effect for c in group.changes] for group in effects.spoken] == [[said]]
    assert [c.effect for c in effects.to_verify] == [supposed]
    assert {b.label for b in effects.silent} == {"L'air", "Les internes"}


def test_who_benefits_unasked_is_listed_once_with_all_of_it(ecosystem, alice):
    halte = represent(make_user("Samir"), make_organisation("La Halte"), ecosystem)
    both = [make_effect(alice, ecosystem, text) for text in ("Un changement.", "Un autre.")]
    for effect in both:
        actions.link_agent(
            by=alice, effect=effect, agent=halte, kind=EffectLinkKind.BENEFITS_UNASKED
        )

    unasked = effects_of(ecosystem, alice).unasked

    assert [(agent, [c.effect for c in changes]) for agent, changes in unasked] == [(halte, both)]


def test_the_public_reads_what_is_public_and_only_who_agreed(ecosystem, alice, taxi):
    halte = represent(make_user("Samir"), make_organisation("La Halte"), ecosystem)
    agree(halte, ecosystem)
    secret = make_effect(alice, ecosystem, "Un secret.")
    public = make_effect(alice, ecosystem, "Un changement.", level=Level.PUBLIC)
    maillon = make_maillon(alice, ecosystem, "Maillon secret")
    actions.tie_maillons(by=alice, effect=public, maillons=[maillon])
    for agent in (halte, taxi):
        kind = EffectLinkKind.CONTRIBUTES
        actions.link_agent(by=alice, effect=public, agent=agent, kind=kind)

    outside, inside = effects_of(ecosystem, NOBODY), effects_of(ecosystem, alice)

    (change,) = outside.changes
    assert (change.effect, change.contributors, change.maillons) == (public, (halte,), ())
    assert {c.effect for c in inside.changes} == {public, secret}
    assert "Maillon secret" in inside.changes[1].maillons


def test_tying_another_ecosystems_maillon_is_refused(ecosystem, alice):
    elsewhere = make_ecosystem("Ailleurs")
    join(alice, elsewhere)
    effect = make_effect(alice, ecosystem)

    with pytest.raises(Invalid):
        actions.tie_maillons(by=alice, effect=effect, maillons=[make_maillon(alice, elsewhere)])


def test_nobody_ties_anything_to_what_they_do_not_see(ecosystem, alice, taxi):
    effect = make_effect(join(make_user("Bob"), ecosystem), ecosystem, level=Level.AUTHOR)

    with pytest.raises(NotFound):
        actions.link_agent(by=alice, effect=effect, agent=taxi, kind=EffectLinkKind.CONTRIBUTES)


@pytest.mark.parametrize("count", [1, 30])
def test_reading_effects_takes_the_same_queries_for_any_number(
    ecosystem, alice, taxi, count, django_assert_num_queries
):
    for number in range(count):
        effect = make_effect(alice, ecosystem, f"Changement {number}", f"Pour {number}")
        actions.link_agent(by=alice, effect=effect, agent=taxi, kind=EffectLinkKind.CONTRIBUTES)

    with django_assert_num_queries(5):
        effects = effects_of(ecosystem, alice)

    assert len(effects.changes) == count


def test_a_change_tells_no_maillon_that_its_reader_may_not_read(ecosystem, alice):
    effect = make_effect(alice, ecosystem)
    hidden = make_maillon(alice, ecosystem, "Le garage secret", level=Level.AUTHOR)
    shown = make_maillon(alice, ecosystem, "Le minibus")
    actions.tie_maillons(by=alice, effect=effect, maillons=[hidden, shown])
    bob = join(make_user("Bob"), ecosystem)

    found = [
        [
            change.maillons
            for change in (*effects_of(ecosystem, one).changes, change_of(effect, one))
        ]
        for one in (alice, bob)
    ]

    assert [{frozenset(names) for names in seen} for seen in found] == [
        {frozenset({"Le garage secret", "Le minibus"})},
        {frozenset({"Le minibus"})},
    ]
