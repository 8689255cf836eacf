# SPDX-License-Identifier: AGPL-3.0-or-later
"""Who may write in the journal de bord, change an entry, or erase it."""

from terreau.ecosystems.models import Ecosystem, LogEntry
from terreau.people import rules
from terreau.people.visibility import Reader, reach_of

ERASED = "Effacé par son auteur."
OURS = "Ces lignes appartiennent à qui les a écrites : vous ne pouvez pas les changer."


def can_write(reader: Reader, ecosystem: Ecosystem) -> bool:
    """Tell whether the reader may add an entry: everybody with a role in the cooperation."""
    return rules.can_enter(reader, ecosystem.space)


def can_edit(reader: Reader, entry: LogEntry) -> bool:
    """Tell whether these words are the reader's: they typed them, or speak for the author."""
    if entry.erased_at is not None:
        return False
    reach = reach_of(reader)
    return entry.author_id in reach.agents or (
        reach.person is not None and entry.recorded_by_id == reach.person
    )
