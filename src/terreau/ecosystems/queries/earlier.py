# SPDX-License-Identifier: AGPL-3.0-or-later
"""Who edited a record, when, and what stood before, as one reader may read it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from terreau.ecosystems.models import Effect, Maillon, Performance, Rewording, VoidedAnswer
from terreau.people.models import Agent
from terreau.people.visibility import Reader


@dataclass(frozen=True, slots=True)
class Earlier:
    """One edit. ``words`` and ``answers`` are empty for who could not read them at the time."""

    by: Agent
    at: datetime
    words: tuple[tuple[str, str], ...] = ()
    level: str = ""
    answers: tuple[VoidedAnswer, ...] = ()


def earlier_of(record: Effect | Maillon | Performance, reader: Reader) -> list[Earlier]:
    """Return the edits of a record that this reader reads, newest first (three queries at most)."""
    rows = record.rewordings.select_related("by")
    shown = rows.visible_to(reader).prefetch_related("answers__agent")
    readable = {row.pk: row for row in shown}
    return [_read(readable[r.pk]) if r.pk in readable else Earlier(r.by, r.at) for r in rows]


def _read(row: Rewording) -> Earlier:
    words: Iterable[tuple[str, str]] = row.words
    answers = tuple(row.answers.all())
    said = tuple((label, text) for label, text in words)
    return Earlier(row.by, row.at, said, str(row.get_level_display()), answers)
