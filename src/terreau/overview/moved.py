# SPDX-License-Identifier: AGPL-3.0-or-later
"""What moved since a moment, across the cooperation: the last few of each kind, newest first.

Each kind reads its last rows by their number and leaves the older ones aside in Python, so that a
page costs the same at a thousand and at a hundred thousand.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from django.utils import timezone

from terreau.agreements.enums import VersionState
from terreau.agreements.models import AgreementVersion
from terreau.agreements.queries.agreements import readable as readable_agreements
from terreau.agreements.queries.contributions import readable as readable_contributions
from terreau.ecosystems.models import (
    Aim,
    CircleDecision,
    Ecosystem,
    Effect,
    LogEntry,
    Maillon,
    PhaseChange,
)
from terreau.people.models import Role
from terreau.people.visibility import Reach

LOOKED_AT = 12


@dataclass(frozen=True, slots=True)
class Moved:
    """One thing that moved: when, which kind in words, who, what, and the page that holds it."""

    when: datetime
    kind: str
    who: str
    what: str
    page: str
    pk: int = 0


def moved_since(ecosystem: Ecosystem, reach: Reach, since: datetime) -> list[Moved]:
    """Return what this reader may read of what moved after ``since``, newest first."""
    found = [
        *_entries(ecosystem, reach),
        *_contributions(ecosystem, reach),
        *_aims(ecosystem, reach),
        *_effects(ecosystem, reach),
        *_maillons(ecosystem, reach),
        *_decisions(ecosystem, reach),
        *_agreements(ecosystem, reach),
        *_phases(ecosystem),
        *_roles(ecosystem),
    ]
    return sorted(
        (one for one in found if one.when > since), key=lambda one: one.when, reverse=True
    )


def _last(model: Any, ecosystem: Ecosystem, reach: Reach, *related: str) -> Any:
    rows = model.objects.visible_to(reach).filter(ecosystem=ecosystem).select_related(*related)
    return rows.order_by("-pk")[:LOOKED_AT]


def _entries(ecosystem: Ecosystem, reach: Reach) -> Iterator[Moved]:
    for row in _last(LogEntry, ecosystem, reach, "author"):
        if row.erased_at is None:
            kind = row.get_milestone_display() if row.milestone else "journal"
            yield Moved(row.created_at, kind, row.voice, row.text, "logbook_list", row.pk)


def _contributions(ecosystem: Ecosystem, reach: Reach) -> Iterator[Moved]:
    rows = readable_contributions(reach).filter(ecosystem=ecosystem).order_by("-pk")[:LOOKED_AT]
    for row in rows:
        if row.undone_on is None:
            what = f"{row.get_kind_display()}, pour {row.receiver}"
            yield Moved(
                row.created_at, "contribution", str(row.author), what, "contributions_statement"
            )


def _aims(ecosystem: Ecosystem, reach: Reach) -> Iterator[Moved]:
    for row in _last(Aim, ecosystem, reach, "author"):
        kind = f"cap {row.get_state_display()}"
        yield Moved(row.updated_at, kind, str(row.author), row.text, "cap_page")


def _effects(ecosystem: Ecosystem, reach: Reach) -> Iterator[Moved]:
    for row in _last(Effect, ecosystem, reach, "author"):
        yield Moved(
            row.created_at, "ce que ça change", str(row.author), row.statement, "effects_page"
        )


def _maillons(ecosystem: Ecosystem, reach: Reach) -> Iterator[Moved]:
    rows = Maillon.objects.visible_to(reach).filter(ecosystem=ecosystem).select_related("author")
    for row in rows.order_by("-updated_at")[:LOOKED_AT]:
        what = f"{row.name} ({row.get_state_display()})"
        yield Moved(row.updated_at, "maillon", str(row.author), what, "solution_page")


def _decisions(ecosystem: Ecosystem, reach: Reach) -> Iterator[Moved]:
    for row in _last(CircleDecision, ecosystem, reach, "author"):
        yield Moved(row.created_at, "décision", str(row.author), row.text, "cap_page")


def _agreements(ecosystem: Ecosystem, reach: Reach) -> Iterator[Moved]:
    kinds = {
        VersionState.PROPOSED: "engagement proposé",
        VersionState.ACCEPTED: "engagement accepté",
    }
    rows = (
        AgreementVersion.objects.filter(
            agreement__in=readable_agreements(reach).filter(ecosystem=ecosystem), state__in=kinds
        )
        .select_related("agreement__author")
        .order_by("-updated_at")
    )
    for row in rows[:LOOKED_AT]:
        kind = kinds[VersionState(row.state)]
        who, what = str(row.agreement.author), row.agreement.name
        yield Moved(row.updated_at, kind, who, what, "agreements_list")


def _phases(ecosystem: Ecosystem) -> Iterator[Moved]:
    rows = PhaseChange.objects.filter(ecosystem=ecosystem).select_related("said_by")
    for row in rows[:LOOKED_AT]:
        what = f"{row.get_phase_display()}. {row.words}".strip()
        yield Moved(_start_of(row.since), "phase", str(row.said_by), what, "cap_page")


def _roles(ecosystem: Ecosystem) -> Iterator[Moved]:
    rows = (
        Role.objects.filter(space__root_id=ecosystem.space_id)
        .select_related("agent")
        .order_by("-since", "-pk")
    )
    for row in rows[:LOOKED_AT]:
        yield Moved(
            _start_of(row.since), "rôle", str(row.agent), row.get_kind_display(), "qui_page"
        )


def _start_of(day: Any) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
