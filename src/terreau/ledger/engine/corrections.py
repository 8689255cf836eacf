# SPDX-License-Identifier: AGPL-3.0-or-later
"""The correction that takes back an event, or a part of it, with the same links."""

import math
from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction

from terreau.core.errors import Invalid
from terreau.core.units import as_fraction
from terreau.ledger.engine.state import Claim, Event, Link, Promise, Settle, State


def taken_back(event_id: int, state: State, micro: int | None = None) -> Event:
    """Return the correction of ``micro`` of an event, or of all that still stands of it.

    A part is taken first from what was given beyond any promise, then from the promises, the last
    one first; the same with claims. Raises Invalid when nothing is left or the part cannot be told.
    """
    past = state.past[event_id]
    left = {name: past.left(name) for name, _, _ in past.event.measured()}
    if not any(left.values()):
        raise Invalid("Cette contribution a déjà été annulée en entier.")
    if micro is not None:
        if len(left) > 1:
            raise Invalid("Deux mesures sont notées ici : annulez le tout, puis notez à nouveau.")
        return _part(event_id, state, micro)
    return replace(
        past.event,
        quantity=-left["quantity"] if "quantity" in left else None,
        effort=-left["effort"] if "effort" in left else None,
        links=tuple(Link(one, -much) for one, much in sorted(past.links_left.items()) if much),
        settles=tuple(
            Settle(one, -much) for one, much in sorted(past.settles_left.items()) if much
        ),
        corrects=event_id,
    )


def _part(event_id: int, state: State, micro: int) -> Event:
    if micro <= 0:
        raise Invalid("Indiquez combien retirer : un nombre plus grand que zéro.", field="quantity")
    past = state.past[event_id]
    ((name, _, unit),) = past.event.measured()
    measured = (unit, past.left(name), micro)
    links = _shares_of_a_part(past.links_left, state.promises, measured)
    settles = _shares_of_a_part(past.settles_left, state.claims, measured)
    return replace(
        past.event,
        quantity=-micro if name == "quantity" else None,
        effort=-micro if name == "effort" else None,
        links=tuple(Link(*share) for share in links),
        settles=tuple(Settle(*share) for share in settles),
        corrects=event_id,
    )


def _shares_of_a_part(
    left: Mapping[int, int], targets: Mapping[int, Promise | Claim], measured: tuple[str, int, int]
) -> list[tuple[int, int]]:
    """Return what comes off each target. ``measured``: unit of the event, what stands, what goes.

    Nothing comes off as long as enough of the event went to none of them.
    """
    unit, stands, micro = measured
    linked = sum(
        (as_fraction(much, targets[one].unit, unit) for one, much in left.items()), Fraction(0)
    )
    short = max(micro - (stands - linked), Fraction(0))
    shares = []
    for one, much in sorted(left.items(), reverse=True):
        wanted = as_fraction(1, unit, targets[one].unit) * short
        taken = min(math.floor(wanted), much)  # never more off a promise than is taken back
        if taken:
            shares.append((one, -taken))
            short = max(short - as_fraction(taken, targets[one].unit, unit), Fraction(0))
    return shares[::-1]
