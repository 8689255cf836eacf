# SPDX-License-Identifier: AGPL-3.0-or-later
"""« Mes coopérations »: in each ecosystem, the one thing that waits for me."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from django.db.models import Count, F, Min, Q

from terreau.agreements.enums import ContributionState, VersionState
from terreau.agreements.models import Commitment, Contribution, Party
from terreau.core import clock
from terreau.people.models import User
from terreau.people.visibility import Reach, reach_of

REVIEW_AHEAD = timedelta(days=30)


def waiting_for(user: User) -> dict[int, str]:
    """Return one sentence by ecosystem, for those where something waits (four queries).

    First an agreement to answer, then contributions to confirm, then a promise to look at together.
    """
    reach = reach_of(user)
    told: dict[int, str] = {}
    for found in (_reviews(reach), _contributions(reach), _answers(reach)):
        told.update(found)  # what comes last weighs most
    return told


def _answers(reach: Reach) -> Iterable[tuple[int, str]]:
    rows = (
        Party.objects.filter(
            agent_id__in=reach.agents,
            version__state=VersionState.PROPOSED,
            validated_on__isnull=True,
            declined_on__isnull=True,
        )
        .values_list("version__agreement__ecosystem_id")
        .annotate(Count("pk"))
    )
    for ecosystem_id, count in rows:
        yield ecosystem_id, f"{_counted(count, 'accord')} votre réponse"


def _contributions(reach: Reach) -> Iterable[tuple[int, str]]:
    for_all_of_us = Q(receiver_id=F("ecosystem__agent_id")) & Q(
        ecosystem__space_id__in=reach.stewarded
    )
    rows = (
        Contribution.objects.filter(
            Q(receiver_id__in=reach.agents) | for_all_of_us, state=ContributionState.AWAITING
        )
        .exclude(recorded_by_id=reach.person)
        .values_list("ecosystem_id")
        .annotate(Count("pk"))
    )
    for ecosystem_id, count in rows:
        yield ecosystem_id, f"{_counted(count, 'contribution')} votre « D'accord »"


def _reviews(reach: Reach) -> Iterable[tuple[int, str]]:
    rows = (
        Commitment.objects.filter(
            provider_id__in=reach.agents,
            version__state=VersionState.ACCEPTED,
            declined_on__isnull=True,
            closed_on__isnull=True,
            review_on__lte=clock.today() + REVIEW_AHEAD,
        )
        .values_list("version__agreement__ecosystem_id")
        .annotate(Min("review_on"))
    )
    for ecosystem_id, day in rows:
        yield ecosystem_id, f"Un engagement à revoir ensemble (prévu le {day:%d/%m/%Y})"


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}s attendent" if count > 1 else f"1 {noun} attend"
