# SPDX-License-Identifier: AGPL-3.0-or-later
"""« Qui appeler »: for those who steer alone, as a suggestion, never printed, never a reproach."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from terreau.agreements.models import Contribution
from terreau.core import clock
from terreau.ecosystems.models import Ecosystem, LogEntry, Presence
from terreau.people.enums import AgentKind
from terreau.people.models import Agent, Role
from terreau.people.queries import running_on
from terreau.people.visibility import Reach

SILENCE = timedelta(days=60)
SUGGESTED = 5
CALLED = (AgentKind.ORGANISATION, AgentKind.COLLECTIVE, AgentKind.PERSON)
SIGNS = ("gave", "wrote", "typed_a_gift", "typed_a_line")


@dataclass(frozen=True, slots=True)
class Call:
    """Somebody whom it would be good to hear, and something to begin with."""

    agent: Agent
    cares: str


def to_call(ecosystem: Ecosystem, reach: Reach) -> list[Call]:
    """Return the members of whom nothing was heard for two months, five at most (two queries).

    Nothing for who does not steer. Who is « en retrait » is left in peace, and who has just come.
    """
    if ecosystem.space_id not in reach.stewarded:
        return []
    agents = list(
        Agent.objects.filter(Exists(_role(ecosystem)), kind__in=CALLED)
        .filter(~Exists(_away(ecosystem)))
        .annotate(**_signs(ecosystem))
        .filter(*(_none_since(name) for name in SIGNS))
        .exclude(pk__in=reach.agents)
        .order_by("name", "pk")[:SUGGESTED]
    )
    words = dict(
        Presence.objects.visible_to(reach)
        .filter(ecosystem=ecosystem, agent__in=agents)
        .values_list("agent_id", "cares")
    )
    return [Call(agent, words.get(agent.pk, "")) for agent in agents]


def _role(ecosystem: Ecosystem) -> QuerySet[Role]:
    today = clock.today()
    return Role.objects.filter(
        running_on(today),
        agent_id=OuterRef("pk"),
        space_id=ecosystem.circle_id,
        since__lte=today - SILENCE,
    )


def _away(ecosystem: Ecosystem) -> QuerySet[Presence]:
    return Presence.objects.filter(
        ecosystem=ecosystem, agent_id=OuterRef("pk"), away_until__gte=clock.today()
    )


def _signs(ecosystem: Ecosystem) -> dict[str, Subquery]:
    """Return the day of the last sign of each kind: one step down an index each, however long."""

    def last(model: type[Contribution] | type[LogEntry], whose: str, day: str) -> Subquery:
        rows = model.objects.filter(**{whose: OuterRef("pk")}, ecosystem=ecosystem)
        return Subquery(rows.order_by(f"-{day}", "-pk").values(day)[:1])

    def typed(model: type[Contribution] | type[LogEntry], day: str) -> Subquery:
        rows = model.objects.filter(recorded_by_id=OuterRef("pk"), ecosystem=ecosystem)
        return Subquery(rows.order_by("-pk").values(day)[:1])

    return {
        "gave": last(Contribution, "author_id", "happened_on"),
        "wrote": last(LogEntry, "author_id", "day"),
        "typed_a_gift": typed(Contribution, "happened_on"),
        "typed_a_line": typed(LogEntry, "day"),
    }


def _none_since(name: str) -> Q:
    return Q(**{f"{name}__isnull": True}) | Q(**{f"{name}__lt": clock.today() - SILENCE})
