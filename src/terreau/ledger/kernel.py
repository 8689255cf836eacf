# SPDX-License-Identifier: AGPL-3.0-or-later
"""The few plain SQL statements by which the ledger is read and written.

The same on SQLite and PostgreSQL. The kernel knows no rule: it writes rows that were checked
before, and rechecks only that nothing it was worked out from has changed since (``version``). Each
event is sealed as it is written: the caller has taken the ledger's turn (``posting.turn``). It is
given an ``execute``, so that another driver (one that simulates a crash) can run the same SQL.
"""

from collections.abc import Iterable, Sequence
from dataclasses import field
from datetime import date, datetime
from functools import cache
from itertools import chain
from typing import TypeVar
from uuid import UUID

from terreau.core.values import frozen
from terreau.ledger import seals
from terreau.ledger.sql import ROWS_A_STATEMENT, Execute, Value, as_uuid, stamp

Row = TypeVar("Row")


class Conflict(Exception):
    """What the write was worked out from has changed: read again, work out again."""


@frozen
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
    rights: str = ""
    links: tuple[tuple[int, int], ...] = ()
    settles: tuple[tuple[int, int], ...] = ()


@frozen
class BalanceRow:
    """How much to add to one kept balance, and from how many events."""

    key: tuple[Value, ...]
    amount: int
    events: int


@frozen
class Kept:
    """A kept row to change if it still has the version ``was`` (None: it must not exist yet)."""

    table: str
    id: int
    was: int | None
    version: int
    values: tuple[Value, ...]


@frozen
class Posting:
    """All that one call writes in one ledger: events with their links, balances, kept rows.

    ``claimed``: how many claims each event that is corrected was known to have triggered.
    """

    events: tuple[EventRow, ...]
    balances: tuple[BalanceRow, ...] = ()
    kept: tuple[Kept, ...] = field(default=())
    claimed: tuple[tuple[int, int], ...] = ()


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
            "rights",
            "came",
        ),
    ),
    "ledger_commitmentstate": ("commitment_id", ("fulfilled", "ended")),
    "ledger_claimstate": ("claim_id", ("settled", "unsettled", "ended", "lifted")),
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
    for event_id, known in posting.claimed:
        _confirm_claimed(execute, event_id, known)
    values = [_event_values(event) for event in posting.events]
    for chunk in _chunks(values):
        ids += _write_events(execute, chunk)
    _write_links(execute, list(zip(ids, posting.events, strict=True)))
    for kept in sorted(posting.kept, key=lambda kept: (kept.table, kept.id)):
        _write_kept(execute, kept)
    # Adding commutes, so balances need no version; one order for all writers avoids deadlocks.
    for balance in sorted(posting.balances, key=lambda balance: repr(balance.key)):
        execute(_ADD_TO_BALANCE, (*balance.key, balance.amount, balance.events))
    if posting.events:
        facts = map(_fact, ids, values, posting.events)
        seals.append(execute, posting.events[0].ledger, facts)
    return ids


def _fact(event_id: int, values: tuple[Value, ...], event: EventRow) -> seals.Fact:
    links, settles = sorted(event.links), sorted(event.settles)
    return seals.Fact("event", event_id, (event_id, *values, *seals.linked(links, settles)))


def _chunks(rows: Sequence[Row]) -> Iterable[Sequence[Row]]:
    for start in range(0, len(rows), ROWS_A_STATEMENT):
        yield rows[start : start + ROWS_A_STATEMENT]


def _write_events(execute: Execute, events: Sequence[tuple[Value, ...]]) -> list[int]:
    written = execute(_add_events(len(events)), list(chain.from_iterable(events)))
    if len(written) < len(events):
        raise Conflict
    ids = {key if isinstance(key, str) else as_uuid(key).hex: pk for pk, key in written}
    return [ids[event[_KEY]] for event in events]  # type: ignore[misc, index]


_KEY = 1
"""Where the key stands among the values of an event."""


@cache
def _add_events(count: int) -> str:
    rows = ", ".join([f"({EVENT_MARKS})"] * count)
    return (
        f"INSERT INTO ledger_event ({EVENT_COLUMNS}) VALUES {rows} "  # noqa: S608
        "ON CONFLICT (key) DO NOTHING RETURNING id, key"
    )


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
        event.rights,
    )


def _write_links(execute: Execute, events: Sequence[tuple[int, EventRow]]) -> None:
    links = [(event_id, *link) for event_id, event in events for link in event.links]
    settles = [(event_id, *one) for event_id, event in events for one in event.settles]
    _write_shares(execute, "ledger_eventlink (event_id, commitment_id, quantity)", links)
    _write_shares(execute, "ledger_settlement (event_id, claim_id, quantity)", settles)


def _write_shares(execute: Execute, table: str, rows: Sequence[tuple[int, ...]]) -> None:
    for some in _chunks(rows):
        marks = ", ".join(["(%s, %s, %s)"] * len(some))
        execute(
            f"INSERT INTO {table} VALUES {marks}",  # noqa: S608
            list(chain.from_iterable(some)),
        )


def _confirm_claimed(execute: Execute, event_id: int, known: int) -> None:
    """A claim that came meanwhile would outlive what triggered it: then read again."""
    found = execute("SELECT COUNT(*) FROM ledger_claim WHERE triggered_by_id = %s", (event_id,))
    if int(str(found[0][0])) != known:
        raise Conflict


def _write_kept(execute: Execute, kept: Kept) -> None:
    if kept.was is None:
        values = (kept.id, *kept.values, kept.version)
    else:
        values = (*kept.values, kept.version, kept.id, kept.was)
    if not execute(_keep(kept.table, kept.was is None), values):
        raise Conflict


@cache
def _keep(table: str, new: bool) -> str:
    key, columns = KEPT_COLUMNS[table]
    if new:
        names = ", ".join((key, *columns, "version"))
        marks = ", ".join(["%s"] * (len(columns) + 2))
        return (
            f"INSERT INTO {table} ({names}) VALUES ({marks}) "  # noqa: S608
            f"ON CONFLICT ({key}) DO NOTHING RETURNING {key}"
        )
    changes = ", ".join(f"{column} = %s" for column in (*columns, "version"))
    return f"UPDATE {table} SET {changes} WHERE {key} = %s AND version = %s RETURNING {key}"  # noqa: S608
