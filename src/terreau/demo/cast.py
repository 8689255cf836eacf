# SPDX-License-Identifier: AGPL-3.0-or-later
"""Who is in the story: organisations, the people who speak for them, their roles."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from terreau.demo.timeline import Timeline, key, read
from terreau.ecosystems.actions.ecosystem import Beginning, start
from terreau.ecosystems.actions.presence import (
    Lines,
    add_actor,
    note_agreement,
    note_contact,
)
from terreau.ecosystems.actions.roles import dismiss
from terreau.ecosystems.models import ActorKind, Ecosystem, LifeFunction, Presence
from terreau.people.actions import add_agent, give_mandate, give_role
from terreau.people.enums import AgentKind, EndReason, Level, RoleKind
from terreau.people.models import Agent, LegalForm, Mandate, Role, User

FOUNDER = "nadege"
WIDE = frozenset({"bailleur", "taxi", "sante", "labo", "commune"})
"""Organisations of the wider circle; the others are in the first."""


@dataclass
class Cast:
    """Everybody by the name that the data files give them."""

    users: dict[str, User] = field(default_factory=dict)
    agents: dict[str, Agent] = field(default_factory=dict)
    ecosystem: Ecosystem | None = None

    @property
    def place(self) -> Ecosystem:
        """The ecosystem, once it was started."""
        assert self.ecosystem is not None
        return self.ecosystem

    def steward(self) -> User:
        """Who keeps the keys on the day that is being replayed."""
        held = Role.objects.filter(
            space=self.place.circle,
            kind__in=(RoleKind.PILOT, RoleKind.KEY_HOLDER),
            until__isnull=True,
        )
        # « pilot » comes after « key_holder »: the pilot first, the other key when there is none.
        holder = held.order_by("-kind", "-pk").select_related("agent__user").first()
        assert holder is not None
        return holder.agent.user


def gather(timeline: Timeline) -> Cast:
    """Create the accounts and organisations, and note when each joined and left."""
    data, cast = read("people"), Cast()
    for name, who in data["people"].items():
        cast.users[name] = _account(name, who["name"])
    for name, what in data["organisations"].items():
        cast.agents[name] = _organisation(what)
    timeline.add(755, lambda: _begin(cast, data["ecosystem"]))
    for name, what in data["organisations"].items():
        timeline.add(min(what["ago"], 754), _joins(cast, name, what, data["presences"][name]))
    for name, who in data["people"].items():
        _tell_of(timeline, cast, name, who)
    for name, lines in data["presences"].items():
        if lines["standing"] == "agreed":
            timeline.add(lines["ago"], _agrees(cast, name))
        elif lines["standing"] == "contacted":
            timeline.add(100, _is_contacted(cast, name))
    return cast


def _account(name: str, full_name: str) -> User:
    agent = add_agent(kind=AgentKind.PERSON, name=full_name, invented=True)
    # No password: the demonstration's doors are the only way in. `.invalid` reaches nobody.
    return User.objects.create_user(f"{name}@demonstration.invalid", agent=agent)


def _organisation(what: dict[str, Any]) -> Agent:
    collective = what["kind"] == "collectif"
    form = LegalForm.objects.get(code=what["form"]) if "form" in what else None
    return add_agent(
        kind=AgentKind.COLLECTIVE if collective else AgentKind.ORGANISATION,
        name=what["name"],
        legal_form=form,
        place="Val de Clairsault",
        invented=True,
    )


def _begin(cast: Cast, told: dict[str, Any]) -> None:
    beginning = Beginning(
        name=told["name"],
        sentence=told["sentence"],
        functions=list(LifeFunction.objects.filter(slug__in=told["functions"])),
        place=told["place"],
        slug=told["slug"],
        invented=True,
    )
    cast.ecosystem = start(by=cast.users[FOUNDER], key=key("ecosystem"), beginning=beginning)


def _joins(cast: Cast, name: str, what: dict[str, Any], lines: dict[str, Any]) -> Any:
    def deed() -> None:
        agent, place = cast.agents[name], cast.place
        wide = name in WIDE
        give_role(
            agent=agent,
            space=place.space if wide else place.circle,
            kind=RoleKind.PARTNER if wide else RoleKind.CORE_MEMBER,
            given_by=cast.users[FOUNDER].agent,
        )
        texts = {field: lines.get(field, "") for field in ("cares", "can_do", "limits", "not_ask")}
        kind = ActorKind.objects.get(code=what["kind"], ecosystem=None)
        level = Level.PUBLIC if lines["standing"] == "agreed" else Level.CIRCLE
        add_actor(
            by=cast.steward(),
            ecosystem=place,
            key=key("presence", name),
            actor=agent,
            lines=Lines(**texts, kind=kind, level=level),
        )

    return deed


def _tell_of(timeline: Timeline, cast: Cast, name: str, who: dict[str, Any]) -> None:
    """Note the mandate of a person, then each of their roles, begun and ended."""
    joined = min(max(role["ago"] for role in who["roles"]), 754)

    def mandate() -> None:
        person, organisation = cast.users[name].agent, cast.agents[who["for"]]
        give_mandate(person=person, organisation=organisation, title=who["title"])

    def no_more() -> None:
        held = Mandate.objects.filter(person=cast.users[name].agent, until__isnull=True)
        held.update(until=timeline.day(who["mandate_until_ago"]))

    timeline.add(joined, mandate)
    for role in who["roles"]:
        kind = RoleKind(role["kind"])
        founded = name == FOUNDER and kind in (RoleKind.PILOT, RoleKind.KEY_HOLDER)
        if not founded:
            timeline.add(min(role["ago"], 754), _takes_role(cast, name, kind))
        if "until_ago" in role:
            timeline.add(role["until_ago"], _leaves_role(cast, name, kind, role["reason"]))
    if "mandate_until_ago" in who:
        timeline.add(who["mandate_until_ago"], no_more)


def _takes_role(cast: Cast, name: str, kind: RoleKind) -> Any:
    def deed() -> None:
        place = cast.place
        wide = kind in (RoleKind.PARTNER, RoleKind.LANDLORD)
        give_role(
            agent=cast.users[name].agent,
            space=place.space if wide else place.circle,
            kind=kind,
            given_by=cast.steward().agent,
        )

    return deed


def _leaves_role(cast: Cast, name: str, kind: RoleKind, reason: str) -> Any:
    def deed() -> None:
        held = Role.objects.get(
            agent=cast.users[name].agent, kind=kind, space=cast.place.circle, until__isnull=True
        )
        dismiss(by=cast.steward(), role=held, reason=EndReason(reason))

    return deed


def _agrees(cast: Cast, name: str) -> Any:
    def deed() -> None:
        presence = Presence.objects.get(ecosystem=cast.place, agent=cast.agents[name])
        note_agreement(by=cast.steward(), presence=presence, said_by="dit en réunion")

    return deed


def _is_contacted(cast: Cast, name: str) -> Any:
    def deed() -> None:
        presence = Presence.objects.get(ecosystem=cast.place, agent=cast.agents[name])
        note_contact(by=cast.steward(), presence=presence)

    return deed
