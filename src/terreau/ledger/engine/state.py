# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the engine holds: events as they are read, and the state that they leave behind."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal, TypeVar

Measure = Literal["quantity", "effort"]


@dataclass(frozen=True, slots=True)
class Link:
    """An event fulfils a promise by a quantity, in the promise's unit."""

    promise: int
    quantity: int


@dataclass(frozen=True, slots=True)
class Event:
    """One flow that happened. Quantities are millionths of their unit; agents are ids.

    ``quantity`` and ``effort`` are negative only in a correction (``corrects`` is set).
    """

    action: str
    provider: int
    receiver: int
    specification: str
    quantity: int | None = None
    unit: str = ""
    effort: int | None = None
    effort_unit: str = ""
    resource: int | None = None
    to_resource: int | None = None
    links: tuple[Link, ...] = ()
    corrects: int | None = None

    def measured(self) -> tuple[tuple[Measure, int, str], ...]:
        """Return each measure that the event carries: which, how much, in what unit."""
        both: tuple[tuple[Measure, int | None, str], ...] = (
            ("quantity", self.quantity, self.unit),
            ("effort", self.effort, self.effort_unit),
        )
        return tuple((name, much, unit) for name, much, unit in both if much is not None)


@dataclass(frozen=True, slots=True)
class Resource:
    """A stock that somebody chose to keep, in its own unit. ``floor`` is None for no floor."""

    id: int
    specification: str
    unit: str
    floor: int | None = 0
    accounting: int = 0
    on_hand: int = 0
    accountable: int | None = None
    custodian: int | None = None
    version: int = 0

    @property
    def is_new(self) -> bool:
        """No event has touched it yet: the next one brings it into being."""
        return self.version == 0


@dataclass(frozen=True, slots=True)
class Promise:
    """A commitment and how far it is fulfilled. ``ended``: withdrawn or replaced by another.

    ``merged``: other ids of the organisation that promised, where two became one.
    """

    id: int
    provider: int
    measure: Measure
    unit: str
    promised: int
    fulfilled: int = 0
    ended: bool = False
    version: int = 0
    merged: frozenset[int] = frozenset()

    @property
    def committed(self) -> int:
        """What still binds: all of it, or once ended what had been given of it."""
        return min(self.promised, self.fulfilled) if self.ended else self.promised

    @property
    def remaining(self) -> int:
        return max(self.committed - self.fulfilled, 0)

    @property
    def over(self) -> int:
        """What was given beyond the promise: fulfilled + remaining = committed + over."""
        return max(self.fulfilled - self.committed, 0)


@dataclass(frozen=True, slots=True)
class Past:
    """An event that a correction points to, and what was already backed out of it."""

    event: Event
    quantity_out: int = 0
    effort_out: int = 0
    links_left: Mapping[int, int] = field(default_factory=lambda: MappingProxyType({}))
    version: int = 0

    def left(self, measure: Measure) -> int:
        """Return how much of the event still stands."""
        if measure == "quantity":
            return (self.event.quantity or 0) - self.quantity_out
        return (self.event.effort or 0) - self.effort_out


@dataclass(frozen=True, slots=True)
class State:
    """The part of the ledger that an event may touch."""

    resources: Mapping[int, Resource] = field(default_factory=dict)
    promises: Mapping[int, Promise] = field(default_factory=dict)
    past: Mapping[int, Past] = field(default_factory=dict)


Thing = TypeVar("Thing", Resource, Promise, Past)


def slice_for(state: State, event: Event) -> State:
    """Return only what this event may touch, so that applying it costs the same in any ledger."""
    return State(
        _picked(state.resources, (event.resource, event.to_resource)),
        _picked(state.promises, tuple(link.promise for link in event.links)),
        _picked(state.past, (event.corrects,)),
    )


def _picked(things: Mapping[int, Thing], wanted: tuple[int | None, ...]) -> dict[int, Thing]:
    return {key: things[key] for key in wanted if key is not None and key in things}
