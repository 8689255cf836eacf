# SPDX-License-Identifier: AGPL-3.0-or-later
"""Rehearsal: rules and effects of many events on a ledger that is not written yet.

What an import brings is new to the ledger, so that all of it can be checked and worked out before a
single row is written. Ids are the caller's own numbers; ``changes`` says, for each batch of events,
which kept rows it leaves and what versions it was worked out from.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from terreau.ledger.engine.replay import Replay
from terreau.ledger.engine.state import Claim, Event, Past, Promise, Resource


class Change(NamedTuple):
    """A kept row after a batch; ``was`` is the version before it."""

    table: str
    id: int
    was: int
    version: int
    values: tuple[int | str | bool | None, ...]


class Rehearsal:
    """Posts events one after the other, in memory. ``corrected``: those that corrections name."""

    def __init__(
        self,
        resources: Iterable[Resource],
        promises: Iterable[Promise],
        corrected: frozenset[int],
        claims: Iterable[Claim] = (),
    ) -> None:
        self.course = Replay(
            {one.id: one for one in resources},
            {one.id: one for one in promises},
            corrected,
            claims={one.id: one for one in claims},
        )
        self._things: dict[str, Mapping[int, Resource | Promise | Claim | Past]] = {
            "ledger_resource": self.course.resources,
            "ledger_commitmentstate": self.course.promises,
            "ledger_claimstate": self.course.claims,
            "ledger_correction": self.course.past,
        }
        self._was: dict[tuple[str, int], int] = {}

    def post(self, number: int, event: Event, *, beyond: bool = False) -> None:
        """Check an event against every rule and apply it. Raises RuleBroken."""
        before, after = self.course.post(event, beyond=beyond)
        self._note("ledger_resource", before.resources, after.resources)
        self._note("ledger_commitmentstate", before.promises, after.promises)
        self._note("ledger_claimstate", before.claims, after.claims)
        self._note("ledger_correction", before.past, after.past)
        self.course.remember(number, event)

    def _note(
        self,
        table: str,
        before: Mapping[int, Resource | Promise | Claim | Past],
        after: Mapping[int, Resource | Promise | Claim | Past],
    ) -> None:
        for key, one in after.items():
            if one.version != before[key].version:
                self._was.setdefault((table, key), before[key].version)

    def changes(self) -> list[Change]:
        """Return what changed since the last call, and begin anew."""
        found = [self._change(table, key, was) for (table, key), was in self._was.items()]
        self._was = {}
        return found

    def _change(self, table: str, key: int, was: int) -> Change:
        one = self._things[table][key]
        return Change(table, key, was, one.version, one.kept)
