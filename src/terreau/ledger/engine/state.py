# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the engine holds: events as they are read, and the state that they leave behind."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import field
from fractions import Fraction
from types import MappingProxyType
from typing import Literal, TypeVar

from terreau.core.values import frozen
from terreau.ledger.engine.shares import Shares, kept

Measure = Literal["quantity", "effort"]
OutKey = tuple[int, int]
"""Process and resource."""


@frozen
class Link:
    """An event fulfils a promise by a quantity, in the promise's unit."""

    promise: int
    quantity: int


@frozen
class Settle:
    """An event settles a claim by a quantity, in the claim's unit."""

    claim: int
    quantity: int


@frozen
class Event:
    """One flow that happened. Quantities are millionths of their unit; agents are ids.

    ``quantity`` and ``effort`` are negative only in a correction (``corrects`` is set).
    ``input_of`` and ``output_of`` are processes; ``stage`` is the kind of the process that the
    event comes out of, ``to_location`` a place (ids all); ``state`` is a word of the ecosystem's.
    ``rights``: the share of the rights on one stock that is ceded, as ``1/3``.
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
    to_location: int | None = None
    state: str = ""
    stage: int | None = None
    input_of: int | None = None
    output_of: int | None = None
    settles: tuple[Settle, ...] = ()
    rights: str = ""

    def measured(self) -> tuple[tuple[Measure, int, str], ...]:
        """Return each measure that the event carries: which, how much, in what unit."""
        found: tuple[tuple[Measure, int, str], ...] = ()
        if self.quantity is not None:
            found = (("quantity", self.quantity, self.unit),)
        if self.effort is not None:
            found = (*found, ("effort", self.effort, self.effort_unit))
        return found


@frozen
class Came:
    """With which container, at which of its versions, a thing came last, and whose it was then."""

    container: int
    version: int
    custodian: int | None
    accountable: int | None

    @property
    def kept(self) -> str:
        """What is kept of it: four numbers, 0 for nobody."""
        who = (self.custodian or 0, self.accountable or 0)
        return " ".join(map(str, (self.container, self.version, *who)))


def read_came(text: str) -> Came | None:
    """Return what is kept of how a thing came; None when nothing is."""
    if not text:
        return None
    container, version, custodian, accountable = map(int, text.split())
    return Came(container, version, custodian or None, accountable or None)


@frozen
class Resource:
    """A stock that somebody chose to keep, in its own unit. ``floor`` is None for no floor.

    ``container``: the resource that it is inside of, one at most. ``name`` is for sentences only.
    ``shares``: who holds the rights when several do; ``accountable`` is then who acts for them.
    ``came``: how it came where it is, when a container brought it.
    """

    id: int
    specification: str
    unit: str
    floor: int | None = 0
    accounting: int = 0
    on_hand: int = 0
    accountable: int | None = None
    custodian: int | None = None
    version: int = 0
    location: int | None = None
    container: int | None = None
    stage: int | None = None
    state: str = ""
    name: str = field(default="", compare=False)
    shares: Shares = ()
    came: Came | None = None

    @property
    def holders(self) -> dict[int, Fraction]:
        """Who holds the rights, each by what share: they sum to one, or nobody has it yet."""
        alone = () if self.accountable is None else ((self.accountable, Fraction(1)),)
        return dict(self.shares or alone)

    @property
    def called(self) -> str:
        """How a sentence names it."""
        return f"le stock « {self.name} »" if self.name else "ce stock"

    @property
    def kept(self) -> tuple[int | str | None, ...]:
        """What is stored of it, in the order of the columns (``kernel.KEPT_COLUMNS``)."""
        return (
            self.accounting, self.on_hand, self.accountable, self.custodian,
            self.location, self.container, self.stage, self.state, kept(self.shares),
            self.came.kept if self.came else "",
        )  # fmt: skip

    @property
    def is_empty(self) -> bool:
        """Nothing is in it, neither in rights nor in hand."""
        return not self.accounting and not self.on_hand

    @property
    def is_new(self) -> bool:
        """Nobody has it and nothing is in it: the next event brings it into being."""
        return self.is_empty and self.accountable is None and self.custodian is None


@frozen
class Promise:
    """A commitment and how far it is fulfilled. ``ended``: withdrawn or replaced by another.

    ``merged``: other ids of the organisation that promised, where two became one. ``input_of`` and
    ``output_of``: the activity that it is for.
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
    input_of: int | None = None
    output_of: int | None = None

    @property
    def kept(self) -> tuple[int, bool]:
        """What is stored of it."""
        return self.fulfilled, self.ended

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


@frozen
class Claim:
    """What is due in return for an event that took place, and how much of it was settled.

    ``trigger`` is that event. ``ended``: withdrawn, or replaced by another; ``lifted``: all of the
    trigger was taken back since. ``providers`` and ``receivers``: other ids of the organisations
    that owe and are owed, where two became one.
    """

    id: int
    provider: int
    receiver: int
    measure: Measure
    unit: str
    claimed: int
    trigger: int
    settled: int = 0
    ended: bool = False
    lifted: bool = False
    version: int = 0
    providers: frozenset[int] = frozenset()
    receivers: frozenset[int] = frozenset()

    @property
    def kept(self) -> tuple[int, int, bool, bool]:
        """What is stored of it."""
        return self.settled, self.unsettled, self.ended, self.lifted

    @property
    def unsettled(self) -> int:
        """What was claimed and not settled, whether or not it is still due."""
        return self.claimed - self.settled

    @property
    def is_open(self) -> bool:
        return not (self.ended or self.lifted)

    @property
    def remaining(self) -> int:
        """What is still due."""
        return self.unsettled if self.is_open else 0


@frozen
class Out:
    """What a process took in hand of a resource and has not given back, in the resource's unit.

    ``action``: the one that took it, ``pickup`` or ``accept``; its pair gives it back.
    """

    process: int
    resource: int
    action: str
    quantity: int = 0
    version: int = 0


@frozen
class Past:
    """An event that a correction points to, and what was already backed out of it."""

    event: Event
    quantity_out: int = 0
    effort_out: int = 0
    links_left: Mapping[int, int] = field(default_factory=lambda: MappingProxyType({}))
    version: int = 0
    settles_left: Mapping[int, int] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def kept(self) -> tuple[int, int]:
        """What is stored of it."""
        return self.quantity_out, self.effort_out

    @property
    def stands(self) -> bool:
        """Something of it was not taken back."""
        return any(self.left(name) for name, _, _ in self.event.measured())

    def left(self, measure: Measure) -> int:
        """Return how much of the event still stands."""
        if measure == "quantity":
            return (self.event.quantity or 0) - self.quantity_out
        return (self.event.effort or 0) - self.effort_out


@frozen
class State:
    """The part of the ledger that an event may touch."""

    resources: Mapping[int, Resource] = field(default_factory=dict)
    promises: Mapping[int, Promise] = field(default_factory=dict)
    past: Mapping[int, Past] = field(default_factory=dict)
    outs: Mapping[OutKey, Out] = field(default_factory=dict)
    claims: Mapping[int, Claim] = field(default_factory=dict)


Key = TypeVar("Key")
Thing = TypeVar("Thing")
Inside = Mapping[int, Iterable[int]]


def slice_for(
    state: State,
    event: Event,
    inside: Inside = MappingProxyType({}),
    triggered: Inside = MappingProxyType({}),
    taken: Mapping[int, Collection[OutKey]] = MappingProxyType({}),
) -> State:
    """Return only what this event may touch, so that applying it costs the same in any ledger.

    ``inside``: the resources that each container holds; what a container holds goes with it, and
    the containers around the two resources of an event say where something may not be put.
    ``triggered``: the claims of each event; taking back the event lifts them. ``taken``: by which
    activities each resource is in hand.
    """
    named = [key for key in (event.resource, event.to_resource) if key is not None]
    return State(
        _picked(state.resources, [*named, *_held(named, inside), *_around(named, state.resources)]),
        _picked(state.promises, [link.promise for link in event.links]),
        _picked(state.past, [] if event.corrects is None else [event.corrects]),
        _picked(state.outs, _outs_of(event, taken)),
        _picked(state.claims, _claims_of(event, triggered)),
    )


def _outs_of(event: Event, taken: Mapping[int, Collection[OutKey]]) -> Iterator[OutKey]:
    for one in (event.resource, event.to_resource):
        if one is not None:
            yield from taken.get(one, ())
            yield from ((key, one) for key in (event.input_of, event.output_of) if key is not None)


def _claims_of(event: Event, triggered: Inside) -> list[int]:
    lifted = triggered.get(event.corrects, ()) if event.corrects is not None else ()
    return [*(one.claim for one in event.settles), *lifted]


def triggers(claims: Mapping[int, Claim]) -> dict[int, set[int]]:
    """Return the claims that each event triggered."""
    found: dict[int, set[int]] = {}
    for one in claims.values():
        found.setdefault(one.trigger, set()).add(one.id)
    return found


def holds(resources: Mapping[int, Resource]) -> dict[int, set[int]]:
    """Return the resources that each container holds."""
    inside: dict[int, set[int]] = {}
    for one in resources.values():
        if one.container is not None:
            inside.setdefault(one.container, set()).add(one.id)
    return inside


def _picked(things: Mapping[Key, Thing], wanted: Iterable[Key]) -> dict[Key, Thing]:
    return {key: things[key] for key in wanted if key in things}


def _held(named: Iterable[int], inside: Inside) -> Iterator[int]:
    """Yield all that is inside, at any depth. Containment has no cycle: a rule refuses it."""
    for key in named:
        held = tuple(inside.get(key, ()))
        yield from held
        yield from _held(held, inside)


def _around(named: Iterable[int], resources: Mapping[int, Resource]) -> Iterator[int]:
    for key in named:
        around = resources[key].container if key in resources else None
        while around is not None and around in resources:
            yield around
            around = resources[around].container
