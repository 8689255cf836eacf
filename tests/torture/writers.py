# SPDX-License-Identifier: AGPL-3.0-or-later
"""Processes of their own that post until they have done enough, are refused, or are killed."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection
from random import Random
from typing import Any
from uuid import UUID, uuid4

from django.db import connection, connections

from terreau.core.errors import Refusal
from terreau.ledger.actions import Stock, keep_stock, post
from terreau.ledger.flows import Flow
from terreau.people.models import Space, User
from tests.ledger.factories import DAY, make_ground
from tests.torture import ready

BREAD = {"specification": "bread", "unit": "item", "quantity": 1_000_000}


@dataclass(frozen=True)
class Place:
    """Where a writer writes: a database, who speaks, and one stock for all, one for each."""

    database: dict[str, Any]
    alice: int
    ledger: int
    giver: int
    taker: int
    shared: int
    own: tuple[int, ...]


def make_place(database: dict[str, Any], *, loaves: int, writers: int) -> Place:
    """Open a stock for all, with so many loaves in it, and an empty one for each writer."""
    ground = make_ground()
    whose = {"by": ground.alice, "ledger": ground.ledger}

    def opened(name: str) -> int:
        return keep_stock(**whose, stock=Stock(uuid4(), name, "bread", "item"))

    shared, own = opened("shared"), tuple(opened(f"of {number}") for number in range(writers))
    baked = BREAD | {"quantity": loaves * 1_000_000, "resource_id": shared}
    parties = (ground.giver.pk, ground.giver.pk)
    post(**whose, flows=[Flow(uuid4(), "raise", *parties, DAY, **baked)])
    return Place(
        database, ground.alice.pk, ground.ledger.pk, ground.giver.pk, ground.taker.pk, shared, own
    )


def database_here() -> dict[str, Any]:
    """Return what another process needs to reach the database that is spoken to now."""
    given = connection.settings_dict
    return {name: given[name] for name in ("NAME", "USER", "PASSWORD", "HOST", "PORT")}


class Writer:
    """Inside its process: posts one call after the other, and says what it wants and got."""

    def __init__(self, place: Place, number: int, line: Connection) -> None:
        connections.settings["default"].update(place.database)
        self.place, self.number, self.line = place, number, line
        self.chance = Random(number)
        self.alice = User.objects.get(pk=place.alice)
        self.ledger = Space.objects.get(pk=place.ledger)

    def once(self, flows: list[Flow]) -> None:
        """Post one call, said before and after; what is said after may be counted on."""
        keys = [flow.key for flow in flows]
        self.line.send(("wanted", keys, time.monotonic()))
        post(by=self.alice, ledger=self.ledger, flows=flows)
        self.line.send(("told", keys, time.monotonic()))

    def take(self) -> list[Flow]:
        """Return a call that takes one loaf from the stock of all."""
        place, goods = self.place, BREAD | {"resource_id": self.place.shared}
        return [Flow(uuid4(), "transfer", place.giver, place.taker, DAY, **goods)]

    def bake(self) -> list[Flow]:
        """Return a call of two events: one loaf into one's own stock, and the time it took."""
        place = self.place
        work = {"specification": "time", "effort": 1_000_000, "effort_unit": "hour"}
        return [
            self._raise(place.own[self.number]),
            Flow(uuid4(), "work", place.giver, place.taker, DAY, **work),
        ]

    def cross(self) -> list[Flow]:
        """Return a call that puts one loaf into each of three stocks, in any order."""
        return [self._raise(stock) for stock in self.chance.sample(self.place.own, 3)]

    def _raise(self, stock: int) -> Flow:
        goods = BREAD | {"resource_id": stock}
        return Flow(uuid4(), "raise", self.place.giver, self.place.giver, DAY, **goods)


def take_all(place: Place, number: int, line: Connection, gate: Any) -> None:
    """Take loaves from the stock of all until it is empty; say each refusal."""
    writer = Writer(place, number, line)
    gate.wait()
    while True:
        try:
            writer.once(writer.take())
        except Refusal as refusal:
            line.send(("refused", refusal.message, time.monotonic()))
            return


def bake_enough(place: Place, number: int, line: Connection, gate: Any, left: Any) -> None:
    """Bake until all writers together have baked enough."""
    writer = Writer(place, number, line)
    _until_enough(writer, writer.bake, gate, left)


def cross_enough(place: Place, number: int, line: Connection, gate: Any, left: Any) -> None:
    """Write to the stocks of several at once until all together have written enough."""
    writer = Writer(place, number, line)
    _until_enough(writer, writer.cross, gate, left)


def _until_enough(writer: Writer, call: Callable[[], list[Flow]], gate: Any, left: Any) -> None:
    gate.wait()
    while left.value > 0:
        writer.once(call())
        with left.get_lock():
            left.value -= 1


def bake_for_ever(place: Place, number: int, line: Connection, gate: Any) -> None:
    """Bake, and take a loaf every other time, until killed."""
    writer = Writer(place, number, line)
    gate.wait()
    while True:
        writer.once(writer.bake())
        writer.once(writer.take())


@dataclass
class Heard:
    """All that one writer said."""

    wanted: list[list[UUID]]
    told: list[list[UUID]]
    refused: list[str]
    waits: list[float]

    def add(self, what: str, content: Any, moment: float) -> None:
        """Note one thing that it said."""
        if what == "wanted":
            self.wanted.append(content)
            self.waits.append(-moment)
        elif what == "told":
            self.told.append(content)
            self.waits[-1] += moment
        else:
            self.refused.append(content)
            self.waits.pop()


class Crew:
    """Several writers let go together, and what each of them said."""

    def __init__(self, path: str, place: Place, writers: int, *shared: Any) -> None:
        gate = ready.CONTEXT.Barrier(writers + 1)
        pipes = [ready.CONTEXT.Pipe(duplex=False) for _ in range(writers)]
        self.lines = [reading for reading, _ in pipes]
        self.numbers = {line: number for number, line in enumerate(self.lines)}
        self.heard = [Heard([], [], [], []) for _ in range(writers)]
        self.processes = [
            ready.process(f"tests.torture.writers.{path}", place, number, line, gate, *shared)
            for number, (_, line) in enumerate(pipes)
        ]
        for one in self.processes:
            one.start()
        for _, writing in pipes:
            writing.close()
        gate.wait(timeout=120)

    def listen(self, seconds: float | None = None) -> None:
        """Hear all that is said until every writer has ended, or for so long."""
        from multiprocessing.connection import wait

        until = None if seconds is None else time.monotonic() + seconds
        while self.lines:
            left = 120 if until is None else until - time.monotonic()
            spoken = wait(self.lines, timeout=max(0, left))
            if not spoken:
                assert until is not None, "a writer says nothing any more"
                return
            for line in spoken:
                self._hear(line)
        for one in self.processes:
            one.join(timeout=60)

    def _hear(self, line: Connection) -> None:
        number = self.numbers[line]
        try:
            self.heard[number].add(*line.recv())
        except (EOFError, OSError):
            self.lines.remove(line)

    def kill(self) -> None:
        """End every writer at once, whatever it is doing, and hear what it had said."""
        for one in self.processes:
            one.kill()
        for one in self.processes:
            one.join()
        self.listen()

    def counts(self) -> list[int]:
        """Return how many calls each writer was told were written."""
        return [len(one.told) for one in self.heard]


def gaps(order: list[UUID], heard: list[Heard]) -> Iterator[int]:
    """Yield, for each writer, the most calls of others between two of its own."""
    whose = {key: number for number, one in enumerate(heard) for keys in one.told for key in keys}
    for number in range(len(heard)):
        longest = current = 0
        for key in order:
            current = 0 if whose.get(key, number) == number else current + 1
            longest = max(longest, current)
        yield longest
