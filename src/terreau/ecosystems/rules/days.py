# SPDX-License-Identifier: AGPL-3.0-or-later
"""Days that people type: what happened is noted when it has happened, in a year that is meant."""

from datetime import date

from terreau.core import clock
from terreau.core.errors import Invalid

OLDEST, LATEST = date(1980, 1, 1), date(2099, 12, 31)


def happened(day: date | None, *, field: str, what: str = "Notez-le quand ce sera fait") -> date:
    """Return the day that was meant (today when none). Raises Invalid for one to come, or lost."""
    today = clock.today()
    if day is None:
        return today
    if day > today:
        raise Invalid(f"{what} : cette date est à venir.", field=field)
    return plausible(day, field=field)


def plausible(day: date, *, field: str) -> date:
    """Return a day past or to come. Raises Invalid for a year that nobody can have meant."""
    if day < OLDEST:
        raise Invalid("Cette date est trop ancienne : vérifiez l'année.", field=field)
    if day > LATEST:
        raise Invalid("Cette date est trop lointaine : vérifiez l'année.", field=field)
    return day
