# SPDX-License-Identifier: AGPL-3.0-or-later
"""How many people will read what is written on a record: what the save button says."""

from __future__ import annotations

from terreau.agreements.models import Agreement, Contribution, Party
from terreau.people.models import Record
from terreau.people.queries import readers_count
from terreau.people.visibility import Audience


def readers_of(record: Record) -> Audience:
    """Count who reads a record: by its level, and whom it concerns even outside the circle."""
    return readers_count(record.space, record.level, besides=_concerned(record))


def _concerned(record: Record) -> list[int]:
    if isinstance(record, Contribution):
        return [record.receiver_id]
    if isinstance(record, Agreement):
        parties = Party.objects.filter(version__agreement=record)
        return list(parties.values_list("agent_id", flat=True).distinct())
    return []
