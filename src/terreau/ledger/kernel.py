# SPDX-License-Identifier: AGPL-3.0-or-later
"""The few plain SQL statements by which the ledger is read and written.

The same on SQLite and PostgreSQL. The kernel knows no rule: it writes rows that were checked
before, and rechecks only that nothing it was worked out from has changed since (``version``). Each
event is sealed as it is written: the caller has taken the ledger's turn (``posting.turn``). It is
given an ``execute``, so that another driver (one that simulates a crash) can run the same SQL.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TypeVar
from uuid import UUID

from terreau.ledger import seals
from terreau.ledger.sql import ROWS_A_STATEMENT, Execute, Value, as_uuid, stamp

Row = TypeVar("Row")


class Conflict(Exception):
    """What the write was worked out from has changed: read again, work out again."""


@dataclass(frozen=True, slots=True)
class EventRow:
    """An event as it is written, without its id."""

    ledger: int
    key: UUID
    action: str
    provider: int
    receiver: int
    specification: int
    quantity: int | None
    unit: str
    effort: int | None
    effort_unit: str
    resource: int | None
    to_resource: int | None
    corrects: int | None
    happened_on: date
    recorded_at: datetime
    recorded_by: int
    on_behalf_of: int | None
    mandate: int | None
    input_of: int | None = None
    output_of: int | None = None
    to_location: int | None = None
    state: str = ""
    links: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class BalanceRow:
    """How much to add to one kept balance, and from how many events."""

    key: tuple[Value, ...]
    amount: int
    events: int


@dataclass(frozen=True, slots=True)
class Kept:
    """A kept row to change if it still has the version ``was`` (None: it must not exist yet)."""

    table: str
    id: int
    was: int | None
    version: int
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Posting:
    """All that one call writes in one ledger: events with their links, balances, kept rows."""

    events: tuple[EventRow, ...]
    balances: tuple[BalanceRow, ...] = ()
    kept: tuple[Kept, ...] = field(default=())


KEPT_COLUMNS = {
    "ledger_resource": (
        "id",
        (
            "accounting",
            "on_hand",
            "accountable_id",
            "custodian_id",
            "location_id",
            "container_id",
            "stage_id",
            "state",
        ),
    ),
    "ledger_commitmentstate": ("commitment_id", ("fulfilled", "ended")),
    "ledger_correction": ("event_id", ("quantity_out", "effort_out")),
}
EVENT_COLUMNS = ", ".join(seals.SEALED["event"][1:])
EVENT_MARKS = ", ".join(["%s"] * len(EVENT_COLUMNS.split(",")))
_BALANCE_KEY = "ledger_id, month, provider_id, receiver_id, action, specification_id, measure, unit"
_ADD_TO_BALANCE = (
    f"INSERT INTO ledger_balance ({_BALANCE_KEY}, total, events) "  # noqa: S608
    "VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s) "
    f"ON CONFLICT ({_BALANCE_KEY}) DO UPDATE SET "
    "total = ledger_balance.total + excluded.total, "
    "events = ledger_balance.events + excluded.events"
)


def write(execute: Execute, posting: Posting) -> list[int]:
    """Write a posting, inside the caller's transaction. Returns the event ids, in order.

    Raises Conflict when a key exists by now or a kept row has moved: the caller rolls back.
    """
    ids: list[int] = []
    for chunk in _chunks(posting.events):
        ids += _write_events(execute, chunk)
    _write_links(execute, zip(ids, posting.events, strict=True))
    for kept in sorted(posting.kept, key=lambda kept: (kept.table, kept.id)):
        _write_kept(execute, kept)
    # Adding commutes, so balances need no version; one order for all writers avoids deadlocks.
    for balance in sorted(posting.balances, key=lambda balance: repr(balance.key)):
        execute(_ADD_TO_BALANCE, (*balance.key, balance.amount, balance.events))
    if posting.events:
        seals.append(execute, posting.events[0].ledger, map(_fact, ids, posting.events))
    return ids


def _fact(event_id: int, event: EventRow) -> seals.Fact:
    links = tuple(sorted(event.links))
    return seals.Fact("event", event_id, (event_id, *_event_values(event), links))


def _chunks(rows: Sequence[Row]) -> Iterable[Sequence[Row]]:
    for start in range(0, len(rows), ROWS_A_STATEMENT):
        yield rows[start : start + ROWS_A_STATEMENT]


def _write_events(execute: Execute, events: Sequence[EventRow]) -> list[int]:
    one = f"({EVENT_MARKS})"
    written = execute(
        f"INSERT INTO ledger_event ({EVENT_COLUMNS}) VALUES {', '.join([one] * len(events))} "  # noqa: S608
        "ON CONFLICT (key) DO NOTHING RETURNING id, key",
        [value for event in events for value in _event_values(event)],
    )
    if len(written) < len(events):
        raise Conflict
    ids = {key if isinstance(key, str) else as_uuid(key).hex: pk for pk, key in written}
    return [int(str(ids[event.key.hex])) for event in events]


def _event_values(event: EventRow) -> tuple[Value, ...]:
    return (
        event.ledger,
        event.key.hex,
        event.action,
        event.provider,
        event.receiver,
        event.specification,
        event.quantity,
        event.unit,
        event.effort,
        event.effort_unit,
        event.resource,
        event.to_resource,
        event.corrects,
        event.happened_on.isoformat(),
        stamp(event.recorded_at),
        event.recorded_by,
        event.on_behalf_of,
        event.mandate,
        event.input_of,
        event.output_of,
        event.to_location,
        event.state,
    )


def _write_links(execute: Execute, events: Iterable[tuple[int, EventRow]]) -> None:
    rows = [(event_id, *link) for event_id, event in events for link in event.links]
    for some in _chunks(rows):
        marks = ", ".join(["(%s, %s, %s)"] * len(some))
        execute(
            f"INSERT INTO ledger_eventlink (event_id, commitment_id, quantity) VALUES {marks}",  # noqa: S608
            [value for row in some for value in row],
        )


def _write_kept(execute: Execute, kept: Kept) -> None:
    key, columns = KEPT_COLUMNS[kept.table]
    if kept.was is None:
        names = ", ".join((key, *columns, "version"))
        marks = ", ".join(["%s"] * (len(columns) + 2))
        sql = (
            f"INSERT INTO {kept.table} ({names}) VALUES ({marks}) "  # noqa: S608
            f"ON CONFLICT ({key}) DO NOTHING RETURNING {key}"
        )
        done = execute(sql, (kept.id, *kept.values, kept.version))
    else:
        changes = ", ".join(f"{column} = %s" for column in (*columns, "version"))
        sql = f"UPDATE {kept.table} SET {changes} WHERE {key} = %s AND version = %s RETURNING {key}"  # noqa: S608
        done = execute(sql, (*kept.values, kept.version, kept.id, kept.was))
    if not done:
        raise Conflict
