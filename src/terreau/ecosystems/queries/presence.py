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
from terreau.people.visibility import Reader

HOLDING = (RoleKind.PILOT, RoleKind.ANIMATOR, RoleKind.KEY_HOLDER, RoleKind.INTERIM)


@dataclass(slots=True)
class Seat:
    """An agent in a circle, with what it is there."""

    agent: Agent
    roles: list[Role] = field(default_factory=list)


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
    """Return the circles with their seats; the first circle first, then by name. Two queries."""
    spaces = Space.objects.filter(root_id=ecosystem.space_id).filter(
        Q(kind=SpaceKind.CIRCLE) | Q(pk=ecosystem.space_id)
    )
    found = {space.pk: Circle(space) for space in spaces}
    seats: dict[tuple[int, int], Seat] = {}
    for role in current_roles(ecosystem.space):
        circle = found.get(role.space_id)
        if circle is None:
            continue
        here = (role.space_id, role.agent_id)
        if here not in seats:
            seats[here] = Seat(role.agent)
            circle.seats.append(seats[here])
        seats[here].roles.append(role)
    last = ecosystem.space_id
    order = {ecosystem.circle_id: 0, last: 2}
    shown = [circle for pk, circle in found.items() if pk != last or circle.seats]
    return sorted(shown, key=lambda c: (order.get(c.space.pk, 1), c.space.name))


@dataclass(slots=True)
class Holder:
    """Somebody who holds it all: their role, and the organisations in whose name they speak."""

    role: Role
    organisations: list[str] = field(default_factory=list)


def holders(ecosystem: Ecosystem) -> list[Holder]:
    """Return who pilots, animates, keeps the keys or fills in today, with their organisations."""
    roles = [role for role in current_roles(ecosystem.space) if role.kind in HOLDING]
    rank = {kind: place for place, kind in enumerate(HOLDING)}
    roles.sort(key=lambda role: (rank[RoleKind(role.kind)], role.agent.is_person, role.agent.name))
    spoken = voices_by_person(role.agent_id for role in roles)
    return [Holder(role, spoken.get(role.agent_id, [])) for role in roles]


def voices_by_person(people: Iterable[int]) -> dict[int, list[str]]:
    """Return, by person, the names of the organisations for which they speak today. One query."""
    found: dict[int, list[str]] = {}
    mandates = Mandate.objects.filter(running_on(clock.today()), person_id__in=list(people))
    for person, name in mandates.values_list("person_id", "organisation__name"):
        found.setdefault(person, []).append(name)
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


def people_and_organisations(ecosystem: Ecosystem) -> QuerySet[Agent]:
    """Return the agents that may be given a role here: members, and actors noted."""
    root = ecosystem.space_id
    known = Q(pk__in=Role.objects.filter(space__root_id=root).values("agent_id"))
    known |= Q(pk__in=Presence.objects.filter(ecosystem=ecosystem).values("agent_id"))
    mandated = Mandate.objects.filter(
        running_on(clock.today()),
        organisation__in=Role.objects.filter(running_on(clock.today()), space__root_id=root).values(
            "agent_id"
        ),
    )
    known |= Q(pk__in=mandated.values("person_id"))
    return Agent.objects.filter(known, merged_into__isnull=True).order_by("name", "pk")


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
