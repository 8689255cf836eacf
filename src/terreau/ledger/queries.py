# SPDX-License-Identifier: AGPL-3.0-or-later
"""Reads of the ledger, set-based: a constant number of queries whatever the number of rows."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet

from terreau.ledger.engine.state import Promise
from terreau.ledger.models import Commitment, Event, Resource
from terreau.people.models import Space


@dataclass(frozen=True, slots=True)
class Fulfilment:
    """How far a commitment is fulfilled, in its unit: fulfilled + remaining = committed + over.

    ``promised`` is what was said; ``committed`` what still binds (less, once it ended).
    """

    promised: int
    committed: int
    fulfilled: int
    remaining: int
    over: int
    unit: str
    ended: bool


def fulfilments(commitment_ids: Iterable[int]) -> dict[int, Fulfilment]:
    """Return how far each commitment is fulfilled, by id (one query)."""
    found = Commitment.objects.filter(pk__in=list(commitment_ids)).select_related("state")
    return {commitment.pk: _fulfilment(commitment) for commitment in found}


def _fulfilment(commitment: Commitment) -> Fulfilment:
    promise = Promise(
        commitment.pk,
        commitment.provider_id,
        "effort" if commitment.measure == "effort" else "quantity",
        commitment.unit,
        commitment.promised,
        commitment.state.fulfilled,
        commitment.state.ended,
    )
    return Fulfilment(
        promise.promised,
        promise.committed,
        promise.fulfilled,
        promise.remaining,
        promise.over,
        promise.unit,
        promise.ended,
    )


def events(ids: Iterable[int]) -> QuerySet[Event]:
    """Return events by id, with their parties, kind and links, in the order of recording."""
    return (
        Event.objects.filter(pk__in=list(ids))
        .select_related("provider", "receiver", "specification", "on_behalf_of", "recorded_by")
        .prefetch_related("links")
        .order_by("pk")
    )


def stocks(ledger: Space) -> QuerySet[Resource]:
    """Return the stocks kept in a ledger, with who answers for each and who holds it."""
    return (
        Resource.objects.filter(ledger_id=ledger.root_id or ledger.pk)
        .select_related("specification", "accountable", "custodian")
        .order_by("name", "pk")
    )
