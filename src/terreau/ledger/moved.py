# SPDX-License-Identifier: AGPL-3.0-or-later
"""How each event changed each stock: the engine's own effects, read off while replaying."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Literal, NamedTuple

from terreau.ledger.engine.replay import Replay
from terreau.ledger.engine.state import Event, Resource
from terreau.ledger.models import Event as EventModel
from terreau.ledger.models import Resource as ResourceModel


class Shift(NamedTuple):
    """What an event changed of a stock, in its unit.

    What an event brings in, its correction brings in with a negative amount.
    """

    resource: int
    specification: str
    measure: Literal["accounting", "on_hand"]
    unit: str
    side: Literal["in", "out"]
    micro: int


class Shifts:
    """The stocks of a ledger, changed by its events in the order of recording."""

    def __init__(self, ledger: int) -> None:
        stocks = ResourceModel.objects.filter(ledger_id=ledger).values_list(
            "pk", "specification__code", "unit", "floor"
        )
        corrected = EventModel.objects.filter(ledger_id=ledger, corrects__isnull=False)
        self._replay = Replay(
            {pk: Resource(pk, code, unit, floor) for pk, code, unit, floor in stocks},
            {},
            frozenset(corrected.values_list("corrects_id", flat=True)),
        )

    def of(self, event_id: int, event: Event) -> Iterator[Shift]:
        """Yield what the next event changes."""
        bare = event
        if event.links or event.settles:  # promises and claims move no stock
            bare = replace(event, links=(), settles=())
        before = self._replay.around(bare).resources
        self._replay.feed(event_id, bare, "")
        for pk, old in before.items():
            one = self._replay.resources[pk]
            yield from _shifts(one, "accounting", one.accounting - old.accounting, event)
            yield from _shifts(one, "on_hand", one.on_hand - old.on_hand, event)


def _shifts(
    stock: Resource, measure: Literal["accounting", "on_hand"], micro: int, event: Event
) -> Iterator[Shift]:
    if micro:
        came_in = (micro > 0) == (event.corrects is None)
        side: Literal["in", "out"] = "in" if came_in else "out"
        amount = micro if came_in else -micro
        yield Shift(stock.id, stock.specification, measure, stock.unit, side, amount)
