# SPDX-License-Identifier: AGPL-3.0-or-later
"""What other apps hand in: a need or an offer, a proposal, a list of proposals, an answer."""

from dataclasses import dataclass
from datetime import date
from typing import Literal
from uuid import UUID

from terreau.people.enums import Level


@dataclass(frozen=True, slots=True)
class Wish:
    """A need (``receiver_id``) or an offer (``provider_id``), one of the two.

    ``quantity``, ``available`` and ``minimum`` are millionths of ``unit``; ``measure`` says what is
    counted. ``specification`` and ``stage`` are words of the ledger (60 characters at most).
    ``planned_within_id`` is the plan that it is a part of, that of its activity when none is said.
    ``reach`` is in metres from the place. Both days are included.
    """

    key: UUID
    action: str
    specification: str
    quantity: int
    unit: str
    measure: Literal["quantity", "effort"] = "quantity"
    provider_id: int | None = None
    receiver_id: int | None = None
    available: int | None = None
    minimum: int | None = None
    resource_id: int | None = None
    input_of_id: int | None = None
    output_of_id: int | None = None
    planned_within_id: int | None = None
    stage: str = ""
    state: str = ""
    place_id: int | None = None
    reach: int | None = None
    begins_on: date | None = None
    ends_on: date | None = None
    due: date | None = None
    name: str = ""
    note: str = ""
    level: str = Level.CIRCLE

    @property
    def total(self) -> int:
        """All that is wanted, or that can be given."""
        return self.quantity if self.available is None else self.available


@dataclass(frozen=True, slots=True)
class Offering:
    """A proposal: intents made known together, and others expected in return.

    ``author_id``: in whose name; ``proposed_to``: agents who are asked (none: whoever reads it).
    """

    key: UUID
    name: str
    purpose: str
    author_id: int
    publishes: tuple[int, ...]
    reciprocal: tuple[int, ...] = ()
    proposed_to: tuple[int, ...] = ()
    note: str = ""
    unit_based: bool = False
    begins_on: date | None = None
    ends_on: date | None = None
    place_id: int | None = None
    level: str = Level.CIRCLE


@dataclass(frozen=True, slots=True)
class Listing:
    """A list of proposals, in the name of ``author_id``."""

    key: UUID
    name: str
    author_id: int
    proposals: tuple[int, ...] = ()
    proposed_to: tuple[int, ...] = ()
    note: str = ""
    level: str = Level.CIRCLE


@dataclass(frozen=True, slots=True)
class Answer:
    """A promise or an event (one of the two) answers an intent, by ``micro`` of its unit.

    ``micro`` is None for all that the promise or the event is of. ``beyond`` says that giving more
    than was wished for is meant.
    """

    key: UUID
    intent_id: int
    commitment_id: int | None = None
    event_id: int | None = None
    micro: int | None = None
    beyond: bool = False
