# SPDX-License-Identifier: AGPL-3.0-or-later
"""What « J'ai apporté… » needs to know, in as few reads as can be: it is sent from a phone.

The three reads of each sending are plain SQL: to compile them anew would cost more than to run.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from django.db import connection
from django.db.models import Max

from terreau.agreements.enums import ContributionState, VersionState
from terreau.agreements.models import Contribution
from terreau.core import clock
from terreau.core.units import convertible
from terreau.ecosystems.models import Ecosystem
from terreau.ledger.reading import as_date
from terreau.people.enums import AgentKind
from terreau.people.models import User
from terreau.people.visibility import Reader, reach_of


@dataclass(frozen=True, slots=True)
class Somebody:
    """An agent as a list of choices needs it."""

    pk: int
    name: str
    kind: str

    @property
    def is_person(self) -> bool:
        return self.kind == AgentKind.PERSON


@dataclass(frozen=True, slots=True)
class Here:
    """Who may give and who may receive, as one reader sees it."""

    givers: list[Somebody]
    receivers: list[Somebody]


_RUNNING = "r.since <= %(day)s AND (r.until IS NULL OR r.until >= %(day)s)"
_HERE = f"""
    SELECT a.id, a.name, a.kind FROM people_agent a
    WHERE a.id = %(own)s OR a.id IN (
        SELECT r.agent_id FROM people_role r JOIN people_space s ON s.id = r.space_id
        WHERE s.root_id = %(root)s AND {_RUNNING}
    ) ORDER BY a.name
"""  # noqa: S608 - no value is written into it


def people_here(reader: Reader, ecosystem: Ecosystem) -> Here:
    """Return in whose name the reader may give (themselves first), and who may receive.

    Organisations and collectives with a running role may receive, and all of us. One query.
    """
    reach = reach_of(reader)
    asked = {"own": reach.person, "root": ecosystem.space_id, "day": _today()}
    agents = [Somebody(*row) for row in _rows(_HERE, asked)]
    givers = [agent for agent in agents if agent.pk in reach.agents]
    receivers = [agent for agent in agents if not agent.is_person]
    all_of_us = Somebody(ecosystem.agent_id, ecosystem.name, AgentKind.ECOSYSTEM)
    return Here(
        sorted(givers, key=lambda agent: agent.pk != reach.person),
        [*receivers, all_of_us],
    )


def _rows(sql: str, asked: Mapping[str, str | int | None]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, asked)
        return list(cursor.fetchall())


def _today() -> str:
    return clock.today().isoformat()


@dataclass(frozen=True, slots=True)
class Offer:
    """A promise that a gift could fulfil."""

    id: int
    words: str
    provider_id: int
    provider_name: str
    receiver_id: int | None
    unit: str
    closed_on: date | None = None


LATELY = timedelta(days=366)
"""How long a promise that ended is still offered to what was given before."""
_OFFERS = """
    SELECT c.id, c.words, c.provider_id, a.name, c.receiver_id, c.unit, c.closed_on
    FROM agreements_commitment c
    JOIN people_agent a ON a.id = c.provider_id
    JOIN agreements_agreementversion v ON v.id = c.version_id
    JOIN agreements_agreement g ON g.id = v.agreement_id
    WHERE c.kind = %(kind)s AND c.provider_id IN ({holders}) AND g.ecosystem_id = %(ecosystem)s
    AND (c.closed_on >= %(lately)s OR (c.closed_on IS NULL AND v.state = %(accepted)s))
    AND EXISTS (
        SELECT 1 FROM agreements_posting p WHERE p.commitment_id = c.id
        AND (p.withdrawn_on IS NULL OR c.period <> '' OR c.closed_on IS NOT NULL)
    ) ORDER BY c.closed_on IS NOT NULL, c.id
"""


def offers(reader: Reader, ecosystem: Ecosystem, kind: str) -> list[Offer]:
    """Return the counted promises of one kind that the reader's agents hold, in one query.

    Those that run, then those that ended lately: something may have been given before that.
    """
    agents = {f"agent{n}": pk for n, pk in enumerate(sorted(reach_of(reader).agents))}
    if not agents:
        return []
    asked: dict[str, str | int | None] = {
        "kind": kind,
        "ecosystem": ecosystem.pk,
        "accepted": VersionState.ACCEPTED.value,
        "lately": (clock.today() - LATELY).isoformat(),
    }
    holders = ", ".join(f"%({name})s" for name in agents)
    rows = _rows(_OFFERS.format(holders=holders), asked | agents)
    return [replace(Offer(*row), closed_on=as_date(row[-1]) if row[-1] else None) for row in rows]


def guessed(
    among: Sequence[Offer], *, giver_id: int, receiver_id: int, unit: str, day: date
) -> int | None:
    """Return the only promise that such a gift can fulfil, or None when none or several do.

    One that ended on that day or later, only when none that runs does.
    """
    fits = [
        offer
        for offer in among
        if (offer.provider_id, offer.receiver_id) == (giver_id, receiver_id)
        and convertible(offer.unit, unit)
    ]
    running = [offer.id for offer in fits if offer.closed_on is None]
    ended = [offer.id for offer in fits if offer.closed_on and offer.closed_on >= day]
    found = running or ended
    return found[0] if len(found) == 1 else None


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


_SIDES = """
    SELECT r.agent_id, a.kind, r.since, r.until FROM people_role r
    JOIN people_space s ON s.id = r.space_id JOIN people_agent a ON a.id = r.agent_id
    WHERE s.root_id = %(root)s AND r.agent_id IN (%(giver)s, %(person)s, %(receiver)s)
    UNION ALL SELECT 0, 'mandate', MIN(m.since), NULL FROM people_mandate m
    WHERE m.person_id = %(person)s AND m.organisation_id = %(giver)s
"""


def sides_of(by: User, ecosystem: Ecosystem, giver_id: int, receiver_id: int) -> Sides:
    """Return what the rules need to know of both sides of a gift, in one query.

    A gift may be dated from the later of two days: the giver's first role here (or the person's
    own, when the organisation has none), and the beginning of the person's mandate.
    """
    today, began = clock.today(), dict[int, date]()
    kind = AgentKind.ECOSYSTEM.value if receiver_id == ecosystem.agent_id else ""
    asked = {"root": ecosystem.space_id, "giver": giver_id, "person": by.agent_id}
    for agent_id, agent_kind, first, last in _rows(_SIDES, {**asked, "receiver": receiver_id}):
        since, until = as_date(first) if first else None, as_date(last) if last else None
        if since is None:
            continue
        began[agent_id] = min(since, began.get(agent_id, since))
        if agent_id == receiver_id and since <= today and (until is None or until >= today):
            kind = agent_kind
    first_day, mandate = began.get(giver_id) or began.get(by.agent_id), began.get(0)
    if first_day is None or mandate is None or giver_id == by.agent_id:
        return Sides(first_day, kind)
    return Sides(max(first_day, mandate), kind)
