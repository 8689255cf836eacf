# SPDX-License-Identifier: AGPL-3.0-or-later
"""Every table of a cooperation as one reader may read it, for the archive.

Private records pass through ``kinds.readable``; what hangs on them (versions, bearers, answers…)
follows its record. Accounts, addresses, tokens and links never come here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import models
from django.db.models import Q, QuerySet

from terreau.agreements.models import (
    Agreement,
    AgreementVersion,
    Commitment,
    Contribution,
    ContributionChange,
    Party,
    Review,
)
from terreau.agreements.queries.contributions import talks_of
from terreau.core.quantities import to_decimal
from terreau.core.units import UNITS
from terreau.documents.tables import Cell
from terreau.ecosystems.models import (
    Attachment,
    Bearer,
    Ecosystem,
    Effect,
    EffectLink,
    LogEntry,
    Maillon,
    NamingNotice,
    Performance,
    PhaseChange,
    Presence,
    Rewording,
    VoidedAnswer,
)
from terreau.overview.kinds import KINDS, RecordKind, readable
from terreau.people.models import Agent, Role
from terreau.people.visibility import Reach

HIDDEN = frozenset({"key", "file", "guest_link", "merged_into", "sha256"})
"""Fields that say nothing to a reader, or that open something."""

FOR_MACHINES = frozenset(
    {"space", "ecosystem", "version", "updated_at", "position", "event_id", "edited", "posting"}
)
HEADINGS = {
    "id": "numéro",
    "author": "au nom de",
    "recorded_by": "écrit par",
    "created_at": "écrit le",
    "number": "version",
    "state": "état",
    "adopted_on": "adopté le",
    "adopted_how": "comment",
    "aim": "cap",
    "agent": "qui",
    "settled_on": "réglé le",
    "settled_how": "comment",
    "code": "difficulté",
    "opens_statements": "ouvre les relevés",
    "ended_on": "fini le",
    "ended_words": "pourquoi",
    "kind": "genre",
    "standing": "où on en est",
    "nature": "nature",
    "receiver": "pour",
    "provider": "qui promet",
    "quantity": "quantité",
    "unit": "unité",
    "confirmed_on": "d'accord le",
    "confirmed_by": "d'accord de",
    "undone_on": "annulé le",
    "discussion": "à propos de",
    "day": "jour",
    "value": "valeur",
    "beneficiary": "pour qui",
    "timing": "quand",
    "evidence": "appui",
    "share_due": "part due",
    "theme": "thème",
    "milestone": "ce que ça marque",
    "guest_name": "dit par",
    "erased_at": "effacé le",
    "since": "depuis le",
    "until": "jusqu'au",
    "end_reason": "pourquoi",
    "given_by": "donné par",
    "legal_form": "forme juridique",
    "territory": "territoire",
    "invented": "inventé",
    "phase": "phase",
    "said_by": "dit par",
    "agreement": "engagement",
    "drafted_by": "rédigé par",
    "proposed_on": "proposé le",
    "accepted_on": "accepté le",
    "superseded_on": "remplacé le",
    "agreed_on": "d'accord le",
    "agreed_by": "d'accord de",
    "declined_on": "pas cette année, le",
    "declined_words": "un mot",
    "period": "période",
    "previous": "promesse d'avant",
    "closed_on": "fini le",
    "closed_words": "un mot",
    "kept": "tenu",
    "commitment": "promesse",
    "outcome": "suite",
    "words": "un mot",
    "next_on": "à revoir le",
    "contribution": "contribution",
    "what": "quoi",
    "quantity_before": "quantité avant",
    "quantity_after": "quantité après",
    "unit_before": "unité avant",
    "unit_after": "unité après",
    "day_before": "jour avant",
    "day_after": "jour après",
    "by": "par",
    "opened_on": "ouvert le",
    "opened_by": "ouvert par",
    "third": "tierce personne",
    "proposed_quantity": "quantité proposée",
    "proposed_lesson": "leçon proposée",
    "proposed_by": "proposé par",
    "proposed_side": "proposé du côté de",
    "agreed_quantity": "quantité convenue",
    "maillon": "maillon",
    "effect": "changement",
    "answered_on": "répondu le",
    "answer_by": "répondu par",
    "voided_on": "réponse devenue caduque le",
    "performance": "ce que ça doit permettre",
    "rewording": "modification",
    "presence": "acteur",
    "sent_on": "prévenu le",
    "effective_on": "à partir du",
    "agreed": "d'accord",
    "entry": "ligne du journal",
    "name": "nom",
    "mime": "type",
    "size_bytes": "taille en octets",
}
"""Headings for the fields that have no words of their own in the models."""

AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Table:
    """One table: its name in the archive, its title, and its rows for a reader."""

    name: str
    title: str
    rows: QuerySet[Any]

    @property
    def fields(self) -> list[models.Field[Any, Any]]:
        """The columns that leave."""
        every = self.rows.model._meta.concrete_fields
        return [field for field in every if field.name not in HIDDEN]

    @property
    def columns(self) -> list[models.Field[Any, Any]]:
        """The columns that a list shows: without what only a machine needs."""
        return [field for field in self.fields if field.name not in FOR_MACHINES]

    @property
    def headers(self) -> list[str]:
        return [heading(field) for field in self.columns]

    def lines(self) -> Iterator[list[Cell]]:
        """Yield the rows as a list shows them, a few hundred at a time."""
        fields = self.columns
        related = [field.name for field in fields if isinstance(field, models.ForeignKey)]
        for row in self._streamed(self.rows.select_related(*related)):
            yield [shown(row, field) for field in fields]

    def objects(self, keep: Callable[[type[models.Model], int], bool]) -> Iterator[dict[str, Any]]:
        """Yield the rows as plain data; of links to other rows only those that ``keep`` lets."""
        fields = self.fields
        many = self.rows.model._meta.many_to_many
        rows = self.rows.prefetch_related(*(field.name for field in many))
        for row in self._streamed(rows):
            data = {field.attname: plain(getattr(row, field.attname)) for field in fields}
            if _of_a_guest(row):
                data["voice"] = row.voice
            for field in many:
                linked = getattr(row, field.name).all()
                target: Any = field.related_model
                data[field.name] = [one.pk for one in linked if keep(target, one.pk)]
            yield data

    def _streamed(self, rows: QuerySet[Any]) -> Iterator[Any]:
        return rows.order_by("pk").iterator(chunk_size=AT_ONCE)


def heading(field: models.Field[Any, Any]) -> str:
    """Return the words of a column: those of the model, or ours where it has none."""
    own = str(field.verbose_name)
    unnamed = own.lower() == field.name.replace("_", " ")
    return HEADINGS.get(field.name, own) if unnamed else own


def shown(row: Any, field: models.Field[Any, Any]) -> Cell:
    """Return a value as a person reads it: labels, names, quantities in their own unit."""
    if field.name in ("author", "recorded_by") and _of_a_guest(row):
        return row.voice if field.name == "author" else ""
    if field.choices:
        return str(getattr(row, f"get_{field.name}_display")())
    value = getattr(row, field.name)
    if field.name.startswith("unit") and value in UNITS:
        return UNITS[value].label
    if value is not None and isinstance(field, models.BigIntegerField) and _counts(row, field):
        return to_decimal(value)
    if isinstance(value, list):
        return " ; ".join(f"{label} : {text}" for label, text in value)
    if value is None or isinstance(value, (str, int, float, date, datetime)):
        return value
    return str(value)


def _of_a_guest(row: Any) -> bool:
    return isinstance(row, LogEntry) and row.guest_link_id is not None


def _counts(row: Any, field: models.Field[Any, Any]) -> bool:
    return field.name.startswith(("quantity", "value", "agreed_quantity", "proposed_quantity"))


def plain(value: Any) -> Any:
    """Return a value that JSON holds."""
    if value is None or isinstance(value, (str, int, float, bool, list)):
        return value
    return value.isoformat() if isinstance(value, (date, datetime)) else str(value)


def tables_of(ecosystem: Ecosystem, reach: Reach) -> list[Table]:
    """Return every table, records first, then what hangs on them."""
    records = {kind.model: _ids(kind, ecosystem, reach) for kind in KINDS}
    kinds = [
        Table(kind.code, kind.label, kind.model.objects.filter(pk__in=records[kind.model]))
        for kind in KINDS
    ]
    return [
        *kinds,
        *(_table(name, title, rows) for name, title, rows in _hanging(ecosystem, reach, records)),
    ]


def _ids(kind: RecordKind, ecosystem: Ecosystem, reach: Reach) -> QuerySet[Any]:
    return readable(kind, ecosystem, reach).order_by().values("pk")


def _table(name: str, title: str, rows: QuerySet[Any]) -> Table:
    return Table(name, title, rows)


def _hanging(
    ecosystem: Ecosystem, reach: Reach, records: dict[Any, QuerySet[Any]]
) -> list[tuple[str, str, QuerySet[Any]]]:
    versions = AgreementVersion.objects.filter(agreement__in=records[Agreement])
    roles = Role.objects.filter(space__root_id=ecosystem.space_id)
    reworded = Rewording.objects.visible_to(reach).filter(
        Q(effect__in=records[Effect])
        | Q(maillon__in=records[Maillon])
        | Q(performance__in=records[Performance])
    )
    here = Q(pk__in=roles.values("agent_id")) | Q(presences__in=records[Presence])
    return [
        ("roles", "rôles", roles),
        (
            "agents",
            "personnes et organisations",
            Agent.objects.filter(pk__in=Agent.objects.filter(here).values("pk")),
        ),
        ("phases", "où nous en sommes", PhaseChange.objects.filter(ecosystem=ecosystem)),
        ("versions", "versions des engagements", versions),
        ("parties", "parties des engagements", Party.objects.filter(version__in=versions)),
        ("promesses", "promesses", Commitment.objects.filter(version__in=versions)),
        ("revues", "revues", Review.objects.filter(commitment__version__in=versions)),
        (
            "rectifications",
            "rectifications",
            ContributionChange.objects.filter(contribution__in=records[Contribution]),
        ),
        (
            "verifications",
            "contributions dont on a parlé",
            talks_of(reach).filter(contribution__in=records[Contribution]),
        ),
        ("s-en-charge", "qui s'en charge", Bearer.objects.filter(maillon__in=records[Maillon])),
        (
            "liens-effets",
            "effets et acteurs",
            EffectLink.objects.filter(effect__in=records[Effect]),
        ),
        ("mots-d-avant", "ce qui était écrit avant", reworded),
        (
            "reponses-d-avant",
            "réponses à ce qui était écrit avant",
            VoidedAnswer.objects.filter(rewording__in=reworded.values("pk")),
        ),
        (
            "preavis",
            "préavis avant d'être nommé",
            NamingNotice.objects.filter(presence__in=records[Presence]),
        ),
        (
            "fichiers",
            "fichiers du journal",
            Attachment.objects.filter(entry__in=records[LogEntry]),
        ),
    ]
