# SPDX-License-Identifier: AGPL-3.0-or-later
"""One question to ask this week, chosen by a rule from where the cooperation stands, and why.

The questions are those of the five parts of the definition (catalogue D9–D40, domain.md 5.5). The
rule proposes, it judges nothing: no score, and « à rediscuter » is as good as « en place ».
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class State:
    """What the rule looks at. Counts of what the reader may read; days, None when never."""

    has_aim: bool = False
    open_disagreements: int = 0
    stakes: int = 0
    performances: int = 0
    missing_maillons: tuple[str, ...] = ()
    unborne_maillons: tuple[str, ...] = ()
    unsaid_maillons: tuple[str, ...] = ()
    promises: int = 0
    late_reviews: int = 0
    effects: int = 0
    unheard_effects: int = 0
    unspoken_beneficiaries: tuple[str, ...] = ()
    decisions: int = 0
    days_since_entry: int | None = None
    learnt_entries: int = 0
    paused: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """A question in plain words, the part it belongs to, and why it comes now."""

    part: str
    text: str
    because: str
    page: str


Rule = tuple[Callable[[State], object], Question]

AIM, ANSWER, TOGETHER = "Notre cap", "Ce qu'il faut pour que ça marche", "Faire ensemble"
VALUE, GOVERNANCE = "Ce que ça change", "Nous organiser"

RULES: tuple[Rule, ...] = (
    (
        lambda s: s.paused,
        Question(
            GOVERNANCE,
            "Qu'est-ce qui doit tenir pendant la pause, et qu'est-ce qui peut attendre ?",
            "La coopération est en pause.",
            "handover_page",
        ),
    ),
    (
        lambda s: not s.has_aim,
        Question(
            AIM,
            "De quoi les gens ont-ils vraiment besoin ici ? Qui l'a dit ?",
            "Le cap n'est pas encore écrit.",
            "cap_page",
        ),
    ),
    (
        lambda s: s.has_aim and not s.stakes,
        Question(
            AIM,
            "Qu'est-ce qui se joue ici, et pour qui ?",
            "Le cap est là ; ce qui se joue n'est pas encore dit.",
            "cap_page",
        ),
    ),
    (
        lambda s: s.open_disagreements,
        Question(
            AIM,
            "Sur quoi ne sommes-nous pas d'accord, et de quoi faut-il parler d'abord ?",
            "Un désaccord est ouvert sur le cap. C'est normal ; il mérite un moment.",
            "cap_page",
        ),
    ),
    (
        lambda s: s.has_aim and not s.performances,
        Question(
            ANSWER,
            "Qu'est-ce que ça doit permettre, et à qui ?",
            "Le cap est là ; ce qu'il doit permettre n'est pas encore dit.",
            "solution_page",
        ),
    ),
    (
        lambda s: s.missing_maillons,
        Question(
            ANSWER,
            "De quoi a-t-on besoin pour que ça marche vraiment ? Qui pourrait s'en charger ?",
            "Il manque : {missing_maillons}.",
            "solution_page",
        ),
    ),
    (
        lambda s: s.unborne_maillons,
        Question(
            TOGETHER,
            "Qui tient l'ensemble en ce moment ? Qui pourrait prendre un maillon ?",
            "Personne ne s'en charge encore : {unborne_maillons}.",
            "solution_page",
        ),
    ),
    (
        lambda s: s.unsaid_maillons,
        Question(
            ANSWER,
            "Si on enlève cette pièce, est-ce que ça tient ?",
            "La question n'a pas été posée pour : {unsaid_maillons}.",
            "solution_page",
        ),
    ),
    (
        lambda s: s.late_reviews,
        Question(
            TOGETHER,
            "Qu'est-ce que chacun promet, et qu'est-ce qui a changé depuis ?",
            "Un engagement est à revoir ensemble.",
            "agreements_list",
        ),
    ),
    (
        lambda s: s.performances and not s.promises,
        Question(
            TOGETHER,
            "Qu'est-ce que chacun peut promettre, sans se mettre en difficulté ?",
            "Aucun engagement n'est encore pris.",
            "agreements_list",
        ),
    ),
    (
        lambda s: s.unspoken_beneficiaries,
        Question(
            VALUE,
            "Pour qui ça change quelque chose ? Qui peut en parler ?",
            "Personne n'a parlé pour : {unspoken_beneficiaries}.",
            "effects_page",
        ),
    ),
    (
        lambda s: s.unheard_effects,
        Question(
            VALUE,
            "Qui peut le confirmer ? À qui le demander ?",
            "Un changement est à vérifier auprès des personnes.",
            "effects_page",
        ),
    ),
    (
        lambda s: s.promises and not s.effects,
        Question(
            VALUE,
            "Qu'est-ce que ça change déjà, en bien et en moins bien ?",
            "Des engagements sont pris ; aucun changement n'est encore noté.",
            "effects_page",
        ),
    ),
    (
        lambda s: s.promises and not s.decisions,
        Question(
            GOVERNANCE,
            "Qui décide de quoi, et où parle-t-on de notre travail ?",
            "Aucune décision du cercle n'est encore notée.",
            "cap_page",
        ),
    ),
    (
        lambda s: s.days_since_entry is None or s.days_since_entry > 21,
        Question(
            GOVERNANCE,
            "Qu'est-ce qui s'est passé depuis la dernière fois ?",
            "Rien n'a été écrit dans le journal ces trois dernières semaines.",
            "logbook_list",
        ),
    ),
)
OTHERWISE = (
    Question(
        GOVERNANCE,
        "Qu'avons-nous changé parce qu'on a appris ?",
        "Tout suit son cours : c'est le moment de regarder en arrière.",
        "logbook_list",
    ),
    Question(
        VALUE,
        "Qui en profite sans le savoir, et qui pourrait contribuer ?",
        "Tout suit son cours : c'est le moment de regarder autour.",
        "effects_page",
    ),
    Question(
        TOGETHER,
        "Qu'est-ce qu'on apprend les uns des autres ?",
        "Tout suit son cours : c'est le moment de se le dire.",
        "logbook_list",
    ),
)
SHOWN = 3  # how many of the questions that fit take turns, week after week


def question(state: State, week: int) -> Question:
    """Return the question of a week (its ISO number): the first that fit take turns."""
    fitting = [asked for applies, asked in RULES if applies(state)] or list(OTHERWISE)
    chosen = fitting[:SHOWN]
    return _told(chosen[week % len(chosen)], state)


def _told(asked: Question, state: State) -> Question:
    names = {
        name: _some(getattr(state, name))
        for name in ("missing_maillons", "unborne_maillons", "unsaid_maillons")
    }
    names["unspoken_beneficiaries"] = _some(state.unspoken_beneficiaries)
    because = asked.because
    for name, words in names.items():
        because = because.replace("{" + name + "}", words)
    return Question(asked.part, asked.text, because, asked.page)


def _some(names: tuple[str, ...]) -> str:
    shown = ", ".join(names[:2])
    rest = len(names) - 2
    if rest <= 0:
        return shown
    return f"{shown} et {rest} autre{'s' if rest > 1 else ''}"
