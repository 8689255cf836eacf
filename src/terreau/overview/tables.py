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
    Discussion,
    Party,
    Review,
)
from terreau.core.quantities import to_decimal
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
    PhaseChange,
    Presence,
)
from terreau.overview.kinds import KINDS, RecordKind, readable
from terreau.people.models import Agent, Role
from terreau.people.visibility import Reach

HIDDEN = frozenset({"key", "file", "guest_link", "merged_into", "sha256"})
"""Fields that say nothing to a reader, or that open something."""

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
    def headers(self) -> list[str]:
        return [str(field.verbose_name) for field in self.fields]

    def lines(self) -> Iterator[list[Cell]]:
        """Yield the rows as a list shows them, a few hundred at a time."""
        fields = self.fields
        for row in self._streamed():
            yield [shown(row, field) for field in fields]

    def objects(self, keep: Callable[[type[models.Model], int], bool]) -> Iterator[dict[str, Any]]:
        """Yield the rows as plain data; of links to other rows only those that ``keep`` lets."""
        fields = self.fields
        many = self.rows.model._meta.many_to_many
        for row in self._streamed(*(field.name for field in many)):
            data = {field.attname: plain(getattr(row, field.attname)) for field in fields}
            for field in many:
                linked = getattr(row, field.name).all()
                target: Any = field.related_model
                data[field.name] = [one.pk for one in linked if keep(target, one.pk)]
            yield data

    def _streamed(self, *many: str) -> Iterator[Any]:
        related = [field.name for field in self.fields if isinstance(field, models.ForeignKey)]
        rows = self.rows.select_related(*related).prefetch_related(*many)
        return rows.order_by("pk").iterator(chunk_size=AT_ONCE)


def shown(row: Any, field: models.Field[Any, Any]) -> Cell:
    """Return a value as a person reads it: labels, names, quantities in their own unit."""
    if field.choices:
        return str(getattr(row, f"get_{field.name}_display")())
    value = getattr(row, field.name)
    if value is not None and isinstance(field, models.BigIntegerField) and _counts(row, field):
        return to_decimal(value)
    if value is None or isinstance(value, (str, int, float, date, datetime)):
        return value
    return str(value)


def _counts(row: Any, field: models.Field[Any, Any]) -> bool:
    return field.name.startswith(("quantity", "value", "agreed_quantity", "proposed_quantity"))


def plain(value: Any) -> Any:
    """Return a value that JSON holds."""
    if value is None or isinstance(value, (str, int, float, bool)):
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
            Discussion.objects.filter(
                contribution__in=records[Contribution], space_id__in=reach.spaces
            ),
        ),
        ("s-en-charge", "qui s'en charge", Bearer.objects.filter(maillon__in=records[Maillon])),
        (
            "liens-effets",
            "effets et acteurs",
            EffectLink.objects.filter(effect__in=records[Effect]),
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
