# SPDX-License-Identifier: AGPL-3.0-or-later
"""Reads the flows that a trace passes: of a whole ledger, or only those that may lead to a thing.

Two statements, whatever the number of steps: which stocks and activities are reached, then all that
touches one of them, since what a stock gave to others says what it still had.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from terreau.ledger.sql import Execute
from terreau.ledger.tracing.building import Flowed
from terreau.ledger.tracing.sets import Thing

AMOUNT = (
    "CASE WHEN e.quantity IS NULL THEN e.effort - COALESCE(c.effort_out, 0) "
    "ELSE e.quantity - COALESCE(c.quantity_out, 0) END"
)
STANDS = (
    "(COALESCE(e.quantity, 0) > COALESCE(c.quantity_out, 0) "
    "OR COALESCE(e.effort, 0) > COALESCE(c.effort_out, 0))"
)
PASSES = (
    "(e.resource_id IS NOT NULL OR e.to_resource_id IS NOT NULL "
    "OR e.input_of_id IS NOT NULL OR e.output_of_id IS NOT NULL) "
    "AND e.rights = ''"  # a share of rights moves nothing
)
_FLOWED = (
    f"SELECT e.id, e.action, e.specification_id, {AMOUNT}, "  # noqa: S608
    "CASE WHEN e.quantity IS NULL THEN e.effort_unit ELSE e.unit END, "
    "e.resource_id, e.to_resource_id, e.input_of_id, e.output_of_id, "
    "e.provider_id <> e.receiver_id "
    "FROM ledger_event e LEFT JOIN ledger_correction c ON c.event_id = e.id "
)
_STANDS = f"e.corrects_id IS NULL AND e.rights = '' AND {STANDS} ORDER BY e.happened_on, e.id"


def flows_of(execute: Execute, ledger: int) -> list[Flowed]:
    """Return all that moves something or passes through an activity, in the order of time."""
    rows = execute(
        f"{_FLOWED}WHERE e.ledger_id = %s AND {PASSES} AND {_STANDS}",
        [ledger],
    )
    return list(map(Flowed._make, rows))


def units_of(execute: Execute, ledger: int) -> dict[int, str]:
    """Return the unit that each stock of a ledger counts in."""
    rows = execute("SELECT id, unit FROM ledger_resource WHERE ledger_id = %s", [ledger])
    return {int(str(pk)): str(unit) for pk, unit in rows}


_BACK = (
    "WHEN k = 1 AND (e.to_resource_id = r.stock OR e.input_of_id = r.process) THEN e.resource_id "
    "WHEN k = 2 AND e.input_of_id = r.process THEN e.to_resource_id",
    "CASE WHEN k = 3 AND r.stock IS NOT NULL THEN e.output_of_id END",
    "e.input_of_id",
)
_FORTH = (
    "WHEN k = 1 AND (e.resource_id = r.stock OR e.output_of_id = r.process) THEN e.to_resource_id "
    "WHEN k = 2 AND e.output_of_id = r.process THEN e.resource_id",
    "CASE WHEN k = 3 AND r.stock IS NOT NULL THEN e.input_of_id END",
    "e.output_of_id",
)


_TAKEN = (
    "(SELECT x.corrects_id AS event_id, "
    "CAST(SUM(-COALESCE(x.quantity, 0)) AS bigint) AS quantity_out, "
    "CAST(SUM(-COALESCE(x.effort, 0)) AS bigint) AS effort_out FROM ledger_event x "
    "WHERE x.ledger_id = %s AND x.corrects_id IS NOT NULL AND x.id <= %s GROUP BY x.corrects_id)"
)
_THEN = _FLOWED.replace("ledger_correction", _TAKEN)


def flows_around(
    execute: Execute,
    ledger: int,
    start: Sequence[Thing],
    *,
    backwards: bool,
    most: int,
    last: int | None = None,
) -> list[Flowed]:
    """Return the flows that may have led to these stocks and activities, or come from them.

    In the order of time; ``most`` and one more at most, so that the caller sees that there are too
    many. ``last``: as the ledger was known when this event was its last. One statement.
    """
    known = [] if last is None else [ledger, last]
    stock, process, side = _BACK if backwards else _FORTH
    begin = " UNION ALL ".join(["SELECT CAST(%s AS bigint), CAST(%s AS bigint)"] * len(start))
    values = [
        value
        for thing in start
        for value in (
            thing.id if thing.what == "resource" else None,
            thing.id if thing.what == "process" else None,
        )
    ]
    rows = execute(
        f"WITH RECURSIVE reach(stock, process) AS ({begin} UNION "  # noqa: S608
        f"SELECT CASE {stock} END, {process} FROM reach r JOIN ledger_event e "
        f"ON e.resource_id = r.stock OR e.to_resource_id = r.stock OR {side} = r.process "
        "CROSS JOIN (SELECT 1 AS k UNION ALL SELECT 2 UNION ALL SELECT 3) AS sides) "
        f"{_FLOWED if last is None else _THEN}WHERE e.id IN ("
        "SELECT f.id FROM ledger_event f JOIN reach ON f.resource_id = reach.stock UNION "
        "SELECT f.id FROM ledger_event f JOIN reach ON f.to_resource_id = reach.stock UNION "
        "SELECT f.id FROM ledger_event f JOIN reach ON f.input_of_id = reach.process UNION "
        "SELECT f.id FROM ledger_event f JOIN reach ON f.output_of_id = reach.process) "
        f"AND e.ledger_id = %s AND {'' if last is None else 'e.id <= %s AND '}{_STANDS} LIMIT %s",
        [*values, *known, *known, most + 1] if known else [*values, ledger, most + 1],
    )
    return list(map(Flowed._make, rows))


def flows_between_agents(
    execute: Execute, ledger: int, days: tuple[date | None, date | None], last: int, most: int
) -> list[Flowed]:
    """Return what one agent gave another from a day to a day, both included, None for no bound.

    As the ledger was known when ``last`` was its last event; what was handed on from a stock is
    left out, and corrections are taken off. ``most`` and one more at most. One statement.
    """
    since, until = days
    bounds = ["e.happened_on >= %s"] * (since is not None)
    bounds += ["e.happened_on <= %s"] * (until is not None)
    rows = execute(
        f"{_THEN}WHERE e.ledger_id = %s AND e.id <= %s AND e.provider_id <> e.receiver_id "  # noqa: S608
        f"AND e.resource_id IS NULL AND {''.join(one + ' AND ' for one in bounds)}{_STANDS} "
        "LIMIT %s",
        [ledger, last, ledger, last, *(day.isoformat() for day in days if day), most + 1],
    )
    return list(map(Flowed._make, rows))


def last_event(execute: Execute, ledger: int) -> int:
    """Return the number of the last event of a ledger, 0 when there is none."""
    rows = execute("SELECT MAX(id) FROM ledger_event WHERE ledger_id = %s", [ledger])
    return next((int(str(row[0])) for row in rows if row[0] is not None), 0)
