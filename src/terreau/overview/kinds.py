# SPDX-License-Identifier: AGPL-3.0-or-later
"""Every kind of private record, in one table: what it is called, where it is shown, where it hangs.

« Qui voit quoi », the relay and the archive walk it. A test fails when a kind is missing here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from terreau.agreements.models import (
    Agreement,
    Contribution,
    DiscussionNote,
    Landmark,
    Sharing,
    SharingRule,
    Valuation,
)
from terreau.agreements.queries import agreements, contributions
from terreau.core.errors import NotFound
from terreau.ecosystems.models import (
    Aim,
    AimDisagreement,
    Beneficiary,
    CircleDecision,
    Ecosystem,
    Effect,
    LogEntry,
    Maillon,
    Obstacle,
    Performance,
    Presence,
    Stake,
    Word,
)
from terreau.ledger.wishes import queries as wishes
from terreau.people.models import Record
from terreau.people.visibility import Reach


@dataclass(frozen=True, slots=True)
class RecordKind:
    """A kind of record. ``path`` leads from it to its ecosystem; ``page`` shows it, if any does."""

    code: str
    model: type[Record]
    label: str
    page: str
    path: str = "ecosystem"


KINDS = (
    RecordKind("cap", Aim, "versions du cap", "cap_page"),
    RecordKind("desaccords", AimDisagreement, "désaccords", "cap_page", "aim__ecosystem"),
    RecordKind("enjeux", Stake, "ce qui se joue", "cap_page"),
    RecordKind("difficultes", Obstacle, "difficultés", "cap_page"),
    RecordKind("mots", Word, "nos mots", "cap_page"),
    RecordKind("decisions", CircleDecision, "décisions", "cap_page"),
    RecordKind("acteurs", Presence, "qui est là", "qui_page"),
    RecordKind("performances", Performance, "ce que ça doit permettre", "solution_page"),
    RecordKind("maillons", Maillon, "maillons", "solution_page"),
    RecordKind("engagements", Agreement, "engagements", "agreements_list"),
    RecordKind("contributions", Contribution, "contributions", "contributions_statement"),
    RecordKind(
        "echanges",
        DiscussionNote,
        "échanges à propos d'une contribution",
        "contributions_statement",
        "discussion__contribution__ecosystem",
    ),
    RecordKind("reperes", Landmark, "repères", "contributions_statement"),
    *(
        RecordKind(code, wishes.RECORDS[name], label, "", "ledger__ecosystem")
        for code, name, label in (
            ("besoins", "intents", "besoins et offres"),
            ("propositions", "proposals", "propositions"),
            ("listes", "lists", "listes de propositions"),
        )
    ),
    RecordKind("regles", SharingRule, "versions de la règle de partage", "sharing_page"),
    RecordKind("partages", Sharing, "calculs de partage", "sharing_page"),
    RecordKind("conventions", Valuation, "conventions d'évaluation", "contributions_valuations"),
    RecordKind("beneficiaires", Beneficiary, "pour qui ça change", "effects_page"),
    RecordKind("effets", Effect, "ce que ça change", "effects_page"),
    RecordKind("journal", LogEntry, "lignes du journal", "logbook_list"),
)
BY_CODE = {kind.code: kind for kind in KINDS}


WHOLE: dict[type[Record], Callable[[Any], str]] = {
    Aim: lambda aim: f"{aim.text} ({aim.get_state_display()})",
    Stake: lambda stake: _joined(stake.label, stake.description),
    Obstacle: lambda told: _joined(f"{told.year} : {told.words}", told.learnt),
    Word: lambda word: f"{word.word} : {word.meaning}",
    CircleDecision: lambda decision: f"{decision.day:%d/%m/%Y} : {decision.text}",
    Presence: lambda here: _joined(here.agent.name, here.cares),
    AimDisagreement: lambda said: said.text,
    DiscussionNote: lambda note: note.text,
    Effect: lambda effect: f"{effect.statement} ({effect.get_evidence_display()})",
    LogEntry: lambda entry: f"{entry.day:%d/%m/%Y} : {entry.text}",
}
"""How a record says itself in full, where its short name would cut it."""


def whole_of(record: Record) -> str:
    """Return what a record says, in full."""
    return WHOLE.get(type(record), str)(record)


def _joined(first: str, second: str) -> str:
    return f"{first.rstrip(' .')}. {second}" if second else first


def kind_called(code: str) -> RecordKind:
    """Return the kind with this code, or raise NotFound."""
    if code not in BY_CODE:
        raise NotFound("Cette liste n'existe pas.")
    return BY_CODE[code]


def voice_of(record: Record) -> str:
    """Return who a record is said by: its author, but for the word of a guest."""
    return record.voice if isinstance(record, LogEntry) else record.author.name


def readable(kind: RecordKind, ecosystem: Ecosystem, reach: Reach) -> QuerySet[Record]:
    """Return the records of a kind in this cooperation that the reader may read, newest first.

    Promises, contributions and proposals are also read by those to whom they are addressed;
    contributions of others only once the circle opened its statements.
    """
    model = kind.model
    if model is Agreement:
        found: QuerySet[Record] = agreements.readable(reach)
    elif model is Contribution:
        found = contributions.taken_by(reach, ecosystem)
    elif model is DiscussionNote:
        found = contributions.readable_notes(reach)
    elif model in wishes.RECORDS.values():
        found = wishes.readable_records(reach, model)
    else:
        found = model.objects.visible_to(reach)
    return found.filter(**{kind.path: ecosystem}).order_by("-pk")
