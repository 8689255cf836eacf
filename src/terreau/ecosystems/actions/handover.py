# SPDX-License-Identifier: AGPL-3.0-or-later
"""Passing the relay: a role goes from one to another on a day, and the journal says so."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from django.db import transaction

from terreau.core import clock
from terreau.core.errors import Invalid, NotAllowed
from terreau.core.once import kept
from terreau.ecosystems.actions.logbook import log_milestone
from terreau.ecosystems.enums import Milestone
from terreau.ecosystems.models import Ecosystem, LogEntry
from terreau.ecosystems.rules.handover import can_hand_over, is_handed_on
from terreau.people.actions import end_role, give_role
from terreau.people.enums import EndReason, RoleKind
from terreau.people.models import Agent, Role, User
from terreau.people.queries import members_of, running_on

FARTHEST = timedelta(days=366)


@transaction.atomic
def hand_over(
    *, by: User, ecosystem: Ecosystem, role: Role, to: Agent, on: date, key: UUID
) -> Role:
    """End a role on a day and give it to a member from that day. Repeating changes nothing.

    An interim that is passed on becomes the pilot's role: it was there until one was found.
    """
    kind = RoleKind.PILOT if role.kind == RoleKind.INTERIM else RoleKind(role.kind)
    locked = Role.objects.select_for_update(of=("self",)).select_related("agent").get(pk=role.pk)
    text = (
        f"Passage de relais le {on:%d/%m/%Y} : {to} prend le rôle « {kind.label} », "
        f"tenu jusque-là par {locked.agent}."
    )
    told = kept(LogEntry, key=key, wanted={"ecosystem": ecosystem, "text": text})
    if told is not None or locked.until is not None:
        return _already_handed(ecosystem, locked, to, kind)
    _check(by, ecosystem, locked, to, on)
    end_role(role=locked, reason=EndReason.HANDED_OVER, until=on)
    given = give_role(agent=to, space=ecosystem.circle, kind=kind, given_by=by.agent, since=on)
    log_milestone(by=by.agent, ecosystem=ecosystem, milestone=Milestone.ROLE, text=text, key=key)
    return given


def _already_handed(ecosystem: Ecosystem, role: Role, to: Agent, kind: RoleKind) -> Role:
    given = Role.objects.filter(
        agent=to, space=ecosystem.circle, kind=kind, since__lte=role.until, until=None
    ).first()
    if given is None or role.end_reason != EndReason.HANDED_OVER:
        raise Invalid(f"Ce rôle a déjà pris fin le {role.until:%d/%m/%Y}.")
    return given


def _check(by: User, ecosystem: Ecosystem, role: Role, to: Agent, on: date) -> None:
    if not is_handed_on(role, ecosystem):
        raise Invalid("Ce rôle ne se passe pas ici.", field="role")
    if not can_hand_over(by, ecosystem, role):
        raise NotAllowed("Ce rôle n'est pas le vôtre : demandez à qui le tient.")
    if to.pk == role.agent_id:
        raise Invalid("Choisissez quelqu'un d'autre : ce rôle est déjà le sien.", field="to")
    if not members_of(ecosystem.space).filter(pk=to.pk).exists():
        raise Invalid("Choisissez quelqu'un de la coopération, ou invitez-le d'abord.", field="to")
    if not to.is_person and not to.mandated.filter(running_on(clock.today())).exists():
        raise Invalid(f"Personne ne parle encore pour « {to} » : invitez quelqu'un.", field="to")
    if on < role.since:
        raise Invalid(f"Ce rôle a commencé le {role.since:%d/%m/%Y}.", field="on")
    if on > clock.today() + FARTHEST:
        raise Invalid("Choisissez un jour d'ici à un an.", field="on")
