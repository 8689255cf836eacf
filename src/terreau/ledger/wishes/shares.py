# SPDX-License-Identifier: AGPL-3.0-or-later
"""How much of a wish is answered, worked out from what answers it and from what stands of that.

A promise that was withdrawn, an event that was taken back answer no more than what stands of them:
the shares that were noted first are served first. Nothing of it is kept, so nothing can be wrong.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from terreau.core.units import as_fraction


@dataclass(frozen=True, slots=True)
class Share:
    """So much of ``wish`` (millionths of its unit) is answered by ``source``."""

    wish: Hashable
    unit: str
    source: Hashable
    quantity: int


@dataclass(frozen=True, slots=True)
class Standing:
    """What stands of a promise or an event, in millionths of its own unit."""

    quantity: int
    unit: str


@dataclass(frozen=True, slots=True)
class Answered:
    """How far a wish is answered, in its unit: answered + remaining = wanted + over."""

    wanted: int
    promised: int
    given: int
    unit: str

    @property
    def answered(self) -> int:
        return self.promised + self.given

    @property
    def remaining(self) -> int:
        return max(self.wanted - self.answered, 0)

    @property
    def over(self) -> int:
        return max(self.answered - self.wanted, 0)


def counted(
    shares: Iterable[Share], standing: Mapping[Hashable, Standing]
) -> Iterator[tuple[Share, int]]:
    """Yield each share and how much of it counts, in the wish's unit, rounded down.

    ``shares``: all those of each source, in the order in which they were noted.
    """
    left = {source: Fraction(max(one.quantity, 0)) for source, one in standing.items()}
    for share in shares:
        unit = standing[share.source].unit
        there = math.floor(left[share.source] * as_fraction(1, unit, share.unit))
        counts = min(share.quantity, there)
        left[share.source] -= as_fraction(counts, share.unit, unit)
        yield share, counts
