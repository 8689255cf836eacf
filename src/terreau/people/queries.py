# SPDX-License-Identifier: AGPL-3.0-or-later
"""Reads about agents, their roles and mandates."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import cast

from django.db.models import F, Q, QuerySet

from terreau.core import clock
from terreau.core.statements import execute
from terreau.people.enums import STEWARD_ROLES
from terreau.people.models import Agent, Invitation, Mandate, Role, Space, User
from terreau.people.visibility import Audience, audience, reach_of


def running_on(day: date) -> Q:
    """Return the condition of a dated row (since, until) that runs on this day."""
    return Q(since__lte=day) & (Q(until__isnull=True) | Q(until__gte=day))


def current_roles(space: Space) -> QuerySet[Role]:
    """Return the roles that run today anywhere inside the root of this space."""
    return (
        Role.objects.filter(running_on(clock.today()), space__root_id=space.root_id)
        .select_related("agent", "space")
        .order_by("agent__name", "pk")
    )


def voices_of(user: User) -> QuerySet[Agent]:
    """Return the agents in whose name this person may act: themselves first, then organisations."""
    agents = reach_of(user).agents
    return Agent.objects.filter(pk__in=agents).order_by("kind", "name")


def voices_in(user: User, space: Space) -> QuerySet[Agent]:
    """Return the voices of this person that count in this root: themselves, and their members."""
    return voices_of(user).filter(Q(pk=user.agent_id) | Q(pk__in=members_of(space).values("pk")))


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether somebody belongs to a root today, and by which mandate they speak for another."""

    belongs: bool
    mandate: int | None


_STANDING = """
SELECT EXISTS (
    SELECT 1 FROM people_role r JOIN people_space s ON s.id = r.space_id
    WHERE s.root_id = %s AND r.since <= %s AND (r.until IS NULL OR r.until >= %s)
    AND r.agent_id IN (
        SELECT %s UNION ALL SELECT m.organisation_id FROM people_mandate m
        WHERE m.person_id = %s AND m.since <= %s AND (m.until IS NULL OR m.until >= %s)
    )
), (
    SELECT m.id FROM people_mandate m
    WHERE m.person_id = %s AND m.organisation_id = %s
    AND m.since <= %s AND (m.until IS NULL OR m.until >= %s)
    ORDER BY m.id LIMIT 1
)
"""


def standing(user: User, root_id: int, organisation_id: int | None = None) -> Standing:
    """Return what ``can_enter`` and ``mandates_of`` would say, in one plain statement.

    For the ledger's posting, which is measured against plain SQL (a test compares the two).
    """
    if not user.is_active:
        return Standing(belongs=False, mandate=None)
    day, person = clock.today().isoformat(), user.agent_id
    days, mine = (day, day), (person, person)
    values = (root_id, *days, *mine, *days, person, organisation_id, *days)
    ((belongs, mandate),) = execute(_STANDING, values)
    return Standing(bool(belongs), cast("int | None", mandate))


def members_of(space: Space) -> QuerySet[Agent]:
    """Return the agents with a running role anywhere inside the root of this space."""
    roles = Role.objects.filter(running_on(clock.today()), space__root_id=space.root_id)
    return Agent.objects.filter(pk__in=roles.values("agent_id")).order_by("name", "pk")


def mandates_of(user: User) -> QuerySet[Mandate]:
    """Return the running mandates of a person."""
    return (
        Mandate.objects.filter(running_on(clock.today()), person_id=user.agent_id)
        .select_related("organisation")
        .order_by("organisation__name")
    )


def speakers_of(agent: Agent) -> QuerySet[User]:
    """Return the open accounts that speak for an agent today: its own, and its mandates'."""
    mandates = Mandate.objects.filter(running_on(clock.today()), organisation=agent)
    return User.objects.filter(
        Q(agent=agent) | Q(agent_id__in=mandates.values("person_id")), is_active=True
    ).order_by("pk")


def readers_count(space: Space, level: str, *, besides: Collection[int] = ()) -> Audience:
    """Count who would read a record of this space at this level, and these agents besides."""
    root_id = space.root_id or space.pk
    return audience(space.pk, root_id, level, besides=besides)


def pending_invitations(space: Space) -> QuerySet[Invitation]:
    """Return the invitations still open in this root."""
    return Invitation.objects.filter(
        space__root_id=space.root_id, accepted_at__isnull=True, expires_at__gt=clock.now()
    ).order_by("-created_at")


def all_roles_of(user: User) -> QuerySet[Role]:
    """Return every role a person has or had, the running ones first."""
    return (
        Role.objects.filter(agent_id=user.agent_id)
        .select_related("space", "space__root")
        .order_by(F("until").desc(nulls_first=True), "-since", "pk")
    )


def all_mandates_of(user: User) -> QuerySet[Mandate]:
    """Return every mandate a person holds or held, the running ones first."""
    return (
        Mandate.objects.filter(person_id=user.agent_id)
        .select_related("organisation")
        .order_by(F("until").desc(nulls_first=True), "-since", "pk")
    )


def sole_keys_of(user: User) -> list[Space]:
    """Return the roots whose keys nobody but this person would hold."""
    held = current_key_holders().filter(agent_id=user.agent_id).values("space__root_id")
    shared = current_key_holders().exclude(agent_id=user.agent_id).values("space__root_id")
    return list(Space.objects.filter(pk__in=held).exclude(pk__in=shared).order_by("name"))


def current_key_holders() -> QuerySet[Role]:
    """Return the roles that open the pilot's pages and run today, everywhere."""
    return Role.objects.filter(running_on(clock.today()), kind__in=STEWARD_ROLES)
