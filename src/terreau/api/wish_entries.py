# SPDX-License-Identifier: AGPL-3.0-or-later
"""What comes in of needs, offers and proposals: names become ids, measures millionths."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid5

from django.db.models import Q, QuerySet
from django.http import HttpRequest

from terreau.agreements.queries.told import events, promises, standing_event
from terreau.api import shapes
from terreau.api import wish_shapes as told
from terreau.api.keys import person
from terreau.api.nodes import stage
from terreau.api.places import agent_number, key_in, kinds, read_kinds, stocks_read
from terreau.core.errors import Invalid
from terreau.core.quantities import MICRO, from_decimal
from terreau.core.units import UNITS, convert
from terreau.ecosystems.models import Ecosystem
from terreau.exchange.vocabulary import unit_code
from terreau.ledger.actions import Somewhere, note_place
from terreau.ledger.planning.queries import plans, processes_of, stages
from terreau.ledger.wishes import queries
from terreau.ledger.wishes.said import Answer, Listing, Offering, Wish

PROPERTIES = {
    "process": "inputOf",
    "input_of": "inputOf",
    "output_of": "outputOf",
    "planned_within": "plannedWithin",
    "resource": "resourceInventoriedAs",
    "begins_on": "hasBeginning",
    "ends_on": "hasEnd",
    "available": "availableQuantity.hasNumericalValue",
    "minimum": "minimumQuantity.hasNumericalValue",
    "reach": "terreau:reach",
    "latitude": "terreau:place.lat",
    "address": "terreau:place.mappableAddress",
    "level": "terreau:visibility",
    "proposed_to": "proposedTo",
}
OF_PROPOSALS = PROPERTIES | {
    "latitude": "eligibleLocation.lat",
    "address": "eligibleLocation.mappableAddress",
}
ANSWERED = {"quantity": "terreau:quantity.hasNumericalValue"}


@contextmanager
def named(properties: Mapping[str, str]) -> Iterator[None]:
    """Let a refusal name the property that a field of the action is called here."""
    try:
        yield
    except Invalid as refusal:
        field = properties.get(refusal.field or "", refusal.field)
        raise Invalid(refusal.message, field=field) from refusal


def properties_of(intent: told.IntentIn) -> dict[str, str]:
    """Return the properties that the fields of a wish are called."""
    name = _measure_name(intent)
    measured = {"quantity": f"{name}.hasNumericalValue", "unit": f"{name}.hasUnit"}
    return {**PROPERTIES, **measured}


def wish_of(request: HttpRequest, ecosystem: Ecosystem, intent: told.IntentIn, key: UUID) -> Wish:
    """Return the wish that is said; its place is noted."""
    if bool(intent.resourceQuantity) == bool(intent.effortQuantity):
        raise Invalid("Dites une quantité, et une seule.", field="resourceQuantity")
    name = _measure_name(intent)
    quantity, unit = _measured(intent.effortQuantity or intent.resourceQuantity, name)
    sides = {"provider": intent.provider, "receiver": intent.receiver}
    parties = {
        field: agent_number(request, ecosystem, said, field) if said else None
        for field, said in sides.items()
    }
    return Wish(
        key=key,
        action=intent.action,
        specification=_kind(request, ecosystem, intent),
        quantity=quantity,
        unit=unit,
        measure="effort" if intent.effortQuantity else "quantity",
        provider_id=parties["provider"],
        receiver_id=parties["receiver"],
        available=_in_unit(intent.availableQuantity, "availableQuantity", unit),
        minimum=_in_unit(intent.minimumQuantity, "minimumQuantity", unit),
        **_around(request, ecosystem, intent),
        stage=_stage(ecosystem, intent.stage),
        state=intent.state,
        place_id=_place(request, ecosystem, intent.place, key),
        reach=_metres(intent.reach),
        begins_on=intent.hasBeginning,
        ends_on=intent.hasEnd,
        due=intent.due,
        name=intent.name,
        note=intent.note,
        level=intent.visibility,
    )


def offering_of(
    request: HttpRequest, ecosystem: Ecosystem, proposal: told.ProposalIn, key: UUID
) -> Offering:
    """Return the proposal that is made; its place is noted."""
    intents = queries.readable_intents(person(request), ecosystem.space)
    published = {name: _numbers(intents, getattr(proposal, name), name, "intents")
                 for name in ("publishes", "reciprocal")}  # fmt: skip
    return Offering(
        key=key,
        name=proposal.name,
        purpose=proposal.purpose,
        author_id=agent_number(request, ecosystem, proposal.proposedBy, "terreau:proposedBy"),
        publishes=published["publishes"],
        reciprocal=published["reciprocal"],
        proposed_to=_asked(request, ecosystem, proposal.proposedTo),
        note=proposal.note,
        unit_based=proposal.unitBased,
        begins_on=proposal.hasBeginning,
        ends_on=proposal.hasEnd,
        place_id=_place(request, ecosystem, proposal.eligibleLocation, key),
        level=proposal.visibility,
    )


def listing_of(
    request: HttpRequest, ecosystem: Ecosystem, said: told.ListWords, key: UUID, names: list[str]
) -> Listing:
    """Return the list that is kept, with the proposals of these names on it."""
    return Listing(
        key=key,
        name=said.name,
        author_id=agent_number(request, ecosystem, said.proposedBy, "terreau:proposedBy"),
        proposals=proposals_of(request, ecosystem, names),
        proposed_to=_asked(request, ecosystem, said.proposedTo),
        note=said.note,
        level=said.visibility,
    )


def proposals_of(request: HttpRequest, ecosystem: Ecosystem, names: list[str]) -> tuple[int, ...]:
    """Return the proposals of these names. Raises Invalid for one that the person cannot read."""
    rows = queries.readable_proposals(person(request), ecosystem.space)
    return _numbers(rows, names, "lists", "proposals")


def answer_of(
    request: HttpRequest, ecosystem: Ecosystem, intent: Any, said: told.AnswerIn, key: UUID
) -> Answer:
    """Return what answers an intent: an event or a promise that the person reads."""
    micro = _in_unit(said.quantity, "terreau:quantity", intent.unit)
    source = key_in(said.by)
    event = promise = None
    if source is not None:
        reader, stands = person(request), Q(pk=standing_event(ecosystem, source))
        found = events(reader, ecosystem).filter(Q(key=source) | stands)
        event = found.values_list("pk", flat=True).first()
        mine = promises(reader, ecosystem).filter(key=source)
        promise = mine.values_list("pk", flat=True).first()
    if event is None and promise is None:
        raise Invalid(
            "Rien de ce nom ici : prenez un @id de la liste events ou commitments.",
            field="terreau:by",
        )
    return Answer(key, intent.pk, promise, event, micro, said.beyond)


def _measure_name(intent: told.IntentIn) -> str:
    return "effortQuantity" if intent.effortQuantity else "resourceQuantity"


def _around(
    request: HttpRequest, ecosystem: Ecosystem, intent: told.IntentIn
) -> dict[str, int | None]:
    space, read = ecosystem.space, stocks_read(request, ecosystem)
    named = {
        "resource_id": (read, "resourceInventoriedAs", "economic-resources"),
        "input_of_id": (processes_of(space), "inputOf", "processes"),
        "output_of_id": (processes_of(space), "outputOf", "processes"),
        "planned_within_id": (plans(space), "plannedWithin", "plans"),
    }
    found = {}
    for column, (rows, name, among) in named.items():
        said = getattr(intent, name)
        found[column] = _numbers(rows, [said], name, among)[0] if said else None
    return found


def _stage(ecosystem: Ecosystem, name: str) -> str:
    if not name:
        return ""
    words = {stage(pk): code for pk, code in stages(ecosystem.space)}
    if name not in words:
        raise Invalid(
            "Rien de ce nom ici : prenez un @id de la liste process-specifications.", field="stage"
        )
    return words[name]


def _asked(request: HttpRequest, ecosystem: Ecosystem, names: list[str]) -> tuple[int, ...]:
    asked = [agent_number(request, ecosystem, one, "proposedTo") for one in names]
    return tuple(dict.fromkeys(asked))


def _numbers(rows: QuerySet[Any], names: list[str], field: str, among: str) -> tuple[int, ...]:
    """Return the ids of things by their names. Raises Invalid, saying in which list they are."""
    keys = [key_in(name) for name in names]
    found = dict(rows.filter(key__in=[key for key in keys if key]).values_list("key", "pk"))
    if None in keys or not set(keys) <= set(found):
        raise Invalid(f"Rien de ce nom ici : prenez un @id de la liste {among}.", field=field)
    return tuple(found[key] for key in keys if key)


def _kind(request: HttpRequest, ecosystem: Ecosystem, intent: told.IntentIn) -> str:
    if bool(intent.kind.strip()) == bool(intent.resourceConformsTo):
        raise Invalid(
            "Dites de quoi il s'agit : un @id de la liste resource-specifications, ou un mot dans "
            "terreau:kind.",
            field="resourceConformsTo",
        )
    if intent.kind.strip():
        return intent.kind.strip()
    return code_of(request, ecosystem, intent.resourceConformsTo, "resourceConformsTo")


def code_of(request: HttpRequest, ecosystem: Ecosystem, name: str, field: str) -> str:
    """Return the code of a kind that the person reads of. Raises Invalid."""
    found = kinds(request, ecosystem) | read_kinds(request, ecosystem)
    if name not in found:
        raise Invalid(
            "Rien de ce nom ici : prenez un @id de la liste resource-specifications.", field=field
        )
    return found[name]


def _measured(given: shapes.MeasureIn | None, name: str) -> tuple[int, str]:
    """Return the millionths and the unit. Raises Invalid, with the property that is meant."""
    assert given is not None  # one of the two is said
    unit = unit_code(given.hasUnit) or ""
    if unit not in UNITS:
        raise Invalid(
            "Cette unité n'est pas connue ici : nommez-la comme OM 2 ou terreau.",
            field=f"{name}.hasUnit",
        )
    try:
        return from_decimal(given.hasNumericalValue), unit
    except Invalid as refusal:
        raise Invalid(refusal.message, field=f"{name}.hasNumericalValue") from refusal


def _in_unit(given: shapes.MeasureIn | None, name: str, unit: str) -> int | None:
    if given is None:
        return None
    micro, said = _measured(given, name)
    try:
        return convert(micro, said, unit)
    except Invalid as refusal:
        raise Invalid(refusal.message, field=f"{name}.hasUnit") from refusal


def _metres(given: shapes.MeasureIn | None) -> int | None:
    micro = _in_unit(given, "terreau:reach", "m")
    if micro is not None and micro % MICRO:
        raise Invalid("Dites la distance en mètres entiers.", field="terreau:reach")
    return None if micro is None else micro // MICRO


def _place(
    request: HttpRequest, ecosystem: Ecosystem, place: told.PlaceIn | None, key: UUID
) -> int | None:
    """Note a place with what is said there, once for a wish: mended, it may be elsewhere."""
    if place is None:
        return None
    degrees = [None if one is None else from_decimal(one) for one in (place.lat, place.long)]
    said = Somewhere(key, place.name, place.mappableAddress, *degrees)
    said = replace(said, key=uuid5(key, repr(said)))
    return note_place(by=person(request), ledger=ecosystem.space, place=said)
