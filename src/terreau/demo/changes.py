# SPDX-License-Identifier: AGPL-3.0-or-later
"""What it changed, for better and for worse, and what guests said."""

from __future__ import annotations

from functools import partial
from typing import Any

from terreau.demo.cast import Cast
from terreau.demo.chronicle import speaker
from terreau.demo.timeline import Timeline, key, read
from terreau.ecosystems.actions.effects import (
    FirstWords,
    Rest,
    add_beneficiary,
    add_effect,
    answer,
    edit_effect,
    link_agent,
    tie_maillons,
)
from terreau.ecosystems.actions.guests import answer_word, leave_word
from terreau.ecosystems.actions.records import Edit, Filing
from terreau.ecosystems.enums import EffectLinkKind, EffectNature
from terreau.ecosystems.models import Effect, EffectLink, LogEntry, Maillon
from terreau.people.actions import open_guest_link
from terreau.people.enums import Level

GUEST_KEY = key("guest-link")
"""From which the token of the inhabitants' link is derived: the demonstration shows it again."""

Told = dict[str, Any]


def tell(timeline: Timeline, cast: Cast) -> None:
    """Note beneficiaries, effects, answers and guests' words on the timeline."""
    data = read("effects")
    for name, told in data["beneficiaries"].items():
        timeline.add(400, partial(_beneficiary, cast, name, told))
    for number, told in enumerate(data["effects"]):
        words = FirstWords(told["text"], data["beneficiaries"][told["for"]]["label"], told["who"])
        timeline.add(told["ago"], partial(_effect, timeline, cast, (number, words), told))
        if "answer" in told:
            timeline.add(told["ago"] - 4, partial(_answer, timeline, cast, (number, words), told))
    timeline.add(100, partial(_open_link, cast))
    for number, told in enumerate(read("story")["guest_words"]):
        timeline.add(told["ago"], partial(_guest, cast, number, told))
        if "answer" in told:
            timeline.add(told["answered_ago"], partial(_heard, cast, number, told["answer"]))


def _beneficiary(cast: Cast, name: str, told: Told) -> None:
    add_beneficiary(
        by=cast.steward(),
        ecosystem=cast.place,
        filing=Filing(key=key("beneficiary", name), level=Level.PUBLIC),
        label=told["label"],
        kind=told["kind"],
    )


def _rest(timeline: Timeline, told: Told) -> Rest:
    return Rest(
        nature=told.get("nature", EffectNature.USEFUL),
        timing=told["timing"],
        evidence=told["evidence"],
        evidence_words=told["words"],
        share_due=told["share"],
        other_causes=told["causes"],
        since=timeline.day(told["ago"]),
    )


def _effect(timeline: Timeline, cast: Cast, said: tuple[int, FirstWords], told: Told) -> None:
    number, words = said
    by = cast.steward()
    # Somebody named answers before anything is read outside: it stays in the circle until then.
    public = told["public"] and "answer" not in told
    effect = add_effect(
        by=by,
        ecosystem=cast.place,
        filing=Filing(key=key("effect", number), level=Level.PUBLIC if public else Level.CIRCLE),
        words=words,
        rest=_rest(timeline, told),
    )
    for name, kind in told["links"]:
        link_agent(by=by, effect=effect, agent=cast.agents[name], kind=EffectLinkKind(kind))
    names = {told["id"]: told["name"] for told in read("solution")["maillons"]}
    wanted = [names[name] for name in told["maillons"]]
    tie_maillons(
        by=by,
        effect=effect,
        maillons=Maillon.objects.filter(ecosystem=cast.place, name__in=wanted),
    )


def _answer(timeline: Timeline, cast: Cast, said: tuple[int, FirstWords], told: Told) -> None:
    number, words = said
    effect = Effect.objects.get(key=key("effect", number))
    named = EffectLink.objects.get(effect=effect, kind=EffectLinkKind.NAMED)
    name = next(name for name, kind in told["links"] if kind == "named")
    answer(by=speaker(cast, name), link=named, words=told["answer"])
    edit_effect(
        by=cast.steward(),
        effect=effect,
        edit=Edit(version=effect.version, level=Level.PUBLIC),
        words=words,
        rest=_rest(timeline, told),
    )


def _open_link(cast: Cast) -> str:
    """Open the inhabitants' link, once; return its token."""
    _, token = open_guest_link(
        by=cast.steward(),
        space=cast.place.circle,
        label="Affiche des arrêts de partage",
        question="À quoi avez-vous renoncé, faute de pouvoir y aller ou en revenir ?",
        key=GUEST_KEY,
    )
    return token


def _heard(cast: Cast, number: int, answer: str) -> None:
    """Say what became of a word, and show both at the inhabitants' link."""
    entry = LogEntry.objects.get(key=key("guest", number))
    answer_word(by=cast.steward(), entry=entry, version=entry.version, answer=answer, publish=True)


def _guest(cast: Cast, number: int, told: Told) -> None:
    token = _open_link(cast)
    leave_word(token=token, key=key("guest", number), text=told["text"], name=told["name"])
