# SPDX-License-Identifier: AGPL-3.0-or-later
"""Rights that several hold: exact fractions that sum to one, and the words by which they are kept.

A share is kept as ``1/3``, in lowest terms; the shares of a stock as ``12:1/3 15:2/3``, by agent.
Nothing is kept while one party answers for the whole.
"""

import re
from collections.abc import Mapping
from fractions import Fraction

Shares = tuple[tuple[int, Fraction], ...]
FINEST = 10**12
"""The largest denominator that a share of a stock may come to."""


_WRITTEN = re.compile(r"[1-9]\d{0,5}/[1-9]\d{0,5}")


def is_share(text: str) -> bool:
    """Tell whether this is a share as it is kept: above zero, in lowest terms."""
    return bool(_WRITTEN.fullmatch(text)) and told(Fraction(text)) == text


def told(share: Fraction) -> str:
    """Return a share as it is kept."""
    return f"{share.numerator}/{share.denominator}"


def read(text: str) -> Shares:
    """Return the shares of a stock from what is kept of them."""
    pairs = (one.split(":") for one in text.split())
    return tuple((int(agent), Fraction(share)) for agent, share in pairs)


def kept(shares: Shares) -> str:
    """Return what is kept of the shares of a stock."""
    return " ".join(f"{agent}:{told(share)}" for agent, share in shares)


def ceded(held: Mapping[int, Fraction], giver: int, taker: int, share: Fraction) -> Shares:
    """Return who holds what once a share went from one to another; empty when one holds all."""
    after = dict(held)
    after[giver] = after.get(giver, Fraction(0)) - share
    after[taker] = after.get(taker, Fraction(0)) + share
    left = tuple((agent, part) for agent, part in sorted(after.items()) if part)
    return left if len(left) > 1 else ()
