# SPDX-License-Identifier: AGPL-3.0-or-later
"""How many people will read what is written on a record: what the save button says."""

from __future__ import annotations

from terreau.agreements.models import Agreement, Contribution, Party
from terreau.agreements.queries.contributions import receiver_here
from terreau.ecosystems.models import Ecosystem
from terreau.people.models import Record
from terreau.people.queries import readers_count
from terreau.people.visibility import Audience


def readers_of(record: Record) -> Audience:
    """Count who reads a record: by its level, and whom it concerns even outside the circle."""
    return readers_count(record.space, record.level, besides=_concerned(record))


def readers_if(ecosystem: Ecosystem, level: str, receiver_id: int | None) -> Audience:
    """Count who would read what is written at this level and goes to this member, if to one."""
    here = receiver_id is not None and receiver_here(ecosystem, receiver_id) is not None
    besides = [receiver_id] if here and receiver_id is not None else []
    return readers_count(ecosystem.circle, level, besides=besides)


def _concerned(record: Record) -> list[int]:
    if isinstance(record, Contribution):
        return [record.receiver_id]
    if isinstance(record, Agreement):
        parties = Party.objects.filter(version__agreement=record)
        return list(parties.values_list("agent_id", flat=True).distinct())
    return []
