# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the ledger's plain SQL is made of, and the one spelling that both databases read back."""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from functools import lru_cache
from uuid import UUID

Value = str | int | bool | bytes | None
Rows = list[tuple[object, ...]]
Execute = Callable[[str, Sequence[Value]], Rows]

ROWS_A_STATEMENT = 50


@lru_cache(maxsize=64)
def stamp(moment: datetime) -> str:
    """Return a UTC moment in the one spelling that both databases (and Django) read back."""
    return str(moment.astimezone(UTC).replace(tzinfo=None))


def as_uuid(value: object) -> UUID:
    """Return a key as a UUID: PostgreSQL has the type, SQLite keeps its 32 digits."""
    return value if isinstance(value, UUID) else UUID(str(value))


def plain(value: object) -> object:
    """Return a cell as SQLite keeps it, whichever database or model it comes from."""
    if isinstance(value, datetime):
        return stamp(value)
    if isinstance(value, date):
        return value.isoformat()
    return value.hex if isinstance(value, UUID) else value
