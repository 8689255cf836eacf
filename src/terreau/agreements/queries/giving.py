# SPDX-License-Identifier: AGPL-3.0-or-later
"""What « J'ai apporté… » needs to know, in as few reads as can be: it is sent from a phone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Max, Min, Q

from terreau.agreements.enums import ContributionState, VersionState
from terreau.agreements.models import Commitment, Contribution
from terreau.core import clock
from terreau.core.units import convertible
from terreau.ecosystems.models import Ecosystem
from terreau.people.models import Agent, Mandate, Role, User
from terreau.people.queries import running_on
from terreau.people.visibility import Reader, reach_of


@dataclass(frozen=True, slots=True)
class Here:
    """Who may give and who may receive, as one reader sees it."""

    givers: list[Agent]
    receivers: list[Agent]


def people_here(reader: Reader, ecosystem: Ecosystem) -> Here:
    """Return in whose name the reader may give (themselves first), and who may receive.

    Organisations and collectives with a running role may receive, and all of us. One query.
    """
    reach = reach_of(reader)
    roles = Role.objects.filter(running_on(clock.today()), space__root_id=ecosystem.space_id)
    own = [] if reach.person is None else [reach.person]
    agents = list(
        Agent.objects.filter(Q(pk__in=roles.values("agent_id")) | Q(pk__in=own)).order_by("name")
    )
    givers = [agent for agent in agents if agent.pk in reach.agents]
    receivers = [agent for agent in agents if not agent.is_person]
    return Here(
        sorted(givers, key=lambda agent: agent.pk != reach.person),
        [*receivers, ecosystem.agent],
    )


@dataclass(frozen=True, slots=True)
class Offer:
    """A promise that a gift could fulfil."""

    id: int
    words: str
    provider_id: int
    provider_name: str
    receiver_id: int | None
    unit: str


def offers(reader: Reader, ecosystem: Ecosystem, kind: str) -> list[Offer]:
    """Return the counted promises of one kind that the reader's agents hold, in one query."""
    expects = Q(postings__withdrawn_on__isnull=True) | ~Q(period="")
    rows = Commitment.objects.filter(
        expects,
        postings__isnull=False,
        provider_id__in=reach_of(reader).agents,
        kind=kind,
        closed_on__isnull=True,
        version__state=VersionState.ACCEPTED,
        version__agreement__ecosystem=ecosystem,
    ).values_list("pk", "words", "provider_id", "provider__name", "receiver_id", "unit")
    return [Offer(*row) for row in rows.order_by("pk").distinct()]


def guessed(among: Sequence[Offer], *, giver_id: int, receiver_id: int, unit: str) -> int | None:
    """Return the only promise that such a gift can fulfil, or None when none or several do."""
    found = {
        offer.id
        for offer in among
        if (offer.provider_id, offer.receiver_id) == (giver_id, receiver_id)
        and convertible(offer.unit, unit)
    }
    return found.pop() if len(found) == 1 else None


def last_unit(reader: Reader, ecosystem: Ecosystem, kind: str) -> str:
    """Return the unit in which this person last recorded this kind here, or nothing."""
    found = (
        Contribution.objects.filter(
            ecosystem=ecosystem, recorded_by_id=reach_of(reader).person, kind=kind
        )
        .order_by("-pk")
        .values_list("unit", flat=True)
        .first()
    )
    return found or ""


def last_gifts(reader: Reader, ecosystem: Ecosystem, count: int = 3) -> list[Contribution]:
    """Return the last contributions that this person recorded, one a kind, to do the same again."""
    latest = (
        Contribution.objects.filter(
            ecosystem=ecosystem, recorded_by_id=reach_of(reader).person, refund=False
        )
        .exclude(state=ContributionState.UNDONE)
        .order_by()
        .values("kind", "receiver_id")
        .annotate(latest=Max("pk"))
        .order_by("-latest")
        .values_list("latest", flat=True)[:count]
    )
    rows = Contribution.objects.filter(pk__in=list(latest))
    return list(rows.select_related("author", "receiver").order_by("-pk"))


@dataclass(frozen=True, slots=True)
class Sides:
    """Since when a giver may date a gift, and what its receiver is here (empty: not here)."""

    began_on: date | None
    receiver_kind: str


def sides_of(by: User, ecosystem: Ecosystem, giver_id: int, receiver_id: int) -> Sides:
    """Return what the rules need to know of both sides of a gift. Two queries at most.

    A gift may be dated from the later of two days: the giver's first role here (or the person's
    own, when the organisation has none), and the beginning of the person's mandate.
    """
    today = clock.today()
    began: dict[int, date] = {}
    kind = ecosystem.agent.kind if receiver_id == ecosystem.agent_id else ""
    rows = Role.objects.filter(
        space__root_id=ecosystem.space_id, agent_id__in={giver_id, by.agent_id, receiver_id}
    ).values_list("agent_id", "agent__kind", "since", "until")
    for agent_id, agent_kind, since, until in rows:
        began[agent_id] = min(since, began.get(agent_id, since))
        if agent_id == receiver_id and since <= today and (until is None or until >= today):
            kind = agent_kind
    first = began.get(giver_id) or began.get(by.agent_id)
    if giver_id == by.agent_id or first is None:
        return Sides(first, kind)
    mandate: date | None = Mandate.objects.filter(
        person_id=by.agent_id, organisation_id=giver_id
    ).aggregate(first=Min("since"))["first"]
    return Sides(max(first, mandate) if mandate else first, kind)
