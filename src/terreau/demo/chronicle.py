# SPDX-License-Identifier: AGPL-3.0-or-later
"""What was said and done: aims, stakes, difficulties, words, decisions, phases, the solution."""

from __future__ import annotations

from functools import partial
from typing import Any

from terreau.demo.cast import Cast
from terreau.demo.pictures import file_of
from terreau.demo.timeline import Timeline, key, read
from terreau.ecosystems.actions.aim import adopt_aim, disagree, propose_aim
from terreau.ecosystems.actions.decisions import decide
from terreau.ecosystems.actions.ecosystem import declare_phase
from terreau.ecosystems.actions.logbook import Lines, write_entry
from terreau.ecosystems.actions.records import Filing
from terreau.ecosystems.actions.solution import (
    MaillonLinks,
    MaillonText,
    PerformanceText,
    add_maillon,
    add_performance,
    take_charge,
)
from terreau.ecosystems.actions.words import add_obstacle, add_stake, add_word
from terreau.ecosystems.enums import Phase
from terreau.ecosystems.models import Aim, Maillon, Performance
from terreau.people.enums import Level
from terreau.people.models import Agent, User


def tell(timeline: Timeline, cast: Cast) -> None:
    """Note everything of the chronicle on the timeline."""
    story = read("story")
    _aims(timeline, cast, story)
    for number, phase in enumerate(story["phases"][1:]):
        timeline.add(phase["ago"], _phase(cast, timeline, number, phase))
    for decision in story["decisions"]:
        timeline.add(decision["ago"], _decision(cast, timeline, decision))
    for what, add in (("stakes", add_stake), ("obstacles", add_obstacle), ("words", add_word)):
        for number, said in enumerate(story[what]):
            timeline.add(said.get("ago", 530), _said(cast, timeline, (what, number, add), said))
    for number, entry in enumerate(read("logbook")["entries"]):
        timeline.add(entry[0], _entry(cast, timeline, number, entry))
    _solution(timeline, cast)


def speaker(cast: Cast, organisation: str) -> User:
    """Return a person of the story who speaks for an organisation today."""
    mandate = (
        cast.agents[organisation]
        .mandated.filter(until__isnull=True)
        .select_related("person__user")
        .order_by("pk")
        .first()
    )
    assert mandate is not None, organisation
    return mandate.person.user


def filing(cast: Cast, organisation: str, *parts: object, level: str = Level.CIRCLE) -> Filing:
    """Return how a record of the story is kept, in the name of an organisation."""
    return Filing(key=key(*parts), level=level, author=cast.agents[organisation])


def shared(*parts: object, level: str = Level.CIRCLE, author: Agent | None = None) -> Filing:
    """Return how a record of the whole circle is kept."""
    return Filing(key=key(*parts), level=level, author=author)


def _aims(timeline: Timeline, cast: Cast, story: dict[str, Any]) -> None:
    def adopted(number: int, told: dict[str, Any]) -> None:
        aim = propose_aim(
            by=cast.steward(),
            ecosystem=cast.place,
            filing=shared("aim", number, level=Level.PUBLIC),
            text=told["text"],
            why=told["why"],
        )
        adopt_aim(
            by=cast.steward(),
            aim=aim,
            on=timeline.day(told["ago"]),
            how=told["how"],
            adopted_by=[cast.agents[name] for name in told["by"]],
        )

    def seen_otherwise() -> None:
        told = story["disagreement"]
        aim = Aim.objects.filter(ecosystem=cast.place).order_by("-number").first()
        assert aim is not None
        disagree(
            by=speaker(cast, told["agent"]),
            aim=aim,
            filing=shared("disagreement", author=cast.agents[told["agent"]]),
            text=told["text"],
        )

    for number, told in enumerate(story["aims"]):
        timeline.add(told["ago"], partial(adopted, number, told))
    timeline.add(story["aims"][-1]["ago"], seen_otherwise)


def _phase(cast: Cast, timeline: Timeline, number: int, told: dict[str, Any]) -> Any:
    return lambda: declare_phase(
        by=cast.steward(),
        ecosystem=cast.place,
        phase=Phase(told["phase"]),
        since=timeline.day(told["ago"]),
        words=told["words"],
    )


def _decision(cast: Cast, timeline: Timeline, told: dict[str, Any]) -> Any:
    return lambda: decide(
        by=cast.steward(),
        ecosystem=cast.place,
        filing=shared("decision", told["ago"]),
        day=timeline.day(told["ago"]),
        text=told["text"],
        opens_statements=told["opens"],
    )


def _said(cast: Cast, timeline: Timeline, how: tuple[str, int, Any], told: dict[str, Any]) -> Any:
    what, number, add = how
    fields = {
        "stakes": ("label", "description", "concerned", "source"),
        "obstacles": ("words", "code", "learnt"),
        "words": ("word", "meaning"),
    }[what]
    said = {name: told[name] for name in fields}
    if what == "obstacles":
        said["year"] = timeline.day(told["ago"]).year
    if what == "words":
        said["field_term"] = told["term"]
    public = told.get("public", what != "obstacles")

    def deed() -> None:
        by = speaker(cast, told["by"]) if "by" in told else cast.steward()
        author = cast.agents[told["by"]] if "by" in told else None
        level = Level.PUBLIC if public else Level.CIRCLE
        where = shared(what, number, level=level, author=author)
        add(by=by, ecosystem=cast.place, filing=where, said=said)

    return deed


def _entry(cast: Cast, timeline: Timeline, number: int, entry: list[Any]) -> Any:
    ago, who, theme, milestone, text, *more = entry
    told = more[0] if more else {}
    lines = Lines(
        day=timeline.day(ago),
        text=text,
        theme=theme,
        milestone=milestone,
        level=told.get("level", Level.ECOSYSTEM if milestone else Level.CIRCLE),
    )
    return lambda: write_entry(
        by=cast.users[who],
        ecosystem=cast.place,
        lines=lines,
        key=key("entry", number),
        file=file_of(told["file"]) if "file" in told else None,
    )


def _solution(timeline: Timeline, cast: Cast) -> None:
    data = read("solution")
    performances: dict[str, Performance] = {}
    maillons: dict[str, Maillon] = {}

    def performance(told: dict[str, Any]) -> None:
        performances[told["id"]] = add_performance(
            by=speaker(cast, told["by"]),
            ecosystem=cast.place,
            filing=filing(cast, told["by"], "performance", told["id"], level=Level.PUBLIC),
            text=PerformanceText(
                told["statement"], told["for_whom"], told["conditions"], told["observed"]
            ),
        )

    def maillon(told: dict[str, Any]) -> None:
        found = add_maillon(
            by=cast.steward(),
            ecosystem=cast.place,
            filing=Filing(key=key("maillon", told["id"]), level=Level.PUBLIC),
            text=MaillonText(
                told["name"], told["nature"], told["state"], told["holds"], told.get("note", "")
            ),
            links=MaillonLinks(
                performances=[performances[name] for name in told["for"]],
                depends_on=[maillons[name] for name in told.get("needs", ())],
            ),
        )
        maillons[told["id"]] = found
        for name in told["bearers"]:
            take_charge(by=cast.steward(), maillon=found, agent=cast.agents[name])

    for told in data["performances"]:
        timeline.add(520, partial(performance, told))
    for told in sorted(data["maillons"], key=lambda told: "needs" in told):
        timeline.add(480, partial(maillon, told))
