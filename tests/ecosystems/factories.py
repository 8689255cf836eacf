# SPDX-License-Identifier: AGPL-3.0-or-later
"""Makers for the journal and its files; others add theirs."""

import io
from datetime import timedelta
from uuid import uuid4

from PIL import Image

from terreau.core import clock
from terreau.ecosystems.actions.logbook import Incoming, Lines, write_entry
from terreau.ecosystems.models import Ecosystem, LogEntry
from terreau.people.enums import Level
from terreau.people.models import Agent, User


def photo_bytes(kind: str = "JPEG", color: str = "white") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (40, 20), color).save(out, kind)
    return out.getvalue()


def make_photo(name: str = "photo.jpg", color: str = "white") -> Incoming:
    return Incoming(photo_bytes(color=color), name, "Un banc et un panneau")


def make_entry(
    by: User,
    ecosystem: Ecosystem,
    text: str = "Trois voitures partagées pour rentrer de la fête.",
    *,
    level: str = Level.CIRCLE,
    days_ago: int = 0,
    author: Agent | None = None,
    file: Incoming | None = None,
    **lines: str,
) -> LogEntry:
    day = clock.today() - timedelta(days=days_ago)
    return write_entry(
        by=by,
        ecosystem=ecosystem,
        lines=Lines(day=day, text=text, level=level, **lines),
        key=uuid4(),
        author=author,
        file=file,
    )
