# SPDX-License-Identifier: AGPL-3.0-or-later
"""Reads about who may be named in public."""

from __future__ import annotations

from django.db.models import QuerySet

from terreau.core import clock
from terreau.ecosystems.models import Ecosystem, NamingNotice, Presence
from terreau.ecosystems.rules.naming import Naming, facts_of, naming
from terreau.people.models import Agent, User
from terreau.people.visibility import Reader, reach_of


def namings(
    ecosystem: Ecosystem, reader: Reader | None = None
) -> list[tuple[Presence, Naming, NamingNotice | None]]:
    """Return every actor with where it stands about being named, by name (two queries).

    With a reader, only the actors that they may read of; without, all, for the public page alone.
    """
    today = clock.today()
    found = []
    seen = Presence.objects.all() if reader is None else Presence.objects.visible_to(reader)
    for presence in (
        seen.filter(ecosystem=ecosystem)
        .select_related("agent", "kind", "ecosystem__space")
        .prefetch_related("notices")
    ):
        facts = facts_of(presence, presence.notices.all())
        found.append((presence, naming(facts, today), facts.notice))
    return found


def publicly_named(ecosystem: Ecosystem) -> list[Agent]:
    """Return the actors that may be named on a public page today, by name (two queries)."""
    return [row.agent for row, state, _ in namings(ecosystem) if state is Naming.AGREED]


def notices_for(user: User) -> QuerySet[NamingNotice]:
    """Return the notices that this person may answer: to them, or to who they speak for."""
    return (
        NamingNotice.objects.filter(presence__agent_id__in=reach_of(user).agents)
        .select_related("presence__agent", "presence__ecosystem")
        .order_by("-sent_on", "-pk")
    )


def open_notices_for(user: User, ecosystem: Ecosystem | None = None) -> list[NamingNotice]:
    """Return the last notices on which this person's answer still matters, here or everywhere."""
    mine = notices_for(user)
    if ecosystem is not None:
        mine = mine.filter(presence__ecosystem=ecosystem)
    last: dict[int, NamingNotice] = {}
    for notice in mine:
        last.setdefault(notice.presence_id, notice)
    today = clock.today()
    waiting = (Naming.WAITING, Naming.SILENT)
    return [
        notice
        for notice in last.values()
        if naming(facts_of(notice.presence, [notice]), today) in waiting
    ]
