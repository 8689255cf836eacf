# SPDX-License-Identifier: AGPL-3.0-or-later
"""Circles and roles: who is what, since when, until when, and who holds it all now."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from terreau.core import clock
from terreau.core.errors import Invalid, NotAllowed, NotFound
from terreau.ecosystems.actions.records import hold
from terreau.ecosystems.models import Ecosystem
from terreau.ecosystems.rules.days import happened
from terreau.ecosystems.rules.presence import can_know_agent
from terreau.ecosystems.rules.records import can_steer
from terreau.people.actions import check_texts, end_role, give_role, open_space
from terreau.people.enums import STEWARD_ROLES, EndReason, RoleKind, SpaceKind
from terreau.people.models import Agent, Role, Space, User
from terreau.people.queries import running_on
from terreau.people.rules import can_speak_for


@transaction.atomic
def open_circle(*, by: User, ecosystem: Ecosystem, name: str) -> Space:
    """Open a circle in an ecosystem. The same name opens it once."""
    _must_steer(by, ecosystem)
    name = " ".join(name.split())
    if not name:
        raise Invalid("Donnez un nom à ce cercle.", field="name")
    check_texts(Space, {"name": name})
    hold(ecosystem)
    there = Space.objects.filter(
        parent=ecosystem.space, kind=SpaceKind.CIRCLE, name__iexact=name
    ).first()
    return there or open_space(kind=SpaceKind.CIRCLE, name=name, parent=ecosystem.space)


@transaction.atomic
def appoint(
    *,
    by: User,
    space: Space,
    agent: Agent,
    kind: RoleKind,
    since: date | None = None,
) -> Role:
    """Give an agent a role in a space of the ecosystem, from a day on (today when None)."""
    ecosystem = _ecosystem_of(space)
    _must_steer(by, ecosystem)
    if kind in STEWARD_ROLES and not agent.is_person and not can_speak_for(by, agent):
        _must_be_spoken_for(agent)
    if not can_know_agent(by, agent):
        raise NotFound("Cette personne ou cette organisation n'est pas encore ici.")
    day = happened(since, field="since", what="Un rôle se note quand il commence")
    return give_role(agent=agent, space=space, kind=kind, given_by=by.agent, since=day)


@transaction.atomic
def dismiss(*, by: User, role: Role, reason: EndReason, until: date | None = None) -> Role:
    """End a role: whoever steers, or the one who holds it. A role ended already stays so."""
    ecosystem = _ecosystem_of(role.space)
    if not can_steer(by, ecosystem) and not can_speak_for(by, role.agent):
        raise NotAllowed("Seules la personne elle-même et celles qui gardent les clés le peuvent.")
    if role.until is not None:
        return role
    day = happened(until, field="until", what="Notez la fin quand elle est là")
    return end_role(role=role, reason=reason, until=day)


def _must_be_spoken_for(agent: Agent) -> None:
    if not agent.mandated.filter(running_on(clock.today())).exists():
        raise Invalid(
            f"Personne ne parle encore pour « {agent} ». Invitez d'abord quelqu'un en son nom.",
            field="agent",
        )


def _ecosystem_of(space: Space) -> Ecosystem:
    found = Ecosystem.objects.select_related("space", "circle").filter(space=space.root).first()
    if found is None:
        raise NotFound("Cet espace n'est pas celui d'une coopération.")
    return found


def _must_steer(by: User, ecosystem: Ecosystem) -> None:
    if not can_steer(by, ecosystem):
        raise NotAllowed("Seules les personnes qui gardent les clés peuvent changer les rôles.")
