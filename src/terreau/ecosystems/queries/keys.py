# SPDX-License-Identifier: AGPL-3.0-or-later
"""Who holds the keys today, and who could name an interim."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from terreau.core import clock
from terreau.ecosystems.models import Ecosystem, Interim
from terreau.people.enums import AgentKind, RoleKind
from terreau.people.models import Agent, Mandate, Role, User
from terreau.people.queries import pending_invitations, running_on
from terreau.people.visibility import reach_of

KEYS = (RoleKind.PILOT, RoleKind.KEY_HOLDER, RoleKind.INTERIM)


def held_by_somebody() -> Q:
    """Return the condition of a role that a real person plays today.

    A person with an open account or none yet, or an organisation for which somebody speaks.
    """
    today = clock.today()
    spoken_for = Mandate.objects.filter(
        running_on(today), organisation_id=OuterRef("agent_id"), person__user__is_active=True
    )
    closed = User.objects.filter(agent_id=OuterRef("agent_id"), is_active=False)
    person = Q(agent__kind=AgentKind.PERSON) & ~Q(Exists(closed))
    return running_on(today) & (person | Q(Exists(spoken_for)))


def key_holders(ecosystem: Ecosystem) -> QuerySet[Role]:
    """Return the roles that hold the keys today (pilot, keys, interim) and that somebody plays."""
    return (
        Role.objects.filter(held_by_somebody(), space__root_id=ecosystem.space_id, kind__in=KEYS)
        .select_related("agent")
        .order_by("since", "pk")
    )


def holders_count(ecosystem: Ecosystem) -> int:
    """Count the agents that hold the keys today. Two are wanted, from the first day."""
    return key_holders(ecosystem).values("agent_id").distinct().order_by().count()


def alone_with_the_keys(space_ids: Collection[int]) -> QuerySet[Ecosystem]:
    """Return those of these ecosystems (by their space) of which one agent holds the keys."""
    alone = (
        Role.objects.filter(held_by_somebody(), space__root_id__in=space_ids, kind__in=KEYS)
        .order_by()
        .values("space__root_id")
        .annotate(holders=Count("agent_id", distinct=True))
        .filter(holders=1)
    )
    return Ecosystem.objects.filter(space_id__in=alone.values("space__root_id"))


def keys_offered(ecosystem: Ecosystem) -> int:
    """Count the invitations to keep the keys that nobody has taken yet."""
    return pending_invitations(ecosystem.space).filter(role_kind__in=KEYS).count()


def first_circle_organisations(ecosystem: Ecosystem) -> QuerySet[Agent]:
    """Return the organisations and collectives with a running role in the first circle."""
    roles = Role.objects.filter(running_on(clock.today()), space_id=ecosystem.circle_id)
    return (
        Agent.objects.filter(pk__in=roles.values("agent_id"))
        .exclude(kind__in=(AgentKind.PERSON, AgentKind.ECOSYSTEM))
        .order_by("name")
    )


def organisations_of(user: User, ecosystem: Ecosystem) -> QuerySet[Agent]:
    """Return the first-circle organisations for which this person speaks."""
    return first_circle_organisations(ecosystem).filter(pk__in=reach_of(user).agents)


def eligible(ecosystem: Ecosystem) -> QuerySet[Agent]:
    """Return the persons of the first circle: with a role there, or speaking for one of it."""
    today = clock.today()
    roles = Role.objects.filter(running_on(today), space_id=ecosystem.circle_id)
    mandates = Mandate.objects.filter(
        running_on(today), organisation_id__in=roles.values("agent_id")
    )
    return Agent.objects.filter(
        Q(pk__in=roles.values("agent_id")) | Q(pk__in=mandates.values("person_id")),
        kind=AgentKind.PERSON,
        user__is_active=True,
    ).order_by("name")


def interims(ecosystem: Ecosystem) -> QuerySet[Interim]:
    """Return the namings of an interim, newest first."""
    return (
        Interim.objects.filter(ecosystem=ecosystem)
        .select_related("person", "asked_by", "seconded_by", "opposed_by")
        .order_by("-asked_at", "-pk")
    )
