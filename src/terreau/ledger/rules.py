# SPDX-License-Identifier: AGPL-3.0-or-later
"""For whom one records, on what day, and what a promise must be. The engine rules the rest."""

from datetime import date

from terreau.core import clock
from terreau.core.errors import Invalid
from terreau.core.quantities import LARGEST
from terreau.core.units import unit
from terreau.ledger.engine.table import action_row
from terreau.ledger.flows import Activity, Promise, Somewhere, Stock
from terreau.people.models import User
from terreau.people.visibility import reach_of

FIRST_DAY = date(1900, 1, 1)


def speaks_for(by: User, agent_id: int | None) -> bool:
    """Tell whether this person may record in the name of this agent (None: in their own)."""
    return agent_id is None or agent_id in reach_of(by).agents


def check_day(day: date) -> None:
    """Raise Invalid for a day that has not come, or is too long ago to be meant."""
    if day > clock.today():
        raise Invalid(
            "Cette date est à venir : on note ce qui a eu lieu. Pour la suite, faites une "
            "promesse.",
            field="happened_on",
        )
    if day < FIRST_DAY:
        raise Invalid("Vérifiez l'année : cette date est trop ancienne.", field="happened_on")


def check_state(state: str) -> None:
    """Raise Invalid for a word that is too long to say how a thing is."""
    if len(state.strip()) > 60:
        raise Invalid("Dites l'état en quelques mots (60 caractères au plus).", field="state")


def check_activity(activity: Activity) -> None:
    """Raise Invalid unless the activity has a name, a short kind, and ends after it begins."""
    _check_name(activity.name)
    if len(activity.specification.strip()) > 60:
        raise Invalid("Dites le genre d'activité en quelques mots (60 caractères au plus).")
    begins, ends = activity.begins_on, activity.ends_on
    if begins and ends and ends < begins:
        raise Invalid("L'activité finit avant de commencer : vérifiez les dates.", field="ends_on")


def check_place(place: Somewhere) -> None:
    """Raise Invalid unless the place has a name and, if any, two coordinates on earth."""
    _check_name(place.name)
    if len(place.address.strip()) > 200:
        raise Invalid("Gardez 200 caractères au plus pour l'adresse.", field="address")
    if (place.latitude is None) != (place.longitude is None):
        raise Invalid("Donnez la latitude et la longitude, ou aucune des deux.", field="latitude")
    if abs(place.latitude or 0) > 90_000_000 or abs(place.longitude or 0) > 180_000_000:
        raise Invalid("Ces coordonnées ne sont pas sur la Terre.", field="latitude")


def check_stock(stock: Stock) -> None:
    """Raise Invalid unless the stock has a name, a known unit and a floor that it begins above."""
    unit(stock.unit)
    if not stock.name.strip():
        raise Invalid("Donnez un nom à ce stock.", field="name")
    if stock.floor is not None and stock.floor > 0:
        raise Invalid("Un stock commence vide : son plancher est zéro ou moins.", field="floor")


def _check_name(name: str) -> None:
    if not 0 < len(name.strip()) <= 120:
        raise Invalid("Donnez un nom, de 120 caractères au plus.", field="name")


def check_promise(promise: Promise) -> None:
    """Raise Invalid unless the promise is of one positive measure, from one party to another."""
    row = action_row(promise.action)
    if promise.provider_id == promise.receiver_id:
        raise Invalid(
            "On ne se promet rien à soi-même : choisissez à qui s'adresse la promesse.",
            field="receiver",
        )
    if (promise.quantity is None) == (promise.effort is None):
        raise Invalid("Une promesse porte une quantité ou un temps, un seul des deux.")
    if row.measure == "quantity" and promise.quantity is None:
        raise Invalid(f"« {row.says} » se compte en quantité, pas en temps passé.", field="unit")
    much, code = measured(promise)
    unit(code)
    if not 0 < much <= LARGEST:
        raise Invalid("Une quantité promise est plus grande que zéro.", field="quantity")


def measured(promise: Promise) -> tuple[int, str]:
    """Return how much is promised and in what unit."""
    if promise.quantity is not None:
        return promise.quantity, promise.unit
    return promise.effort or 0, promise.effort_unit
