# SPDX-License-Identifier: AGPL-3.0-or-later
"""The correction that takes back an event, or a part of it, with the same links."""

import math
from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction

from terreau.core.errors import Invalid
from terreau.core.units import as_fraction
from terreau.ledger.engine.state import Event, Link, Measure, Past, Promise


def taken_back(
    event_id: int, past: Past, promises: Mapping[int, Promise], micro: int | None = None
) -> Event:
    """Return the correction of ``micro`` of an event, or of all that still stands of it.

    A part is taken first from what was given beyond any promise, then from the promises, the last
    one first. Raises Invalid when nothing is left or the part cannot be told.
    """
    left = {name: past.left(name) for name, _, _ in past.event.measured()}
    if not any(left.values()):
        raise Invalid("Cette contribution a déjà été annulée en entier.")
    if micro is not None:
        if len(left) > 1:
            raise Invalid("Deux mesures sont notées ici : annulez le tout, puis notez à nouveau.")
        return _part(event_id, past, promises, micro)
    return replace(
        past.event,
        quantity=-left["quantity"] if "quantity" in left else None,
        effort=-left["effort"] if "effort" in left else None,
        links=tuple(Link(one, -much) for one, much in sorted(past.links_left.items()) if much),
        corrects=event_id,
    )


def _part(event_id: int, past: Past, promises: Mapping[int, Promise], micro: int) -> Event:
    if micro <= 0:
        raise Invalid("Indiquez combien retirer : un nombre plus grand que zéro.", field="quantity")
    ((name, _, unit),) = past.event.measured()
    return replace(
        past.event,
        quantity=-micro if name == "quantity" else None,
        effort=-micro if name == "effort" else None,
        links=_links_of_a_part(past, promises, _short(past, promises, (name, unit), micro), unit),
        corrects=event_id,
    )


def _short(
    past: Past, promises: Mapping[int, Promise], measured: tuple[Measure, str], micro: int
) -> Fraction:
    """Return how much must come off the promises, in the event's unit."""
    name, unit = measured
    linked = sum(
        (as_fraction(much, promises[one].unit, unit) for one, much in past.links_left.items()),
        Fraction(0),
    )
    return max(micro - (past.left(name) - linked), Fraction(0))


def _links_of_a_part(
    past: Past, promises: Mapping[int, Promise], short: Fraction, unit: str
) -> tuple[Link, ...]:
    links = []
    for one, much in sorted(past.links_left.items(), reverse=True):
        wanted = as_fraction(1, unit, promises[one].unit) * short
        taken = min(math.floor(wanted), much)  # never more off a promise than is taken back
        if taken:
            links.append(Link(one, -taken))
            short = max(short - as_fraction(taken, promises[one].unit, unit), Fraction(0))
    return tuple(reversed(links))
