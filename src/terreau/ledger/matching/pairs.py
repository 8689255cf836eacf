# SPDX-License-Identifier: AGPL-3.0-or-later
"""Does this offer answer this need? Each reason is said in a sentence, for and against.

Nothing here chooses: a need is matched by people, who read why two things may go together.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from terreau.core.quantities import MICRO
from terreau.core.units import as_fraction, convertible, say, unit
from terreau.ledger.engine.table import action_row

EARTH_RADIUS = 6_371_009
"""Metres: the mean radius of the Earth (IUGG)."""
_DEGREE = math.pi / 180 / MICRO


@dataclass(frozen=True, slots=True)
class Spot:
    """A place on Earth, in millionths of a degree."""

    latitude: int
    longitude: int


@dataclass(frozen=True, slots=True)
class Intent:
    """A need, or an offer: a ValueFlows intent with one side left open.

    ``quantity`` is what is needed or can be given, ``minimum`` the least that makes sense at once,
    both in millionths of ``unit``. Days are both included, None for no bound. ``reach`` is how far
    in metres it may be from ``spot``; None for anywhere. ``circle`` names who may answer; None for
    anybody who reads it. ``agent`` is who needs or offers, ``action`` what is to be done with it.
    """

    id: int
    agent: int
    specification: str
    quantity: int
    unit: str
    minimum: int = 0
    since: date | None = None
    until: date | None = None
    spot: Spot | None = None
    reach: int | None = None
    circle: frozenset[int] | None = None
    action: str = ""


@dataclass(frozen=True, slots=True)
class Pair:
    """A need and an offer: what speaks for them, what against, and how far apart they are.

    ``most`` is what this offer could serve of this need, in millionths of the need's unit, rounded
    down; zero where something speaks against. ``metres`` is None where a place is not said.
    """

    need: int
    offer: int
    for_it: tuple[str, ...]
    against: tuple[str, ...]
    most: int
    metres: int | None

    @property
    def holds(self) -> bool:
        return not self.against


def distance(one: Spot, other: Spot) -> int:
    """Return the metres between two places, along the surface, rounded."""
    from_, to = one.latitude * _DEGREE, other.latitude * _DEGREE
    east = (other.longitude - one.longitude) * _DEGREE
    half = math.sin((to - from_) / 2) ** 2
    half += math.cos(from_) * math.cos(to) * math.sin(east / 2) ** 2
    return round(2 * EARTH_RADIUS * math.asin(math.sqrt(min(1.0, half))))


def compare(need: Intent, offer: Intent) -> Pair:
    """Return why an offer answers a need, or why it does not."""
    found, against = list[str](), list[str]()
    for told, holds in (
        _kind(need, offer), _days(need, offer), _nearness(need, offer), _circle(need, offer),
    ):  # fmt: skip
        (found if holds else against).append(told)
    most = 0
    if not against:
        most = _most(need, offer)
        told, holds = _enough(need, offer, most)
        (found if holds else against).append(told)
    metres = distance(need.spot, offer.spot) if need.spot and offer.spot else None
    return Pair(need.id, offer.id, tuple(found), tuple(against), 0 if against else most, metres)


def _kind(need: Intent, offer: Intent) -> tuple[str, bool]:
    if need.specification != offer.specification:
        return f"« {offer.specification} » n'est pas « {need.specification} ».", False
    if not convertible(offer.unit, need.unit):
        counted, asked = unit(offer.unit).plural, unit(need.unit).plural
        return f"L'un se compte en {counted}, l'autre en {asked}.", False
    if need.action != offer.action:
        wanted, given = action_row(need.action).says, action_row(offer.action).says
        return f"L'un attend « {wanted} », l'autre propose « {given} ».", False
    return f"C'est la même chose : {need.specification}.", True


def _days(need: Intent, offer: Intent) -> tuple[str, bool]:
    since = max(filter(None, (need.since, offer.since)), default=None)
    until = min(filter(None, (need.until, offer.until)), default=None)
    if since and until and since > until:
        return "Les dates ne se croisent pas.", False
    if since and until:
        return f"Possible du {since:%d/%m/%Y} au {until:%d/%m/%Y}.", True
    if since:
        return f"Possible à partir du {since:%d/%m/%Y}.", True
    return f"Possible jusqu'au {until:%d/%m/%Y}." if until else "Aucune date n'est fixée.", True


def _nearness(need: Intent, offer: Intent) -> tuple[str, bool]:
    limits = [one.reach for one in (need, offer) if one.reach is not None]
    if need.spot is None or offer.spot is None:
        told = "Le lieu n'est pas dit" + (" : la distance est à vérifier." if limits else ".")
        return told, True
    metres = distance(need.spot, offer.spot)
    near = all(metres <= limit for limit in limits)
    told = f"À {_kilometres(metres)} l'un de l'autre"
    return (f"{told}." if near else f"{told} : {_kilometres(min(limits))} au plus."), near


def _kilometres(metres: int) -> str:
    return say(metres * MICRO // 1000 // 100_000 * 100_000, "km")


def _circle(need: Intent, offer: Intent) -> tuple[str, bool]:
    if need.agent == offer.agent:
        return "C'est la même organisation des deux côtés.", False
    open_to = (
        need.circle is None or offer.agent in need.circle,
        offer.circle is None or need.agent in offer.circle,
    )
    if not all(open_to):
        return "L'un des deux ne s'adresse pas à l'autre.", False
    return "Chacun s'adresse à l'autre.", True


def _most(need: Intent, offer: Intent) -> int:
    served: Fraction = as_fraction(offer.quantity, offer.unit, need.unit)
    return min(need.quantity, math.floor(served))


def _enough(need: Intent, offer: Intent, most: int) -> tuple[str, bool]:
    least = max(Fraction(need.minimum), as_fraction(offer.minimum, offer.unit, need.unit))
    if most < least or most == 0:
        return f"Il en faudrait {say(math.ceil(least), need.unit)} au moins.", False
    if most == need.quantity:
        return f"Tout le besoin : {say(need.quantity, need.unit)}.", True
    return f"Une partie : {say(most, need.unit)} sur {say(need.quantity, need.unit)}.", True
