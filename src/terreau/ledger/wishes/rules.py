# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a wish, a proposal and an answer must be, and who may write them."""

from __future__ import annotations

from collections.abc import Collection, Hashable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from terreau.core.errors import Invalid
from terreau.core.quantities import LARGEST
from terreau.core.units import UNITS, as_fraction, convertible, say, too_fine, unit
from terreau.ledger.engine.table import Row, action_row
from terreau.ledger.enums import Purpose
from terreau.ledger.rules import FIRST_DAY, check_state
from terreau.ledger.wishes.said import Listing, Offering, Wish
from terreau.people.enums import Level
from terreau.people.models import Record
from terreau.people.visibility import Reader, reach_of

FARTHEST = 20_000_000
"""Metres: half way around the Earth."""
MOST = 100
"""How many intents a proposal publishes, and how many proposals come on a list at once."""


def can_change(reader: Reader, record: Record) -> bool:
    """Tell whether the reader may mend or close it: they speak for its author, or they steer."""
    reach = reach_of(reader)
    return record.author_id in reach.agents or record.space.root_id in reach.stewarded


def check_wish(wish: Wish) -> None:
    """Raise Invalid unless the wish has one side, a right measure, and days and bounds in order."""
    row = action_row(wish.action)
    if (wish.provider_id is None) == (wish.receiver_id is None):
        raise Invalid(
            "Un besoin dit qui demande, une offre dit qui propose : l'un des deux, l'autre côté "
            "reste ouvert.",
            field="provider",
        )
    if row.measure == "quantity" and wish.measure != "quantity":
        raise Invalid(f"« {row.says} » se compte en quantité, pas en temps passé.", field="unit")
    _check_amounts(wish)
    _check_activity(row, wish)
    check_state(wish.state)
    check_days(wish.begins_on, wish.ends_on, wish.due)
    _check_texts(wish.name, wish.note)
    check_level(wish.level)
    if wish.reach is not None and (wish.place_id is None or not 0 <= wish.reach <= FARTHEST):
        raise Invalid("Une distance se compte à partir d'un lieu : dites lequel.", field="reach")


def _check_amounts(wish: Wish) -> None:
    unit(wish.unit)
    for field in ("quantity", "available", "minimum"):
        if finer := too_fine(getattr(wish, field) or 0, wish.unit):
            raise Invalid(finer, field=field)
    if not 0 < wish.quantity <= LARGEST:
        raise Invalid("Dites combien : plus que zéro.", field="quantity")
    if not wish.quantity <= wish.total <= LARGEST:
        raise Invalid(
            f"Ce qui est disponible en tout va de {say(wish.quantity, wish.unit)} à ce qui se "
            "garde exactement.",
            field="available",
        )
    if wish.minimum is not None and not 0 < wish.minimum <= wish.total:
        raise Invalid(
            f"Le moins que l'on prend à la fois va jusqu'à {say(wish.total, wish.unit)}.",
            field="minimum",
        )


def _check_activity(row: Row, wish: Wish) -> None:
    if wish.input_of_id is not None and not row.direction.endswith("input"):
        raise Invalid(f"« {row.says} » n'entre pas dans une activité.", field="input_of")
    if wish.output_of_id is not None and not row.direction.startswith("output"):
        raise Invalid(f"« {row.says} » ne sort pas d'une activité.", field="output_of")


def check_days(begins_on: date | None, ends_on: date | None, due: date | None = None) -> None:
    """Raise Invalid when the end is before the beginning, or a year cannot be meant."""
    for field, day in (("begins_on", begins_on), ("ends_on", ends_on), ("due", due)):
        if day is not None and day < FIRST_DAY:
            raise Invalid("Vérifiez l'année : cette date est trop ancienne.", field=field)
    if begins_on and ends_on and ends_on < begins_on:
        raise Invalid("La fin vient avant le début : vérifiez les dates.", field="ends_on")


def _check_texts(name: str, note: str) -> None:
    if len(name.strip()) > 120:
        raise Invalid("Gardez 120 caractères au plus pour le titre.", field="name")
    if len(note.strip()) > 400:
        raise Invalid("Gardez 400 caractères au plus.", field="note")


def check_level(level: str) -> None:
    """Raise Invalid for a word that is no level."""
    if level not in Level.values:
        raise Invalid("Dites qui peut le lire.", field="level")


def check_offering(offering: Offering) -> None:
    """Raise Invalid unless the proposal has a name, a purpose and something that it publishes."""
    _check_named(offering.name, offering.note, offering.level)
    if offering.purpose not in Purpose.values:
        raise Invalid("Dites si c'est une offre ou une demande.", field="purpose")
    published = (*offering.publishes, *offering.reciprocal)
    if not offering.publishes:
        raise Invalid("Une proposition fait connaître au moins une chose.", field="publishes")
    if len(published) > MOST or len(offering.proposed_to) > MOST:
        raise Invalid(f"{MOST} au plus à la fois.", field="publishes")
    if len(set(published)) < len(published):
        raise Invalid("La même chose est proposée deux fois.", field="publishes")
    check_days(offering.begins_on, offering.ends_on)


def check_listing(listing: Listing) -> None:
    """Raise Invalid unless the list has a name, and not too much on it at once."""
    _check_named(listing.name, listing.note, listing.level)
    check_at_once(listing.proposals)
    if len(listing.proposed_to) > MOST:
        raise Invalid(f"{MOST} au plus à la fois.", field="proposed_to")


def check_at_once(proposals: Collection[int]) -> None:
    """Raise Invalid for too many proposals at once."""
    if len(set(proposals)) > MOST:
        raise Invalid(f"{MOST} au plus à la fois.", field="lists")


def check_same_side(before: object, after: object) -> None:
    """Raise Invalid when what was said would become somebody else's, or a need an offer."""
    if before != after:
        raise Invalid("Ce qui est dit reste à qui l'a dit, et du même côté : dites-en un autre.")


def check_going_on(over: date | None) -> None:
    """Raise Invalid for what is over: it may be reopened. ``over``: since when."""
    if over is not None:
        raise Invalid("C'est fini : rouvrez-le pour y changer quelque chose.")


def check_unanswered(answered: bool) -> None:
    """Raise Invalid when something answers a wish: what it asked is a fact now."""
    if answered:
        raise Invalid(
            "Quelque chose y répond déjà : ce qui était dit reste. Terminez-le, et dites-en un "
            "autre."
        )


def _check_named(name: str, note: str, level: str) -> None:
    if not name.strip():
        raise Invalid("Donnez un titre.", field="name")
    _check_texts(name, note)
    check_level(level)


@dataclass(frozen=True, slots=True)
class Asked:
    """A wish as an answer is checked against it. ``side``: who it is of, under any of their ids."""

    action: str
    specification: Hashable
    measure: str
    unit: str
    is_need: bool
    side: Collection[int]
    remaining: int
    finished: bool


@dataclass(frozen=True, slots=True)
class Answering:
    """A promise or an event that would answer: what stands of it, less what answers already.

    ``closed``: a correction, or a promise that ended. ``doubles``: what it keeps, or what keeps
    it, answers the same wish already.
    """

    action: str
    specification: Hashable
    provider: int
    receiver: int
    left: Fraction | None
    unit: str
    closed: bool
    doubles: bool


def answered_by(asked: Asked, by: Answering, micro: int | None, beyond: bool) -> int:
    """Return how much of the wish is answered, in its unit. Raises Invalid.

    ``micro`` is None for all that is left of what answers.
    """
    _check_same(asked, by)
    if by.left is None or not convertible(by.unit, asked.unit):
        wanted = UNITS[asked.unit].plural
        raise Invalid(f"Ce qui répond ne se compte pas en {wanted}.", field="quantity")
    there = by.left * as_fraction(1, by.unit, asked.unit)
    much = there if micro is None else Fraction(micro)
    if much.denominator != 1 or not 0 < much <= LARGEST:
        raise Invalid(
            f"Dites quelle part répond, en {UNITS[asked.unit].plural} : plus que zéro.",
            field="quantity",
        )
    if much > there:
        raise Invalid(
            "Cette part est plus grande que ce qui en reste pour répondre.", field="quantity"
        )
    if much < there and (finer := too_fine(much.numerator, asked.unit)):
        raise Invalid(finer, field="quantity")
    if much > asked.remaining and not beyond:
        raise Invalid(
            f"Il ne manque plus que {say(asked.remaining, asked.unit)}. Dites que le surplus est "
            "voulu, ou donnez une part plus petite.",
            field="quantity",
        )
    return much.numerator


def _check_same(asked: Asked, by: Answering) -> None:
    if asked.finished:
        raise Invalid("C'est déjà fini : rouvrez-le pour noter une réponse.")
    if by.closed:
        raise Invalid("Ce qui répond a été retiré, ou ne fait que corriger.")
    if by.doubles:
        raise Invalid("La promesse tenue répond déjà : cela compterait deux fois.")
    if (by.action, by.specification) != (asked.action, asked.specification):
        raise Invalid("Ce n'est pas la même chose que ce qui est demandé ou proposé.")
    if (by.receiver if asked.is_need else by.provider) not in asked.side:
        raise Invalid(
            "Ce qui répond à un besoin va à qui le dit, ce qui répond à une offre vient de qui la "
            "fait."
        )
