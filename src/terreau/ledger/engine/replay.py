# SPDX-License-Identifier: AGPL-3.0-or-later
"""The state that events change, one after the other, by the same ``apply`` everywhere.

Replay derives from the facts alone all that is kept (``feed``); posting checks each event against
every rule before it applies it (``post``). Either costs the same however many events came before.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from terreau.ledger.engine.cases import Case
from terreau.ledger.engine.effects import apply
from terreau.ledger.engine.rules import check, check_outcome
from terreau.ledger.engine.state import (
    Claim,
    Event,
    Measure,
    Out,
    OutKey,
    Past,
    Promise,
    Resource,
    State,
    holds,
    slice_for,
    triggers,
)
from terreau.ledger.engine.table import action_row

BalanceKey = tuple[str, int, int, str, str, Measure, str]
"""Month (ISO, first day), provider, receiver, action, specification, measure, unit."""


_NOTHING = State()


def _touches(event: Event) -> bool:
    """Tell whether an event changes anything that is kept, beside balances."""
    return bool(
        event.resource or event.to_resource or event.links or event.settles or event.corrects
    )


@dataclass(slots=True)
class Replay:
    """The state after the events fed so far. ``corrected``: the ids that corrections point to."""

    resources: dict[int, Resource]
    promises: dict[int, Promise]
    corrected: frozenset[int] = frozenset()
    past: dict[int, Past] = field(default_factory=dict)
    balances: dict[BalanceKey, tuple[int, int]] = field(default_factory=dict)
    outs: dict[OutKey, Out] = field(default_factory=dict)
    claims: dict[int, Claim] = field(default_factory=dict)
    inside: dict[int, set[int]] = field(init=False)
    triggered: dict[int, set[int]] = field(init=False)
    taken: dict[int, set[OutKey]] = field(init=False)

    def __post_init__(self) -> None:
        self.taken = {}
        self._take_out(self.outs)
        self.inside = holds(self.resources)
        self.triggered = triggers(self.claims)

    def feed(self, event_id: int, event: Event, month: str) -> None:
        """Apply one event. Raises KeyError when it points to what does not exist."""
        self._add_up(event, month)
        if _touches(event):
            self._take(apply(self.around(event), event, action_row(event.action)))
        self.remember(event_id, event)

    def post(
        self, event: Event, *, beyond: bool = False, again: bool = False
    ) -> tuple[State, State]:
        """Check one event against every rule and apply it. Raises RuleBroken, and nothing moved.

        Returns the part of the state that it could touch, before and after.
        """
        row = action_row(event.action)
        case = Case(event, row, self.around(event), beyond, again)
        check(case)
        after = apply(case.before, event, row)
        check_outcome(case, after)
        self._take(after)
        return case.before, after

    def remember(self, event_id: int, event: Event) -> None:
        """Keep an event that a correction will point to."""
        if event_id in self.corrected:
            left = {link.promise: link.quantity for link in event.links}
            settled = {one.claim: one.quantity for one in event.settles}
            self.past[event_id] = Past(
                event,
                links_left=MappingProxyType(left),
                settles_left=MappingProxyType(settled),
            )

    def around(self, event: Event) -> State:
        """Return the part of the state now that the event may touch."""
        if not _touches(event):
            return _NOTHING
        state = State(self.resources, self.promises, self.past, self.outs, self.claims)
        return slice_for(state, event, self.inside, self.triggered, self.taken)

    def _take(self, after: State) -> None:
        for key, one in after.resources.items():
            self._put(key, self.resources[key].container, one.container)
        self.resources.update(after.resources)
        self.promises.update(after.promises)
        self.past.update(after.past)
        self.outs.update(after.outs)
        self._take_out(after.outs)
        self.claims.update(after.claims)

    def _take_out(self, outs: Mapping[OutKey, Out]) -> None:
        for key, one in outs.items():
            holding = self.taken.setdefault(key[1], set())
            holding.add(key) if one.quantity else holding.discard(key)

    def _put(self, key: int, before: int | None, after: int | None) -> None:
        if before is not None:
            self.inside[before].discard(key)
        if after is not None:
            self.inside.setdefault(after, set()).add(key)

    def end(self, promise: int) -> None:
        """Apply the end of a promise."""
        old = self.promises[promise]
        self.promises[promise] = replace(old, ended=True, version=old.version + 1)

    def enter_claim(self, claim: Claim) -> None:
        """Add a claim: its trigger came before it."""
        self.claims[claim.id] = claim
        self.triggered.setdefault(claim.trigger, set()).add(claim.id)

    def end_claim(self, claim: int) -> None:
        """Apply the end of a claim."""
        old = self.claims[claim]
        self.claims[claim] = replace(old, ended=True, version=old.version + 1)

    def _add_up(self, event: Event, month: str) -> None:
        parties = (event.provider, event.receiver, event.action, event.specification)
        for measure, amount, unit in event.measured():
            key: BalanceKey = (month, *parties, measure, unit)
            total, count = self.balances.get(key, (0, 0))
            self.balances[key] = (total + amount, count + 1)
