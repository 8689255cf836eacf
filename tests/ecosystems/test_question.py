# SPDX-License-Identifier: AGPL-3.0-or-later
"""The question of the week: chosen by where the cooperation stands, explained, never a score."""

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from terreau.ecosystems.rules.question import OTHERWISE, RULES, SHOWN, State, question

pytestmark = pytest.mark.unit

SETTLED = State(
    has_aim=True,
    stakes=2,
    performances=3,
    promises=5,
    effects=4,
    decisions=1,
    days_since_entry=2,
)
names = st.lists(st.text(min_size=1, max_size=20), max_size=4).map(tuple)
states = st.builds(
    State,
    has_aim=st.booleans(),
    open_disagreements=st.integers(0, 3),
    stakes=st.integers(0, 3),
    performances=st.integers(0, 3),
    missing_maillons=names,
    unborne_maillons=names,
    unsaid_maillons=names,
    promises=st.integers(0, 3),
    late_reviews=st.integers(0, 3),
    effects=st.integers(0, 3),
    unheard_effects=st.integers(0, 3),
    unspoken_beneficiaries=names,
    decisions=st.integers(0, 3),
    days_since_entry=st.none() | st.integers(0, 400),
    paused=st.booleans(),
)


@pytest.mark.parametrize(
    ("change", "because"),
    [
        ({"paused": True}, "La coopération est en pause."),
        ({"has_aim": False}, "Le cap n'est pas encore écrit."),
        ({"stakes": 0}, "Le cap est là ; ce qui se joue n'est pas encore dit."),
        (
            {"open_disagreements": 1},
            "Un désaccord est ouvert sur le cap. C'est normal ; il mérite un moment.",
        ),
        ({"performances": 0}, "Le cap est là ; ce qu'il doit permettre n'est pas encore dit."),
        ({"missing_maillons": ("Le retour",)}, "Il manque : Le retour."),
        ({"missing_maillons": ("A", "B", "C")}, "Il manque : A, B et 1 autre."),
        ({"missing_maillons": ("A", "B", "C", "D")}, "Il manque : A, B et 2 autres."),
        ({"unborne_maillons": ("Vélos",)}, "Personne ne s'en charge encore : Vélos."),
        ({"unsaid_maillons": ("Vélos",)}, "La question n'a pas été posée pour : Vélos."),
        ({"late_reviews": 1}, "Un engagement est à revoir ensemble."),
        ({"promises": 0}, "Aucun engagement n'est encore pris."),
        ({"unspoken_beneficiaries": ("Lycéens",)}, "Personne n'a parlé pour : Lycéens."),
        ({"unheard_effects": 1}, "Un changement est à vérifier auprès des personnes."),
        ({"effects": 0}, "Des engagements sont pris ; aucun changement n'est encore noté."),
        ({"decisions": 0}, "Aucune décision du cercle n'est encore notée."),
        (
            {"days_since_entry": 22},
            "Rien n'a été écrit dans le journal ces trois dernières semaines.",
        ),
        (
            {"days_since_entry": None},
            "Rien n'a été écrit dans le journal ces trois dernières semaines.",
        ),
    ],
)
def test_one_thing_amiss_asks_about_that_thing(change, because):
    assert question(replace(SETTLED, **change), 0).because == because


def test_when_all_goes_its_way_the_questions_look_around():
    asked = [question(SETTLED, week) for week in range(3)]

    assert asked == list(OTHERWISE)


def test_the_questions_that_fit_take_turns():
    state = replace(SETTLED, stakes=0, open_disagreements=1, late_reviews=1, decisions=0)

    asked = [question(state, week).because for week in range(2 * SHOWN)]

    assert len(set(asked)) == SHOWN
    assert asked[:SHOWN] == asked[SHOWN:]


@given(states, st.integers(1, 53))
def test_any_state_gets_a_question_with_its_reason_and_no_figure_of_progress(state, week):
    asked = question(state, week)

    known = [one for _, one in RULES] + list(OTHERWISE)
    assert (asked.text, asked.page) in {(one.text, one.page) for one in known}
    assert asked.text.endswith("?")
    assert re.search(r"\{[a-z_]+\}", asked.because) is None or any(
        "{" in name
        for name in state.missing_maillons
        + state.unborne_maillons
        + state.unsaid_maillons
        + state.unspoken_beneficiaries
    )
