# SPDX-License-Identifier: AGPL-3.0-or-later
"""A small ledger: two people, two organisations, one ecosystem."""

from dataclasses import dataclass
from datetime import date
from itertools import count
from uuid import UUID, uuid4

from terreau.ledger.flows import Claimed, Flow, Promise
from terreau.people.models import Agent, Space, User
from tests.factories import join, make_ecosystem, make_organisation, make_user, represent

DAY = date(2026, 3, 12)
_numbers = count(1)


@dataclass(frozen=True)
class Ground:
    """Alice speaks for the giver; the taker is another organisation of the same ecosystem."""

    alice: User
    giver: Agent
    taker: Agent
    ledger: Space


def make_ground() -> Ground:
    ecosystem = make_ecosystem()
    alice = join(make_user("Alice"), ecosystem)
    giver = represent(alice, make_organisation("La Halte"), ecosystem)
    taker = represent(make_user("Basile"), make_organisation("Le Garage"), ecosystem)
    return Ground(alice, giver, taker, ecosystem.space)


def a_flow(ground: Ground, key: UUID | None = None, **changes: object) -> Flow:
    """Three hours of work from the giver to the taker."""
    content: dict[str, object] = {
        "action": "work",
        "provider_id": ground.giver.pk,
        "receiver_id": ground.taker.pk,
        "happened_on": DAY,
        "specification": "time",
    }
    if "quantity" not in changes:
        content |= {"effort": 3_000_000, "effort_unit": "hour"}
    return Flow(key=key or uuid4(), **{**content, **changes})  # type: ignore[arg-type]


def a_promise(ground: Ground, key: UUID | None = None, **changes: object) -> Promise:
    """Ten hours of work promised by the giver to the taker."""
    content: dict[str, object] = {
        "action": "work",
        "provider_id": ground.giver.pk,
        "receiver_id": ground.taker.pk,
        "specification": "time",
    }
    if "quantity" not in changes:
        content |= {"effort": 10_000_000, "effort_unit": "hour"}
    return Promise(key=key or uuid4(), **{**content, **changes})  # type: ignore[arg-type]


def a_claim(ground: Ground, event: int, key: UUID | None = None, **changes: object) -> Claimed:
    """Forty-five euros that the taker owes the giver for what the event gave."""
    content: dict[str, object] = {
        "action": "transfer",
        "provider_id": ground.taker.pk,
        "receiver_id": ground.giver.pk,
        "specification": "money",
        "triggered_by_id": event,
    }
    if "effort" not in changes:
        content |= {"quantity": 45_000_000, "unit": "eur"}
    return Claimed(key=key or uuid4(), **{**content, **changes})  # type: ignore[arg-type]


def a_settlement(ground: Ground, claim: int, euros: int = 20, **changes: object) -> Flow:
    """Twenty euros from the taker to the giver, that settle a part of a claim."""
    content: dict[str, object] = {
        "action": "transfer",
        "provider_id": ground.taker.pk,
        "receiver_id": ground.giver.pk,
        "specification": "money",
        "quantity": euros * 1_000_000,
        "unit": "eur",
        "settles": ((claim, euros * 1_000_000),),
    }
    return a_flow(ground, **{**content, **changes})
