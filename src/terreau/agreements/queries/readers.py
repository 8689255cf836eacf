# SPDX-License-Identifier: AGPL-3.0-or-later
"""How many people will read what is written on a record: what the save button says."""

from __future__ import annotations

from terreau.agreements.models import Agreement, Contribution, Party
from terreau.agreements.queries.contributions import receiver_here
from terreau.core import clock
from terreau.ecosystems.models import Ecosystem
from terreau.people.enums import STEWARD_ROLES, Level
from terreau.people.models import Record, Role
from terreau.people.queries import readers_count, running_on
from terreau.people.visibility import Audience, audience


def readers_of(record: Record) -> Audience:
    """Count who reads a record: by its level, and whom it concerns even outside the circle."""
    return readers_count(record.space, record.level, besides=_concerned(record))


def readers_if(ecosystem: Ecosystem, level: str, receiver_id: int | None) -> Audience:
    """Count who would read what is written at this level and goes to this member, if to one."""
    here = receiver_id is not None and receiver_here(ecosystem, receiver_id) is not None
    besides = [receiver_id] if here and receiver_id is not None else []
    return readers_count(ecosystem.circle, level, besides=besides)


def readers_of_talk(contribution: Contribution, third_id: int | None = None) -> Audience:
    """Count who reads what is said of a contribution: both sides, and the third, if any.

    What went to all is talked over by whoever keeps the keys.
    """
    space = contribution.space
    sides = {contribution.author_id, contribution.receiver_id} | ({third_id} - {None})
    roles = Role.objects.filter(running_on(clock.today()), space__root_id=space.root_id)
    if contribution.receiver_id == contribution.ecosystem.agent_id:
        keepers = roles.filter(kind__in=STEWARD_ROLES)
        sides |= set(keepers.values_list("agent_id", flat=True))
    return audience(0, 0, Level.PAIR, besides=[side for side in sides if side is not None])


def _concerned(record: Record) -> list[int]:
    if isinstance(record, Contribution):
        return [record.receiver_id]
    if isinstance(record, Agreement):
        parties = Party.objects.filter(version__agreement=record)
        return list(parties.values_list("agent_id", flat=True).distinct())
    return []
