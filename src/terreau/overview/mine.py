# SPDX-License-Identifier: AGPL-3.0-or-later
"""« Mes coopérations »: in each ecosystem, the one thing that waits for me."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from django.db.models import Count, F, Min, Q

from terreau.agreements.enums import TO_ANSWER, VersionState
from terreau.agreements.models import Commitment, Contribution, Party
from terreau.core import clock
from terreau.ecosystems.queries.effects import all_answers_awaited
from terreau.ecosystems.queries.keys import alone_with_the_keys
from terreau.ecosystems.queries.naming import open_notices_for
from terreau.people.models import User
from terreau.people.visibility import Reach, reach_of

REVIEW_AHEAD = timedelta(days=30)


def waiting_for(user: User) -> dict[int, str]:
    """Return one sentence by ecosystem where something waits (a constant number of queries).

    First what is about to be said of somebody in public, then an agreement to answer, contributions
    to confirm, the keys that one person holds alone, a promise to look at together.
    """
    reach = reach_of(user)
    told: dict[int, str] = {}
    for found in (
        _reviews(reach),
        _lone_keys(reach),
        _contributions(reach),
        _answers(reach),
        _namings(user),
        _harms(reach),
    ):
        told.update(found)  # what comes last weighs most
    return told


def _harms(reach: Reach) -> Iterable[tuple[int, str]]:
    for link in all_answers_awaited(reach):
        sentence = f"Une phrase nomme {link.agent.name} : votre réponse est attendue"
        yield link.effect.ecosystem_id, sentence


def _namings(user: User) -> Iterable[tuple[int, str]]:
    for notice in open_notices_for(user):
        name = notice.presence.agent.name
        yield notice.presence.ecosystem_id, f"Dites si le nom de {name} peut paraître en public"


def _lone_keys(reach: Reach) -> Iterable[tuple[int, str]]:
    for ecosystem in alone_with_the_keys(reach.stewarded):
        yield ecosystem.pk, "Une deuxième personne pour garder les clés"


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
            Q(receiver_id__in=reach.agents) | for_all_of_us, state__in=sorted(TO_ANSWER)
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
