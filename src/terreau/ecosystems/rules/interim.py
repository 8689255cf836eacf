# SPDX-License-Identifier: AGPL-3.0-or-later
"""When an interim may be named, and where one stands."""

from datetime import datetime, timedelta
from enum import StrEnum

from terreau.ecosystems.models import Interim

NOTICE = timedelta(hours=72)


class Standing(StrEnum):
    """Where a naming stands. Each is said in words on the page."""

    ASKED = "asked"
    NOTICE = "notice"
    DUE = "due"
    STARTED = "started"
    OPPOSED = "opposed"


def standing(interim: Interim, now: datetime) -> Standing:
    """Return where the naming stands at this moment."""
    if interim.opposed_at is not None:
        return Standing.OPPOSED
    if interim.started_at is not None:
        return Standing.STARTED
    if interim.starts_at is None:
        return Standing.ASKED
    return Standing.DUE if interim.starts_at <= now else Standing.NOTICE
