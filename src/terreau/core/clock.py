# SPDX-License-Identifier: AGPL-3.0-or-later
"""What time it is. One door, so that a test or the demonstration can set the date."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime

from django.utils import timezone

_set_to: ContextVar[datetime | None] = ContextVar("set_to", default=None)


def now() -> datetime:
    """Return the present moment, aware, in UTC."""
    return _set_to.get() or timezone.now()


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Make it ``moment`` (aware) inside the block: the demonstration replays its story so."""
    token = _set_to.set(moment)
    try:
        yield
    finally:
        _set_to.reset(token)


def today() -> date:
    """Return the present day in the instance's time zone."""
    return day_of(now())


def day_of(moment: datetime) -> date:
    """Return the day on which a moment falls in the instance's time zone (not in UTC)."""
    return moment.astimezone(timezone.get_default_timezone()).date()


def local(moment: datetime) -> datetime:
    """Return a moment as the clocks of the instance show it."""
    return moment.astimezone(timezone.get_default_timezone())
