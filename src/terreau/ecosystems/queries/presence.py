# SPDX-License-Identifier: AGPL-3.0-or-later
"""Who is here: actors, circles, roles, who holds it all."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import F, Q, QuerySet

from terreau.core import clock
from terreau.ecosystems.models import ActorKind, Ecosystem, LogEntry, Presence
from terreau.people.enums import RoleKind, SpaceKind
from terreau.people.models import Agent, Mandate, Role, Space
from terreau.people.queries import current_roles, running_on
from terreau.people.visibility import Reach, Reader, reach_of

HOLDING = (RoleKind.PILOT, RoleKind.ANIMATOR, RoleKind.KEY_HOLDER, RoleKind.INTERIM)
PLAIN_SEATS = (RoleKind.CORE_MEMBER, RoleKind.PARTNER, RoleKind.MEMBER)
"""Roles that the circle itself says already."""


@dataclass(slots=True)
class Seat:
    """An agent in a circle, with what it is there, and the persons who speak for it there."""

    agent: Agent
    roles: list[Role] = field(default_factory=list)
    people: list[Seat] = field(default_factory=list)

    @property
    def said(self) -> str:
        """What it is, in words; nothing when being there says it all."""
        return ", ".join(r.get_kind_display() for r in self.roles if r.kind not in PLAIN_SEATS)


@dataclass(slots=True)
class Circle:
    """A circle (or the whole ecosystem, for those in no circle) and who is in it."""

    space: Space
    seats: list[Seat] = field(default_factory=list)


def actors(ecosystem: Ecosystem, reader: Reader) -> QuerySet[Presence]:
    """Return the actors that this reader may read about, by name."""
    return (
        Presence.objects.visible_to(reader)
        .filter(ecosystem=ecosystem)
        .select_related("agent__legal_form", "agent__territory", "kind", "space")
        .order_by("agent__name", "pk")
    )


def circles(ecosystem: Ecosystem) -> list[Circle]:
    """Return the circles with their seats; the first circle first, then by name. Three queries.

    A person who speaks for an organisation of the circle sits with it.
    """
    spaces = Space.objects.filter(root_id=ecosystem.space_id).filter(
        Q(kind=SpaceKind.CIRCLE) | Q(pk=ecosystem.space_id)
    )
    roles = list(current_roles(ecosystem.space))
    voices = _voices(role.agent_id for role in roles)
    shown = [Circle(space, _seats(roles, space, voices)) for space in spaces]
    last = ecosystem.space_id
    order = {ecosystem.circle_id: 0, last: 2}
    shown = [circle for circle in shown if circle.space.pk != last or circle.seats]
    return sorted(shown, key=lambda c: (order.get(c.space.pk, 1), c.space.name))


def _seats(roles: list[Role], space: Space, voices: dict[int, list[Agent]]) -> list[Seat]:
    seats: dict[int, Seat] = {}
    for role in roles:
        if role.space_id == space.pk:
            seats.setdefault(role.agent_id, Seat(role.agent)).roles.append(role)
    standing = []
    for seat in seats.values():
        hosts = [seats[o.pk] for o in voices.get(seat.agent.pk, ()) if o.pk in seats]
        if seat.agent.is_person and hosts:
            hosts[0].people.append(seat)
        else:
            standing.append(seat)
    return standing


@dataclass(slots=True)
class Holder:
    """Somebody who holds it all: their roles, and the organisations in whose name they speak."""

    agent: Agent
    roles: list[Role] = field(default_factory=list)
    organisations: list[Agent] = field(default_factory=list)


def holders(ecosystem: Ecosystem) -> list[Holder]:
    """Return who pilots, animates, keeps the keys or fills in today, the pilot first."""
    roles = [role for role in current_roles(ecosystem.space) if role.kind in HOLDING]
    rank = {kind: place for place, kind in enumerate(HOLDING)}
    roles.sort(key=lambda role: (rank[RoleKind(role.kind)], role.agent.is_person, role.agent.name))
    voices = _voices(role.agent_id for role in roles)
    found: dict[int, Holder] = {}
    for role in roles:
        holder = Holder(role.agent, organisations=voices.get(role.agent_id, []))
        found.setdefault(role.agent_id, holder).roles.append(role)
    return list(found.values())


def _voices(people: Iterable[int]) -> dict[int, list[Agent]]:
    """Return, by person, the organisations for which they speak today. One query."""
    found: dict[int, list[Agent]] = {}
    mandates = Mandate.objects.filter(running_on(clock.today()), person_id__in=list(people))
    for mandate in mandates.select_related("organisation").order_by("organisation__name"):
        found.setdefault(mandate.person_id, []).append(mandate.organisation)
    return found


def role_history(ecosystem: Ecosystem) -> QuerySet[Role]:
    """Return every role ever held in an ecosystem: those that run first, then the last ended."""
    return (
        Role.objects.filter(space__root_id=ecosystem.space_id)
        .select_related("agent", "space", "given_by")
        .order_by(F("until").desc(nulls_first=True), "-since", "agent__name", "pk")
    )


def roles_of(ecosystem: Ecosystem, agent: Agent) -> QuerySet[Role]:
    """Return every role that an agent ever held in an ecosystem."""
    return role_history(ecosystem).filter(agent=agent)


def people_and_organisations(ecosystem: Ecosystem, reader: Reader) -> QuerySet[Agent]:
    """Return the agents that may be given a role here: members, and actors that one reads of."""
    root = ecosystem.space_id
    known = Q(pk__in=Role.objects.filter(space__root_id=root).values("agent_id"))
    noted = Presence.objects.visible_to(reader).filter(ecosystem=ecosystem)
    known |= Q(pk__in=noted.values("agent_id"))
    mandated = Mandate.objects.filter(
        running_on(clock.today()),
        organisation__in=Role.objects.filter(running_on(clock.today()), space__root_id=root).values(
            "agent_id"
        ),
    )
    known |= Q(pk__in=mandated.values("person_id"))
    return Agent.objects.filter(known, merged_into__isnull=True).order_by("name", "pk")


def agents_known(ecosystem: Ecosystem, reader: Reader) -> QuerySet[Agent]:
    """Return all of us, who has or had a role here, the actors that this reader reads of, and who
    they speak for.
    """
    roles = Role.objects.filter(space__root_id=ecosystem.space_id)
    noted = Presence.objects.visible_to(reader).filter(ecosystem=ecosystem)
    known = Q(pk=ecosystem.agent_id) | Q(pk__in=reach_of(reader).agents)
    known |= Q(pk__in=roles.values("agent_id")) | Q(pk__in=noted.values("agent_id"))
    return Agent.objects.filter(known).order_by("pk")


def unpresented(ecosystem: Ecosystem, reach: Reach) -> QuerySet[Agent]:
    """Return the agents for whom this reader speaks, a role here and none of the lines yet."""
    roles = Role.objects.filter(running_on(clock.today()), space__root_id=ecosystem.space_id)
    empty = dict.fromkeys(("cares", "can_do", "limits", "not_ask"), "")
    written = Presence.objects.filter(ecosystem=ecosystem).exclude(**empty)
    return (
        Agent.objects.filter(pk__in=reach.agents)
        .filter(pk__in=roles.values("agent_id"))
        .exclude(pk__in=written.values("agent_id"))
        .order_by("kind", "name")
    )


def actor_kinds(ecosystem: Ecosystem) -> QuerySet[ActorKind]:
    """Return the shared kinds of actors, then those of the ecosystem."""
    return ActorKind.objects.filter(Q(ecosystem=None) | Q(ecosystem=ecosystem))


def guest_words(ecosystem: Ecosystem, reader: Reader) -> QuerySet[LogEntry]:
    """Return the words that guests left, newest first."""
    return (
        LogEntry.objects.visible_to(reader)
        .filter(ecosystem=ecosystem, guest_link__isnull=False)
        .select_related("guest_link")
        .order_by("-created_at", "-pk")
    )
