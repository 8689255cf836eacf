# SPDX-License-Identifier: AGPL-3.0-or-later
"""The accounts 86 and 87 of French associations, and what a price makes of a quantity. Pure.

What is received in kind stands on both sides for the same amount: where it comes from (87) and what
it is used for (86). Who works without pay gives volunteering; an organisation that lends its people
gives a service. What has no account (a letter of support, an introduction, a risk taken) is never
said in euros, and money is in the other accounts already.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

from terreau.agreements.enums import Kind
from terreau.core.quantities import MICRO
from terreau.core.units import as_fraction, convertible

CENT = MICRO // 100
NAMES = {
    "860": "Secours en nature",
    "861": "Mises à disposition gratuite de biens",
    "862": "Prestations",
    "864": "Personnel bénévole",
    "870": "Dons en nature",
    "871": "Prestations en nature",
    "875": "Bénévolat",
}
GIVEN, LENT, SERVED, VOLUNTEERED = ("860", "870"), ("861", "871"), ("862", "871"), ("864", "875")
_WORK = frozenset({Kind.TIME, Kind.ANIMATION, Kind.KNOWLEDGE})
_LENT = frozenset({Kind.PLACE, Kind.EQUIPMENT})
VALUED = frozenset({Kind.GOOD, *_WORK, *_LENT})
"""The kinds that have an account."""


class Price(NamedTuple):
    """One unit of a kind is so many millionths of a euro."""

    kind: str
    unit: str
    micro: int
    source: str


@dataclass(frozen=True, slots=True)
class Valued:
    """A quantity in euros, in millionths, to the cent. ``use`` and ``origin``: its accounts."""

    kind: Kind
    unit: str
    quantity: int
    volunteers: bool
    price: Price
    use: str
    origin: str
    euros: int


def accounts_of(kind: str, *, volunteers: bool) -> tuple[str, str] | None:
    """Return the account of use (86) and that of origin (87), or None for what has none."""
    if kind == Kind.GOOD:
        return GIVEN
    if kind in _LENT:
        return LENT
    if kind in _WORK:
        return VOLUNTEERED if volunteers else SERVED
    return None


def price_for(prices: Iterable[Price], kind: str, unit: str) -> Price | None:
    """Return the price of a kind in a unit, or in one that it converts to exactly."""
    fits = [one for one in prices if one.kind == kind and convertible(one.unit, unit)]
    return max(fits, key=lambda one: one.unit == unit, default=None)


def valued(
    kind: str, unit: str, quantity: int, prices: Iterable[Price], *, volunteers: bool
) -> Valued | None:
    """Return a quantity in euros to the nearest cent, or None without price or account."""
    accounts, price = accounts_of(kind, volunteers=volunteers), price_for(prices, kind, unit)
    if accounts is None or price is None:
        return None
    exact = as_fraction(quantity, unit, price.unit) * price.micro / MICRO
    euros = int(exact / CENT + Fraction(1, 2)) * CENT
    return Valued(Kind(kind), unit, quantity, volunteers, price, *accounts, euros)


def by_account(rows: Iterable[Valued]) -> tuple[dict[str, int], dict[str, int]]:
    """Return the sums by account, of use and of origin: equal, since each row is in both."""
    uses: dict[str, int] = {}
    origins: dict[str, int] = {}
    for row in rows:
        uses[row.use] = uses.get(row.use, 0) + row.euros
        origins[row.origin] = origins.get(row.origin, 0) + row.euros
    return dict(sorted(uses.items())), dict(sorted(origins.items()))
