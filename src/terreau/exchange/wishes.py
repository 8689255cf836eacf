# SPDX-License-Identifier: AGPL-3.0-or-later
"""Needs, offers, proposals and what answers them as nodes of ValueFlows, for files and the API."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from terreau.core.quantities import MICRO
from terreau.core.units import as_fraction, convertible
from terreau.exchange.addresses import by_key, opaque
from terreau.exchange.naming import NodeDict, agent, kind, measure, said
from terreau.ledger.wishes import whole

METRE = "m"


def of_intent(one: Any) -> NodeDict:
    """Return a need or an offer, read with what it names, without its free text."""
    told = "effortQuantity" if one.measure == "effort" else "resourceQuantity"
    node: NodeDict = {"@id": by_key(one.key), "@type": "Intent", "action": one.action}
    node["resourceConformsTo"] = kind(one.ledger_id, one.specification.code)
    node[told] = measure(one.quantity, one.unit)
    return node | said(
        {
            "provider": agent(one.provider_id),
            "receiver": agent(one.receiver_id),
            "availableQuantity": one.available and measure(one.available, one.unit),
            "minimumQuantity": one.minimum and measure(one.minimum, one.unit),
            "resourceInventoriedAs": one.resource and by_key(one.resource.key),
            "inputOf": one.input_of and by_key(one.input_of.key),
            "outputOf": one.output_of and by_key(one.output_of.key),
            "plannedWithin": one.planned_within and by_key(one.planned_within.key),
            "stage": one.stage_id and opaque("stage", one.stage_id),
            "state": one.state,
            **days_of(one),
            "due": one.due and one.due.isoformat(),
            "finished": one.finished_on is not None or None,
            "name": one.name,
            "terreau:place": one.place and by_key(one.place.key),
            "terreau:reach": None if one.reach is None else measure(one.reach * MICRO, METRE),
            "terreau:recordedBy": agent(one.recorded_by_id),
            "terreau:visibility": one.level,
        }
    )


def of_proposal(one: Any) -> NodeDict:
    """Return a proposal, read with what it publishes and whom it is proposed to."""
    published = [(by_key(row.intent.key), row.reciprocal) for row in one.publications.all()]
    return _named(one, "Proposal") | said(
        {
            "purpose": one.purpose,
            "unitBased": one.unit_based or None,
            **days_of(one),
            "eligibleLocation": one.place and by_key(one.place.key),
            "publishes": [name for name, back in published if not back],
            "reciprocal": [name for name, back in published if back],
            "terreau:closed": one.closed_on is not None or None,
        }
    )


def of_list(one: Any) -> NodeDict:
    """Return a list of proposals, read with them."""
    return _named(one, "ProposalList") | said(
        {"lists": [by_key(p.key) for p in one.proposals.all()]}
    )


def _named(one: Any, kind_of_node: str) -> NodeDict:
    node = {"@id": by_key(one.key), "@type": kind_of_node, "name": one.name}
    return node | said(
        {
            "created": one.created_at.isoformat(),
            "proposedTo": [agent(asked.pk) for asked in one.proposed_to.all()],
            "terreau:proposedBy": agent(one.author_id),
            "terreau:recordedBy": agent(one.recorded_by_id),
            "terreau:visibility": one.level,
        }
    )


def days_of(one: Any) -> NodeDict:
    """Return the first and the last day. One day alone is both: it is answered as both."""
    return {
        "hasBeginning": one.begins_on and one.begins_on.isoformat(),
        "hasEnd": one.ends_on and one.ends_on.isoformat(),
    }


def nodes(ledger: int) -> Iterator[NodeDict]:
    """Yield the wishes of a ledger, then what makes them known."""
    yield from map(of_intent, whole.intents(ledger))
    yield from map(of_proposal, whole.proposals(ledger))
    yield from map(of_list, whole.lists(ledger))


class Answers:
    """What the promises and events of a ledger answer, asked for in the order of their numbers."""

    def __init__(self, ledger: int) -> None:
        self.rows = whole.answers(ledger)
        self.next = next(self.rows, None)

    def of_promise(self, one: Any) -> NodeDict:
        """Return what a promise answers."""
        found = self._of("commitment_id", one.pk)
        return _satisfies(found, {one.measure: (one.promised, one.unit)})

    def of_event(self, pk: int, measured: Mapping[str, tuple[int, str]]) -> NodeDict:
        """Return what an event answers. ``measured``: how much it is of, by measure."""
        return _satisfies(self._of("event_id", pk), measured)

    def _of(self, source: str, pk: int) -> list[Any]:
        found = []
        while self.next is not None and getattr(self.next, source) == pk:
            found.append(self.next)
            self.next = next(self.rows, None)
        return found


def _satisfies(rows: list[Any], measured: Mapping[str, tuple[int, str]]) -> NodeDict:
    """Say what is answered, with its share unless one wish has it all."""
    if len(rows) == 1 and _is_all(rows[0], measured):
        return {"satisfies": by_key(rows[0].intent.key)}
    return said({"terreau:satisfaction": [_share(row) for row in rows]})


def _is_all(row: Any, measured: Mapping[str, tuple[int, str]]) -> bool:
    micro, unit = measured.get(row.intent.measure, (0, row.intent.unit))
    if not convertible(unit, row.intent.unit):
        return False
    return bool(as_fraction(micro, unit, row.intent.unit) == row.quantity)


def _share(row: Any) -> NodeDict:
    return {
        "@type": "terreau:Satisfaction",
        "terreau:of": by_key(row.intent.key),
        "terreau:quantity": measure(row.quantity, row.intent.unit),
    }
