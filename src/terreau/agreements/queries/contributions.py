# SPDX-License-Identifier: AGPL-3.0-or-later
"""Reads about contributions: what may be given, what awaits an answer, what was said of it."""

from __future__ import annotations

from datetime import date

from django.db.models import Max, Min, Q, QuerySet

from terreau.agreements.enums import ContributionState, VersionState
from terreau.agreements.models import Commitment, Contribution, Discussion, DiscussionNote, Posting
from terreau.ecosystems.models import Ecosystem
from terreau.people.models import Agent, Mandate, Role, User
from terreau.people.queries import members_of
from terreau.people.visibility import Reach, Reader, predicate, reach_of


def began_on(by: User, ecosystem: Ecosystem, giver_id: int) -> date | None:
    """Return the first day on which this person may date a gift of this giver, or None.

    The later of two days: the giver's first role here (or the person's own, when the organisation
    has none), and the beginning of the person's mandate.
    """
    own = by.agent_id == giver_id
    roles = dict(
        Role.objects.filter(space__root_id=ecosystem.space_id, agent_id__in={giver_id, by.agent_id})
        .values_list("agent_id")
        .annotate(Min("since"))
    )
    role: date | None = roles.get(giver_id) or roles.get(by.agent_id)
    if own or role is None:
        return role
    mandate: date | None = Mandate.objects.filter(
        person_id=by.agent_id, organisation_id=giver_id
    ).aggregate(first=Min("since"))["first"]
    return max(role, mandate) if mandate else role


def receiver_here(ecosystem: Ecosystem, agent_id: int) -> Agent | None:
    """Return the agent when it may receive in this ecosystem: a member, or all of us."""
    if agent_id == ecosystem.agent_id:
        return ecosystem.agent
    return members_of(ecosystem.space).filter(pk=agent_id).first()


def givers_of(reader: Reader, ecosystem: Ecosystem) -> list[Agent]:
    """Return in whose name this person may give here: themselves first, then organisations."""
    reach = reach_of(reader)
    people = [] if reach.person is None else [reach.person]
    here = members_of(ecosystem.space).filter(pk__in=reach.agents)
    agents = list(here | Agent.objects.filter(pk__in=people))
    return sorted(agents, key=lambda agent: (agent.pk != reach.person, agent.name))


def receivers_for(ecosystem: Ecosystem) -> list[Agent]:
    """Return who may receive: organisations and collectives of the ecosystem, then all of us."""
    members = members_of(ecosystem.space).exclude(kind="person")
    return [*members, ecosystem.agent]


def running_commitments(ecosystem: Ecosystem) -> QuerySet[Commitment]:
    """Return the promises in force: of accepted versions, neither declined nor closed."""
    return Commitment.objects.filter(
        version__agreement__ecosystem=ecosystem,
        version__state=VersionState.ACCEPTED,
        declined_on__isnull=True,
        closed_on__isnull=True,
    ).select_related("provider", "receiver", "version__agreement")


def commitments_to_give(reader: Reader, ecosystem: Ecosystem, kind: str = "") -> list[Commitment]:
    """Return the counted promises that this person's agents hold here, of one kind if given."""
    found = running_commitments(ecosystem).filter(
        provider_id__in=reach_of(reader).agents, quantity__isnull=False
    )
    return list(found.filter(kind=kind) if kind else found)


def posting_for(
    ecosystem: Ecosystem,
    commitment_id: int,
    *,
    giver_id: int,
    receiver_id: int,
    kind: str,
    unit: str,
) -> Posting | None:
    """Return the ledger line of a promise that such a gift fulfils, or None when they differ."""
    return (
        Posting.objects.filter(
            commitment_id=commitment_id,
            commitment__version__agreement__ecosystem=ecosystem,
            commitment__provider_id=giver_id,
            commitment__receiver_id=receiver_id,
            commitment__kind=kind,
            commitment__unit=unit,
            commitment__closed_on__isnull=True,
            withdrawn_on__isnull=True,
        )
        .order_by("-pk")
        .first()
    )


def guess_commitment(
    ecosystem: Ecosystem, *, giver_id: int, receiver_id: int, kind: str, unit: str
) -> int | None:
    """Return the only promise that such a gift can fulfil, or None when none or several do."""
    found = list(
        running_commitments(ecosystem)
        .filter(provider_id=giver_id, receiver_id=receiver_id, kind=kind, unit=unit)
        .filter(postings__withdrawn_on__isnull=True, postings__isnull=False)
        .values_list("pk", flat=True)
        .distinct()[:2]
    )
    return found[0] if len(found) == 1 else None


def last_units(reader: Reader, ecosystem: Ecosystem) -> dict[str, str]:
    """Return, for each kind that this person recorded here, the unit of the last one."""
    latest = (
        Contribution.objects.filter(ecosystem=ecosystem, recorded_by_id=reach_of(reader).person)
        .values("kind")
        .annotate(latest=Max("pk"))
        .values("latest")
    )
    rows = Contribution.objects.filter(pk__in=latest).values_list("kind", "unit")
    return dict(rows)


def last_gifts(reader: Reader, ecosystem: Ecosystem, count: int = 3) -> list[Contribution]:
    """Return the last contributions that this person recorded, to do the same again."""
    return list(
        Contribution.objects.filter(ecosystem=ecosystem, recorded_by_id=reach_of(reader).person)
        .exclude(state=ContributionState.UNDONE)
        .select_related("author", "receiver", "posting__commitment")
        .order_by("-pk")[:count]
    )


def readable(reader: Reader) -> QuerySet[Contribution]:
    """Return the contributions that this reader may read.

    Those that ``visible_to`` lets through, and those addressed to an agent they speak for: who is
    said to have received is always told so, even outside the circle.
    """
    reach = reach_of(reader)
    return Contribution.objects.filter(
        predicate(reach) | Q(receiver_id__in=reach.agents)
    ).select_related("author", "receiver", "recorded_by", "posting__commitment", "confirmed_by")


def contributions_of(reader: Reader, ecosystem: Ecosystem) -> QuerySet[Contribution]:
    """Return the contributions of an ecosystem that this reader may read, newest first."""
    return readable(reader).filter(ecosystem=ecosystem).order_by("-happened_on", "-pk")


def answered_agents(reach: Reach, ecosystem: Ecosystem) -> frozenset[int]:
    """Return the receivers for whom this reader answers here (« nous tous » for key-holders)."""
    ours = frozenset({ecosystem.agent_id})
    return reach.agents | ours if ecosystem.space_id in reach.stewarded else reach.agents


def awaiting(reader: Reader, ecosystem: Ecosystem) -> QuerySet[Contribution]:
    """Return what this reader may answer « D'accord » or « En parler », oldest first."""
    reach = reach_of(reader)
    return (
        Contribution.objects.visible_to(reach)
        .filter(
            ecosystem=ecosystem,
            state=ContributionState.AWAITING,
            receiver_id__in=answered_agents(reach, ecosystem),
        )
        .exclude(recorded_by_id=reach.person)
        .select_related("author", "receiver", "recorded_by", "posting__commitment")
        .order_by("happened_on", "pk")
    )


def awaiting_count(reader: Reader, ecosystem: Ecosystem, most: int = 100) -> int:
    """Count what awaits this reader's answer, no further than ``most``."""
    return awaiting(reader, ecosystem).order_by()[:most].count()


def mine_among(
    rows: QuerySet[Contribution], reader: Reader, ecosystem: Ecosystem
) -> QuerySet[Contribution]:
    """Keep those that this reader's agents gave or received (key-holders: « nous tous » too)."""
    reach = reach_of(reader)
    return rows.filter(
        Q(author_id__in=reach.agents) | Q(receiver_id__in=answered_agents(reach, ecosystem))
    )


def discussion_of(contribution: Contribution) -> Discussion | None:
    """Return the last discussion about a contribution, or None."""
    return contribution.discussions.select_related("third").first()


def takes_part(reach: Reach, contribution: Contribution) -> bool:
    """Tell whether the reader takes part in the last discussion about a contribution."""
    discussion = discussion_of(contribution)
    return discussion is not None and discussion.space_id in reach.spaces


def discussions_of(reader: Reader, ecosystem: Ecosystem) -> QuerySet[Discussion]:
    """Return the discussions in which this reader takes part, the open ones first."""
    return (
        Discussion.objects.filter(
            contribution__ecosystem=ecosystem, space_id__in=reach_of(reader).spaces
        )
        .select_related(
            "contribution__author", "contribution__receiver", "third", "proposed_by", "space"
        )
        .order_by("closed_on", "-opened_on")
    )


def notes_of(reader: Reader, discussion: Discussion) -> QuerySet[DiscussionNote]:
    """Return the notes of a discussion that this reader may read, in order."""
    return (
        DiscussionNote.objects.visible_to(reader)
        .filter(discussion=discussion)
        .select_related("author", "recorded_by")
        .order_by("day", "pk")
    )
