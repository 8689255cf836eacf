# SPDX-License-Identifier: AGPL-3.0-or-later
"""« Nos repères »: counts with their unit, their period and their source. Never contributions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from terreau.agreements.models import Landmark
from terreau.agreements.rules import rights
from terreau.core.errors import Invalid, NotAllowed
from terreau.core.once import keep_once
from terreau.core.units import too_fine, unit_named
from terreau.ecosystems.models import Ecosystem
from terreau.ecosystems.rules.days import plausible
from terreau.people.actions import revise
from terreau.people.enums import Level
from terreau.people.models import User
from terreau.people.rules import can_speak_for, can_steward
from terreau.people.visibility import reach_of


@dataclass(frozen=True, slots=True)
class Count:
    """What was counted. ``value`` in millionths of the unit said in words."""

    label: str
    value: int
    unit_words: str
    since: date
    until: date
    source: str
    level: str = Level.CIRCLE.value


def add_landmark(*, by: User, ecosystem: Ecosystem, key: UUID, count: Count) -> Landmark:
    """Keep a count, once for its key.

    Raises Invalid without label, unit or source, or for a reversed period.
    """
    if not rights.can_take_part(reach_of(by), ecosystem):
        raise NotAllowed("Les repères se notent entre membres de la coopération.")
    _check(count)
    wanted = {
        "ecosystem": ecosystem,
        "space": ecosystem.circle,
        "author": by.agent,
        "recorded_by": by.agent,
        **_values(count),
    }
    return keep_once(Landmark, key=key, wanted=wanted)[0]


def edit_landmark(*, by: User, landmark: Landmark, version: int, count: Count) -> Landmark:
    """Correct a count. Raises EditConflict when somebody saved in between."""
    _check_rights(by, landmark)
    _check(count)
    revise(landmark, version=version, changes=_values(count))
    return landmark


def remove_landmark(*, by: User, landmark: Landmark) -> None:
    """Remove a count that should not be there."""
    _check_rights(by, landmark)
    landmark.delete()


def _check_rights(by: User, landmark: Landmark) -> None:
    if not (can_speak_for(by, landmark.author) or can_steward(by, landmark.ecosystem.space)):
        raise NotAllowed("Ce repère se corrige par qui l'a noté, ou par qui garde les clés.")


def _check(count: Count) -> None:
    for field in ("label", "unit_words", "source"):
        if not getattr(count, field).strip():
            raise Invalid("Un repère dit ce qu'on compte, l'unité et qui l'a compté.", field=field)
    for field, limit in (("label", 160), ("unit_words", 60), ("source", 200)):
        if len(getattr(count, field)) > limit:
            raise Invalid(f"Gardez {limit} caractères au plus.", field=field)
    for field in ("since", "until"):
        plausible(getattr(count, field), field=field)
    if count.value < 0:
        raise Invalid("Un compte ne peut pas être négatif.", field="value")
    named = unit_named(count.unit_words)
    if named is not None and (finer := too_fine(count.value, named.code)):
        raise Invalid(finer, field="value")
    if count.until < count.since:
        raise Invalid("La période finit avant d'avoir commencé.", field="until")


def _values(count: Count) -> dict[str, object]:
    return {
        "label": count.label.strip(),
        "value": count.value,
        "unit_words": count.unit_words.strip(),
        "since": count.since,
        "until": count.until,
        "source": count.source.strip(),
        "level": count.level,
    }
