# SPDX-License-Identifier: AGPL-3.0-or-later
"""Reads about contributions: what may be given, what awaits an answer, what was said of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Case, F, Q, QuerySet, Value, When

from terreau.agreements.enums import TO_ANSWER, VersionState
from terreau.agreements.models import Contribution, Discussion, DiscussionNote, Posting
from terreau.agreements.queries.agreements import readable as readable_agreements
from terreau.agreements.queries.statement import statements_open
from terreau.core.units import convertible
from terreau.ecosystems.models import Ecosystem
from terreau.people.models import Agent
from terreau.people.queries import members_of
from terreau.people.visibility import Reach, Reader, predicate, reach_of


def receiver_here(ecosystem: Ecosystem, agent_id: int) -> Agent | None:
    """Return the agent when it may receive in this ecosystem: a member, or all of us."""
    if agent_id == ecosystem.agent_id:
        return ecosystem.agent
    return members_of(ecosystem.space).filter(pk=agent_id).first()


@dataclass(frozen=True, slots=True)
class Given:
    """What decides which promise a gift may fulfil."""

    giver_id: int
    receiver_id: int
    kind: str
    unit: str
    day: date


_runs = Q(commitment__closed_on__isnull=True, commitment__version__state=VersionState.ACCEPTED)


def fulfilled_by(ecosystem: Ecosystem, commitment_id: int, given: Given) -> Posting | None:
    """Return a line of a promise that such a gift fulfils, or None when they differ.

    The promise runs, or ended on that day or later. The line in force, or the last one when none
    is. The unit may be another of the same nature:
    what was promised in days is given in half-days too.
    """
    found = (
        Posting.objects.filter(
            commitment_id=commitment_id,
            commitment__version__agreement__ecosystem=ecosystem,
            commitment__provider_id=given.giver_id,
            commitment__receiver_id=given.receiver_id,
            commitment__kind=given.kind,
        )
        .filter(_runs | Q(commitment__closed_on__gte=given.day))
        .select_related("commitment__version__agreement")
        .order_by(F("withdrawn_on").asc(nulls_first=True), "-pk")
        .first()
    )
    if found is None or not convertible(given.unit, found.commitment.unit):
        return None
    return found


def readable(reader: Reader) -> QuerySet[Contribution]:
    """Return the contributions that this reader may read.

    Those that ``visible_to`` lets through, and those addressed to an agent they speak for: who is
    said to have received is always told so, even outside the circle. ``towards`` are the words of
    the promise that each fulfils, empty when this reader may not read its agreement.
    """
    reach = reach_of(reader)
    told = Q(posting__commitment__version__agreement__in=readable_agreements(reach))
    words = Case(When(told, then=F("posting__commitment__words")), default=Value(""))
    found: QuerySet[Contribution] = (
        Contribution.objects.filter(predicate(reach) | Q(receiver_id__in=reach.agents))
        .select_related("author", "receiver", "recorded_by", "posting", "confirmed_by")
        .annotate(towards=words)
    )
    return found


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
        readable(reach)
        .filter(
            ecosystem=ecosystem,
            state__in=sorted(TO_ANSWER),
            receiver_id__in=answered_agents(reach, ecosystem),
        )
        .exclude(recorded_by_id=reach.person)
        .prefetch_related("changes_made")
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


def taken_by(reader: Reader, ecosystem: Ecosystem) -> QuerySet[Contribution]:
    """Return the contributions that this reader may list or carry away, one by one.

    Everybody's together make everybody's statement: until the circle decided to open those, a
    reader takes their own. Who keeps the keys carries the whole, and « Qui voit quoi » tells it.
    """
    rows = readable(reader).filter(ecosystem=ecosystem)
    whole = ecosystem.space_id in reach_of(reader).stewarded
    if whole or statements_open(ecosystem) is not None:
        return rows
    return mine_among(rows, reader, ecosystem)


def discussion_of(contribution: Contribution) -> Discussion | None:
    """Return the last discussion about a contribution, or None."""
    return contribution.discussions.select_related("third").first()


def takes_part(reach: Reach, contribution: Contribution) -> bool:
    """Tell whether the reader takes part in the last discussion about a contribution."""
    discussion = discussion_of(contribution)
    return discussion is not None and (
        discussion.space_id in reach.spaces or _keeps_it_for_all(reach, contribution)
    )


def _keeps_it_for_all(reach: Reach, contribution: Contribution) -> bool:
    ecosystem = contribution.ecosystem
    to_all = contribution.receiver_id == ecosystem.agent_id
    return to_all and ecosystem.space_id in reach.stewarded


def talks_of(reader: Reader) -> QuerySet[Discussion]:
    """Return the discussions in which this reader takes part, everywhere.

    As one of the three, or because they keep the keys: these answer for « nous tous ».
    """
    reach = reach_of(reader)
    to_all = Q(contribution__receiver_id=F("contribution__ecosystem__agent_id"))
    kept = Q(contribution__ecosystem__space_id__in=reach.stewarded)
    found: QuerySet[Discussion] = Discussion.objects.filter(
        Q(space_id__in=reach.spaces) | (to_all & kept)
    )
    return found


def discussions_of(reader: Reader, ecosystem: Ecosystem) -> QuerySet[Discussion]:
    """Return the discussions of an ecosystem in which this reader takes part, open ones first."""
    return (
        talks_of(reader)
        .filter(contribution__ecosystem=ecosystem)
        .select_related(
            "contribution__author", "contribution__receiver", "third", "proposed_by", "space"
        )
        .order_by("closed_on", "-opened_on")
    )


def readable_notes(reader: Reader) -> QuerySet[DiscussionNote]:
    """Return the notes that this reader may read: theirs, and those of their discussions."""
    found: QuerySet[DiscussionNote] = DiscussionNote.objects.filter(
        predicate(reach_of(reader)) | Q(discussion__in=talks_of(reader))
    )
    return found


def notes_of(reader: Reader, discussion: Discussion) -> QuerySet[DiscussionNote]:
    """Return the notes of a discussion that this reader may read, in order."""
    return (
        readable_notes(reader)
        .filter(discussion=discussion)
        .select_related("author", "recorded_by")
        .order_by("day", "pk")
    )
