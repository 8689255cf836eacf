# SPDX-License-Identifier: AGPL-3.0-or-later
"""Reads the flows that a trace passes: of a whole ledger, or only those that may lead to a thing.

Two statements, whatever the number of steps: which stocks and activities are reached, then all that
touches one of them, since what a stock gave to others says what it still had.
"""

from __future__ import annotations

from terreau.ledger.sql import Execute
from terreau.ledger.tracing.building import Flowed

_FLOWED = (
    "SELECT e.id, e.action, e.specification_id, "
    "CASE WHEN e.quantity IS NULL THEN e.effort - COALESCE(c.effort_out, 0) "
    "ELSE e.quantity - COALESCE(c.quantity_out, 0) END, "
    "CASE WHEN e.quantity IS NULL THEN e.effort_unit ELSE e.unit END, "
    "e.resource_id, e.to_resource_id, e.input_of_id, e.output_of_id, "
    "e.provider_id <> e.receiver_id "
    "FROM ledger_event e LEFT JOIN ledger_correction c ON c.event_id = e.id "
)
_STANDS = (
    "e.corrects_id IS NULL AND (COALESCE(e.quantity, 0) > COALESCE(c.quantity_out, 0) "
    "OR COALESCE(e.effort, 0) > COALESCE(c.effort_out, 0)) "
    "ORDER BY e.happened_on, e.id"
)


def flows_of(execute: Execute, ledger: int) -> list[Flowed]:
    """Return all that moves something or passes through an activity, in the order of time."""
    rows = execute(
        f"{_FLOWED}WHERE e.ledger_id = %s AND (e.resource_id IS NOT NULL "  # noqa: S608
        "OR e.to_resource_id IS NOT NULL OR e.input_of_id IS NOT NULL "
        f"OR e.output_of_id IS NOT NULL) AND {_STANDS}",
        [ledger],
    )
    return list(map(Flowed._make, rows))


def units_of(execute: Execute, ledger: int) -> dict[int, str]:
    """Return the unit that each stock of a ledger counts in."""
    rows = execute("SELECT id, unit FROM ledger_resource WHERE ledger_id = %s", [ledger])
    return {int(str(pk)): str(unit) for pk, unit in rows}
