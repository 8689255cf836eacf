# SPDX-License-Identifier: AGPL-3.0-or-later
"""What stands beside the ledger of a cooperation, for the operator who carries it elsewhere."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from terreau.agreements.models import Agreement, Commitment, Contribution, Posting
from terreau.ecosystems.models import Ecosystem

CHUNK = 2_000


@dataclass(frozen=True, slots=True)
class Clause:
    """A promise of the ledger in its agreement; ``in_return``: those of the ledger it answers.

    ``reciprocal``: it answers one that was written before it.
    """

    promise: int
    agreement: UUID
    reciprocal: bool
    in_return: tuple[int, ...]


def agreements(ecosystem: Ecosystem) -> Iterator[tuple[UUID, str, date | None]]:
    """Yield the agreements that have a promise in the ledger: key, name, when first accepted."""
    mine = Agreement.objects.filter(
        ecosystem=ecosystem, versions__commitments__postings__isnull=False
    ).distinct()
    for one in mine.order_by("pk").prefetch_related("versions").iterator(CHUNK):
        days = [version.accepted_on for version in one.versions.all() if version.accepted_on]
        yield one.key, one.name, min(days, default=None)


def clauses(ecosystem: Ecosystem) -> dict[int, Clause]:
    """Return in which agreement each promise of the ledger stands, by its id there."""
    lines: dict[int, list[int]] = {}
    rows = Posting.objects.filter(commitment__version__agreement__ecosystem=ecosystem)
    told = list(
        rows.order_by("ledger_id").values_list(
            "ledger_id", "commitment_id", "commitment__version__agreement__key"
        )
    )
    for line, commitment, _ in told:
        lines.setdefault(commitment, []).append(line)
    answers: dict[int, list[int]] = {}
    answered = Commitment.in_return_of.through._default_manager.filter(from_commitment_id__in=lines)
    for one, other in answered.order_by("pk").values_list("from_commitment_id", "to_commitment_id"):
        answers.setdefault(one, []).append(other)
    return {
        line: Clause(
            line,
            agreement,
            any(other < commitment for other in answers.get(commitment, ())),
            tuple(pk for other in answers.get(commitment, ()) for pk in lines.get(other, ())),
        )
        for line, commitment, agreement in told
    }


def levels(event_ids: Collection[int]) -> dict[int, str]:
    """Return how far the contributions of these events are read, by event."""
    rows = Contribution.objects.filter(event_id__in=event_ids)
    return dict(rows.values_list("event_id", "level"))
