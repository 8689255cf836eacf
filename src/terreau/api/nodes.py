# SPDX-License-Identifier: AGPL-3.0-or-later
"""Records as nodes of ValueFlows, with the same names as an exported file (``exchange.export``)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from terreau.agreements.enums import Kind
from terreau.agreements.models import Contribution
from terreau.ecosystems.models import Ecosystem
from terreau.exchange.addresses import by_key, opaque
from terreau.exchange.export import NodeDict, agent, kind, measure, said
from terreau.ledger.queries import fulfilment_of
from terreau.people.models import Agent

TITLES = dict(Kind.choices)


def of_cooperation(ecosystem: Ecosystem) -> NodeDict:
    node = {"@id": agent(ecosystem.agent_id), "@type": "Organization", "name": ecosystem.name}
    return node | said({"note": ecosystem.sentence, "terreau:slug": ecosystem.slug})


def of_agent(one: Agent) -> NodeDict:
    node = {"@id": agent(one.pk), "@type": "Person" if one.is_person else "Organization"}
    numbers = {"terreau:siren": one.siren, "terreau:siret": one.siret}
    merged = {"terreau:mergedInto": agent(one.merged_into_id)}
    return node | {"name": one.name} | said({} if one.is_person else numbers | merged)


def of_specification(ledger: int, code: str) -> NodeDict:
    node = {"@id": kind(ledger, code), "@type": "ResourceSpecification", "name": code}
    return node | said({"note": TITLES.get(code)})


def of_resource(stock: Any) -> NodeDict:
    """Return a stock, read with its specification and its batch."""
    return {
        "@id": by_key(stock.key),
        "@type": "EconomicResource",
        "name": stock.name,
        "conformsTo": kind(stock.ledger_id, stock.specification.code),
        "accountingQuantity": measure(stock.accounting, stock.unit),
        "onhandQuantity": measure(stock.on_hand, stock.unit),
    } | said(
        {
            "primaryAccountable": agent(stock.accountable_id),
            "terreau:custodian": agent(stock.custodian_id),
            "trackingIdentifier": stock.tracking_identifier,
            "ofBatchLot": stock.of_batch_lot and by_key(stock.of_batch_lot.key),
            "stage": stage(stock.stage_id),
            "state": stock.state,
        }
    )


def of_event(event: Any, told: Contribution | None, promises: Mapping[int, Any]) -> NodeDict:
    """Return an event, with what its contribution says, and of ``promises`` (keys by id) its own.

    ``promises`` holds those that the reader may read: no other is named.
    """
    kept = [by_key(promises[one.commitment_id]) for one in _links(event, promises)]
    around = {name: row and by_key(row.key) for name, row in _around(event).items()}
    return flow(event, "EconomicEvent") | said(
        {
            **_measures(event),
            "hasPointInTime": event.happened_on.isoformat(),
            **around,
            "state": event.state,
            "fulfills": kept,
            "terreau:recordedBy": agent(event.recorded_by_id),
            **(_told(told) if told else {}),
        }
    )


def _links(event: Any, promises: Collection[int]) -> list[Any]:
    return [link for link in event.links.all() if link.commitment_id in promises]


def _around(event: Any) -> dict[str, Any]:
    return {
        "resourceInventoriedAs": event.resource,
        "toResourceInventoriedAs": event.to_resource,
        "inputOf": event.input_of,
        "outputOf": event.output_of,
        "toLocation": event.to_location,
    }


def _measures(event: Any) -> NodeDict:
    found = {}
    if event.quantity is not None:
        found["resourceQuantity"] = measure(event.quantity, event.unit)
    if event.effort is not None:
        found["effortQuantity"] = measure(event.effort, event.effort_unit)
    return found


def _told(contribution: Contribution) -> NodeDict:
    return {
        "note": contribution.word,
        "terreau:answer": contribution.state,
        "terreau:visibility": contribution.level,
        "terreau:refund": contribution.refund or None,
        "terreau:recordedBy": agent(contribution.recorded_by_id),
    }


def flow(row: Any, kind_of_node: str) -> NodeDict:
    """Return what an event, a promise and a claim all say."""
    return {
        "@id": by_key(row.key),
        "@type": kind_of_node,
        "action": row.action,
        "provider": agent(row.provider_id),
        "receiver": agent(row.receiver_id),
        "resourceConformsTo": kind(row.ledger_id, row.specification.code),
        "created": row.recorded_at.isoformat(),
    }


def of_commitment(promise: Any, agreement: Any) -> NodeDict:
    """Return a promise, read with its state, and how far it is kept; ``agreement``: its key."""
    told = "effortQuantity" if promise.measure == "effort" else "resourceQuantity"
    how_far = fulfilment_of(promise)
    return flow(promise, "Commitment") | said(
        {
            told: measure(promise.promised, promise.unit),
            "due": promise.due and promise.due.isoformat(),
            "finished": how_far.ended,
            "clauseOf": agreement and by_key(agreement),
            **{name: row and by_key(row.key) for name, row in _planned(promise).items()},
            "stage": stage(promise.stage_id),
            "state": promise.in_state,
            "terreau:fulfilled": measure(how_far.fulfilled, promise.unit),
            "terreau:remaining": measure(how_far.remaining, promise.unit),
        }
    )


def _planned(promise: Any) -> dict[str, Any]:
    return {
        "inputOf": promise.input_of,
        "outputOf": promise.output_of,
        "plannedWithin": promise.planned_within,
        "independentDemandOf": promise.independent_demand_of,
    }


def stage(pk: int | None) -> str | None:
    """Return the name of a kind of activity."""
    return None if pk is None else opaque("stage", pk)


def settles(claims: Mapping[int, list[UUID]], event: Any) -> NodeDict:
    """Return which claims an event settles, of those that are read."""
    return said({"settles": [by_key(key) for key in claims.get(event.pk, ())]})


def satisfies(
    answers: Mapping[tuple[str, int], list[UUID]], *, event: Any = None, promise: Any = None
) -> NodeDict:
    """Return which needs and offers an event or a promise answers, of those that are read."""
    source = ("event", event.pk) if event else ("promise", promise.pk)
    return said({"satisfies": [by_key(key) for key in answers.get(source, ())]})
