# SPDX-License-Identifier: AGPL-3.0-or-later
"""How a private record of an ecosystem is kept: once for a key, in a name one may use."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from django.db import models, transaction

from terreau.core.errors import Invalid, NotAllowed, NotFound
from terreau.core.once import keep_once
from terreau.core.versions import in_words
from terreau.ecosystems.models import Ecosystem, Effect, Maillon, Performance, Rewording
from terreau.ecosystems.rules.records import can_change
from terreau.people import rules
from terreau.people.actions import revise
from terreau.people.enums import Level
from terreau.people.models import Agent, Record, User

R = TypeVar("R", bound=Record)


@dataclass(frozen=True, slots=True)
class Filing:
    """Under which key a record is kept, who may read it, in whose name (else one's own)."""

    key: UUID
    level: str = Level.CIRCLE
    author: Agent | None = None


@dataclass(frozen=True, slots=True)
class Edit:
    """From which version an edit started, and who may read the record from now on."""

    version: int
    level: str


def hold(ecosystem: Ecosystem) -> None:
    """Lock an ecosystem until the transaction ends: what is said of it at once is said in turn.

    Nobody who only writes something in it waits for that.
    """
    rows = Ecosystem.objects.select_for_update(of=("self",), no_key=True)
    rows.get(pk=ecosystem.pk)


def keep(
    model: type[R], *, by: User, ecosystem: Ecosystem, filing: Filing, fields: Mapping[str, Any]
) -> tuple[R, bool]:
    """Keep a record in the first circle of an ecosystem; return it, and whether it is new.

    The same key with the same content returns what is stored. Raises NotAllowed, Invalid,
    KeyReused.
    """
    author = filing.author or by.agent
    if not rules.can_enter(by, ecosystem.space):
        raise NotAllowed("Cette coopération n'est pas la vôtre. Rien n'a été enregistré.")
    if not rules.can_speak_for(by, author):
        raise NotAllowed(f"Vous ne parlez pas au nom de {author.name}. Rien n'a été enregistré.")
    belongs = {"ecosystem": ecosystem} if hasattr(model, "ecosystem") else {}
    wanted = {
        **checked(model, {**fields, "level": filing.level}),
        **belongs,
        "space": ecosystem.circle,
        "author": author,
        "recorded_by": by.agent,
    }
    return keep_once(model, key=filing.key, wanted=wanted)


@transaction.atomic
def change(
    *, by: User, record: Effect | Maillon | Performance, edit: Edit, fields: Mapping[str, Any]
) -> frozenset[str]:
    """Write over the version that was edited; return the fields that say something else now.

    Whoever reads the record may mend its words: who did, when, and what stood before are kept.
    Who may read it is for its author and stewards. Raises NotFound, Invalid, EditConflict.
    """
    must_see(by, record)
    if edit.level != record.level and not can_change(by, record):
        raise Invalid(
            "Seules la personne qui l'a écrit et celles qui gardent les clés peuvent changer qui "
            f"le lit. Remettez « {record.get_level_display()} » : le reste s'enregistrera.",
            field="level",
        )
    changes = checked(type(record), {**fields, "level": edit.level})
    before = {name: getattr(record, name) for name in changes}
    revise(record, version=edit.version, changes=changes)
    changed = frozenset(name for name in changes if before[name] != getattr(record, name))
    if changed:
        _keep_earlier(by, record, {name: before[name] for name in changes if name in changed})
    return changed


def _keep_earlier(by: User, record: Record, before: Mapping[str, Any]) -> None:
    words = [_stood(record, name, value) for name, value in before.items() if name != "level"]
    Rewording.objects.create(
        **{type(record).__name__.lower(): record},
        space_id=record.space_id,
        author_id=record.author_id,
        level=before.get("level", record.level),
        by=by.agent,
        words=words,
    )


def _stood(record: Record, name: str, value: Any) -> tuple[str, str]:
    field: Any = record._meta.get_field(name)
    label = str(field.verbose_name)
    choices = {str(code): str(shown) for code, shown in field.flatchoices or ()}
    return label[:1].upper() + label[1:], choices.get(str(value), in_words(value))


def must_see(by: User, record: Record) -> None:
    """Raise NotFound unless this person reads the record and is in its ecosystem."""
    visible = type(record).objects.visible_to(by).filter(pk=record.pk).exists()
    if not visible or not rules.can_enter(by, record.space):
        raise NotFound("Nous ne trouvons pas cela ici, ou vous ne pouvez plus le lire.")


def checked(model: type[models.Model], fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields with trimmed texts. Raises Invalid for one too long or not of its list."""
    found = {}
    for name, value in fields.items():
        field = model._meta.get_field(name)
        value = value.strip() if isinstance(value, str) else value
        _check(field, name, value)
        found[name] = value
    return found


def _check(field: Any, name: str, value: Any) -> None:
    label = str(field.verbose_name)
    if value in ("", None) and not field.blank:
        raise Invalid(f"Il manque une réponse : {label}.", field=name)
    if field.choices and value not in {code for code, _ in field.flatchoices}:
        raise Invalid(f"Cette réponse n'est pas dans la liste : {label}.", field=name)
    limit = getattr(field, "max_length", None)
    if limit and isinstance(value, str) and len(value) > limit:
        raise Invalid(
            f"{label[:1].upper()}{label[1:]} : {len(value)} caractères, c'est trop long. "
            f"{limit} au plus.",
            field=name,
        )
