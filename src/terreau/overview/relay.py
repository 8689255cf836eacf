# SPDX-License-Identifier: AGPL-3.0-or-later
"""« Passage de relais »: one page from all the rest, for who leaves and who arrives.

Private notes never come here, not even one's own: the page is made to be printed and given.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Count

from terreau.agreements.enums import TO_ANSWER, ContributionState, VersionState
from terreau.agreements.models import Commitment, Contribution, Party
from terreau.agreements.queries import agreements
from terreau.core import clock
from terreau.ecosystems.models import (
    Aim,
    AimDisagreement,
    CircleDecision,
    Ecosystem,
    LogEntry,
    Obstacle,
    PhaseChange,
    Presence,
)
from terreau.ecosystems.queries import keys
from terreau.ecosystems.queries.aim import adopted
from terreau.ecosystems.queries.solution import Solution, solution_of
from terreau.people.enums import AgentKind, Level, RoleKind
from terreau.people.models import Mandate, Role
from terreau.people.queries import current_roles, members_of, pending_invitations, running_on
from terreau.people.visibility import Reach

PRIVATE = (Level.AUTHOR, Level.PAIR)
CALLED_FIRST = (
    RoleKind.PILOT,
    RoleKind.KEY_HOLDER,
    RoleKind.INTERIM,
    RoleKind.ANIMATOR,
    RoleKind.OFFICER,
    RoleKind.ELECTED,
)
ENTRIES = 10
PROMISES = 200


@dataclass(frozen=True, slots=True)
class Here:
    """An actor that is here: its roles since when, who speaks for it, its four lines."""

    name: str
    roles: list[str]
    voices: list[str]
    presence: Presence | None
    rank: int

    @property
    def first(self) -> bool:
        """Whether it is among those who hold it together."""
        return self.rank < len(CALLED_FIRST)


@dataclass(frozen=True, slots=True)
class Relay:
    """The whole page, as one reader may read it."""

    here: list[Here]
    aim: Aim | None
    disagreements: list[AimDisagreement]
    phase: PhaseChange | None
    solution: Solution
    promises: list[Commitment]
    waiting: list[str]
    decisions: list[CircleDecision]
    obstacles: list[Obstacle]
    entries: list[LogEntry]

    @property
    def to_call(self) -> list[Here]:
        """Who to call first: those who hold it together."""
        return [one for one in self.here if one.first]


def relay_of(ecosystem: Ecosystem, reach: Reach) -> Relay:
    """Return the page in a constant number of queries."""
    aim = adopted(ecosystem, reach).exclude(level__in=PRIVATE).first()
    promises = agreements.current(reach, ecosystem)
    return Relay(
        here=_here(ecosystem, reach),
        aim=aim,
        disagreements=list(
            AimDisagreement.objects.visible_to(reach)
            .exclude(level__in=PRIVATE)
            .filter(aim__ecosystem=ecosystem, settled_on__isnull=True)
            .select_related("agent")
        ),
        phase=ecosystem.phases.first(),
        solution=solution_of(ecosystem, reach, without=PRIVATE),
        promises=list(promises.exclude(version__agreement__level__in=PRIVATE)[:PROMISES]),
        waiting=_waiting(ecosystem, reach),
        decisions=list(
            _shared(CircleDecision, ecosystem, reach).filter(ended_on__isnull=True)[:ENTRIES]
        ),
        obstacles=list(_shared(Obstacle, ecosystem, reach)[:ENTRIES]),
        entries=list(
            _shared(LogEntry, ecosystem, reach)
            .filter(erased_at__isnull=True)
            .select_related("author")[:ENTRIES]
        ),
    )


def _shared(model: Any, ecosystem: Ecosystem, reach: Reach) -> Any:
    return model.objects.visible_to(reach).exclude(level__in=PRIVATE).filter(ecosystem=ecosystem)


def _here(ecosystem: Ecosystem, reach: Reach) -> list[Here]:
    roles: dict[int, list[Role]] = {}
    for role in current_roles(ecosystem.space):
        roles.setdefault(role.agent_id, []).append(role)
    presences = {
        row.agent_id: row
        for row in _shared(Presence, ecosystem, reach).select_related("agent", "kind")
    }
    voices: dict[int, list[str]] = {}
    spoken = list(
        Mandate.objects.filter(running_on(clock.today()), organisation_id__in=roles)
        .select_related("person")
        .order_by("person__name")
    )
    for mandate in spoken:
        title = f" ({mandate.title})" if mandate.title else ""
        voices.setdefault(mandate.organisation_id, []).append(f"{mandate.person}{title}")
    spoken_by = {mandate.person_id for mandate in spoken} - set(presences)
    names = {pk: held[0].agent for pk, held in roles.items()}
    names |= {pk: row.agent for pk, row in presences.items()}
    return sorted(
        (
            Here(
                name=agent.name,
                roles=[_since(role) for role in sorted(roles.get(pk, []), key=_rank)],
                voices=voices.get(pk, []),
                presence=presences.get(pk),
                rank=min(map(_rank, roles.get(pk, [])), default=len(CALLED_FIRST)),
            )
            for pk, agent in names.items()
            if agent.kind != AgentKind.ECOSYSTEM and not _told_elsewhere(pk, roles, spoken_by)
        ),
        key=lambda one: (one.rank, not one.roles, one.name),
    )


def _told_elsewhere(pk: int, roles: dict[int, list[Role]], spoken_by: set[int]) -> bool:
    """Tell whether a person stands already under the organisation for which they speak."""
    plain_roles = (RoleKind.CORE_MEMBER, RoleKind.MEMBER, RoleKind.PARTNER)
    return pk in spoken_by and all(role.kind in plain_roles for role in roles.get(pk, []))


def _rank(role: Role) -> int:
    return (
        CALLED_FIRST.index(RoleKind(role.kind)) if role.kind in CALLED_FIRST else len(CALLED_FIRST)
    )


def _since(role: Role) -> str:
    return f"{role.get_kind_display()}, depuis le {role.since:%d/%m/%Y}"


def _waiting(ecosystem: Ecosystem, reach: Reach) -> list[str]:
    """Return what waits, a sentence each; nobody is named as late."""
    readable = agreements.readable(reach).filter(ecosystem=ecosystem)
    overdue = agreements.current(reach, ecosystem).filter(review_on__lte=clock.today()).count()
    answers = Party.objects.filter(
        version__agreement__in=readable,
        version__state=VersionState.PROPOSED,
        validated_on__isnull=True,
        declined_on__isnull=True,
    ).count()
    states = _answers_due(ecosystem, reach)
    gifts = sum(states[state] for state in TO_ANSWER)
    talks = states[ContributionState.DISCUSSED]
    invited = pending_invitations(ecosystem.space).count()
    holders = keys.holders_count(ecosystem)
    said = (
        (overdue, "engagement à revoir ensemble", "engagements à revoir ensemble"),
        (answers, "accord attendu sur un engagement", "accords attendus sur des engagements"),
        (gifts, "contribution attend un « D'accord »", "contributions attendent un « D'accord »"),
        (talks, "contribution en vérification", "contributions en vérification"),
        (invited, "invitation sans réponse", "invitations sans réponse"),
    )
    found = [f"{count} {many if count > 1 else one}" for count, one, many in said if count]
    if holders < 2:
        who = "une deuxième personne" if holders else "quelqu'un"
        found.insert(0, f"{who} pour garder les clés")
    return found


def _answers_due(ecosystem: Ecosystem, reach: Reach) -> dict[str, int]:
    """Count what awaits an answer, by receiver: the index knows these few, however long the story.

    A receiver that left keeps what was said to it, and nobody answers for it here.
    """
    receivers = [*members_of(ecosystem.space).values_list("pk", flat=True), ecosystem.agent_id]
    states = (*sorted(TO_ANSWER), ContributionState.DISCUSSED)
    rows = (
        Contribution.objects.visible_to(reach)
        .filter(ecosystem=ecosystem, receiver_id__in=receivers, state__in=states)
        .order_by()
        .values_list("state")
        .annotate(Count("pk"))
    )
    found: dict[str, int] = {state.value: 0 for state in states}
    return found | dict(rows)
