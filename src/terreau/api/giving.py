# SPDX-License-Identifier: AGPL-3.0-or-later
"""A contribution that a program notes: the same action, rights and key as « J'ai apporté… »."""

from django.http import HttpRequest, HttpResponse

from terreau.agreements.actions.contributions import contribute
from terreau.agreements.actions.gifts import Gift
from terreau.agreements.kinds import KINDS, measure
from terreau.api import shapes
from terreau.api.keys import person
from terreau.api.nodes import of_event
from terreau.api.pages import one
from terreau.api.places import agent_number, cooperation, kinds, promise_number, stock_number
from terreau.api.routes import CONTRIBUTE, SAYING, Key, router
from terreau.core.errors import Invalid
from terreau.core.quantities import from_decimal
from terreau.core.units import UNITS
from terreau.ecosystems.models import Ecosystem
from terreau.exchange.vocabulary import unit_code, unit_names
from terreau.ledger.queries import events

STOCKS = {"resource": "resourceInventoriedAs", "to_resource": "toResourceInventoriedAs"}


@router.post(
    "/cooperations/{slug}/events",
    auth=CONTRIBUTE,
    tags=["contribute"],
    response={201: shapes.EconomicEvent, **SAYING},
)
def post_event(
    request: HttpRequest,
    slug: str,
    event: shapes.EventIn,
    key: Key,
) -> HttpResponse:
    """Note what was given. The same key with the same content answers the same, once recorded."""
    ecosystem = cooperation(request, slug)
    gift = _gift(request, ecosystem, event)
    try:
        noted = contribute(by=person(request), ecosystem=ecosystem, key=key, gift=gift)
    except Invalid as refusal:
        raise Invalid(refusal.message, field=_said_as(refusal.field, event)) from refusal
    row = events([noted.event_id]).get()
    promises = {link.commitment_id: link.commitment.key for link in row.links.all()}
    response = one(of_event(row, noted, promises), status=201)
    response.headers["Location"] = f"{request.path}/{row.key}"
    return response


def _gift(request: HttpRequest, ecosystem: Ecosystem, event: shapes.EventIn) -> Gift:
    code = kinds(request, ecosystem).get(event.resourceConformsTo, "")
    if code not in KINDS:
        raise Invalid(
            "Ce n'est pas l'une des dix formes de contribution : prenez un @id de la liste "
            "resource-specifications.",
            field="resourceConformsTo",
        )
    if event.action != KINDS[code].action:
        raise Invalid(f"« {code} » se note avec « {KINDS[code].action} ».", field="action")
    quantity, unit = _measured(event, code)
    promise = promise_number(request, ecosystem, event.fulfills[0]) if event.fulfills else None
    return Gift(
        giver_id=agent_number(request, ecosystem, event.provider, "provider"),
        receiver_id=agent_number(request, ecosystem, event.receiver, "receiver"),
        kind=code,
        quantity=quantity,
        unit=unit,
        happened_on=event.hasPointInTime,
        word=event.note,
        commitment_id=promise,
        refund=event.refund,
        level=event.visibility,
        **_stocks(request, ecosystem, event),
    )


def _stocks(
    request: HttpRequest, ecosystem: Ecosystem, event: shapes.EventIn
) -> dict[str, int | None]:
    return {
        f"{field}_id": stock_number(request, ecosystem, getattr(event, name), name)
        for field, name in STOCKS.items()
    }


def _measured(event: shapes.EventIn, code: str) -> tuple[int, str]:
    """Return the millionths and the unit. Raises Invalid, with the property that is meant."""
    name = _measure_name(event)
    given: shapes.MeasureIn | None = getattr(event, name)
    if given is None or (event.resourceQuantity and event.effortQuantity):
        raise Invalid("Dites une quantité, et une seule.", field=name)
    unit = unit_code(given.hasUnit) or ""
    if unit not in UNITS:
        named = ", ".join(unit_names()[one] for one in KINDS[code].units)
        raise Invalid(f"Cette unité n'est pas connue ici. Choisissez : {named}.", field=_unit(name))
    found = measure(code, unit)
    right = "effortQuantity" if found and found.effort else "resourceQuantity"
    if found and right != name:
        raise Invalid(f"« {code} » dans cette unité se dit dans « {right} ».", field=name)
    try:
        return from_decimal(given.hasNumericalValue), unit
    except Invalid as refusal:
        raise Invalid(refusal.message, field=f"{name}.hasNumericalValue") from refusal


def _measure_name(event: shapes.EventIn) -> str:
    return "effortQuantity" if event.effortQuantity else "resourceQuantity"


def _unit(name: str) -> str:
    return f"{name}.hasUnit"


def _said_as(field: str | None, event: shapes.EventIn) -> str | None:
    """Return the property that a field of our forms is called here."""
    name = _measure_name(event)
    return {
        "giver": "provider",
        "kind": "resourceConformsTo",
        "quantity": f"{name}.hasNumericalValue",
        "unit": _unit(name),
        "happened_on": "hasPointInTime",
        "commitment": "fulfills",
        "word": "note",
        "refund": "terreau:refund",
        "level": "terreau:visibility",
        **STOCKS,
    }.get(field or "", field)
