# SPDX-License-Identifier: AGPL-3.0-or-later
"""Reads the measures of a graph exactly: a number and a unit, both said."""

import re
from decimal import Context, Decimal, Inexact, InvalidOperation, Overflow
from functools import lru_cache

from terreau.core.errors import Invalid
from terreau.core.quantities import LARGEST, MICRO
from terreau.core.values import frozen
from terreau.exchange.streams import Plain
from terreau.exchange.vocabulary import unit_code
from terreau.ledger.engine.shares import is_share


@frozen
class Amount:
    """Millionths of a unit, and the name by which the file calls the unit."""

    micro: int
    unit: str
    called: str

    def __str__(self) -> str:
        return f"{number(self.micro)} {self.called}"


def number(micro: int) -> str:
    """Return millionths as the number that they are."""
    return format((Decimal(micro) / MICRO).normalize(), "f")


def amount(value: Plain) -> Amount:
    """Return a measure. Raises Invalid, saying what it lacks."""
    if not isinstance(value, dict):
        raise Invalid(
            "une quantité se dit par son nombre (hasNumericalValue) et son unité (hasUnit)"
        )
    said, called = value.get("hasNumericalValue"), value.get("hasUnit")
    if not isinstance(called, str) or not called:
        raise Invalid("il manque l'unité d'une quantité (hasUnit)")
    if not isinstance(said, str) or not said:
        raise Invalid("il manque le nombre d'une quantité (hasNumericalValue)")
    return _measured(said, called)


@lru_cache(4096)  # the same few measures come again and again
def _measured(said: str, called: str) -> Amount:
    code = unit_code(called)
    if code is None:
        raise Invalid(f"l'unité {called[:80]} n'est pas connue : dites-la par son nom d'OM 2")
    return Amount(micro(said), code, called)


def rights_share(said: str) -> str:
    """Return a share of rights as the ledger keeps it. Raises Invalid."""
    if said and not is_share(said):
        raise Invalid(f"terreau:rightsShare « {said[:20]} » : écrivez une fraction, comme 1/3")
    return said


def micro(said: Plain) -> int:
    """Return the millionths of a number, exactly. Raises Invalid."""
    text = str(said)
    if not _NUMBER.fullmatch(text):
        raise Invalid(f"{text[:40]} n'est pas un nombre")
    try:
        exact = _EXACT.multiply(Decimal(text), Decimal(MICRO))
        fits = abs(exact) <= LARGEST and exact == exact.to_integral_value()
    except ArithmeticError:
        fits = False
    if not fits:
        raise Invalid(
            f"{text[:40]} est plus fin qu'un millionième, ou trop grand : ce nombre ne peut pas "
            "être gardé exactement"
        )
    return int(exact)


_NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,9})?")
_EXACT = Context(prec=50, traps=[Inexact, Overflow, InvalidOperation])
"""Refuses what it would have to round: the context of everybody would cut at 28 figures."""
