# SPDX-License-Identifier: AGPL-3.0-or-later
"""Load the demonstration « Aller et revenir »: all of it or nothing, once."""

from __future__ import annotations

from django.db import transaction

from terreau.core import clock
from terreau.demo import cast as casting
from terreau.demo import changes, chronicle, giving, outside, sharing, stocks
from terreau.demo.promises import Promises
from terreau.demo.timeline import Timeline, read
from terreau.ecosystems.models import Ecosystem
from terreau.territories.actions import add_communes


def is_loaded() -> bool:
    """Tell whether the demonstration is in this database."""
    return Ecosystem.objects.filter(slug=read("people")["ecosystem"]["slug"]).exists()


@transaction.atomic
def load() -> bool:
    """Replay the story; return False when it was there already (nothing changes then)."""
    if is_loaded():
        return False
    communes = read("communes")["communes"]
    add_communes({code: (name, count) for code, (name, count) in communes.items()})
    timeline = Timeline(clock.now())
    cast = casting.gather(timeline)
    chronicle.tell(timeline, cast)
    changes.tell(timeline, cast)
    promises = Promises(timeline, cast)
    promises.tell()
    giving.give(timeline, cast, promises)
    sharing.tell(timeline, cast, stocks.keep(timeline, cast))
    outside.show(timeline, cast)
    timeline.replay()
    return True
