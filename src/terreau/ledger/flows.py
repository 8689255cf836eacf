# SPDX-License-Identifier: AGPL-3.0-or-later
"""What other apps hand to the ledger: flows that happened, and promises that all accepted."""

from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Flow:
    """Something given, lent, done or used.

    Quantities are millionths of their unit (``core.quantities``). ``specification`` is a short word
    of the caller for the kind of thing (at most 60 characters); the ledger keeps it per ledger.
    ``fulfils`` holds (commitment id, millionths of the commitment's unit), ``settles`` the same of
    claims. ``beyond_promise`` says
    that giving more than was promised is meant; ``again``, that the flow enters anew one that was
    taken back, or happened before the promise ended: it may go to one that has ended since.
    ``on_behalf_of_id`` is an organisation that the person who records may speak for.
    ``input_of_id`` and ``output_of_id`` are processes, ``to_location_id`` a place, ``state`` a word
    for how the thing is now (at most 60 characters). ``rights``: the share of the rights on one
    stock that a ``transferAllRights`` cedes; the quantity is that share of the stock, rounded down.
    """

    key: UUID
    action: str
    provider_id: int
    receiver_id: int
    happened_on: date
    specification: str
    quantity: int | None = None
    unit: str = ""
    effort: int | None = None
    effort_unit: str = ""
    resource_id: int | None = None
    to_resource_id: int | None = None
    on_behalf_of_id: int | None = None
    input_of_id: int | None = None
    output_of_id: int | None = None
    to_location_id: int | None = None
    state: str = ""
    fulfils: tuple[tuple[int, int], ...] = ()
    settles: tuple[tuple[int, int], ...] = ()
    rights: Fraction | None = None
    beyond_promise: bool = field(default=False, compare=False)
    again: bool = field(default=False, compare=False)


@dataclass(frozen=True, slots=True)
class Promise:
    """A commitment whose version all parties accepted: either a quantity or an effort.

    ``input_of_id`` and ``output_of_id`` are the activity that it is for, ``planned_within_id`` the
    plan that it is a part of (that of its activity when it is not said), ``demand_of_id`` the plan
    that is made for it. ``stage``: the kind of activity that the thing has come out of; ``state``:
    a word for how it is (at most 60 characters each).
    """

    key: UUID
    action: str
    provider_id: int
    receiver_id: int
    specification: str
    quantity: int | None = None
    unit: str = ""
    effort: int | None = None
    effort_unit: str = ""
    due: date | None = None
    input_of_id: int | None = None
    output_of_id: int | None = None
    planned_within_id: int | None = None
    demand_of_id: int | None = None
    stage: str = ""
    state: str = ""


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan: what people set out to do. ``note`` is of at most 600 characters."""

    key: UUID
    name: str
    note: str = ""
    due: date | None = None


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch, by the code that is printed on what it holds (at most 60 characters)."""

    key: UUID
    code: str
    expires_on: date | None = None


@dataclass(frozen=True, slots=True)
class Claimed:
    """What is due in return for an event (``triggered_by_id``): either a quantity or an effort.

    ``provider_id`` owes; ``receiver_id`` is owed, and whoever records speaks for it.
    """

    key: UUID
    action: str
    provider_id: int
    receiver_id: int
    specification: str
    triggered_by_id: int
    quantity: int | None = None
    unit: str = ""
    effort: int | None = None
    effort_unit: str = ""
    due: date | None = None


@dataclass(frozen=True, slots=True)
class Activity:
    """A process: what is taken in, done and given out together. ``specification`` is its kind."""

    key: UUID
    name: str
    specification: str = ""
    begins_on: date | None = None
    ends_on: date | None = None
    planned_within_id: int | None = None


@dataclass(frozen=True, slots=True)
class Somewhere:
    """A place. ``latitude`` and ``longitude`` are millionths of a degree, both or none."""

    key: UUID
    name: str
    address: str = ""
    latitude: int | None = None
    longitude: int | None = None


@dataclass(frozen=True, slots=True)
class Stock:
    """A stock that somebody chose to keep. It begins empty; the first event says whose it is.

    ``floor`` is what it may never go under (None for no limit, negative for a credit).
    ``tracking_identifier`` is the number of one thing (at most 60 characters), ``batch_id`` the
    batch that it is of.
    """

    key: UUID
    name: str
    specification: str
    unit: str
    floor: int | None = 0
    tracking_identifier: str = ""
    batch_id: int | None = None
