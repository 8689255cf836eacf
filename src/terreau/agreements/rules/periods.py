# SPDX-License-Identifier: AGPL-3.0-or-later
"""The periods of a promise that is counted « par semaine », « par an »: pure, by the calendar.

A promise of so much a period promises that much again each time a period begins. Periods are
counted from the day since which it counts: « par an » from 12 May begins again each 12 May.
"""

from __future__ import annotations

import calendar
from datetime import date, timedelta

from terreau.agreements.enums import Period

WEEK_DAYS = 7
MONTHS = {Period.MONTH.value: 1, Period.QUARTER.value: 3, Period.YEAR.value: 12}


def begun(since: date, period: str, day: date) -> int:
    """Return how many periods have begun on ``day``: at least one; one in all without period."""
    if not period or day <= since:
        return 1
    if period == Period.WEEK:
        return (day - since).days // WEEK_DAYS + 1
    months = (day.year - since.year) * 12 + day.month - since.month
    number = months // MONTHS[period]
    return number + 1 if _start(since, period, number) <= day else number


def began(since: date, period: str, day: date) -> date:
    """Return the first day of the period in which ``day`` falls (of the first one, before it)."""
    return _start(since, period, begun(since, period, day) - 1)


def last_day(since: date, period: str, day: date) -> date:
    """Return the last day of the period in which ``day`` falls. Needs a period."""
    return _start(since, period, begun(since, period, day)) - timedelta(days=1)


def _start(since: date, period: str, number: int) -> date:
    if not period or not number:
        return since
    if period == Period.WEEK:
        return since + timedelta(days=WEEK_DAYS * number)
    years, month = divmod(since.month - 1 + MONTHS[period] * number, 12)
    year = since.year + years
    # Since the 31st: the last day of a month that has no 31st.
    longest = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(since.day, longest))
