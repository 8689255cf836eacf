# SPDX-License-Identifier: AGPL-3.0-or-later
"""The followed stocks that a contribution names: those one reads, and those that one event moved.

What a contribution moved stands in its event and nowhere else.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from terreau.agreements.enums import ContributionState
from terreau.agreements.kinds import KINDS
from terreau.agreements.models import Contribution
from terreau.agreements.queries.contributions import readable
from terreau.core.units import UNITS
from terreau.ecosystems.models import Ecosystem
from terreau.ledger import queries as ledger
from terreau.people.visibility import Reader, reach_of


@dataclass(frozen=True, slots=True)
class Stocks:
    """The stocks that a contribution names, and the one sort of thing that they hold."""

    what: str = ""
    resource_id: int | None = None
    to_resource_id: int | None = None

    def __bool__(self) -> bool:
        return bool(self.what)


NO_STOCK = Stocks()


def readable_stocks(reader: Reader, ecosystem: Ecosystem) -> QuerySet[Any]:
    """Return the stocks of an ecosystem that this reader may read, by name.

    The first circle reads all; anybody else those that are theirs, in their hands or of their
    opening.
    """
    reach, rows = reach_of(reader), ledger.stocks(ecosystem.space)
    if ecosystem.circle_id in reach.spaces:
        return rows
    agents = reach.agents
    mine = Q(accountable__in=agents) | Q(custodian__in=agents) | Q(opened_by__in=agents)
    return rows.filter(mine)


def stocks_moved(contribution: Contribution) -> Stocks:
    """Return the stocks that a contribution names (one query; none for kinds that name none)."""
    if not KINDS[contribution.kind].stocks:
        return NO_STOCK
    event = ledger.events([contribution.event_id]).prefetch_related(None).get()
    if event.resource_id is None and event.to_resource_id is None:
        return NO_STOCK
    return Stocks(event.specification.code, event.resource_id, event.to_resource_id)


def stocks_named(reader: Reader, row: Contribution) -> tuple[Stocks, dict[int, Any]]:
    """Return what a contribution moved, and those of these stocks that this reader may read."""
    moved = stocks_moved(row)
    if not moved:
        return moved, {}
    named = [pk for pk in (moved.resource_id, moved.to_resource_id) if pk is not None]
    return moved, readable_stocks(reader, row.ecosystem).in_bulk(named)


def stocks_for(reader: Reader, ecosystem: Ecosystem, kind: str) -> list[Any]:
    """Return the stocks that a contribution of this kind may name: they count alike (one query)."""
    rule = KINDS[kind]
    if not rule.stocks:
        return []
    alike = {UNITS[code].dimension for code in rule.units}
    rows = readable_stocks(reader, ecosystem)
    return [row for row in rows if UNITS[row.unit].dimension in alike]


@dataclass(frozen=True, slots=True)
class Passing:
    """A contribution that names a stock. ``enters``: it went into it, else out of it, or served."""

    row: Contribution
    enters: bool
    served: bool


def last_through(reader: Reader, ecosystem: Ecosystem, stock_id: int, most: int) -> list[Passing]:
    """Return the last contributions that name a stock, of those that this reader may read."""
    events = ledger.moving(ecosystem.space).filter(
        Q(resource_id=stock_id) | Q(to_resource_id=stock_id)
    )
    rows = (
        readable(reader)
        .filter(ecosystem=ecosystem, event_id__in=events.values("pk"))
        .exclude(state=ContributionState.UNDONE)
        .order_by("-happened_on", "-pk")
    )
    last = list(rows[:most])
    into = ledger.moving(ecosystem.space).filter(
        pk__in=[row.event_id for row in last], to_resource_id=stock_id
    )
    entered = set(into.values_list("pk", flat=True))
    used = [code for code, rule in KINDS.items() if rule.action == "use"]
    return [Passing(row, row.event_id in entered, row.kind in used) for row in last]
