# SPDX-License-Identifier: AGPL-3.0-or-later
"""The most that can be served of one kind of thing, then by the shortest way; HiGHS does the work.

Where the time does not suffice to prove that nothing is fuller, the fullest that was found stands.

The solver reckons in floats. Its answer is rounded to whole amounts and checked exactly; when it
does not hold, the fullest of the simple ways stands in, so that no share is ever too large.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from functools import reduce

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

from terreau.core.units import as_fraction
from terreau.ledger.matching.tables import Share, Table, fits, in_turn, nearest, smallest

LONGEST = 1.0
"""Seconds that each of the two questions may take: what is found by then is checked like all."""
SIMPLE = (in_turn, nearest, smallest)
Row = NDArray[np.float64]


def fullest(table: Table) -> list[Share]:
    """Return shares that serve the most; among those, the ones with the shortest way."""
    simple = max((way(table) for way in SIMPLE), key=table.served)
    found = _solved(table) if table.pairs else []
    return found if fits(table, found) and _as_full(table, found, simple) else simple


def _as_full(table: Table, found: Sequence[Share], simple: Sequence[Share]) -> bool:
    return table.served(found) >= table.served(simple)


def _solved(table: Table) -> list[Share]:
    step = _step(table)
    most = [_told(table, pair.need, pair.most) / step for pair in table.pairs]
    least = [_told(table, pair.need, table.least(pair)) / step for pair in table.pairs]
    limits = [*_once(table, step), *_at_once(np.array(most, float), np.array(least, float))]
    count = len(table.pairs)
    amounts = np.concatenate([-np.ones(count), np.zeros(count)])
    best = _least(amounts, most, limits)
    if best is None:
        return []
    metres = [float(pair.metres or 0) for pair in table.pairs]
    way = np.concatenate([metres, np.zeros(count)])
    full = LinearConstraint(amounts, -np.inf, amounts @ best)
    chosen = _least(way, most, [*limits, full])
    return _shares(table, step, best if chosen is None else chosen)


def _least(cost: Row, most: Sequence[Fraction], limits: list[LinearConstraint]) -> Row | None:
    """Return amounts, then whether each pair is used, at the least cost; None without answer."""
    count = len(most)
    upper = np.concatenate([np.array(most, float), np.ones(count)])
    whole = np.concatenate([np.zeros(count), np.ones(count)])
    found = milp(
        cost,
        integrality=whole,
        bounds=Bounds(0, upper),
        constraints=limits,
        options={"time_limit": LONGEST},
    )
    answer: Row | None = found.x
    return answer


def _once(table: Table, step: Fraction) -> list[LinearConstraint]:
    """No need gets more than it asked, no offer gives more than it has."""
    tops = [float(table.wanted(pk) / step) for pk in table.needs]
    tops += [
        float(as_fraction(offer.quantity, offer.unit, table.base) / step)
        for offer in table.offers.values()
    ]
    needs = {pk: row for row, pk in enumerate(table.needs)}
    offers = {pk: row for row, pk in enumerate(table.offers, len(needs))}
    count = len(table.pairs)
    rows = [row for pair in table.pairs for row in (needs[pair.need], offers[pair.offer])]
    columns = [column for column in range(count) for _ in range(2)]
    sums = sparse.csr_array((np.ones(2 * count), (rows, columns)), (len(tops), 2 * count))
    return [LinearConstraint(sums, -np.inf, tops)]


def _at_once(most: Row, least: Row) -> list[LinearConstraint]:
    """A pair that is used serves at least the least; one that is not serves nothing."""
    one = sparse.eye_array(len(most))
    used = [sparse.hstack([one, -sparse.diags_array(bound)]) for bound in (most, least)]
    return [LinearConstraint(used[0], -np.inf, 0), LinearConstraint(used[1], 0, np.inf)]


def _shares(table: Table, step: Fraction, answer: Row) -> list[Share]:
    shares = []
    for pair, amount in zip(table.pairs, answer, strict=False):  # then come the marks of use
        need = table.needs[pair.need]
        quantity = math.floor(round(amount) * step * as_fraction(1, table.base, need.unit))
        if quantity > 0:
            shares.append(Share(pair.need, pair.offer, quantity))
    return shares


def _told(table: Table, need: int, quantity: int) -> Fraction:
    return as_fraction(quantity, table.needs[need].unit, table.base)


def _step(table: Table) -> Fraction:
    """Return the largest amount of which all that is said is a multiple: then numbers are small."""
    said = [
        as_fraction(quantity, one.unit, table.base)
        for one in (*table.needs.values(), *table.offers.values())
        for quantity in (one.quantity, one.minimum)
        if quantity
    ]
    below = math.lcm(*(amount.denominator for amount in said))
    return Fraction(reduce(math.gcd, (int(amount * below) for amount in said)), below)
