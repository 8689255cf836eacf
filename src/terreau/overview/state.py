# SPDX-License-Identifier: AGPL-3.0-or-later
"""Where the cooperation stands, for the question of the week: only what the reader may read."""

from __future__ import annotations

from collections.abc import Iterable

from terreau.agreements.queries import agreements
from terreau.core import clock
from terreau.ecosystems.enums import Phase
from terreau.ecosystems.models import (
    Aim,
    AimDisagreement,
    Beneficiary,
    CircleDecision,
    Ecosystem,
    Effect,
    LogEntry,
    Stake,
)
from terreau.ecosystems.queries.aim import adopted
from terreau.ecosystems.queries.solution import Link, solution_of
from terreau.ecosystems.rules.question import State
from terreau.people.visibility import Reach

PAUSED = (Phase.PAUSE, Phase.HANDED_OVER, Phase.ENDED)


def current_aim(ecosystem: Ecosystem, reach: Reach) -> Aim | None:
    """Return the aim that holds: the last adopted version that this reader may read."""
    return adopted(ecosystem, reach).first()


def state_of(ecosystem: Ecosystem, reach: Reach) -> State:
    """Return the facts that choose the question, in a constant number of queries."""
    effects = list(
        Effect.objects.visible_to(reach)
        .filter(ecosystem=ecosystem)
        .order_by()
        .values_list("said_by", "beneficiary_id")
    )
    promised = agreements.current(reach, ecosystem).order_by()
    solution = solution_of(ecosystem, reach)
    return State(
        has_aim=current_aim(ecosystem, reach) is not None,
        open_disagreements=AimDisagreement.objects.visible_to(reach)
        .filter(aim__ecosystem=ecosystem, settled_on__isnull=True)
        .count(),
        stakes=Stake.objects.visible_to(reach).filter(ecosystem=ecosystem).count(),
        performances=len(solution.performances),
        missing_maillons=_names(solution.missing),
        unborne_maillons=_names(solution.unborne),
        unsaid_maillons=_names(
            link
            for link in solution.links
            if link.maillon.holds_without is None and not link.missing
        ),
        promises=promised.count(),
        late_reviews=promised.filter(review_on__lte=clock.today()).count(),
        effects=len(effects),
        unheard_effects=sum(not said_by for said_by, _ in effects),
        unspoken_beneficiaries=_unspoken(ecosystem, reach, {pk for _, pk in effects}),
        decisions=CircleDecision.objects.visible_to(reach).filter(ecosystem=ecosystem).count(),
        days_since_entry=_days_since_entry(ecosystem, reach),
        paused=ecosystem.phase in PAUSED,
    )


def _names(links: Iterable[Link]) -> tuple[str, ...]:
    return tuple(link.maillon.name for link in links)


def _unspoken(ecosystem: Ecosystem, reach: Reach, spoken: set[int]) -> tuple[str, ...]:
    labels = (
        Beneficiary.objects.visible_to(reach)
        .filter(ecosystem=ecosystem)
        .exclude(pk__in=spoken)
        .values_list("label", flat=True)
    )
    return tuple(labels)


def _days_since_entry(ecosystem: Ecosystem, reach: Reach) -> int | None:
    last = (
        LogEntry.objects.visible_to(reach)
        .filter(ecosystem=ecosystem)
        .values_list("day", flat=True)
        .first()
    )
    return (clock.today() - last).days if last else None
