# SPDX-License-Identifier: AGPL-3.0-or-later
"""One's own account: changing one's name, closing it (actions, apart for their length)."""

from __future__ import annotations

from contextlib import suppress

from django.apps import apps
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.db import models, transaction
from django.db.models import Q

from terreau.core import clock
from terreau.core.errors import Invalid
from terreau.people.actions import end_role, rewrite
from terreau.people.enums import EndReason, Level
from terreau.people.models import Agent, Invitation, Mandate, Record, Role, User

CLOSED_NAME = "Une personne qui a fermé son compte"


def rename_person(*, by: User, name: str, version: int | None = None) -> Agent:
    """Change the name under which one is shown, over the one that was read. Invalid if empty."""
    if not name.strip():
        raise Invalid("Donnez un nom, même un simple prénom.", field="name")
    rewrite(by.agent, version=version, changes={"name": name.strip()})
    return by.agent


@transaction.atomic
def close_account(*, by: User, reason: EndReason = EndReason.NOT_SAID) -> None:
    """Empty one's own account: name, addresses, keys, sessions, what was written for oneself.

    Roles and mandates end today. What was written with others stays, under a neutral name; so do
    the flows of the ledger. Closing twice changes nothing.
    """
    if by.closed_at is not None:
        return
    addresses = [by.email, *_addresses_of(by)]
    _end_all(by.agent, reason)
    _erase_private_records(by.agent)
    _erase_dependants(by)
    _erase_dependants(by.agent)
    by.groups.clear()
    by.user_permissions.clear()
    invited = Q(email__in=addresses) | Q(accepted_by=by.agent)  # perhaps under another address
    Invitation.objects.filter(invited).update(email=_closed_address(by))
    Mandate.objects.filter(person=by.agent).update(title="")
    _erase_sessions(by)
    _empty(by)


def _addresses_of(user: User) -> list[str]:
    # The other addresses of an account belong to the sign-in library; it points here, not we there.
    found = [
        relation.related_model
        for relation in user._meta.related_objects
        if relation.name == "emailaddress"
    ]
    return [
        address
        for model in found
        for address in model._base_manager.filter(user=user).values_list("email", flat=True)
    ]


def _end_all(agent: Agent, reason: EndReason) -> None:
    today = clock.today()
    open_ones = Q(until__isnull=True) | Q(until__gt=today)
    for role in Role.objects.filter(open_ones, agent=agent):
        end_role(role=role, reason=reason, until=max(today, role.since))
    for mandate in Mandate.objects.filter(open_ones, person=agent):
        mandate.until = max(today, mandate.since)
        mandate.save(update_fields=["until"])


def _erase_private_records(agent: Agent) -> None:
    """Erase what was written for its author alone, unless something else stands on it."""
    for model in apps.get_models():
        if not issubclass(model, Record):
            continue
        for record in model._base_manager.filter(author=agent, level=Level.AUTHOR):
            with suppress(models.ProtectedError, models.RestrictedError), transaction.atomic():
                record.delete()


def _erase_dependants(holder: User | Agent) -> None:
    """Erase the rows that would go with this one (keys, addresses, last visits)."""
    for relation in holder._meta.related_objects:
        if relation.on_delete is models.CASCADE:
            rows = relation.related_model._base_manager.filter(**{relation.field.name: holder})
            rows.delete()


def _erase_sessions(user: User) -> None:
    # A session holds the address by which one signed in; no column says whose it is.
    keys = [
        session.session_key
        for session in Session.objects.iterator()
        if session.get_decoded().get(SESSION_KEY) == str(user.pk)
    ]
    Session.objects.filter(session_key__in=keys).delete()


def _empty(user: User) -> None:
    user.email = _closed_address(user)
    user.set_unusable_password()  # also ends every session
    user.is_active = user.is_staff = user.is_superuser = False
    user.closed_at = clock.now()
    user.save()
    Agent.objects.filter(pk=user.agent_id).update(
        name=CLOSED_NAME, site="", place="", territory=None, siren="", siret="", rna=""
    )


def _closed_address(user: User) -> str:
    return f"compte-ferme-{user.pk}@terreau.invalid"
