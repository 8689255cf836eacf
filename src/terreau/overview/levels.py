# SPDX-License-Identifier: AGPL-3.0-or-later
"""« Qui voit quoi »: how many records stand at each level, and who reads that far."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.db.models import Count

from terreau.ecosystems.models import Ecosystem
from terreau.overview.kinds import KINDS, RecordKind, readable
from terreau.people.enums import Level
from terreau.people.queries import readers_count
from terreau.people.visibility import Audience, Reach

FROM_WIDEST = tuple(reversed(Level))


@dataclass(frozen=True, slots=True)
class AtLevel:
    """One level: who reads that far, and how many records of each kind stand there.

    No audience is counted for what each record shows to its own few (author, pair).
    """

    level: Level
    audience: Audience | None
    counts: list[tuple[RecordKind, int]] = field(default_factory=list)

    @property
    def total(self) -> int:
        return sum(count for _, count in self.counts)


def levels_of(ecosystem: Ecosystem, reach: Reach) -> list[AtLevel]:
    """Return the levels in use, the widest first (one query a kind, a few a level).

    Only what this reader may read is counted: a count must not tell what is hidden. The three
    levels that matter most are always there, even empty: public, programme, circle.
    """
    found: dict[str, list[tuple[RecordKind, int]]] = {level.value: [] for level in Level}
    for kind in KINDS:
        rows = readable(kind, ecosystem, reach).order_by().values_list("level")
        for level, count in rows.annotate(Count("pk", distinct=True)):
            found[level].append((kind, count))
    always = {Level.PUBLIC, Level.PROGRAMME, Level.CIRCLE}
    return [
        AtLevel(level, _audience(ecosystem, level), found[level])
        for level in FROM_WIDEST
        if found[level] or level in always
    ]


def _audience(ecosystem: Ecosystem, level: Level) -> Audience | None:
    if level in (Level.AUTHOR, Level.PAIR):
        return None
    return readers_count(ecosystem.circle, level)
