# SPDX-License-Identifier: AGPL-3.0-or-later
"""Reads the measures of a graph exactly: a number and a unit, both said."""

from decimal import Decimal, InvalidOperation
from functools import lru_cache

from terreau.core.errors import Invalid
from terreau.core.quantities import LARGEST, MICRO
from terreau.core.values import frozen
from terreau.exchange.streams import Plain
from terreau.exchange.vocabulary import unit_code


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
        raise Invalid("a measure has a hasNumericalValue and a hasUnit")
    said, called = value.get("hasNumericalValue"), value.get("hasUnit")
    if not isinstance(called, str) or not called:
        raise Invalid("the unit is missing")
    return _amount(said, called) if isinstance(said, str) else _measured(said, called)


def _measured(said: Plain, called: str) -> Amount:
    code = unit_code(called)
    if code is None:
        raise Invalid(f"the unit {called} is not known")
    return Amount(micro(said), code, called)


_amount = lru_cache(4096)(_measured)  # the same few measures come again and again


def micro(said: Plain) -> int:
    """Return the millionths of a number, exactly. Raises Invalid."""
    try:
        exact = Decimal(str(said)) * MICRO
    except InvalidOperation as error:
        raise Invalid(f"{said} is not a number") from error
    if not exact.is_finite() or abs(exact) > LARGEST or exact != exact.to_integral_value():
        raise Invalid(f"{said} is finer than a millionth, or too large, to be kept exactly")
    return int(exact)
