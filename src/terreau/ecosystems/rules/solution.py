# SPDX-License-Identifier: AGPL-3.0-or-later
"""Rules of the solution: no maillon waits for itself, options apart, the order of the natures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from terreau.ecosystems.enums import MaillonNature, MaillonState
from terreau.ecosystems.models import Maillon

NATURE_ORDER = {nature.value: place for place, nature in enumerate(MaillonNature)}


def closes_a_circle(
    needs: Mapping[int, Iterable[int]], maillon: int | None, wanted: Iterable[int]
) -> bool:
    """Tell whether the maillon would wait for itself if it needed the wanted ones.

    ``needs`` maps every maillon of the ecosystem to those that it needs today; a new maillon (None)
    cannot close a circle.
    """
    if maillon is None:
        return False
    seen: set[int] = set()
    ahead = list(wanted)
    while ahead:
        here = ahead.pop()
        if here == maillon:
            return True
        if here not in seen:
            seen.add(here)
            ahead += needs.get(here, ())
    return False


def is_option(maillon: Maillon) -> bool:
    """Tell whether the group said that it holds without this maillon."""
    return maillon.holds_without is True


def is_missing(maillon: Maillon) -> bool:
    """Tell whether the maillon is missing though the answer needs it."""
    return maillon.state == MaillonState.MISSING and not is_option(maillon)


def reading_order(maillons: Iterable[Maillon]) -> list[Maillon]:
    """Return the maillons as picture and list show them: by nature, options last."""
    return sorted(
        maillons,
        key=lambda m: (is_option(m), NATURE_ORDER.get(m.nature, 99), m.position, m.pk),
    )


def moved(order: list[int], one: int, *, up: bool) -> list[int]:
    """Return the order with one thing moved one place up or down (unchanged at the ends)."""
    place = order.index(one)
    other = place - 1 if up else place + 1
    if not 0 <= other < len(order):
        return order
    changed = list(order)
    changed[place], changed[other] = changed[other], changed[place]
    return changed
