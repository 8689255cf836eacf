# SPDX-License-Identifier: AGPL-3.0-or-later
"""``terreau verify``: replay all events and compare with all that is kept.

It reads, and never repairs. Each difference says which row differs, what is stored and what the
events say.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from django.apps import apps
from django.db import connection, models

from terreau.core.errors import Invalid
from terreau.core.startup import problems
from terreau.ledger.engine.replay import Replay
from terreau.ledger.engine.state import Event, Link, Promise, Resource
from terreau.ledger.models import Balance, Commitment, CommitmentEnd, Correction
from terreau.ledger.models import Event as EventModel
from terreau.ledger.models import Resource as ResourceModel
from terreau.ledger.posting import execute

CHUNK = 20_000
Derived: TypeAlias = Mapping[Any, tuple[object, ...]]


@dataclass(frozen=True, slots=True)
class Difference:
    """Something that does not hold: what, and where."""

    where: str
    says: str

    def __str__(self) -> str:
        return f"{self.where}: {self.says}"


def event_count() -> int:
    """Return how many events there are to replay."""
    return EventModel.objects.count()


def differences() -> Iterator[Difference]:
    """Yield every difference, the first one first; nothing when all holds."""
    for problem in problems(connection):
        yield Difference("database", problem)
    broken = list(_orphans())
    yield from broken
    if broken:
        return  # replay needs what these rows point to
    ledgers = EventModel.objects.order_by("ledger_id").values_list("ledger_id", flat=True)
    others = (ResourceModel, Commitment, Balance)
    known = set(ledgers.distinct())
    for model in others:
        known |= set(model._default_manager.values_list("ledger_id", flat=True).distinct())
    for ledger in sorted(known):
        yield from _ledger_differences(ledger)


def _orphans() -> Iterator[Difference]:
    """Yield rows of the ledger that point to nothing (one query a key)."""
    quote = connection.ops.quote_name
    for model in apps.get_app_config("ledger").get_models():
        for field in model._meta.concrete_fields:
            if not isinstance(field, models.ForeignKey):
                continue
            here, there = model._meta, field.related_model._meta
            mine, theirs, key = map(quote, _columns(here.pk, there.pk, field))
            found = execute(
                f"SELECT a.{mine} FROM {quote(here.db_table)} a "  # noqa: S608
                f"LEFT JOIN {quote(there.db_table)} b ON b.{theirs} = a.{key} "
                f"WHERE a.{key} IS NOT NULL AND b.{theirs} IS NULL LIMIT 10",
                (),
            )
            for row in found:
                yield Difference(f"{here.db_table} {row[0]}", f"{field.name} points to nothing")


def _columns(*fields: models.Field[Any, Any]) -> Iterator[str]:
    return (str(field.column) for field in fields)


def _ledger_differences(ledger: int) -> Iterator[Difference]:
    replay = _beginning(ledger)
    for event_id, event, month in _events(ledger):
        try:
            replay.feed(event_id, event, month)
        except (Invalid, KeyError) as error:
            yield Difference(f"event {event_id}", f"cannot be replayed: {error}")
            return
    for promise in CommitmentEnd.objects.filter(commitment__ledger_id=ledger).values_list(
        "commitment_id", flat=True
    ):
        replay.end(promise)
    yield from _resources_differ(ledger, replay)
    yield from _promises_differ(ledger, replay)
    yield from _corrections_differ(ledger, replay)
    yield from _balances_differ(ledger, replay)


def _beginning(ledger: int) -> Replay:
    """Return the state before any event: what was declared, and nothing that was derived."""
    resources = {
        pk: Resource(pk, code, unit, floor)
        for pk, code, unit, floor in ResourceModel.objects.filter(ledger_id=ledger).values_list(
            "pk", "specification__code", "unit", "floor"
        )
    }
    promises = {
        pk: Promise(pk, provider, "effort" if measure == "effort" else "quantity", unit, promised)
        for pk, provider, measure, unit, promised in Commitment.objects.filter(
            ledger_id=ledger
        ).values_list("pk", "provider_id", "measure", "unit", "promised")
    }
    corrected = EventModel.objects.filter(ledger_id=ledger, corrects__isnull=False)
    return Replay(resources, promises, frozenset(corrected.values_list("corrects_id", flat=True)))


_COLUMNS = (
    "action",
    "provider_id",
    "receiver_id",
    "specification__code",
    "quantity",
    "unit",
    "effort",
    "effort_unit",
    "resource_id",
    "to_resource_id",
)
_AROUND = ("to_location_id", "state", "output_of__specification_id", "input_of_id", "output_of_id")


def _events(ledger: int) -> Iterator[tuple[int, Event, str]]:
    """Yield the events of a ledger in the order of recording, some thousands at a time."""
    last = 0
    while True:
        rows = list(
            EventModel.objects.filter(ledger_id=ledger, pk__gt=last)
            .order_by("pk")
            .values_list("pk", "happened_on", "corrects_id", *_COLUMNS, *_AROUND)[:CHUNK]
        )
        if not rows:
            return
        links = _links(ledger, rows[0][0], rows[-1][0])
        for pk, day, corrects, *content in rows:
            flow, around = content[: len(_COLUMNS)], content[len(_COLUMNS) :]
            event = Event(*(*flow, links.get(pk, ()), corrects, *around))
            yield pk, event, day.replace(day=1).isoformat()
        last = rows[-1][0]


def _links(ledger: int, first: int, last: int) -> dict[int, tuple[Link, ...]]:
    found: dict[int, tuple[Link, ...]] = {}
    for event, commitment, quantity in execute(
        "SELECT l.event_id, l.commitment_id, l.quantity FROM ledger_eventlink l "
        "WHERE l.event_id BETWEEN %s AND %s ORDER BY l.event_id, l.commitment_id",
        (first, last),
    ):
        link = Link(int(str(commitment)), int(str(quantity)))
        found[int(str(event))] = (*found.get(int(str(event)), ()), link)
    return found


def _compared(table: str, stored: Derived, derived: Derived) -> Iterator[Difference]:
    for key in sorted(set(stored) | set(derived), key=repr):
        if stored.get(key) != derived.get(key):
            yield Difference(
                f"{table} {key}",
                f"stored {_told(stored.get(key))}, the events say {_told(derived.get(key))}",
            )


def _told(values: tuple[object, ...] | None) -> str:
    return "nothing" if values is None else ", ".join(map(str, values))


_KEPT = (
    "accounting", "on_hand", "accountable", "custodian", "location", "container", "stage", "state",
    "version",
)  # fmt: skip


def _resources_differ(ledger: int, replay: Replay) -> Iterator[Difference]:
    # A foreign key asked for by its name gives its id.
    rows = ResourceModel.objects.filter(ledger_id=ledger).values_list("pk", *_KEPT)
    yield from _compared(
        "ledger_resource",
        {row[0]: row[1:] for row in rows},
        {pk: tuple(getattr(one, name) for name in _KEPT) for pk, one in replay.resources.items()},
    )


def _promises_differ(ledger: int, replay: Replay) -> Iterator[Difference]:
    rows = Commitment.objects.filter(ledger_id=ledger).values_list(
        "pk", "state__fulfilled", "state__ended", "state__version"
    )
    yield from _compared(
        "ledger_commitmentstate",
        {row[0]: row[1:] for row in rows},
        {pk: (one.fulfilled, one.ended, one.version) for pk, one in replay.promises.items()},
    )


def _corrections_differ(ledger: int, replay: Replay) -> Iterator[Difference]:
    rows = Correction.objects.filter(event__ledger_id=ledger).values_list(
        "pk", "quantity_out", "effort_out", "version"
    )
    yield from _compared(
        "ledger_correction",
        {row[0]: row[1:] for row in rows},
        {pk: (one.quantity_out, one.effort_out, one.version) for pk, one in replay.past.items()},
    )


def _balances_differ(ledger: int, replay: Replay) -> Iterator[Difference]:
    rows = Balance.objects.filter(ledger_id=ledger).values_list(
        "month",
        "provider_id",
        "receiver_id",
        "action",
        "specification__code",
        "measure",
        "unit",
        "total",
        "events",
    )
    stored = {(row[0].isoformat(), *row[1:7]): row[7:] for row in rows.iterator()}
    yield from _compared("ledger_balance", stored, replay.balances)
