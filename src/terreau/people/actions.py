# SPDX-License-Identifier: AGPL-3.0-or-later
"""Changes to agents, spaces, roles, mandates and invitations."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

from django.db import models, transaction

from terreau.core import clock
from terreau.core.errors import EditConflict, Invalid, KeyReused, NotAllowed, NotFound
from terreau.people import rules
from terreau.people.enums import AgentKind, EndReason, RoleKind, SpaceKind
from terreau.people.models import (
    Agent,
    GuestLink,
    Invitation,
    Mandate,
    OutsideRead,
    Role,
    Space,
    SpaceLink,
    User,
)

R = TypeVar("R", bound=models.Model)

INVITATION_DAYS = 30
GUEST_LINK_DAYS = 180


def revise(record: models.Model, *, version: int, changes: Mapping[str, Any]) -> None:
    """Write changes over the version that was edited (any model with a ``version`` field).

    Raises EditConflict, with what is stored and what was sent, when somebody saved in between;
    nothing is written then.
    """
    manager = type(record)._default_manager
    written = manager.filter(pk=record.pk, version=version).update(
        **changes, **_stamp(record), version=version + 1
    )
    if not written:
        current = manager.get(pk=record.pk)
        raise EditConflict(
            "Quelqu'un a enregistré ce texte pendant que vous écriviez. Rien n'est perdu : "
            "voici les deux versions. Gardez ce qui convient, puis enregistrez.",
            stored={name: str(getattr(current, name)) for name in changes},
            yours={name: str(value) for name, value in changes.items()},
            version=getattr(current, "version", version),
        )
    record.refresh_from_db()


def keep_once(model: type[R], *, key: UUID, wanted: Mapping[str, Any]) -> tuple[R, bool]:
    """Create a record, or return the one already kept under this key (False then).

    Raises KeyReused when the key came before with other content.
    """
    record, created = model._default_manager.get_or_create(key=key, defaults=dict(wanted))
    if any(getattr(record, name) != value for name, value in wanted.items()):
        raise KeyReused(
            "Ce formulaire avait déjà servi, avec un autre contenu. Ce qui était enregistré est "
            "intact. Rouvrez la page pour écrire autre chose."
        )
    return record, created


def _stamp(record: models.Model) -> dict[str, datetime]:
    # ``update()`` does not move an ``auto_now`` field by itself.
    return {"updated_at": clock.now()} if hasattr(record, "updated_at") else {}


@transaction.atomic
def open_space(*, kind: SpaceKind, name: str, parent: Space | None = None) -> Space:
    """Create a space; without a parent it is its own root."""
    space = Space.objects.create(
        kind=kind, name=name, parent=parent, root_id=parent.root_id if parent else None
    )
    if parent is None:
        space.root = space
        space.save(update_fields=["root"])
    return space


def add_agent(*, kind: AgentKind, name: str, **fields: object) -> Agent:
    """Create an agent. Raises Invalid when it has no name."""
    if not name.strip():
        raise Invalid("Donnez un nom : c'est la seule chose nécessaire.", field="name")
    return Agent.objects.create(kind=kind, name=name.strip(), **fields)


@transaction.atomic
def give_role(
    *,
    agent: Agent,
    space: Space,
    kind: RoleKind,
    given_by: Agent | None = None,
    since: date | None = None,
) -> Role:
    """Give a role from a day on. An open role of that kind is returned as it is."""
    role, _ = Role.objects.get_or_create(
        agent=agent,
        space=space,
        kind=kind,
        until=None,
        defaults={"since": since or clock.today(), "given_by": given_by},
    )
    return role


def end_role(*, role: Role, reason: EndReason, until: date | None = None) -> Role:
    """End a role on a day, with a reason of the neutral list."""
    day = until or clock.today()
    if day < role.since:
        raise Invalid(
            f"Ce rôle a commencé le {role.since:%d/%m/%Y} : il ne peut pas finir avant.",
            field="until",
        )
    role.until = day
    role.end_reason = reason
    role.save(update_fields=["until", "end_reason"])
    return role


def give_mandate(
    *, person: Agent, organisation: Agent, title: str = "", since: date | None = None
) -> Mandate:
    """Let a person speak for an organisation from a day on."""
    if not person.is_person or organisation.is_person:
        raise Invalid("Un mandat relie une personne à une organisation.")
    mandate, _ = Mandate.objects.get_or_create(
        person=person,
        organisation=organisation,
        until=None,
        defaults={"since": since or clock.today(), "title": title},
    )
    return mandate


def link_spaces(*, source: Space, target: Space, since: date | None = None) -> SpaceLink:
    """Let a space publish to another."""
    link, _ = SpaceLink.objects.get_or_create(
        source=source, target=target, until=None, defaults={"since": since or clock.today()}
    )
    return link


def token_digest(token: str) -> str:
    """Return what is stored of a token: a leak of the database opens no door."""
    return hashlib.sha256(token.encode()).hexdigest()


def invite(
    *,
    by: User,
    space: Space,
    email: str,
    role_kind: RoleKind,
    organisation: Agent | None = None,
) -> tuple[Invitation, str]:
    """Keep a seat for somebody. Returns the invitation and the token of its link, shown once."""
    if not rules.can_steward(by, space):
        raise NotAllowed("Seules les personnes qui gardent les clés peuvent inviter.")
    token = secrets.token_urlsafe(24)
    invitation = Invitation.objects.create(
        space=space,
        email=email.strip().lower(),
        role_kind=role_kind,
        organisation=organisation,
        token_hash=token_digest(token),
        invited_by=by.agent,
        expires_at=clock.now() + timedelta(days=INVITATION_DAYS),
    )
    return invitation, token


@transaction.atomic
def accept_invitation(*, by: User, token: str) -> Invitation:
    """Take the seat: role, and mandate when the invitation names an organisation. Once."""
    invitation = (
        Invitation.objects.select_for_update(of=("self",))
        .select_related("space", "organisation", "invited_by")
        .filter(token_hash=token_digest(token))
        .first()
    )
    if invitation is None:
        raise NotFound("Ce lien d'invitation n'existe pas. Demandez-en un nouveau.")
    if invitation.accepted_by_id == by.agent_id:
        return invitation
    if invitation.accepted_at or invitation.expires_at <= clock.now():
        raise Invalid("Ce lien a déjà servi ou a expiré. Demandez-en un nouveau.")
    give_role(
        agent=by.agent,
        space=invitation.space,
        kind=RoleKind(invitation.role_kind),
        given_by=invitation.invited_by,
    )
    if invitation.organisation is not None:
        give_mandate(person=by.agent, organisation=invitation.organisation)
    invitation.accepted_at = clock.now()
    invitation.accepted_by = by.agent
    invitation.save(update_fields=["accepted_at", "accepted_by"])
    return invitation


def open_guest_link(*, by: User, space: Space, label: str) -> tuple[GuestLink, str]:
    """Open a link for people without an account. Returns it and its token, shown once."""
    if not rules.can_steward(by, space):
        raise NotAllowed("Seules les personnes qui gardent les clés peuvent ouvrir un lien.")
    token = secrets.token_urlsafe(18)
    link = GuestLink.objects.create(
        space=space,
        label=label.strip() or "Lien d'invité",
        token_hash=token_digest(token),
        created_by=by.agent,
        expires_at=clock.now() + timedelta(days=GUEST_LINK_DAYS),
    )
    return link, token


def close_guest_link(*, by: User, link: GuestLink) -> None:
    """Close a guest link: it opens nothing from now on."""
    if not rules.can_steward(by, link.space):
        raise NotAllowed("Seules les personnes qui gardent les clés peuvent fermer ce lien.")
    link.revoked_at = link.revoked_at or clock.now()
    link.save(update_fields=["revoked_at"])


def guest_space(token: str) -> Space:
    """Return the space that a guest's token opens, or raise NotFound."""
    link = (
        GuestLink.objects.select_related("space")
        .filter(token_hash=token_digest(token), revoked_at__isnull=True, expires_at__gt=clock.now())
        .first()
    )
    if link is None:
        raise NotFound("Ce lien n'est plus ouvert. Demandez-en un nouveau à qui vous l'a donné.")
    return link.space


@transaction.atomic
def note_outside_read(*, space_id: int, organisation: str, what: str) -> None:
    """Count one read or export by somebody outside: by organisation and day, no more."""
    row, created = OutsideRead.objects.get_or_create(
        space_id=space_id, organisation=organisation[:160], what=what[:40], day=clock.today()
    )
    if not created:
        OutsideRead.objects.filter(pk=row.pk).update(count=models.F("count") + 1)
