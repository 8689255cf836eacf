# SPDX-License-Identifier: AGPL-3.0-or-later
"""What time it is. One door, so that a test or the demonstration can set the date."""

from datetime import date, datetime

from django.utils import timezone


def now() -> datetime:
    """Return the present moment, aware, in UTC."""
    return timezone.now()


def today() -> date:
    """Return the present day in the instance's time zone."""
    return timezone.localdate(now())


def local(moment: datetime) -> datetime:
    """Return a moment as the clocks of the instance show it."""
    return timezone.localtime(moment)
