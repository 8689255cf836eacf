# SPDX-License-Identifier: AGPL-3.0-or-later
"""A stretch of days, as it was known at some moment."""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class Span:
    """Both days are included, None for no bound; what was recorded after ``known_at`` is not."""

    since: date | None = None
    until: date | None = None
    known_at: datetime | None = None
