# SPDX-License-Identifier: AGPL-3.0-or-later
"""Needs and offers of one kind of thing, the simple ways to share them out, and what fits."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from terreau.core.units import as_fraction
from terreau.ledger.matching.pairs import Intent, Pair


@dataclass(frozen=True, slots=True)
class Share:
    """An offer serves so much of a need, in millionths of the need's unit."""

    need: int
    offer: int
    quantity: int


@dataclass(frozen=True, slots=True)
class Table:
    """Needs and offers of one kind of thing, in one dimension, and the pairs that hold.

    ``pairs`` follow the order of the needs, then of the offers, as they were asked.
    """

    needs: dict[int, Intent]
    offers: dict[int, Intent]
    pairs: tuple[Pair, ...]

    def cost(self, pair: Pair, quantity: int) -> Fraction:
        """Return what serving so much takes of the offer, in millionths of the offer's unit."""
        need, offer = self.needs[pair.need], self.offers[pair.offer]
        return as_fraction(quantity, need.unit, offer.unit)

    def least(self, pair: Pair) -> int:
        """Return the least that makes sense for both, in millionths of the need's unit."""
        need, offer = self.needs[pair.need], self.offers[pair.offer]
        return max(1, need.minimum, math.ceil(as_fraction(offer.minimum, offer.unit, need.unit)))

    @property
    def base(self) -> str:
        """The unit in which all of it may be compared."""
        return next(iter(self.needs.values())).unit

    def wanted(self, need: int) -> Fraction:
        """Return how much is needed, in the unit of comparison."""
        one = self.needs[need]
        return as_fraction(one.quantity, one.unit, self.base)

    def served(self, shares: Iterable[Share]) -> Fraction:
        """Return how much these shares serve in all, in the unit of comparison."""
        return sum(
            (as_fraction(one.quantity, self.needs[one.need].unit, self.base) for one in shares),
            Fraction(),
        )


def in_turn(table: Table) -> list[Share]:
    """Serve each need in the order asked, from the offers in theirs."""
    return _greedy(table, table.pairs)


def nearest(table: Table) -> list[Share]:
    """Serve the nearest pairs first; where a place is not said, last."""
    return _greedy(table, sorted(table.pairs, key=_far))


def smallest(table: Table) -> list[Share]:
    """Serve the smallest needs first."""
    return _greedy(table, sorted(table.pairs, key=lambda pair: table.wanted(pair.need)))


def _far(pair: Pair) -> tuple[bool, int]:
    return pair.metres is None, pair.metres or 0


def _greedy(table: Table, pairs: Iterable[Pair]) -> list[Share]:
    wanted = {pk: need.quantity for pk, need in table.needs.items()}
    there = {pk: Fraction(offer.quantity) for pk, offer in table.offers.items()}
    shares = []
    for pair in pairs:
        need, offer = table.needs[pair.need], table.offers[pair.offer]
        rest = as_fraction(1, offer.unit, need.unit) * there[pair.offer]
        quantity = min(wanted[pair.need], math.floor(rest))
        if quantity < table.least(pair):
            continue
        wanted[pair.need] -= quantity
        there[pair.offer] -= table.cost(pair, quantity)
        shares.append(Share(pair.need, pair.offer, quantity))
    return shares


def fits(table: Table, shares: Iterable[Share]) -> bool:
    """Tell whether these shares take no more than is needed and offered, and enough at once."""
    pairs = {(pair.need, pair.offer): pair for pair in table.pairs}
    wanted = {pk: Fraction(need.quantity) for pk, need in table.needs.items()}
    there = {pk: Fraction(offer.quantity) for pk, offer in table.offers.items()}
    for share in shares:
        pair = pairs.pop((share.need, share.offer), None)
        if pair is None or share.quantity < table.least(pair):
            return False
        wanted[share.need] -= share.quantity
        there[share.offer] -= table.cost(pair, share.quantity)
    return all(rest >= 0 for rest in (*wanted.values(), *there.values()))
