# SPDX-License-Identifier: AGPL-3.0-or-later
"""The events of a ledger as a book-keeper reads them: one line an event, in words, in order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from terreau.ledger.models import Event
from terreau.people.enums import AgentKind
from terreau.people.models import Space

CHUNK = 5_000


@dataclass(frozen=True, slots=True)
class Party:
    """Somebody in the ledger, by number and by name; a private person has no name outside."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class Line:
    """One event. Quantities are millionths of their unit; a correction has negative ones."""

    id: int
    key: UUID
    happened_on: date
    recorded_at: datetime
    action: str
    provider: Party
    receiver: Party
    specification: str
    quantity: int | None
    unit: str
    effort: int | None
    effort_unit: str
    resource: str
    to_resource: str
    input_of: str
    output_of: str
    place: str
    state: str
    corrects: int | None
    corrects_key: UUID | None

    def measured(self) -> Iterator[tuple[int, str]]:
        """Yield what the event counts: a quantity, an effort, or both, with their units."""
        if self.quantity is not None:
            yield self.quantity, self.unit
        if self.effort is not None:
            yield self.effort, self.effort_unit


_AGENT = ("id", "name", "kind")
_FIELDS = (
    "id", "key", "happened_on", "recorded_at", "action",
    *(f"provider__{name}" for name in _AGENT), *(f"receiver__{name}" for name in _AGENT),
    "specification__code", "quantity", "unit", "effort", "effort_unit", "resource__name",
    "to_resource__name", "input_of__name", "output_of__name", "to_location__name", "state",
    "corrects_id", "corrects__key",
)  # fmt: skip


def lines(ledger: Space, since: date | None = None, until: date | None = None) -> Iterator[Line]:
    """Yield the events of a ledger in the order of their days, both bounds included.

    Read as they are asked for: memory does not grow with the ledger.
    """
    rows: QuerySet[Event] = Event.objects.filter(ledger_id=ledger.root_id or ledger.pk)
    if since is not None:
        rows = rows.filter(happened_on__gte=since)
    if until is not None:
        rows = rows.filter(happened_on__lte=until)
    for row in rows.order_by("happened_on", "pk").values_list(*_FIELDS).iterator(CHUNK):
        yield _line(*row)


def _line(*row: Any) -> Line:
    head, provider, receiver, measured = row[:5], row[5:8], row[8:11], row[11:16]
    *words, corrects, corrects_key = row[16:]
    told = ["" if word is None else word for word in words]
    parties = [party(*provider), party(*receiver)]
    cells: list[Any] = [*head, *parties, *measured, *told, corrects, corrects_key]
    return Line(*cells)


def party(pk: int, name: str, kind: str) -> Party:
    """Return somebody as a book that leaves the house names them."""
    return Party(pk, f"Personne n° {pk}" if kind == AgentKind.PERSON else name)
