# SPDX-License-Identifier: AGPL-3.0-or-later
"""Contributions as the totals see them, and what the totals should be."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from terreau.agreements.enums import ContributionState
from terreau.agreements.models import Contribution, Tally
from terreau.agreements.totals import NOTHING, Entry, Place, Weights, moves
from terreau.ecosystems.models import Ecosystem
from terreau.ledger.queries import net_amounts

CHUNK = 5_000


def entry_of(contribution: Contribution) -> Entry:
    """Return a contribution as one entry of the totals."""
    return Entry(
        giver_id=contribution.author_id,
        receiver_id=contribution.receiver_id,
        kind=contribution.kind,
        unit=contribution.unit,
        day=contribution.happened_on,
        quantity=contribution.quantity,
        state=contribution.state,
        linked=contribution.posting_id is not None,
        refund=contribution.refund,
        level=contribution.level,
    )


def tally_faults(ecosystem: Ecosystem) -> list[str]:
    """Return what differs between the kept totals and the contributions: nothing, when all is well.

    For ``terreau verify``: one sentence a wrong total.
    """
    expected: dict[Place, Weights] = {}
    for contribution in Contribution.objects.filter(ecosystem=ecosystem).iterator():
        for place, weights in moves(None, entry_of(contribution), ecosystem.agent_id).items():
            expected[place] = expected.get(place, NOTHING) + weights
    kept = {
        (row.agent_id, row.side, row.kind, row.unit, row.month, row.read_by): Weights(
            row.given, row.fulfilled, row.confirmed, row.discussed, row.refunded
        )
        for row in Tally.objects.filter(ecosystem=ecosystem)
    }
    places = sorted(expected.keys() | kept.keys())
    return [
        f"total {place} : {kept.get(place, NOTHING)} au lieu de {expected.get(place, NOTHING)}"
        for place in places
        if kept.get(place, NOTHING) != expected.get(place, NOTHING)
    ]


def event_faults(ecosystem: Ecosystem) -> Iterator[str]:
    """Yield what differs between a contribution and what the ledger holds of it.

    For ``terreau verify``: an undone contribution stands for nothing, any other for its quantity.
    """
    rows = Contribution.objects.filter(ecosystem=ecosystem).order_by("pk")
    told = rows.values_list("pk", "event_id", "quantity", "state").iterator(CHUNK)
    while chunk := list(islice(told, CHUNK)):
        stands = net_amounts(event for _, event, _, _ in chunk)
        for pk, event, quantity, state in chunk:
            wanted = 0 if state == ContributionState.UNDONE else quantity
            if stands.get(event) != wanted:
                yield f"contribution {pk} : {wanted}, le registre dit {stands.get(event)}"
