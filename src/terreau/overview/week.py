# SPDX-License-Identifier: AGPL-3.0-or-later
"""« Cette semaine »: in one page, what moved, what is promised, what to ask, what waits for me."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from terreau.agreements.models import Commitment, Contribution, Party
from terreau.agreements.queries import agreements, contributions
from terreau.core import clock
from terreau.ecosystems.models import Ecosystem, EffectLink, Interim, NamingNotice, Visit
from terreau.ecosystems.queries import keys
from terreau.ecosystems.queries.effects import answers_awaited
from terreau.ecosystems.queries.naming import open_notices_for
from terreau.ecosystems.rules.interim import Standing, standing
from terreau.ecosystems.rules.question import Question, question
from terreau.overview.calls import Call, to_call
from terreau.overview.moved import Moved, moved_since
from terreau.overview.state import state_of
from terreau.people.models import User
from terreau.people.visibility import reach_of

FIRST_LOOK = timedelta(days=14)
SHOWN = 6
WANTED_KEYS = 2


@dataclass(frozen=True, slots=True)
class Week:
    """All that the page shows. Lists are cut at ``SHOWN``; ``more`` says how many are left out."""

    made_at: datetime
    last_read: datetime | None
    moved: list[Moved]
    moved_more: int
    question: Question
    to_review: list[Commitment]
    mine: list[Commitment]
    mine_more: int
    awaiting: list[Contribution]
    awaiting_more: int
    to_answer: list[Party]
    notices: list[NamingNotice]
    named: list[EffectLink] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    holders: int = WANTED_KEYS
    keys_offered: int = 0
    interim: Interim | None = None

    @property
    def lacks_a_key(self) -> bool:
        return self.holders < WANTED_KEYS


def week_of(user: User, ecosystem: Ecosystem) -> Week:
    """Return the week of one person in one cooperation (a constant number of queries)."""
    reach = reach_of(user)
    now = clock.now()
    last_read = last_visit(user, ecosystem)
    moved = moved_since(ecosystem, reach, last_read or now - FIRST_LOOK)
    mine = list(agreements.my_promises(reach, ecosystem)[: SHOWN + 1])
    awaiting = list(contributions.awaiting(reach, ecosystem)[: SHOWN + 1])
    holders = keys.holders_count(ecosystem)
    return Week(
        made_at=now,
        last_read=last_read,
        moved=moved[:SHOWN],
        moved_more=max(0, len(moved) - SHOWN),
        question=question(state_of(ecosystem, reach), clock.today().isocalendar().week),
        to_review=list(agreements.to_review(reach, ecosystem)[:SHOWN]),
        mine=mine[:SHOWN],
        mine_more=max(0, len(mine) - SHOWN),
        awaiting=awaiting[:SHOWN],
        awaiting_more=max(0, len(awaiting) - SHOWN),
        to_answer=list(agreements.to_answer(reach, ecosystem)[:SHOWN]),
        notices=open_notices_for(user, ecosystem),
        named=list(answers_awaited(reach, ecosystem)[:SHOWN]),
        calls=to_call(ecosystem, reach),
        holders=holders,
        keys_offered=keys.keys_offered(ecosystem) if holders < WANTED_KEYS else 0,
        interim=running_interim(ecosystem),
    )


def last_visit(user: User, ecosystem: Ecosystem) -> datetime | None:
    """Return when this person last said « j'ai lu », or None."""
    return (
        Visit.objects.filter(ecosystem=ecosystem, person_id=user.agent_id)
        .values_list("at", flat=True)
        .first()
    )


def running_interim(ecosystem: Ecosystem) -> Interim | None:
    """Return the naming of an interim that is under way, or None."""
    last = keys.interims(ecosystem).first()
    under_way = (Standing.ASKED, Standing.NOTICE, Standing.DUE)
    return last if last is not None and standing(last, clock.now()) in under_way else None
