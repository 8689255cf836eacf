# SPDX-License-Identifier: AGPL-3.0-or-later
"""The totals of the statement, kept in the transaction of each contribution."""

from __future__ import annotations

from django.db import connection, transaction

from terreau.agreements.models import Contribution, Tally
from terreau.agreements.queries.entries import entry_of
from terreau.agreements.totals import NOTHING, Entry, Place, Weights, moves
from terreau.ecosystems.models import Ecosystem

COLUMNS = ("given", "fulfilled", "confirmed", "discussed", "refunded")

# One statement for all rows, the same on SQLite and PostgreSQL: it adds, never overwrites.
_ADD = """
INSERT INTO agreements_tally
    (ecosystem_id, agent_id, side, kind, unit, month, read_by,
     given, fulfilled, confirmed, discussed, refunded)
VALUES {rows}
ON CONFLICT (ecosystem_id, agent_id, side, kind, unit, month, read_by) DO UPDATE SET
    given = agreements_tally.given + excluded.given,
    fulfilled = agreements_tally.fulfilled + excluded.fulfilled,
    confirmed = agreements_tally.confirmed + excluded.confirmed,
    discussed = agreements_tally.discussed + excluded.discussed,
    refunded = agreements_tally.refunded + excluded.refunded
"""
_ROW = "(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"


def keep(ecosystem: Ecosystem, *, before: Entry | None, after: Entry | None) -> None:
    """Move the totals when a contribution appears, changes or is undone (one statement)."""
    add(ecosystem, moves(before, after, ecosystem.agent_id))


def add(ecosystem: Ecosystem, changed: dict[Place, Weights]) -> None:
    """Add these weights to the totals of an ecosystem, in a fixed order of places."""
    if not changed:
        return
    values: list[int | str | None] = []
    for place in sorted(changed):
        agent_id, side, kind, unit, month, read_by = place
        weights = changed[place]
        day = connection.ops.adapt_datefield_value(month)
        values += [ecosystem.pk, agent_id, side, kind, unit, day, read_by]
        values += [getattr(weights, name) for name in COLUMNS]
    with connection.cursor() as cursor:
        cursor.execute(_ADD.format(rows=", ".join([_ROW] * len(changed))), values)


@transaction.atomic
def rebuild(ecosystem: Ecosystem) -> None:
    """Count everything again from the contributions (after a restore, or when totals are wrong)."""
    Tally.objects.filter(ecosystem=ecosystem).delete()
    changed: dict[Place, Weights] = {}
    for contribution in Contribution.objects.filter(ecosystem=ecosystem).iterator():
        for place, weights in moves(None, entry_of(contribution), ecosystem.agent_id).items():
            changed[place] = changed.get(place, NOTHING) + weights
    places = sorted(changed)
    for start in range(0, len(places), 50):
        add(ecosystem, {place: changed[place] for place in places[start : start + 50]})
