# SPDX-License-Identifier: AGPL-3.0-or-later
"""Trace and track as ValueFlows describes them: all that is linked, without quantities.

A stock is linked to all that ever entered it, so this says more than was; the quantities say what
was. Three pairs are matched: what was put away is taken out, what was accepted is modified, what
was picked up is dropped off. The algorithm of the specification remembers on its way which pairs
it met, so that its answer depends on the order of the walk, and the paint that went into a mended
chair is not found from the paint's end. Here both events of a pair are next to each other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from terreau.ledger.engine.table import Row, action_row


class Thing(NamedTuple):
    """An event, a resource or a process."""

    what: Literal["event", "resource", "process"]
    id: int


class Happened(NamedTuple):
    """An event as links see it. ``promises``: the ones that it fulfils."""

    id: int
    action: str
    resource: int | None = None
    to_resource: int | None = None
    input_of: int | None = None
    output_of: int | None = None
    promises: tuple[int, ...] = ()


Planned = Mapping[int, tuple[int | None, int | None]]
"""Of a promise: the process that it was to enter, and the one that it was to come out of."""

Pair = tuple[str, int, int]
"""The action that takes in, the resource, and the process (0 for a container)."""

TAKES_IN = {"separate": "combine", "modify": "accept", "dropoff": "pickup"}


@dataclass(slots=True)
class Links:
    """Who is beside whom, each list in the order of the events."""

    events: dict[int, Happened] = field(default_factory=dict)
    inputs: dict[int, set[int]] = field(default_factory=dict)
    outputs: dict[int, set[int]] = field(default_factory=dict)
    touching: dict[int, list[int]] = field(default_factory=dict)
    entering: dict[int, list[int]] = field(default_factory=dict)
    leaving: dict[int, list[int]] = field(default_factory=dict)
    taken: dict[Pair, list[int]] = field(default_factory=dict)
    given_back: dict[Pair, list[int]] = field(default_factory=dict)


def linked(events: Iterable[Happened], planned: Planned | None = None) -> Links:
    """Return the links of these events: direct ones, and those through the promises they fulfil."""
    links = Links()
    for event in sorted(events):
        row = action_row(event.action)
        links.events[event.id] = event
        for resource in _known(event.resource, event.to_resource):
            links.touching.setdefault(resource, []).append(event.id)
        through = [(planned or {}).get(promise, (None, None)) for promise in event.promises]
        links.inputs[event.id] = _known(event.input_of, *(one for one, _ in through))
        links.outputs[event.id] = _known(event.output_of, *(one for _, one in through))
        for process in () if _takes(row) else links.inputs[event.id]:
            links.entering.setdefault(process, []).append(event.id)
        for process in links.outputs[event.id]:
            links.leaving.setdefault(process, []).append(event.id)
        for pair in _pairs(links, event, row):
            (links.taken if _takes(row) else links.given_back).setdefault(pair, []).append(event.id)
    return links


def trace(links: Links, start: Thing) -> dict[Thing, Thing | None]:
    """Return all that it came from, each with what led to it (None for the start)."""
    return _all(start, lambda thing: previous(links, thing))


def track(links: Links, start: Thing) -> dict[Thing, Thing | None]:
    """Return all that it went to, each with what led to it (None for the start)."""
    return _all(start, lambda thing: following(links, thing))


def _all(start: Thing, step: Callable[[Thing], Iterable[Thing]]) -> dict[Thing, Thing | None]:
    """Walk in depth, each thing once, in the order in which ``step`` names them."""
    found: dict[Thing, Thing | None] = {}
    path: list[tuple[Thing, Thing | None]] = [(start, None)]
    while path:
        thing, led = path.pop()
        if thing not in found:
            found[thing] = led
            path += [(end, thing) for end in reversed(list(step(thing)))]
    return found


def previous(links: Links, thing: Thing) -> Iterator[Thing]:
    """Yield what is just before, the last one first."""
    if thing.what == "event":
        yield from _before_event(links, links.events[thing.id])
    elif thing.what == "process":
        yield from _events(reversed(links.entering.get(thing.id, [])))
    else:
        touching = reversed(links.touching.get(thing.id, []))
        yield from _events(one for one in touching if _changes(links.events[one], thing.id))


def following(links: Links, thing: Thing) -> Iterator[Thing]:
    """Yield what is just after, the first one first."""
    if thing.what == "event":
        yield from _after_event(links, links.events[thing.id])
    elif thing.what == "process":
        yield from _events(links.leaving.get(thing.id, []))
    else:
        touching = links.touching.get(thing.id, [])
        yield from _events(one for one in touching if _leaves(links.events[one], thing.id))


def _before_event(links: Links, event: Happened) -> Iterator[Thing]:
    row = action_row(event.action)
    for pair in () if _takes(row) else _pairs(links, event, row):
        yield from _events(reversed(links.taken.get(pair, [])))
    if _gives(row):
        yield from (Thing("process", one) for one in sorted(links.outputs[event.id]))
        return
    passed = event.to_resource if row.direction == "input" and row.implies else None
    if row.name != "raise":
        yield from (Thing("resource", one) for one in (event.resource, passed) if one)


def _after_event(links: Links, event: Happened) -> Iterator[Thing]:
    row = action_row(event.action)
    for pair in _pairs(links, event, row) if _takes(row) else ():
        yield from _events(links.given_back.get(pair, []))
    inside = set() if _takes(row) else links.inputs[event.id]
    yield from (Thing("process", one) for one in sorted(inside))
    if _fills(row) and event.resource is not None:
        yield Thing("resource", event.resource)
    if event.to_resource is not None and not row.contained and (row.implies or not inside):
        yield Thing("resource", event.to_resource)


def _pairs(links: Links, event: Happened, row: Row) -> Iterator[Pair]:
    """Yield the pairs that an event is half of."""
    if not (row.pair or row.contained):
        return
    name = TAKES_IN.get(row.name, row.name)
    around = links.inputs if row.direction == "input" else links.outputs
    for resource in _acted_on(event, row):
        for process in {0} if row.contained else around[event.id]:
            yield name, resource, process


def _acted_on(event: Happened, row: Row) -> set[int]:
    passed = event.to_resource if row.direction == "input" and row.implies else None
    return _known(event.resource, passed)


def _changes(event: Happened, resource: int) -> bool:
    """Tell whether the event is one of those that made the resource what it is."""
    row = action_row(event.action)
    into = event.to_resource == resource and not row.contained
    return into or (event.resource == resource and (_fills(row) or row.name == "lower"))


def _leaves(event: Happened, resource: int) -> bool:
    """Tell whether something left the resource; one given first to another passes both."""
    row = action_row(event.action)
    return not _fills(row) and resource in _acted_on(event, row)


def _takes(row: Row) -> bool:
    return row.direction == "input" and bool(row.pair or row.contained)


def _gives(row: Row) -> bool:
    return row.direction in ("output", "output_input")


def _fills(row: Row) -> bool:
    return row.direction == "output" or row.name == "raise"


def _events(ids: Iterable[int]) -> Iterator[Thing]:
    return (Thing("event", one) for one in ids)


def _known(*ids: int | None) -> set[int]:
    return {one for one in ids if one is not None}
