# SPDX-License-Identifier: AGPL-3.0-or-later
"""Changes to agents, spaces, roles, mandates and invitations."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import models, router, transaction
from django.db.models import F
from django.utils.crypto import salted_hmac

from terreau.core import clock, mail, versions
from terreau.core.errors import Invalid, NotAllowed, NotFound
from terreau.core.once import keep_once, kept
from terreau.people import rules
from terreau.people.enums import (
    MEANINGS,
    PERSONAL_ROLES,
    AgentKind,
    EndReason,
    RoleKind,
    SpaceKind,
)
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

INVITATION_DAYS = 30
GUEST_LINK_DAYS = 180
INVITATIONS_A_DAY = 60


def check_texts(model: type[models.Model], content: Mapping[str, Any]) -> None:
    """Refuse (Invalid) a text longer than its column: SQLite would keep it, PostgreSQL not."""
    for name, value in content.items():
        limit = getattr(model._meta.get_field(name), "max_length", None)
        if isinstance(value, str) and limit is not None and len(value) > limit:
            label = getattr(model._meta.get_field(name), "verbose_name", name)
            raise Invalid(
                f"« {label} » : {limit} caractères au plus ; vous en avez {len(value)}.",
                field=name,
            )


def revise(record: models.Model, *, version: int, changes: Mapping[str, Any]) -> None:
    """Write changes over the version that was edited (any model with a ``version`` field).

    Raises EditConflict, with what is stored and what was sent, when somebody saved in between, and
    NotFound when somebody removed it; nothing is written then.
    """
    check_texts(type(record), changes)
    manager = type(record)._default_manager
    written = manager.filter(pk=record.pk, version=version).update(
        **changes, **_stamp(record), version=version + 1
    )
    if not written:
        current = manager.filter(pk=record.pk).first()
        if current is None:
            raise _gone()
        found = versions.conflict(current, changes)
        found.version = getattr(current, "version", version)
        raise found
    record.refresh_from_db()


@transaction.atomic
def rewrite(
    record: models.Model,
    *,
    version: int | None,
    changes: Mapping[str, Any],
    named: Mapping[str, str] | None = None,
) -> None:
    """Write over a few fields as they were read: ``version`` is ``field_version`` them then.

    For a row that is not edited as a whole. Raises what ``revise`` raises, for these fields alone;
    ``named`` says how the form calls them. None: nobody read before writing (a program). Saying
    again what stands is no conflict.
    """
    check_texts(type(record), changes)
    rows = type(record)._default_manager.select_for_update(of=("self",), no_key=True)
    current = rows.filter(pk=record.pk).first()
    if current is None:
        raise _gone()
    versions.must_be_as_read(current, version, changes, named=named)
    written = {**changes, **_stamp(record)}
    for name, value in written.items():
        setattr(record, name, value)
    record.save(update_fields=list(written))


def _gone() -> NotFound:
    return NotFound(
        "Ce texte a été retiré pendant que vous écriviez. Copiez le vôtre si vous y tenez, "
        "puis rouvrez la page."
    )


def _stamp(record: models.Model) -> dict[str, datetime]:
    # ``update()`` moves no field by itself.
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


def derived_token(purpose: str, key: UUID) -> str:
    """Return the secret of a link from the key of its form: sending it twice shows the same."""
    digest = salted_hmac(f"terreau.{purpose}", key.hex, algorithm="sha256").digest()
    return base64.urlsafe_b64encode(digest[:24]).decode()


def invite(
    *,
    by: User,
    space: Space,
    email: str,
    role_kind: RoleKind,
    organisation: Agent | None = None,
    key: UUID | None = None,
    address: str = "",
) -> tuple[Invitation, str]:
    """Keep a seat for somebody. Returns the invitation and the token of its link, shown once.

    ``address``: the address of its page, with TOKEN where the token goes; it is then mailed.
    An organisation may be named when the person speaks for it, or when nobody does yet and it is
    in no other ecosystem: else an invitation could open the doors that it holds elsewhere.
    """
    if not rules.can_steward(by, space):
        raise NotAllowed("Seules les personnes qui gardent les clés peuvent inviter.")
    key = key or uuid4()
    token = derived_token("invitation", key)
    wanted = {
        "space": space,
        "email": email.strip().lower(),
        "role_kind": role_kind,
        "organisation": organisation,
        "token_hash": token_digest(token),
    }
    stored = kept(Invitation, key=key, wanted=wanted)
    if stored is not None:
        return stored, token
    _check_voice(by, organisation, space)
    check_texts(Invitation, wanted)
    expires_at = clock.now() + timedelta(days=INVITATION_DAYS)
    fresh = {"invited_by": by.agent, "expires_at": expires_at}
    with transaction.atomic():
        _slow_down(space, key)
        invitation, created = keep_once(Invitation, key=key, wanted=wanted, fresh=fresh)
        if created and address:
            _mail_invitation(invitation, address.replace("TOKEN", token))
    return invitation, token


def _check_voice(by: User, organisation: Agent | None, space: Space) -> None:
    if organisation is not None and not rules.can_name_voice(by, organisation, space):
        raise NotAllowed(
            f"« {organisation} » a déjà une personne qui parle en son nom : c'est à elle d'inviter "
            "ses collègues. Vous pouvez inviter sans préciser d'organisation.",
            field="organisation",
        )


def _slow_down(space: Space, key: UUID) -> None:
    """Refuse to send a crowd of mails in a day: an instance must not become a letter box."""
    today = Invitation.objects.filter(
        space__root_id=space.root_id, created_at__gt=clock.now() - timedelta(days=1)
    )
    if today.exclude(key=key).count() >= INVITATIONS_A_DAY:
        raise Invalid(
            "Beaucoup d'invitations sont parties depuis hier. Reprenez demain, ou donnez un lien "
            "d'invité."
        )


def _mail_invitation(invitation: Invitation, link: str) -> None:
    place = invitation.space.root or invitation.space
    last_day = clock.day_of(invitation.expires_at)
    voice = (
        f", pour parler au nom de « {invitation.organisation} »" if invitation.organisation else ""
    )
    means = MEANINGS.get(RoleKind(invitation.role_kind))
    meaning = f" Cela veut dire : {means}." if means else ""
    mail.send(
        to=invitation.email,
        subject=f"Une place vous est gardée dans « {place} »",
        text=(
            f"Bonjour,\n\n{invitation.invited_by} vous garde une place dans « {place} » : "
            f"{invitation.get_role_kind_display()}{voice}.{meaning}\n\n"
            f"Pour la prendre : {link}\n\n"
            f"Ce lien ne sert qu'une fois, jusqu'au {last_day:%d/%m/%Y}. "
            "Si vous ne connaissez pas cette personne, laissez ce message sans suite : "
            "rien n'a été créé à votre nom.\n"
        ),
        key=f"invitation:{invitation.key}",
    )


def cancel_invitation(*, by: User, invitation: Invitation) -> None:
    """Take back a seat that nobody took yet: its link opens nothing from now on."""
    if not rules.can_steward(by, invitation.space):
        raise NotAllowed("Seules les personnes qui gardent les clés peuvent reprendre ce lien.")
    if invitation.accepted_at is not None:
        raise Invalid("Cette invitation a déjà été acceptée. Vous pouvez mettre fin au rôle.")
    invitation.expires_at = min(invitation.expires_at, clock.now())
    invitation.save(update_fields=["expires_at"])


def open_invitation(token: str) -> Invitation:
    """Return the invitation behind a token, or raise NotFound with what to do."""
    invitation = (
        Invitation.objects.select_related("space__root", "organisation", "invited_by__user")
        .filter(token_hash=token_digest(token))
        .first()
    )
    if invitation is None:
        raise NotFound("Ce lien d'invitation n'existe pas. Demandez-en un nouveau.")
    return invitation


@transaction.atomic
def accept_invitation(*, by: User, token: str) -> Invitation:
    """Take the seat: role, and mandate when the invitation names an organisation. Once.

    The organisation joins the space with its person, so that it counts among its readers.
    """
    found = open_invitation(token)
    invitation = Invitation.objects.select_for_update(of=("self",)).get(pk=found.pk)
    if invitation.accepted_by_id == by.agent_id:
        return invitation
    if invitation.accepted_at or invitation.expires_at <= clock.now():
        raise Invalid("Ce lien a déjà servi ou a expiré. Demandez-en un nouveau.")
    kind, host = RoleKind(invitation.role_kind), found.invited_by
    give_role(agent=by.agent, space=found.space, kind=kind, given_by=host)
    if found.organisation is not None:
        _seat_organisation(found, by)
    invitation.accepted_at = clock.now()
    invitation.accepted_by = by.agent
    invitation.save(update_fields=["accepted_at", "accepted_by"])
    return invitation


def _seat_organisation(invitation: Invitation, by: User) -> None:
    organisation, space = invitation.organisation, invitation.space
    assert organisation is not None
    host = User.objects.get(agent_id=invitation.invited_by_id)
    if not rules.can_speak_for(by, organisation):
        if not rules.can_name_voice(host, organisation, space):
            raise Invalid(
                f"« {organisation} » a choisi entre-temps une autre personne pour parler en son "
                "nom. Demandez-lui de vous inviter."
            )
        give_mandate(person=by.agent, organisation=organisation)
    seat = RoleKind(invitation.role_kind)
    if seat in PERSONAL_ROLES:
        seat = RoleKind.CORE_MEMBER if space.kind == SpaceKind.CIRCLE else RoleKind.PARTNER
    give_role(agent=organisation, space=space, kind=seat, given_by=invitation.invited_by)


def open_guest_link(
    *, by: User, space: Space, label: str, question: str = "", key: UUID | None = None
) -> tuple[GuestLink, str]:
    """Open a link for people without an account. Returns it and its token, shown once."""
    if not rules.can_steward(by, space):
        raise NotAllowed("Seules les personnes qui gardent les clés peuvent ouvrir un lien.")
    key = key or uuid4()
    token = derived_token("guest", key)
    wanted = {
        "space": space,
        "label": label.strip() or "Lien d'invité",
        "question": question.strip(),
        "token_hash": token_digest(token),
    }
    check_texts(GuestLink, wanted)
    expires_at = clock.now() + timedelta(days=GUEST_LINK_DAYS)
    fresh = {"created_by": by.agent, "expires_at": expires_at}
    link, _ = keep_once(GuestLink, key=key, wanted=wanted, fresh=fresh)
    return link, token


def close_guest_link(*, by: User, link: GuestLink) -> None:
    """Close a guest link: it opens nothing from now on."""
    if not rules.can_steward(by, link.space):
        raise NotAllowed("Seules les personnes qui gardent les clés peuvent fermer ce lien.")
    link.revoked_at = link.revoked_at or clock.now()
    link.save(update_fields=["revoked_at"])


def guest_link(token: str) -> GuestLink:
    """Return the open link behind a guest's token, or raise NotFound."""
    link = (
        GuestLink.objects.select_related("space__root")
        .filter(token_hash=token_digest(token), revoked_at__isnull=True, expires_at__gt=clock.now())
        .first()
    )
    if link is None:
        raise NotFound("Ce lien n'est plus ouvert. Demandez-en un nouveau à qui vous l'a donné.")
    return link


def note_outside_read(*, space_id: int, organisation: str, what: str) -> None:
    """Count one read or export of one space by somebody outside, by organisation and day."""
    note_outside_reads(space_ids=[space_id], organisation=organisation, what=what)


def note_outside_reads(*, space_ids: Sequence[int], organisation: str, what: str) -> None:
    """Count one read of each of these spaces, by organisation and day: two writes, however many.

    Called once the answer has left (see ``web.outside``): a page that is read never writes in the
    main database, and these rows live beside it.
    """
    same = {"organisation": organisation[:160], "what": what[:40], "day": clock.today()}
    rows = [OutsideRead(space_id=space_id, count=0, **same) for space_id in space_ids]
    with transaction.atomic(using=router.db_for_write(OutsideRead)):
        OutsideRead.objects.bulk_create(rows, ignore_conflicts=True)
        OutsideRead.objects.filter(space_id__in=space_ids, **same).update(count=F("count") + 1)
