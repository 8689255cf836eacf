# SPDX-License-Identifier: AGPL-3.0-or-later
"""Reads all the wishes of one ledger for those who carry it elsewhere (see ``ledger.whole``)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from terreau.ledger.models import Intent, Proposal, ProposalList, Satisfaction

CHUNK = 2_000


def agent_ids(ledger: int) -> set[int]:
    """Return the agents that wishes name: who says them, and who is asked."""
    found: set[int] = set()
    for model in (Intent, Proposal, ProposalList):
        mine: Any = model._default_manager.filter(ledger_id=ledger).order_by()
        found |= set(mine.values_list("author_id", flat=True).distinct())
        found |= set(mine.values_list("recorded_by_id", flat=True).distinct())
        if model is not Intent:
            found |= set(mine.values_list("proposed_to", flat=True).distinct())
    return found - {None}


def intents(ledger: int) -> Iterator[Intent]:
    """Yield the needs and offers."""
    related = (
        "specification", "resource", "input_of", "output_of", "planned_within", "stage", "place",
    )  # fmt: skip
    mine = Intent.objects.filter(ledger_id=ledger).order_by("pk")
    yield from mine.select_related(*related).iterator(CHUNK)


def proposals(ledger: int) -> Iterator[Proposal]:
    """Yield the proposals with all that they publish and whom they are proposed to."""
    mine = Proposal.objects.filter(ledger_id=ledger).order_by("pk").select_related("place")
    yield from mine.prefetch_related("proposed_to", "publications__intent").iterator(CHUNK)


def lists(ledger: int) -> Iterator[ProposalList]:
    """Yield the lists of proposals."""
    mine = ProposalList.objects.filter(ledger_id=ledger).order_by("pk")
    yield from mine.prefetch_related("proposed_to", "proposals").iterator(CHUNK)


def answers(ledger: int) -> Iterator[Satisfaction]:
    """Yield what answers wishes: that of promises, then that of events, in the order of those."""
    mine = Satisfaction.objects.filter(ledger_id=ledger).select_related("intent")
    for source in ("commitment", "event"):
        rows = mine.filter(**{f"{source}__isnull": False}).order_by(f"{source}_id", "pk")
        yield from rows.select_related(source).iterator(CHUNK)
