# SPDX-License-Identifier: AGPL-3.0-or-later
"""A ledger in a file of its own, and a story that is written into it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

from django.db import connection, connections

from terreau.config.databases import database
from terreau.ledger.actions import Stock, back_out, keep_stock, post, promise
from terreau.ledger.models import Event
from tests.ledger.factories import DAY, Ground, a_flow, a_promise, make_ground

NAME = "ledger.sqlite3"
FAMILY = UUID("5f6a3c1e-0000-4000-8000-000000000000")


def engine(path: Path, **options: Any) -> Any:
    """Return a connection of our engine to this file."""
    from terreau.core.sqlite.base import DatabaseWrapper

    given = connections["default"].settings_dict | database("", path)
    given["OPTIONS"] = given["OPTIONS"] | options
    return DatabaseWrapper(given, alias="default")


@contextmanager
def standing_on(opened: Any) -> Iterator[None]:
    """Have all that speaks to the database speak through this connection."""
    usual = connections["default"]
    connections["default"] = opened
    try:
        yield
    finally:
        connections["default"] = usual


def copy_of_the_tests(folder: Path) -> Path:
    """Return a new file with all that the database of the tests holds, in a folder of its own."""
    folder.mkdir(exist_ok=True)
    connection.ensure_connection()
    copy = connection.Database.connect(str(folder / NAME))
    connection.connection.backup(copy)
    copy.close()
    return folder / NAME


class Story:
    """Calls that post one, two or three events each: goods, work, a promise, a correction."""

    def __init__(self) -> None:
        self.ground: Ground = make_ground()
        whose = {"by": self.ground.alice, "ledger": self.ground.ledger}
        stock = Stock(uuid5(FAMILY, "stock"), "Farine", "flour", "kg")
        self.stock = keep_stock(**whose, stock=stock)
        (self.promised,) = promise(**whose, promises=[a_promise(self.ground)])
        self.calls: list[list[UUID]] = []

    def tell(self) -> list[UUID]:
        """Make the next call; return the keys of its events."""
        number = len(self.calls)
        parts = 1 if _corrects(number) else 1 + number % 3
        keys = [uuid5(FAMILY, f"{number}-{part}") for part in range(parts)]
        self.calls.append(keys)
        self.call(number, keys)
        return keys

    def call(self, number: int, keys: list[UUID]) -> None:
        """Make a call, for the first time or again."""
        if _corrects(number):
            earlier = Event.objects.get(key=self.calls[number - 3][0])
            back_out(by=self.ground.alice, event_id=earlier.pk, key=keys[0], happened_on=DAY)
            return
        flows = [self._flow(number + part, key) for part, key in enumerate(keys)]
        post(by=self.ground.alice, ledger=self.ground.ledger, flows=flows)

    def _flow(self, number: int, key: UUID) -> Any:
        goods = {"action": "raise", "receiver_id": self.ground.giver.pk, "unit": "kg"}
        goods |= {"specification": "flour", "quantity": 1_000_000, "resource_id": self.stock}
        fulfilling = {"effort": 1000, "effort_unit": "hour", "fulfils": ((self.promised, 1000),)}
        return a_flow(self.ground, key, **(goods, {}, fulfilling)[number % 3])


def _corrects(number: int) -> bool:
    return number % 5 == 3


def keys_in_order() -> list[UUID]:
    """Return the keys of all events, in the order of recording."""
    return list(Event.objects.order_by("pk").values_list("key", flat=True))
