# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the machine lacks while people write (room, an answer of its database), said to them.

A write is one transaction: whatever is missing in the middle of it, nothing of it is kept.
"""

from __future__ import annotations

import errno

from django.db import InterfaceError, OperationalError

from terreau.core.errors import NoRoom, NotNow, Refusal

NO_ROOM = (errno.ENOSPC, errno.EDQUOT)
PASSING = (errno.EMFILE, errno.ENFILE, errno.EROFS, errno.EIO)
NO_ROOM_WORDS = ("disk is full", "No space left on device")
NOT_NOW_WORDS = ("is locked", "disk I/O error", "unable to open database file", "readonly database")
NOT_NOW_STATES = ("08", "53", "55", "57")  # PostgreSQL: connection, resources, locks, shut down


def as_refusal(error: Exception) -> Refusal | None:
    """Return what to say of an error that is no fault of the code, or None."""
    words = str(error)
    if isinstance(error, OSError):
        if error.errno in NO_ROOM:
            return NoRoom()
        return NotNow() if error.errno in PASSING else None
    if not isinstance(error, OperationalError | InterfaceError):
        return None
    if any(known in words for known in NO_ROOM_WORDS):
        return NoRoom()
    return NotNow() if _is_passing(error, words) else None


def _is_passing(error: Exception, words: str) -> bool:
    if any(known in words for known in NOT_NOW_WORDS):
        return True
    state = getattr(error.__cause__, "sqlstate", "other")  # psycopg has none when it cannot connect
    return state is None or state.startswith(NOT_NOW_STATES)
