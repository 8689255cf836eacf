# SPDX-License-Identifier: AGPL-3.0-or-later
"""How one contribution counts in the statement, and what one promise still expects. Pure.

The identities that hold for every kind and unit, over any history:
given = fulfilled + uncommitted; given = confirmed + awaiting + in discussion;
and for each promise fulfilled + remaining = committed + over-fulfilled.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from terreau.agreements.enums import AGREED, ContributionState, ReadBy, Side


@dataclass(frozen=True, slots=True)
class Entry:
    """One contribution as the totals see it. ``quantity`` in millionths of ``unit``."""

    giver_id: int
    receiver_id: int
    kind: str
    unit: str
    day: date
    quantity: int
    state: str
    linked: bool
    refund: bool
    level: str


@dataclass(frozen=True, slots=True)
class Weights:
    """What an entry adds to a total."""

    given: int = 0
    fulfilled: int = 0
    confirmed: int = 0
    discussed: int = 0
    refunded: int = 0

    def __add__(self, other: Weights) -> Weights:
        return Weights(
            self.given + other.given,
            self.fulfilled + other.fulfilled,
            self.confirmed + other.confirmed,
            self.discussed + other.discussed,
            self.refunded + other.refunded,
        )

    def __neg__(self) -> Weights:
        return Weights(
            -self.given, -self.fulfilled, -self.confirmed, -self.discussed, -self.refunded
        )

    @property
    def awaiting(self) -> int:
        """What nobody answered yet."""
        return self.given - self.confirmed - self.discussed

    @property
    def uncommitted(self) -> int:
        """What was given without a promise, or is in discussion."""
        return self.given - self.fulfilled

    @property
    def freely(self) -> int:
        """What was given without a promise and is not in discussion."""
        return self.uncommitted - self.discussed


NOTHING = Weights()


def weights_of(entry: Entry) -> Weights:
    """Return what an entry counts for. What is undone counts for nothing, a refund is no gift.

    What is in discussion is given, but fulfils nothing until it ends.
    """
    if entry.state == ContributionState.UNDONE:
        return NOTHING
    if entry.refund:
        return Weights(refunded=entry.quantity)
    discussed = entry.state == ContributionState.DISCUSSED
    return Weights(
        given=entry.quantity,
        fulfilled=entry.quantity if entry.linked and not discussed else 0,
        confirmed=entry.quantity if entry.state in AGREED else 0,
        discussed=entry.quantity if discussed else 0,
    )


Place = tuple[int, str, str, str, date, str]
"""Where a total is kept: agent, side, kind, unit, first day of the month, who reads its rows."""


def moves(before: Entry | None, after: Entry | None, everybody_id: int) -> dict[Place, Weights]:
    """Return what changes in the totals when ``before`` becomes ``after``."""
    changed: dict[Place, Weights] = {}
    for entry, sign in ((before, -1), (after, 1)):
        if entry is None:
            continue
        weights = weights_of(entry) if sign > 0 else -weights_of(entry)
        for place in _places(entry, everybody_id):
            changed[place] = changed.get(place, NOTHING) + weights
    return {place: weights for place, weights in changed.items() if weights != NOTHING}


def _places(entry: Entry, everybody_id: int) -> tuple[Place, ...]:
    what = entry.kind, entry.unit, entry.day.replace(day=1), ReadBy.of(entry.level).value
    return (
        (entry.giver_id, Side.GIVEN.value, *what),
        (entry.receiver_id, Side.RECEIVED.value, *what),
        (everybody_id, Side.ALL.value, *what),
    )


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a promise stands, in millionths of its unit. Nothing is ever below zero."""

    committed: int
    fulfilled: int

    @property
    def remaining(self) -> int:
        """What is still « à venir »."""
        return max(0, self.committed - self.fulfilled)

    @property
    def over(self) -> int:
        """What was given beyond the promise."""
        return max(0, self.fulfilled - self.committed)
