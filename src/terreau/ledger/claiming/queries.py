# SPDX-License-Identifier: AGPL-3.0-or-later
"""Reads of claims: a constant number of queries whatever the number of rows."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, QuerySet

from terreau.ledger.engine import state as engine
from terreau.ledger.models import Claim, Settlement
from terreau.people.models import Space
from terreau.people.visibility import Reader, reach_of


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


def readable_claims(reader: Reader, ledger: Space) -> QuerySet[Claim]:
    """Return the claims that somebody reads, in the order of recording, with how far they are.

    No record carries a claim, so it has no level of its own: its two sides alone read it, and who
    speaks for them.
    """
    mine = reach_of(reader).agents
    sides = Q(provider_id__in=mine) | Q(receiver_id__in=mine)
    return (
        Claim.objects.filter(sides, ledger_id=ledger.root_id or ledger.pk)
        .select_related("specification", "state", "triggered_by", "end")
        .order_by("pk")
    )


def settled_by(reader: Reader, ledger: Space, events: Collection[int]) -> dict[int, list[UUID]]:
    """Return the keys of the claims that these events settle and that the reader reads, by event.

    One query; in the order in which the claims were entered.
    """
    mine = readable_claims(reader, ledger).order_by().values("pk")
    rows = Settlement.objects.filter(event_id__in=events, claim__in=mine).order_by("claim_id")
    found: dict[int, list[UUID]] = {}
    for event, key in rows.values_list("event_id", "claim__key"):
        found.setdefault(event, []).append(key)
    return found
