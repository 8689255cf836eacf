# SPDX-License-Identifier: AGPL-3.0-or-later
"""Quantities: whole numbers of millionths of a unit, in 64 bits, never a float.

``3,5 h`` is ``3_500_000`` of the unit ``hour``. What is finer than a millionth, or larger than 64
bits hold, is refused: nothing is ever rounded silently.
"""

import re
from decimal import Decimal
from fractions import Fraction

from terreau.core.errors import Invalid

DECIMALS = 6
MICRO = 1_000_000
LARGEST = 2**63 - 1
"""The largest number of millionths that the database keeps."""

_SPACES = re.compile(r"[\s\u00a0\u2009\u202f]")
_SHAPE = re.compile(r"(\d{1,40})(?:[.,](\d{1,40}))?", re.ASCII)
_GROUP = "\u202f"


def parse(text: str) -> int:
    """Return the millionths that a person typed (« 1 234,5 » gives 1 234 500 000).

    Raises Invalid, with a sentence for the person, for nothing, for what is not a number, for a
    negative one, for more than six decimals and for what is too large.
    """
    bare = _SPACES.sub("", text)
    if not bare:
        raise Invalid("Indiquez une quantité, par exemple 3 ou 1,5.", field="quantity")
    if bare[0] in "-−–":
        raise Invalid(
            "Une quantité ne peut pas être négative. Pour corriger une saisie, passez par "
            "« Rectifier ».",
            field="quantity",
        )
    found = _SHAPE.fullmatch(bare)
    if found is None:
        raise Invalid(
            f"« {text.strip()[:40]} » n'est pas un nombre. Écrivez par exemple 12 ou 1 234,5.",
            field="quantity",
        )
    return _micro(found[1], found[2] or "")


def _micro(whole: str, decimals: str) -> int:
    kept = decimals.rstrip("0")
    if len(kept) > DECIMALS:
        raise Invalid(
            "Cette quantité est trop fine : six chiffres après la virgule au plus.",
            field="quantity",
        )
    return checked(int(whole) * MICRO + int(kept.ljust(DECIMALS, "0")))


def checked(micro: int) -> int:
    """Return the quantity, or raise Invalid when 64 bits do not hold it."""
    if abs(micro) > LARGEST:
        raise Invalid(
            f"Cette quantité est trop grande : {show(LARGEST // MICRO * MICRO)} au plus.",
            field="quantity",
        )
    return micro


def from_decimal(value: Decimal | int) -> int:
    """Return the millionths of an exact number. Raises Invalid when it is too fine or too large."""
    number = Decimal(value)
    scaled = Fraction(number) * MICRO if number.is_finite() else Fraction(1, 2)
    if scaled.denominator != 1:
        raise Invalid(
            "Cette quantité est trop fine : six chiffres après la virgule au plus.",
            field="quantity",
        )
    return checked(scaled.numerator)


def to_decimal(micro: int) -> Decimal:
    """Return the exact number of units, for a spreadsheet or an interface."""
    return Decimal(micro) / MICRO


def show(micro: int) -> str:
    """Return the quantity as French readers write it (1 234 500 000 gives « 1 234,5 »)."""
    whole, rest = divmod(abs(micro), MICRO)
    decimals = f"{rest:06d}".rstrip("0")
    sign = "−" if micro < 0 else ""
    return f"{sign}{whole:,}".replace(",", _GROUP) + (f",{decimals}" if decimals else "")
