# SPDX-License-Identifier: AGPL-3.0-or-later
"""The ecosystems somebody is in, with what they are there."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.db.models import QuerySet

from terreau.core import clock
from terreau.ecosystems.models import Ecosystem
from terreau.people.enums import STEWARD_ROLES, RoleKind
from terreau.people.models import Role, User
from terreau.people.queries import running_on
from terreau.people.visibility import reach_of


@dataclass(slots=True)
class Membership:
    """One ecosystem I am in: my own roles in it, and those of the organisations I speak for."""

    ecosystem: Ecosystem
    mine: list[str] = field(default_factory=list)
    through: list[str] = field(default_factory=list)
    is_steward: bool = False


def ecosystems_of(user: User) -> QuerySet[Ecosystem]:
    """Return the ecosystems in which this person, or who they speak for, has a role; by name."""
    return Ecosystem.objects.filter(space_id__in=reach_of(user).roots).order_by("name", "pk")


def memberships_of(user: User) -> list[Membership]:
    """Return the ecosystems of a person, by name, in five queries whatever their number."""
    reach = reach_of(user)
    by_root = {ecosystem.space_id: Membership(ecosystem) for ecosystem in ecosystems_of(user)}
    roles = (
        Role.objects.filter(
            running_on(clock.today()), agent_id__in=reach.agents, space__root_id__in=by_root
        )
        .select_related("agent", "space")
        .order_by("since", "pk")
    )
    for role in roles:
        root_id = role.space.root_id
        if root_id is not None:
            _add(by_root[root_id], role, person_id=user.agent_id)
    return list(by_root.values())


def _add(membership: Membership, role: Role, *, person_id: int) -> None:
    membership.is_steward |= RoleKind(role.kind) in STEWARD_ROLES
    if role.agent_id == person_id:
        words, told = role.get_kind_display(), membership.mine
    else:
        words, told = f"{role.get_kind_display()} ({role.agent.name})", membership.through
    if words not in told:
        told.append(words)
