# SPDX-License-Identifier: AGPL-3.0-or-later
"""An import in a process of its own, to be killed."""

from pathlib import Path
from typing import Any

from django.db import connections

from terreau.ecosystems.models import Ecosystem
from terreau.exchange.intake import rehearsing
from terreau.exchange.intake.bringing import bring_in


def take_in(database: dict[str, Any], ecosystem: int, file: str) -> None:
    """Take a file in, in small batches."""
    connections.settings["default"].update(database)
    rehearsing.BATCH = 5
    bring_in(Path(file), Ecosystem.objects.get(pk=ecosystem), tell=lambda *_: None)
