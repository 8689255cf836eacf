# SPDX-License-Identifier: AGPL-3.0-or-later
"""The ledger of a cooperation as one reader may carry it away: what happened, what is promised.

The same rows as the lists and files of the screens, no more. What stands in the ledger without a
contribution or an agreement (a history that was imported) is read by its two sides.
"""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from terreau.agreements.enums import ContributionState
from terreau.agreements.models import Contribution, Posting
from terreau.agreements.queries.agreements import readable as readable_agreements
from terreau.agreements.queries.contributions import readable, taken_by
from terreau.ecosystems.models import Ecosystem
from terreau.ledger.queries import Readable, readable_commitments, readable_events
from terreau.people.visibility import Reader, reach_of


def events(reader: Reader, ecosystem: Ecosystem) -> QuerySet[Any]:
    """Return the events that stand and that this reader may carry away, as they were recorded."""
    reach = reach_of(reader)
    standing = taken_by(reach, ecosystem).exclude(state=ContributionState.UNDONE)
    every = Contribution.objects.filter(ecosystem=ecosystem)
    told = Readable(
        standing.order_by().values("event_id"), every.order_by().values("event_id"), reach.agents
    )
    return readable_events(ecosystem.space, told)


def contributions_told(reader: Reader, event_ids: list[int]) -> dict[int, Contribution]:
    """Return the contributions that these events hold, by event (one query)."""
    return {row.event_id: row for row in readable(reader).filter(event_id__in=event_ids)}


def standing_event(ecosystem: Ecosystem, key: Any) -> int | None:
    """Return the event that holds today what was first recorded under a key, or None."""
    rows = Contribution.objects.filter(ecosystem=ecosystem, key=key)
    return rows.values_list("event_id", flat=True).first()


def promises(reader: Reader, ecosystem: Ecosystem) -> QuerySet[Any]:
    """Return the promises of the ledger that this reader may read, as they were recorded."""
    reach = reach_of(reader)
    every = Posting.objects.filter(commitment__version__agreement__ecosystem=ecosystem)
    mine = every.filter(commitment__version__agreement__in=readable_agreements(reach))
    told = Readable(mine.values("ledger_id"), every.values("ledger_id"), reach.agents)
    return readable_commitments(ecosystem.space, told)


def agreements_told(ledger_ids: list[int]) -> dict[int, Any]:
    """Return the key of the agreement in which each promise stands, by ledger id (one query)."""
    rows = Posting.objects.filter(ledger_id__in=ledger_ids)
    return dict(rows.values_list("ledger_id", "commitment__version__agreement__key"))


def promise_of(ledger_id: int) -> int | None:
    """Return the promise, as agreements know it, for which a line of the ledger stands."""
    rows = Posting.objects.filter(ledger_id=ledger_id)
    return rows.values_list("commitment_id", flat=True).first()
