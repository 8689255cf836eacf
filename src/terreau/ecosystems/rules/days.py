# SPDX-License-Identifier: AGPL-3.0-or-later
"""Days that people type: what happened is noted when it has happened."""

from datetime import date

from terreau.core import clock
from terreau.core.errors import Invalid

OLDEST = date(1980, 1, 1)


def happened(day: date | None, *, field: str, what: str = "Notez-le quand ce sera fait") -> date:
    """Return the day that was meant (today when none). Raises Invalid for one to come, or lost."""
    today = clock.today()
    if day is None:
        return today
    if day > today:
        raise Invalid(f"{what} : cette date est à venir.", field=field)
    if day < OLDEST:
        raise Invalid("Cette date est trop ancienne : vérifiez l'année.", field=field)
    return day
