# SPDX-License-Identifier: AGPL-3.0-or-later
"""Reads all of one ledger, some thousands of rows at a time, for those who carry it elsewhere.

For an operator at the command line: nothing is left out by who may read it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from terreau.ledger.engine.state import Event, Link, Settle
from terreau.ledger.models import (
    BatchLotRecord,
    Claim,
    Commitment,
    EventLink,
    Place,
    Plan,
    Process,
    ProcessSpecification,
    Resource,
    Settlement,
    Specification,
)
from terreau.ledger.models import Event as EventModel

CHUNK = 5_000


@dataclass(frozen=True, slots=True)
class Told:
    """An event with all that stands around it; ``corrects`` is the key of the event it corrects."""

    id: int
    key: UUID
    event: Event
    happened_on: date
    recorded_at: datetime
    recorded_by: int
    on_behalf_of: int | None
    corrects: UUID | None


def agent_ids(ledger: int) -> set[int]:
    """Return the agents that a ledger names: parties, who recorded, who answers for a stock."""
    found: set[int] = set()
    for rows, names in (
        (EventModel.objects, ("provider_id", "receiver_id", "recorded_by_id", "on_behalf_of_id")),
        (Commitment.objects, ("provider_id", "receiver_id", "recorded_by_id")),
        (Claim.objects, ("provider_id", "receiver_id", "recorded_by_id")),
        (Resource.objects, ("accountable_id", "custodian_id")),
    ):
        mine: QuerySet[Any] = rows.filter(ledger_id=ledger)
        for name in names:
            found |= set(mine.order_by().values_list(name, flat=True).distinct())
    return found - {None}


def specifications(ledger: int) -> Iterator[str]:
    """Yield the words for kinds of things."""
    mine = Specification.objects.filter(ledger_id=ledger).order_by("pk")
    yield from mine.values_list("code", flat=True).iterator(CHUNK)


def stages(ledger: int) -> Iterator[tuple[int, str]]:
    """Yield the kinds of processes."""
    mine = ProcessSpecification.objects.filter(ledger_id=ledger).order_by("pk")
    yield from mine.values_list("pk", "code").iterator(CHUNK)


def plans(ledger: int) -> Iterator[Plan]:
    """Yield the plans."""
    yield from Plan.objects.filter(ledger_id=ledger).order_by("pk").iterator(CHUNK)


def batches(ledger: int) -> Iterator[BatchLotRecord]:
    """Yield the batches."""
    yield from BatchLotRecord.objects.filter(ledger_id=ledger).order_by("pk").iterator(CHUNK)


def processes(ledger: int) -> Iterator[Process]:
    """Yield the processes with their kind."""
    mine = Process.objects.filter(ledger_id=ledger).order_by("pk")
    yield from mine.select_related("specification").iterator(CHUNK)


def places(ledger: int) -> Iterator[Place]:
    """Yield the places."""
    yield from Place.objects.filter(ledger_id=ledger).order_by("pk").iterator(CHUNK)


def stocks(ledger: int) -> Iterator[Resource]:
    """Yield the stocks with what they hold, and what holds them."""
    mine = Resource.objects.filter(ledger_id=ledger).order_by("pk")
    related = ("specification", "location", "container", "stage")
    yield from mine.select_related(*related).iterator(CHUNK)


def commitments(ledger: int) -> Iterator[Commitment]:
    """Yield the promises, with how they ended."""
    mine = Commitment.objects.filter(ledger_id=ledger).order_by("pk")
    yield from mine.select_related("specification", "end__successor").iterator(CHUNK)


def claims(ledger: int) -> Iterator[Claim]:
    """Yield the claims, with what triggered them and how they ended."""
    mine = Claim.objects.filter(ledger_id=ledger).order_by("pk")
    related = ("specification", "triggered_by", "end__successor")
    yield from mine.select_related(*related).iterator(CHUNK)


_COLUMNS = (
    "action", "provider_id", "receiver_id", "specification__code", "quantity", "unit", "effort",
    "effort_unit", "resource_id", "to_resource_id",
)  # fmt: skip
_AROUND = ("corrects_id", "to_location_id", "state")
_PROCESSES = ("input_of_id", "output_of_id", "rights")
_RECORD = ("pk", "key", "happened_on", "recorded_at", "recorded_by_id", "on_behalf_of_id")


def events(ledger: int) -> Iterator[list[Told]]:
    """Yield the events in the order of recording, a list at a time."""
    last = 0
    names = (*_RECORD, "corrects__key", *_COLUMNS, *_AROUND, *_PROCESSES)
    while True:
        mine = EventModel.objects.filter(ledger_id=ledger, pk__gt=last).order_by("pk")
        rows = list(mine.values_list(*names)[:CHUNK])
        if not rows:
            return
        links, settles = _links(rows[0][0], rows[-1][0]), _settles(rows[0][0], rows[-1][0])
        yield [_told(row, links.get(row[0], ()), settles.get(row[0], ())) for row in rows]
        last = rows[-1][0]


def _told(row: tuple[Any, ...], links: tuple[Link, ...], settles: tuple[Settle, ...]) -> Told:
    pk, key, day, recorded_at, recorded_by, on_behalf_of, corrects, *content = row
    flow, around = content[: len(_COLUMNS)], content[len(_COLUMNS) :]
    corrected, to_location, state, input_of, output_of, rights = around
    told = (*flow, links, corrected, to_location, state, None, input_of, output_of, settles, rights)
    event = Event(*told)
    return Told(pk, key, event, day, recorded_at, recorded_by, on_behalf_of, corrects)


def _links(first: int, last: int) -> dict[int, tuple[Link, ...]]:
    found: dict[int, tuple[Link, ...]] = {}
    rows = EventLink.objects.filter(event_id__gte=first, event_id__lte=last)
    for event, promise, quantity in rows.order_by("event_id", "commitment_id").values_list(
        "event_id", "commitment_id", "quantity"
    ):
        found[event] = (*found.get(event, ()), Link(promise, quantity))
    return found


def _settles(first: int, last: int) -> dict[int, tuple[Settle, ...]]:
    found: dict[int, tuple[Settle, ...]] = {}
    rows = Settlement.objects.filter(event_id__gte=first, event_id__lte=last)
    for event, claim, quantity in rows.order_by("event_id", "claim_id").values_list(
        "event_id", "claim_id", "quantity"
    ):
        found[event] = (*found.get(event, ()), Settle(claim, quantity))
    return found
