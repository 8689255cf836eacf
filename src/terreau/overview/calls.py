# SPDX-License-Identifier: AGPL-3.0-or-later
"""« Qui appeler »: for those who steer alone, as a suggestion, never printed, never a reproach."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import OuterRef, QuerySet, Subquery

from terreau.agreements.models import Contribution
from terreau.core import clock
from terreau.ecosystems.models import Ecosystem, LogEntry, Presence
from terreau.people.enums import AgentKind
from terreau.people.models import Agent, Mandate, Role
from terreau.people.queries import running_on
from terreau.people.visibility import Reach

SILENCE = timedelta(days=60)
SUGGESTED = 5
CALLED = (AgentKind.ORGANISATION, AgentKind.COLLECTIVE, AgentKind.PERSON)


@dataclass(frozen=True, slots=True)
class Call:
    """Somebody whom it would be good to hear, who speaks for it, and something to begin with."""

    agent: Agent
    voices: list[str]
    cares: str


def to_call(ecosystem: Ecosystem, reach: Reach) -> list[Call]:
    """Return the members of whom nothing was heard for two months, five at most (four queries).

    Nothing for who does not steer. Who is « en retrait » is left in peace, and who has just come.
    A person who speaks for an organisation of the circle is heard and called with it.
    """
    if ecosystem.space_id not in reach.stewarded:
        return []
    here = list(_long_here(ecosystem))
    voices = _voices(here)
    speaking = {person.pk for persons in voices.values() for person in persons}
    heard = _heard(ecosystem, {agent.pk for agent in here} | speaking)
    presences = {
        row.agent_id: row
        for row in Presence.objects.filter(ecosystem=ecosystem, agent__in=here).order_by()
    }
    silent = [
        agent
        for agent in here
        if agent.pk not in reach.agents | speaking
        and not heard & {agent.pk, *(person.pk for person in voices.get(agent.pk, ()))}
        and not _is_away(presences.get(agent.pk))
    ]
    return [
        Call(
            agent,
            [person.name for person in voices.get(agent.pk, ())],
            presences[agent.pk].cares if agent.pk in presences else "",
        )
        for agent in silent[:SUGGESTED]
    ]


def _long_here(ecosystem: Ecosystem) -> QuerySet[Agent]:
    today = clock.today()
    roles = Role.objects.filter(
        running_on(today), space_id=ecosystem.circle_id, since__lte=today - SILENCE
    )
    return Agent.objects.filter(pk__in=roles.values("agent_id"), kind__in=CALLED).order_by(
        "name", "pk"
    )


def _voices(agents: list[Agent]) -> dict[int, list[Agent]]:
    found: dict[int, list[Agent]] = {}
    mandates = Mandate.objects.filter(running_on(clock.today()), organisation__in=agents)
    for mandate in mandates.select_related("person").order_by("person__name"):
        found.setdefault(mandate.organisation_id, []).append(mandate.person)
    return found


def _is_away(presence: Presence | None) -> bool:
    until = presence.away_until if presence is not None else None
    return until is not None and until >= clock.today()


def _heard(ecosystem: Ecosystem, agents: set[int]) -> set[int]:
    """Return those who gave a sign lately: one step down an index each, however long the story."""

    def last(model: type[Contribution] | type[LogEntry], whose: str, day: str) -> Subquery:
        rows = model.objects.filter(**{whose: OuterRef("pk")}, ecosystem=ecosystem)
        # What one typed is found by number: its index has no day.
        order = ("-pk",) if whose == "recorded_by_id" else (f"-{day}", "-pk")
        return Subquery(rows.order_by(*order).values(day)[:1])

    since = clock.today() - SILENCE
    signs = {
        "gave": last(Contribution, "author_id", "happened_on"),
        "wrote": last(LogEntry, "author_id", "day"),
        "typed_a_gift": last(Contribution, "recorded_by_id", "happened_on"),
        "typed_a_line": last(LogEntry, "recorded_by_id", "day"),
    }
    rows = Agent.objects.filter(pk__in=agents).order_by().annotate(**signs)
    return {
        pk
        for pk, *days in rows.values_list("pk", *signs)
        if any(day is not None and day >= since for day in days)
    }
