# SPDX-License-Identifier: AGPL-3.0-or-later
"""Who may be named in public. The rule is written in docs/decisions (naming in public).

Silence is never an agreement. A person is named only after their own yes. An organisation that
said yes elsewhere (a meeting, a letter) may be named once it was told seven days ahead and did not
say no; its own yes opens at once.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from terreau.ecosystems.enums import Standing
from terreau.ecosystems.models import NamingNotice, Presence

DAYS = timedelta(days=7)


class Naming(StrEnum):
    """Where an actor stands about being named in public. Each is said in words on the page."""

    NOT_ASKED = "not_asked"
    WAITING = "waiting"
    SILENT = "silent"
    REFUSED = "refused"
    AGREED = "agreed"


@dataclass(frozen=True, slots=True)
class Facts:
    """What decides: is it a person, do the others say that it agreed, and the last notice."""

    is_person: bool
    said_to_agree: bool
    notice: NamingNotice | None


def facts_of(presence: Presence, notices: Iterable[NamingNotice]) -> Facts:
    """Return the facts about a presence; ``notices`` are its own, in any order."""
    last = max(notices, key=lambda notice: (notice.sent_on, notice.pk), default=None)
    return Facts(presence.agent.is_person, presence.standing == Standing.AGREED, last)


def naming(facts: Facts, day: date) -> Naming:
    """Return where the actor stands on this day."""
    notice = facts.notice
    if notice is None:
        return Naming.NOT_ASKED
    if notice.agreed is not None:
        return Naming.AGREED if notice.agreed else Naming.REFUSED
    if day < notice.effective_on:
        return Naming.WAITING
    reported = facts.said_to_agree and not facts.is_person
    return Naming.AGREED if reported else Naming.SILENT


def may_be_named(facts: Facts, day: date) -> bool:
    """Tell whether the actor may be named in public on this day."""
    return naming(facts, day) is Naming.AGREED
