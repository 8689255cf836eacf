# SPDX-License-Identifier: AGPL-3.0-or-later
"""Needs, offers and proposals over the API: read, said, closed; and what may answer them."""

from typing import Annotated, Any, Literal
from uuid import UUID, uuid5

from django.http import HttpRequest, HttpResponse
from ninja import Header, Query
from pydantic import Field

from terreau.api import pages, shapes, wish_nodes
from terreau.api import wish_shapes as told
from terreau.api.door import reading
from terreau.api.keys import person
from terreau.api.pages import Cursor, listed, one
from terreau.api.places import agent_number, cooperation, key_in, kinds, wished_kinds
from terreau.api.problems import NOT_HERE, Problem
from terreau.api.routes import CONTRIBUTE, READ, router
from terreau.core.errors import Invalid, NotFound
from terreau.core.quantities import MICRO, from_decimal
from terreau.core.units import UNITS, convert
from terreau.ecosystems.models import Ecosystem
from terreau.exchange.vocabulary import unit_code
from terreau.ledger.actions import Somewhere, note_place
from terreau.ledger.wishes import actions, matches, queries
from terreau.ledger.wishes.said import Offering, Wish

READING = dict.fromkeys((400, 401, 403, 404, 422, 429, 503), Problem)
CLOSING = dict.fromkeys((400, 401, 403, 404, 411, 413, 415, 422, 429, 503, 507), Problem)
SAYING = CLOSING | {409: Problem}
KEY = "A new UUID for each new one; the same one to send it again"
Key = Annotated[UUID, Header(alias="Idempotency-Key", description=KEY)]
HERE = "/cooperations/{slug}"


class IntentFilters(Cursor):
    """Which needs and offers: all must hold."""

    side: Literal["need", "offer"] | None = None
    kind: shapes.Text = Field("", max_length=80, description="@id of the kind")
    open: bool | None = Field(None, description="true: neither finished nor past its last day")


@router.get(f"{HERE}/intents", auth=READ, tags=["wishes"],
            response={200: told.Intents, **READING})  # fmt: skip
@reading
def list_intents(request: HttpRequest, slug: str, filters: Query[IntentFilters]) -> HttpResponse:
    """Needs and offers, in the order in which they were said."""
    ecosystem = cooperation(request, slug)
    every = queries.readable_intents(person(request), ecosystem.space)
    rows = every
    if filters.open:
        rows = queries.open_intents(person(request), ecosystem.space)
    if filters.side:
        rows = rows.filter(**{"provider" if filters.side == "need" else "receiver": None})
    if filters.kind:
        rows = rows.filter(specification__code=_code(request, ecosystem, filters.kind, "kind"))
    page = pages.page_of_rows(rows, every, filters)
    return listed(request, _intent_nodes(page), filters)


@router.get(f"{HERE}/intents/{{id}}", auth=READ, tags=["wishes"],
            response={200: told.Intent, **READING})  # fmt: skip
@reading
def get_intent(request: HttpRequest, slug: str, id: UUID) -> HttpResponse:
    """One need or offer, and how far it is answered."""
    return one(_intent_nodes([_intent(request, cooperation(request, slug), id)])[0])


@router.get(f"{HERE}/intents/{{id}}/match", auth=READ, tags=["wishes"],
            response={200: told.Match, **READING})  # fmt: skip
@reading
def match_intent(request: HttpRequest, slug: str, id: UUID) -> HttpResponse:
    """What may answer it, with the reasons for and against, and ways to share out, none chosen."""
    ecosystem = cooperation(request, slug)
    intent = _intent(request, ecosystem, id)
    found = matches.matches_of(person(request), ecosystem.space, intent)
    return one(wish_nodes.of_match(intent, found))


@router.post(f"{HERE}/intents", auth=CONTRIBUTE, tags=["wishes"],
             response={201: told.Intent, **SAYING})  # fmt: skip
def post_intent(request: HttpRequest, slug: str, intent: told.IntentIn, key: Key) -> HttpResponse:
    """Say a need or an offer. The same key with the same content answers the same, once said."""
    ecosystem = cooperation(request, slug)
    try:
        wish = _wish(request, ecosystem, intent, key)
        actions.wish(by=person(request), space=ecosystem.circle, wish=wish)
    except Invalid as refusal:
        raise Invalid(refusal.message, field=_said_as(refusal.field, intent)) from refusal
    response = one(_intent_nodes([_intent(request, ecosystem, key)])[0], status=201)
    response.headers["Location"] = f"{request.path}/{key}"
    return response


@router.post(f"{HERE}/intents/{{id}}/close", auth=CONTRIBUTE, tags=["wishes"],
             response={200: told.Intent, **CLOSING})  # fmt: skip
def close_intent(request: HttpRequest, slug: str, id: UUID) -> HttpResponse:
    """Say that it is over, whatever is left of it. Sent twice, it changes nothing."""
    ecosystem = cooperation(request, slug)
    actions.finish(by=person(request), intent_id=_intent(request, ecosystem, id).pk)
    return one(_intent_nodes([_intent(request, ecosystem, id)])[0])


@router.get(f"{HERE}/proposals", auth=READ, tags=["wishes"],
            response={200: told.Proposals, **READING})  # fmt: skip
@reading
def list_proposals(request: HttpRequest, slug: str, cursor: Query[Cursor]) -> HttpResponse:
    """What is proposed, to me or to all who read it."""
    rows = queries.readable_proposals(person(request), cooperation(request, slug).space)
    page = pages.page_of_rows(rows, rows, cursor)
    return listed(request, list(map(wish_nodes.of_proposal, page)), cursor)


@router.get(f"{HERE}/proposals/{{id}}", auth=READ, tags=["wishes"],
            response={200: told.Proposal, **READING})  # fmt: skip
@reading
def get_proposal(request: HttpRequest, slug: str, id: UUID) -> HttpResponse:
    """One proposal."""
    return one(wish_nodes.of_proposal(_proposal(request, cooperation(request, slug), id)))


@router.post(f"{HERE}/proposals", auth=CONTRIBUTE, tags=["wishes"],
             response={201: told.Proposal, **SAYING})  # fmt: skip
def post_proposal(
    request: HttpRequest, slug: str, proposal: told.ProposalIn, key: Key
) -> HttpResponse:
    """Make needs or offers known together, and what is expected in return."""
    ecosystem = cooperation(request, slug)
    try:
        offering = _offering(request, ecosystem, proposal, key)
        actions.propose(by=person(request), space=ecosystem.circle, offering=offering)
    except Invalid as refusal:
        field = PROPERTIES.get(refusal.field or "", refusal.field)
        raise Invalid(refusal.message, field=field) from refusal
    response = one(wish_nodes.of_proposal(_proposal(request, ecosystem, key)), status=201)
    response.headers["Location"] = f"{request.path}/{key}"
    return response


@router.post(f"{HERE}/proposals/{{id}}/close", auth=CONTRIBUTE, tags=["wishes"],
             response={200: told.Proposal, **CLOSING})  # fmt: skip
def close_proposal(request: HttpRequest, slug: str, id: UUID) -> HttpResponse:
    """Say that it no longer stands; its needs and offers do. Sent twice, it changes nothing."""
    ecosystem = cooperation(request, slug)
    proposal = _proposal(request, ecosystem, id)
    actions.close_proposal(by=person(request), proposal_id=proposal.pk)
    return one(wish_nodes.of_proposal(_proposal(request, ecosystem, id)))


@router.get(f"{HERE}/proposal-lists", auth=READ, tags=["wishes"],
            response={200: told.ProposalLists, **READING})  # fmt: skip
@reading
def list_proposal_lists(request: HttpRequest, slug: str, cursor: Query[Cursor]) -> HttpResponse:
    """Proposals shown together, such as a price list."""
    rows = queries.readable_lists(person(request), cooperation(request, slug).space)
    page = pages.page_of_rows(rows, rows, cursor)
    return listed(request, list(map(wish_nodes.of_list, page)), cursor)


@router.get(f"{HERE}/proposal-lists/{{id}}", auth=READ, tags=["wishes"],
            response={200: told.ProposalList, **READING})  # fmt: skip
@reading
def get_proposal_list(request: HttpRequest, slug: str, id: UUID) -> HttpResponse:
    """One list of proposals."""
    rows = queries.readable_lists(person(request), cooperation(request, slug).space)
    return one(wish_nodes.of_list(_there(rows.filter(key=id).first())))


def _intent_nodes(page: list[Any]) -> list[Any]:
    how_far = queries.answered(page)
    return [wish_nodes.of_intent(row, how_far[row.pk]) for row in page]


def _intent(request: HttpRequest, ecosystem: Ecosystem, id: UUID) -> Any:
    rows = queries.readable_intents(person(request), ecosystem.space)
    return _there(rows.filter(key=id).first())


def _proposal(request: HttpRequest, ecosystem: Ecosystem, id: UUID) -> Any:
    rows = queries.readable_proposals(person(request), ecosystem.space)
    return _there(rows.filter(key=id).first())


def _there(found: Any) -> Any:
    if found is None:
        raise NotFound(NOT_HERE)
    return found


# What comes in


PROPERTIES = {
    "process": "inputOf",
    "begins_on": "hasBeginning",
    "ends_on": "hasEnd",
    "available": "availableQuantity.hasNumericalValue",
    "minimum": "minimumQuantity.hasNumericalValue",
    "reach": "terreau:reach",
    "latitude": "terreau:place.lat",
    "address": "terreau:place.mappableAddress",
    "level": "terreau:visibility",
}


def _said_as(field: str | None, intent: told.IntentIn) -> str | None:
    """Return the property that a field of the action is called here."""
    name = "effortQuantity" if intent.effortQuantity else "resourceQuantity"
    measured = {"quantity": f"{name}.hasNumericalValue", "unit": f"{name}.hasUnit"}
    return {**PROPERTIES, **measured}.get(field or "", field)


def _wish(request: HttpRequest, ecosystem: Ecosystem, intent: told.IntentIn, key: UUID) -> Wish:
    if bool(intent.resourceQuantity) == bool(intent.effortQuantity):
        raise Invalid("Dites une quantité, et une seule.", field="resourceQuantity")
    name = "effortQuantity" if intent.effortQuantity else "resourceQuantity"
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
        place_id=_place(request, ecosystem, intent.place, key),
        reach=_metres(intent.reach),
        begins_on=intent.hasBeginning,
        ends_on=intent.hasEnd,
        due=intent.due,
        name=intent.name,
        note=intent.note,
        level=intent.visibility,
    )


def _offering(
    request: HttpRequest, ecosystem: Ecosystem, proposal: told.ProposalIn, key: UUID
) -> Offering:
    named = {name: _numbers(request, ecosystem, getattr(proposal, name), name)
             for name in ("publishes", "reciprocal")}  # fmt: skip
    asked = [agent_number(request, ecosystem, one, "proposedTo") for one in proposal.proposedTo]
    return Offering(
        key=key,
        name=proposal.name,
        purpose=proposal.purpose,
        author_id=agent_number(request, ecosystem, proposal.proposedBy, "terreau:proposedBy"),
        publishes=named["publishes"],
        reciprocal=named["reciprocal"],
        proposed_to=tuple(dict.fromkeys(asked)),
        note=proposal.note,
        unit_based=proposal.unitBased,
        begins_on=proposal.hasBeginning,
        ends_on=proposal.hasEnd,
        place_id=_place(request, ecosystem, proposal.eligibleLocation, key),
        level=proposal.visibility,
    )


def _numbers(
    request: HttpRequest, ecosystem: Ecosystem, names: list[str], field: str
) -> tuple[int, ...]:
    keys = [key_in(name) for name in names]
    rows = queries.readable_intents(person(request), ecosystem.space)
    found = dict(rows.filter(key__in=[key for key in keys if key]).values_list("key", "pk"))
    if None in keys or not set(keys) <= set(found):
        raise Invalid(
            "Aucun besoin ni offre de ce nom ici : prenez un @id de la liste intents.", field=field
        )
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
    return _code(request, ecosystem, intent.resourceConformsTo, "resourceConformsTo")


def _code(request: HttpRequest, ecosystem: Ecosystem, name: str, field: str) -> str:
    found = kinds(ecosystem) | wished_kinds(request, ecosystem)
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
    """Note a place with what is said there, once for its key."""
    if place is None:
        return None
    degrees = [None if one is None else from_decimal(one) for one in (place.lat, place.long)]
    said = Somewhere(uuid5(key, "place"), place.name, place.mappableAddress, *degrees)
    return note_place(by=person(request), ledger=ecosystem.space, place=said)
