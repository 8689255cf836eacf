# SPDX-License-Identifier: AGPL-3.0-or-later
"""Reads of claims: a constant number of queries whatever the number of rows."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet

from terreau.ledger.engine import state as engine
from terreau.ledger.models import Claim
from terreau.ledger.queries import Readable
from terreau.people.models import Space


@dataclass(frozen=True, slots=True)
class Settled:
    """How far a claim is settled, in its unit. ``remaining``: still due, nothing once it ended."""

    claimed: int
    settled: int
    remaining: int
    unit: str
    ended: bool
    lifted: bool


def settled(claim_ids: Iterable[int]) -> dict[int, Settled]:
    """Return how far each claim is settled, by id (one query)."""
    found = Claim.objects.filter(pk__in=list(claim_ids)).select_related("state")
    return {one.pk: settled_of(one) for one in found}


def settled_of(one: Claim) -> Settled:
    """Return how far a claim that was read with its state is settled (no query)."""
    claim = engine.Claim(
        one.pk,
        one.provider_id,
        one.receiver_id,
        "effort" if one.measure == "effort" else "quantity",
        one.unit,
        one.claimed,
        one.triggered_by_id,
        one.state.settled,
        one.state.ended,
        one.state.lifted,
    )
    told = (claim.claimed, claim.settled, claim.remaining, claim.unit)
    return Settled(*told, claim.ended, claim.lifted)


def readable_claims(ledger: Space, readable: Readable) -> QuerySet[Claim]:
    """Return the claims of somebody's two sides, in the order of recording, with how far they are.

    No record carries a claim, so it has no level of its own: its two sides alone read it.
    """
    return (
        Claim.objects.filter(readable.of_my_sides(), ledger_id=ledger.root_id or ledger.pk)
        .select_related("specification", "state", "triggered_by")
        .order_by("pk")
    )
