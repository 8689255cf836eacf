# SPDX-License-Identifier: AGPL-3.0-or-later
"""Needs and offers of a small ledger, and what answers them."""

from uuid import UUID, uuid4

from terreau.ecosystems.models import Ecosystem
from terreau.ledger.models import Intent, Proposal, ProposalList, Specification
from terreau.ledger.wishes.actions import answer, propose, wish
from terreau.ledger.wishes.said import Answer, Offering, Wish
from terreau.people.models import Agent, Space, User
from tests.ledger.factories import Ground

ONE = 1_000_000


def circle(ground: Ground):
    return Ecosystem.objects.get(space=ground.ledger).circle


def a_need(ground: Ground, key: UUID | None = None, **changes: object) -> Wish:
    """The giver needs ten hours of work."""
    content: dict[str, object] = {
        "action": "work",
        "specification": "time",
        "quantity": 10 * ONE,
        "unit": "hour",
        "measure": "effort",
        "receiver_id": ground.giver.pk,
    }
    return Wish(key=key or uuid4(), **{**content, **changes})  # type: ignore[arg-type]


def an_offer(ground: Ground, **changes: object) -> Wish:
    """The giver can do ten hours of work."""
    return a_need(ground, **{"receiver_id": None, "provider_id": ground.giver.pk, **changes})


def said(ground: Ground, one: Wish, by: User | None = None) -> Intent:
    pk = wish(by=by or ground.alice, space=circle(ground), wish=one)
    return Intent.objects.get(pk=pk)


def proposed(ground: Ground, *publishes: int, by: User | None = None, **changes) -> Proposal:
    content = {
        "name": "Du temps",
        "purpose": "offer",
        "author_id": ground.giver.pk,
        "publishes": publishes,
    }
    offering = Offering(key=uuid4(), **{**content, **changes})
    return Proposal.objects.get(
        pk=propose(by=by or ground.alice, space=circle(ground), offering=offering)
    )


def answers(ground: Ground, intent: Intent, by: User | None = None, **what: object) -> int:
    told = Answer(key=uuid4(), intent_id=intent.pk, **what)  # type: ignore[arg-type]
    return answer(by=by or ground.alice, answer=told)


def wished(model: type, ledger: Space, author: Agent) -> dict[str, object]:
    """Return what a record of the ledger needs to be planted without its action."""
    if model is Intent:
        kind = Specification.objects.filter(ledger=ledger).first()
        told = {"action": "work", "measure": "effort", "unit": "hour", "quantity": ONE}
        return {"ledger": ledger, "provider": author, "specification": kind, **told}
    return {"ledger": ledger} if model in (Proposal, ProposalList) else {}
