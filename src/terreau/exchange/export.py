# SPDX-License-Identifier: AGPL-3.0-or-later
"""A ledger as a graph of ValueFlows 1.0: what exists, promises, events, what stands.

A stock is written twice: as it was opened, before the events, and as it stands, after them. No
property is said twice, so that the graph means the same in whatever order it is read; and
``terreau vf check`` of an export compares all that the events give with all that is kept.

Persons are opaque names, but for those who may be named in public; free text, mail addresses and
accounts are no part of a ledger and never leave with it.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping
from typing import Any

from terreau.agreements.queries import carried
from terreau.core.units import UNITS, as_fraction, convertible
from terreau.ecosystems.models import Ecosystem
from terreau.ecosystems.queries.naming import publicly_named
from terreau.exchange import recipes, wishes
from terreau.exchange.addresses import by_key, opaque
from terreau.exchange.measures import number
from terreau.exchange.naming import NodeDict, agent, kind, measure, said
from terreau.exchange.vocabulary import NAMESPACE, OM, OURS, unit_names
from terreau.ledger import whole
from terreau.ledger.engine.state import Event, Link, Settle
from terreau.ledger.wishes import whole as all_wishes
from terreau.people.models import Agent

__all__ = ["CONTEXT", "NodeDict", "agent", "graph", "kind", "measure", "said"]
_POINTERS = (
    "provider receiver inputOf outputOf resourceConformsTo resourceInventoriedAs "
    "toResourceInventoriedAs toLocation conformsTo primaryAccountable containedIn currentLocation "
    "stage basedOn clauseOf reciprocalClauseOf fulfills corrects hasUnit terreau:custodian "
    "terreau:recordedBy terreau:onBehalfOf terreau:inReturnOf terreau:successor terreau:mergedInto "
    "terreau:countedIn terreau:of triggeredBy settles plannedWithin independentDemandOf ofBatchLot "
    "satisfies publishes reciprocal proposedTo listedIn lists eligibleLocation terreau:place "
    "terreau:proposedBy terreau:need terreau:offer primaryOutput recipeIncludes processConformsTo "
    "recipeInputOf recipeOutputOf"
).split()
_DAYS = (
    "hasPointInTime", "hasBeginning", "hasEnd", "due", "expirationDate", "terreau:begins",
    "terreau:ends",
)  # fmt: skip
CONTEXT: NodeDict = {
    "@vocab": NAMESPACE,
    "vf": NAMESPACE,
    "om2": OM,
    "terreau": OURS,
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "action": {"@type": "@vocab"},
    "hasNumericalValue": {"@type": "xsd:decimal"},
    "created": {"@type": "xsd:dateTime"},
    **{name: {"@type": "xsd:date"} for name in _DAYS},
    **{name: {"@type": "@id"} for name in _POINTERS},
}
"""Written into each file: a reader fetches nothing."""


def graph(ecosystem: Ecosystem) -> Generator[NodeDict, None, None]:
    """Yield the nodes of the ledger of an ecosystem, in an order that can be read in one go."""
    return _Export(ecosystem).nodes()


class _Export:
    """What the nodes of one export point to: names by number, and promises still open."""

    def __init__(self, ecosystem: Ecosystem) -> None:
        self.ecosystem = ecosystem
        self.ledger = ecosystem.space_id
        self.clauses = carried.clauses(ecosystem)
        self.answers = wishes.Answers(self.ledger)
        self.stages: dict[int, str] = {}
        self.by_word: dict[str, str] = {}
        self.processes: dict[int, str] = {}
        self.places: dict[int, str] = {}
        self.plans: dict[int, str] = {}
        self.batches: dict[int, str] = {}
        self.stocks: dict[int, str] = {}
        self.promises: dict[int, str] = {}
        self.left: dict[int, int] = {}
        self.counted: dict[int, tuple[str, str]] = {}
        self.claims: dict[int, tuple[str, str, str]] = {}

    def nodes(self) -> Generator[NodeDict, None, None]:
        yield from self.agents()
        yield from self.units()
        yield from self.kinds()
        yield from self.planned()
        yield from self.activities()
        yield from self.somewhere()
        yield from recipes.nodes(self.ledger, self.kind, self.by_word.get)
        yield from self.made_together()
        yield from self.opened()
        yield from wishes.nodes(self.ledger)
        yield from self.agreements()
        yield from self.promised()
        yield from self.claimed()
        for some in whole.events(self.ledger):
            levels = carried.levels([one.id for one in some])
            yield from (self.event(one, levels) for one in some)
        yield from self.standing()

    # What exists

    def agents(self) -> Iterator[NodeDict]:
        named = {one.pk for one in publicly_named(self.ecosystem)}
        wanted = whole.agent_ids(self.ledger) | all_wishes.agent_ids(self.ledger)
        for one in Agent.objects.order_by("pk").iterator():
            if one.pk not in wanted:
                continue
            node = {"@id": agent(one.pk), "@type": "Person" if one.is_person else "Organization"}
            if not one.is_person or one.pk in named:
                node["name"] = one.name
            numbers = {"terreau:siren": one.siren, "terreau:siret": one.siret}
            merged = {"terreau:mergedInto": agent(one.merged_into_id)}
            yield node | said({} if one.is_person else numbers | merged)

    def units(self) -> Iterator[NodeDict]:
        for code, name in unit_names().items():
            node = {"@id": name, "@type": "Unit", "label": UNITS[code].label}
            known = name.removeprefix("om2:") if name.startswith("om2:") else ""
            yield node | said({"symbol": UNITS[code].symbol, "omUnitIdentifier": known})

    def kinds(self) -> Iterator[NodeDict]:
        for code in whole.specifications(self.ledger):
            yield {"@id": self.kind(code), "@type": "ResourceSpecification", "name": code}

    def kind(self, code: str) -> str:
        return kind(self.ledger, code)

    def planned(self) -> Iterator[NodeDict]:
        for one in whole.plans(self.ledger):
            self.plans[one.pk] = by_key(one.key)
            node = {"@id": by_key(one.key), "@type": "Plan", "name": one.name}
            day = one.due and one.due.isoformat()
            yield node | said({"created": one.opened_at.isoformat(), "due": day})

    def made_together(self) -> Iterator[NodeDict]:
        for one in whole.batches(self.ledger):
            self.batches[one.pk] = by_key(one.key)
            node = {"@id": by_key(one.key), "@type": "BatchLotRecord", "batchLotCode": one.code}
            yield node | said({"expirationDate": one.expires_on and one.expires_on.isoformat()})

    def activities(self) -> Iterator[NodeDict]:
        for pk, code in whole.stages(self.ledger):
            self.stages[pk] = self.by_word[code] = opaque("stage", pk)
            yield {"@id": self.stages[pk], "@type": "ProcessSpecification", "name": code}
        for one in whole.processes(self.ledger):
            self.processes[one.pk] = by_key(one.key)
            node = {"@id": by_key(one.key), "@type": "Process", "name": one.name}
            yield node | said(
                {
                    "basedOn": self.stages.get(one.specification_id or 0),
                    "plannedWithin": self.plans.get(one.planned_within_id or 0),
                    "hasBeginning": one.begins_on and one.begins_on.isoformat(),
                    "hasEnd": one.ends_on and one.ends_on.isoformat(),
                    "finished": one.finished or None,
                }
            )

    def somewhere(self) -> Iterator[NodeDict]:
        for one in whole.places(self.ledger):
            self.places[one.pk] = by_key(one.key)
            node = {"@id": by_key(one.key), "@type": "SpatialThing", "name": one.name}
            yield node | said(
                {
                    "mappableAddress": one.address,
                    "lat": None if one.latitude is None else number(one.latitude),
                    "long": None if one.longitude is None else number(one.longitude),
                }
            )

    def opened(self) -> Iterator[NodeDict]:
        for one in whole.stocks(self.ledger):
            self.stocks[one.pk] = by_key(one.key)
            node: NodeDict = {"@id": by_key(one.key), "@type": "EconomicResource"}
            node["name"] = one.name
            node["conformsTo"] = self.kind(one.specification.code)
            node["terreau:countedIn"] = unit_names()[one.unit]
            if one.floor is None:
                node["terreau:noFloor"] = True
            elif one.floor:
                node["terreau:floor"] = measure(one.floor, one.unit)
            batch = self.batches.get(one.of_batch_lot_id or 0)
            yield node | said({"trackingIdentifier": one.tracking_identifier, "ofBatchLot": batch})

    def standing(self) -> Iterator[NodeDict]:
        for one in whole.stocks(self.ledger):
            yield {
                "@id": by_key(one.key),
                "@type": "EconomicResource",
                "accountingQuantity": measure(one.accounting, one.unit),
                "onhandQuantity": measure(one.on_hand, one.unit),
            } | said(
                {
                    "primaryAccountable": agent(one.accountable_id),
                    "terreau:custodian": agent(one.custodian_id),
                    "currentLocation": self.places.get(one.location_id or 0),
                    "containedIn": self.stocks.get(one.container_id or 0),
                    "stage": self.stages.get(one.stage_id or 0),
                    "state": one.state,
                }
            )

    # What was promised

    def agreements(self) -> Iterator[NodeDict]:
        for key, name, day in carried.agreements(self.ecosystem):
            node = {"@id": by_key(key), "@type": "Agreement", "name": name}
            yield node | said({"created": day and {"@type": "xsd:date", "@value": day.isoformat()}})

    def promised(self) -> Iterator[NodeDict]:
        for one in whole.commitments(self.ledger):
            self.promises[one.pk] = by_key(one.key)
        for one in whole.commitments(self.ledger):
            self.left[one.pk] = one.promised
            self.counted[one.pk] = (one.measure, one.unit)
            told = "effortQuantity" if one.measure == "effort" else "resourceQuantity"
            yield {
                "@id": by_key(one.key),
                "@type": "Commitment",
                "action": one.action,
                "provider": agent(one.provider_id),
                "receiver": agent(one.receiver_id),
                "resourceConformsTo": self.kind(one.specification.code),
                told: measure(one.promised, one.unit),
                "created": one.recorded_at.isoformat(),
                "terreau:recordedBy": agent(one.recorded_by_id),
            } | said(
                {
                    "due": one.due and one.due.isoformat(),
                    "inputOf": self.processes.get(one.input_of_id or 0),
                    "outputOf": self.processes.get(one.output_of_id or 0),
                    "plannedWithin": self.plans.get(one.planned_within_id or 0),
                    "independentDemandOf": self.plans.get(one.independent_demand_of_id or 0),
                    "stage": self.stages.get(one.stage_id or 0),
                    "state": one.in_state,
                    **self.clause(one.pk),
                    **self.end(one),
                    **self.answers.of_promise(one),
                }
            )

    def clause(self, promise: int) -> Mapping[str, Any]:
        found = self.clauses.get(promise)
        if found is None:
            return {}
        side = "reciprocalClauseOf" if found.reciprocal else "clauseOf"
        answered = [self.promises[one] for one in found.in_return if one in self.promises]
        return {side: by_key(found.agreement), "terreau:inReturnOf": answered}

    def end(self, one: Any) -> Mapping[str, Any]:
        end = getattr(one, "end", None)
        if end is None:
            return {}
        successor = end.successor and by_key(end.successor.key)
        return {"terreau:ended": str(end.kind), "terreau:successor": successor}

    # What is due in return

    def claimed(self) -> Iterator[NodeDict]:
        for one in whole.claims(self.ledger):
            self.claims[one.pk] = (by_key(one.key), one.measure, one.unit)
            told = "effortQuantity" if one.measure == "effort" else "resourceQuantity"
            yield {
                "@id": by_key(one.key),
                "@type": "Claim",
                "action": one.action,
                "provider": agent(one.provider_id),
                "receiver": agent(one.receiver_id),
                "resourceConformsTo": self.kind(one.specification.code),
                told: measure(one.claimed, one.unit),
                "triggeredBy": by_key(one.triggered_by.key),
                "created": one.recorded_at.isoformat(),
                "terreau:recordedBy": agent(one.recorded_by_id),
            } | said({"due": one.due and one.due.isoformat(), **self.end(one)})

    def settlement(self, event: Event) -> NodeDict:
        """Say what an event settles, with its share unless one claim has it all."""
        if len(event.settles) == 1 and self.settles_all(event):
            return {"settles": self.claims[event.settles[0].claim][0]}
        if not event.settles:
            return {}
        return {"terreau:settlement": [self.settled(one) for one in event.settles]}

    def settles_all(self, event: Event) -> bool:
        (one,) = event.settles
        _, name, unit = self.claims[one.claim]
        return is_all(event, name, unit, one.quantity)

    def settled(self, one: Settle) -> NodeDict:
        name, _, unit = self.claims[one.claim]
        share = {"terreau:of": name, "terreau:quantity": measure(one.quantity, unit)}
        return {"@type": "terreau:Settlement", **share}

    # What happened

    def event(self, one: whole.Told, levels: Mapping[int, str]) -> NodeDict:
        event = one.event
        node: NodeDict = {
            "@id": by_key(one.key),
            "@type": "EconomicEvent",
            "action": event.action,
            "provider": agent(event.provider),
            "receiver": agent(event.receiver),
            "resourceConformsTo": self.kind(event.specification),
        }
        for name, micro, unit in event.measured():
            node["effortQuantity" if name == "effort" else "resourceQuantity"] = measure(
                micro, unit
            )
        return node | said(
            {
                "resourceInventoriedAs": self.stocks.get(event.resource or 0),
                "toResourceInventoriedAs": self.stocks.get(event.to_resource or 0),
                "inputOf": self.processes.get(event.input_of or 0),
                "outputOf": self.processes.get(event.output_of or 0),
                "toLocation": self.places.get(event.to_location or 0),
                "state": event.state,
                "terreau:rightsShare": event.rights,
                "hasPointInTime": one.happened_on.isoformat(),
                "created": one.recorded_at.isoformat(),
                "corrects": one.corrects and by_key(one.corrects),
                **self.fulfilment(event),
                **self.settlement(event),
                **self.answers.of_event(
                    one.id, {name: (much, unit) for name, much, unit in event.measured()}
                ),
                "terreau:recordedBy": agent(one.recorded_by),
                "terreau:onBehalfOf": agent(one.on_behalf_of),
                "terreau:visibility": levels.get(one.id),
            }
        )

    def fulfilment(self, event: Event) -> NodeDict:
        """Say what an event fulfils, with its share unless one promise has it all."""
        if not event.links:
            return {}
        beyond = {"terreau:beyondPromise": self.goes_beyond(event) or None}
        one = event.links[0]
        if len(event.links) == 1 and is_all(event, *self.counted[one.promise], one.quantity):
            return {"fulfills": self.promises[event.links[0].promise], **beyond}
        return {"terreau:fulfilment": [self.share(link) for link in event.links], **beyond}

    def goes_beyond(self, event: Event) -> bool:
        found = False
        for link in event.links:
            left = self.left[link.promise]
            found = found or (event.corrects is None and link.quantity > max(left, 0))
            self.left[link.promise] = left - link.quantity
        return found

    def share(self, link: Link) -> NodeDict:
        quantity = measure(link.quantity, self.counted[link.promise][1])
        return {
            "@type": "terreau:Fulfilment",
            "terreau:of": self.promises[link.promise],
            "terreau:quantity": quantity,
        }


def is_all(event: Event, name: str, unit: str, micro: int) -> bool:
    """Tell whether a share, in a unit, is the whole of what the event measures by that name."""
    much, given = (
        (event.effort, event.effort_unit) if name == "effort" else (event.quantity, event.unit)
    )
    if much is None or not convertible(given, unit):
        return False
    return as_fraction(much, given, unit) == micro
