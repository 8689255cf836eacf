# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a reader may read of the stocks, activities and flows of a cooperation's ledger.

A flow that is a contribution is read by whoever reads the contribution. Any other one, and the
stocks and activities themselves, are read by the first circle and by whom they concern. A quantity
is never shown beside what is hidden: a subtraction would tell it.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q

from terreau.agreements.models import Contribution
from terreau.agreements.queries.contributions import contributions_of
from terreau.agreements.queries.stocks import readable_stocks
from terreau.ecosystems.models import Ecosystem
from terreau.ledger import queries as ledger
from terreau.ledger.tracing.sets import Thing
from terreau.people.visibility import Reader, reach_of

FEW = 1_000  # numbers that a statement may name


@dataclass(frozen=True, slots=True)
class Sight:
    """What one reader may read of what moves. ``contributions``: their numbers, by their event."""

    circle: bool
    agents: frozenset[int]
    contributions: dict[int, int]
    hidden: frozenset[int]
    noted: frozenset[int]
    stocks: frozenset[int]

    def reads(self, thing: Thing) -> bool:
        """Tell whether the reader may read this event, stock or activity."""
        if thing.what == "event" and thing.id in self.hidden:
            return False
        if self.circle:
            return True
        if thing.what == "event":
            return thing.id in self.contributions or thing.id in self.noted
        return thing.what == "resource" and thing.id in self.stocks


def sight_of(reader: Reader, ecosystem: Ecosystem) -> Sight:
    """Work out what a reader may read of a ledger (four queries at most)."""
    reach = reach_of(reader)
    circle = ecosystem.circle_id in reach.spaces
    moving = ledger.moving(ecosystem.space).values("pk")
    every = dict(Contribution.objects.filter(event_id__in=moving).values_list("event_id", "pk"))
    gifts = contributions_of(reach, ecosystem)
    # Found by number while they are few: at once, among any number of gifts that moved no stock.
    few = Q(pk__in=every.values()) if len(every) <= FEW else Q(event_id__in=moving)
    seen = dict(gifts.filter(few).values_list("event_id", "pk")) if every else {}
    return Sight(
        circle=circle,
        agents=reach.agents,
        contributions=seen,
        hidden=frozenset(every) - frozenset(seen),
        noted=frozenset() if circle else ledger.noted_between(ecosystem.space, reach.agents),
        stocks=frozenset(readable_stocks(reach, ecosystem).values_list("pk", flat=True)),
    )


def partly_hidden(sight: Sight, ecosystem: Ecosystem) -> frozenset[int]:
    """Return the stocks that something went through which the reader may not read."""
    if sight.circle and not sight.hidden:
        return frozenset()
    rows = ledger.moving(ecosystem.space)
    if sight.circle:
        rows = rows.filter(pk__in=sight.hidden)
    return frozenset(
        stock
        for event, *touched in rows.values_list("pk", "resource", "to_resource")
        if not sight.reads(Thing("event", event))
        for stock in touched
        if stock is not None
    )
