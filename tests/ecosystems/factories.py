# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the tests of ecosystems need, made through the actions."""

import io
from datetime import timedelta
from uuid import uuid4

from PIL import Image

from terreau.core import clock
from terreau.ecosystems.actions import presence
from terreau.ecosystems.actions.ecosystem import Beginning, start
from terreau.ecosystems.actions.logbook import Incoming, Lines, write_entry
from terreau.ecosystems.actions.records import Filing
from terreau.ecosystems.models import Ecosystem, LogEntry, Presence
from terreau.people.enums import Level
from terreau.people.models import Agent, User
from tests.factories import LONG_AGO, make_user


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


def begin(by: User | None = None, name: str = "Aller et revenir", **said: object) -> Ecosystem:
    """An ecosystem begun by a person, who pilots it."""
    said.setdefault("sentence", "Que personne ne renonce faute de pouvoir s'y rendre.")
    beginning = Beginning(name=name, since=LONG_AGO, **said)
    return start(by=by or make_user("Samir"), key=uuid4(), beginning=beginning)


def filing(author: Agent | None = None, **more: object) -> Filing:
    """A new key for one record."""
    return Filing(uuid4(), author=author, **more)


def note_actor(by: User, ecosystem: Ecosystem, name: str = "La Halte", **more: object) -> Presence:
    """A new organisation, foreseen in an ecosystem."""
    actor = presence.NewActor(name=name, **more)
    return presence.add_actor(by=by, ecosystem=ecosystem, key=uuid4(), actor=actor)
