# SPDX-License-Identifier: AGPL-3.0-or-later
"""Programmes, the ecosystems that show them something, who accompanies which."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from terreau.core import clock
from terreau.ecosystems.models import Ecosystem
from terreau.people.enums import RoleKind
from terreau.people.models import Role, SpaceLink, User
from terreau.people.queries import running_on
from terreau.people.visibility import reach_of
from terreau.programmes.models import Coaching, Programme


def programmes_of(user: User) -> QuerySet[Programme]:
    """Return the programmes that this person follows, or all of them for the administrator."""
    rows = Programme.objects.select_related("host").order_by("name", "pk")
    if user.is_superuser:
        return rows
    return rows.filter(space_id__in=reach_of(user).roots)


def follows_one(user: User) -> bool:
    """Tell whether this person follows a programme today (one query, for their first page)."""
    return Role.objects.filter(
        running_on(clock.today()), agent_id=user.agent_id, space__programme__isnull=False
    ).exists()


def open_programmes() -> QuerySet[Programme]:
    """Return the programmes that run today: what an ecosystem may choose to show itself to."""
    today = clock.today()
    return (
        Programme.objects.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=today))
        .select_related("host")
        .order_by("name", "pk")
    )


def followed(programme: Programme) -> QuerySet[Ecosystem]:
    """Return the ecosystems that publish to a programme today, by name."""
    links = SpaceLink.objects.filter(running_on(clock.today()), target_id=programme.space_id)
    return Ecosystem.objects.filter(space_id__in=links.values("source_id")).order_by("name", "pk")


def links_of(ecosystem: Ecosystem) -> QuerySet[SpaceLink]:
    """Return the running links from an ecosystem to programmes (``link.target.programme``)."""
    return (
        SpaceLink.objects.filter(
            running_on(clock.today()),
            source_id=ecosystem.space_id,
            target__programme__isnull=False,
        )
        .select_related("target__programme__host")
        .order_by("since", "pk")
    )


def officers(programme: Programme) -> QuerySet[Role]:
    """Return the roles of the officers, those that run first."""
    return (
        Role.objects.filter(space_id=programme.space_id, kind=RoleKind.PROGRAMME_OFFICER)
        .select_related("agent")
        .order_by("until", "since", "pk")
    )


def coachings(programme: Programme) -> QuerySet[Coaching]:
    """Return who accompanies which ecosystem in a programme, by ecosystem."""
    return (
        Coaching.objects.filter(programme=programme)
        .select_related("ecosystem", "coach")
        .order_by("ecosystem__name", "since", "pk")
    )


def coaches_of(ecosystem: Ecosystem) -> QuerySet[Coaching]:
    """Return who accompanies an ecosystem today, in any programme."""
    return (
        Coaching.objects.filter(running_on(clock.today()), ecosystem=ecosystem)
        .select_related("coach", "programme")
        .order_by("programme__name", "coach__name", "pk")
    )
