# SPDX-License-Identifier: AGPL-3.0-or-later
"""How promises and gifts are written in the ledger: the only place here that speaks to it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from uuid import UUID, uuid5

from django.db import transaction

from terreau.agreements.kinds import Measure, measure
from terreau.agreements.models import Commitment, Contribution, Posting
from terreau.agreements.queries.stocks import NO_STOCK, Stocks
from terreau.core.errors import Invalid
from terreau.core.units import convert
from terreau.ecosystems.models import Ecosystem
from terreau.ledger import actions as ledger
from terreau.ledger.engine.rules import RuleBroken, floor_holds_after
from terreau.people.models import User
from terreau.people.visibility import reach_of

GONE_SINCE = (
    "Ce qui est entré dans cette ressource suivie en est déjà ressorti, au moins en partie. Rien "
    "n'a changé : notez d'abord ce qui y est revenu, ou comptez-la de nouveau."
)


def derived(key: UUID, part: str) -> UUID:
    """Return the key of one part of a keyed change: the same change, the same key."""
    return uuid5(key, part)


def _measured(kind: str, unit: str) -> Measure:
    found = measure(kind, unit)
    if found is None:
        raise Invalid("Cette unité ne convient pas à ce qui est apporté.", field="unit")
    return found


def promise(
    *, by: User, ecosystem: Ecosystem, commitment: Commitment, quantity: int, due: date | None
) -> int:
    """Post a promise of ``quantity`` (millionths of its unit); return its ledger id.

    A promise that is counted by period is posted once a period: ``due`` is the end of that one.
    """
    found = _measured(commitment.kind, commitment.unit)
    if commitment.receiver_id is None:
        raise Invalid("Cet engagement ne dit pas qui reçoit.", field="receiver")
    line = ledger.Promise(
        key=derived(commitment.key, f"promise {due}" if commitment.period else "promise"),
        action=found.action,
        provider_id=commitment.provider_id,
        receiver_id=commitment.receiver_id,
        specification=commitment.kind,
        due=due,
        quantity=None if found.effort else quantity,
        unit="" if found.effort else commitment.unit,
        effort=quantity if found.effort else None,
        effort_unit=commitment.unit if found.effort else "",
    )
    return ledger.promise(by=by, ledger=ecosystem.space, promises=[line])[0]


def withdraw(*, by: User, ledger_id: int, key: UUID) -> None:
    """Take back what remains of a promise."""
    ledger.withdraw(by=by, commitment_id=ledger_id, key=derived(key, f"withdraw {ledger_id}"))


def give(
    *,
    by: User,
    contribution: Contribution,
    key: UUID,
    stocks: Stocks = NO_STOCK,
    again: bool = False,
) -> int:
    """Post what a contribution says now, for the line that it fulfils. Return the event id.

    ``stocks``: those that it moves. ``again``: it counts for a line that ended, since an earlier
    value of it did, or since it happened before the end.
    """
    fulfils = contribution.posting
    found = _measured(contribution.kind, contribution.unit)
    flow = ledger.Flow(
        key=key,
        action=found.action,
        provider_id=contribution.author_id,
        receiver_id=contribution.receiver_id,
        happened_on=contribution.happened_on,
        specification=stocks.what or contribution.kind,  # a stock holds one sort of thing
        resource_id=stocks.resource_id,
        to_resource_id=stocks.to_resource_id,
        on_behalf_of_id=_behalf(by, contribution.author_id),
        fulfils=_share(contribution, fulfils) if fulfils is not None else (),
        beyond_promise=True,  # what was given is what was given, even beyond the promise
        again=again,
        quantity=None if found.effort else contribution.quantity,
        unit="" if found.effort else contribution.unit,
        effort=contribution.quantity if found.effort else None,
        effort_unit=contribution.unit if found.effort else "",
    )
    return ledger.post(by=by, ledger=contribution.ecosystem.space, flows=[flow])[0]


def _share(contribution: Contribution, line: Posting) -> tuple[tuple[int, int], ...]:
    # Counted in the unit of the promise: one day fulfils two half-days.
    wanted = line.commitment.unit
    return ((line.ledger_id, convert(contribution.quantity, contribution.unit, wanted)),)


def back_out(*, by: User, event_id: int, key: UUID, day: date) -> int:
    """Correct an event to nothing; return the id of the correction. A stock is as it was before.

    Raises Invalid where what went into a stock has left it since.
    """
    try:
        return ledger.back_out(by=by, event_id=event_id, key=key, happened_on=day)
    except RuleBroken as broken:
        if broken.rule == floor_holds_after.__name__:
            raise Invalid(GONE_SINCE) from broken
        raise


def put_right(*, back_out: Callable[[], int], give: Callable[[], int], stocks: Stocks) -> int:
    """Take the former value back and give the right one; return its event.

    A stock that went down since bears that in one order alone: the other one is tried too.
    """
    if not stocks:
        back_out()
        return give()
    try:
        with transaction.atomic():
            back_out()
            return give()
    except Invalid as refusal:
        first = refusal
    try:
        with transaction.atomic():
            event = give()
            back_out()
            return event
    except Invalid:
        raise first from None


def _behalf(by: User, giver_id: int) -> int | None:
    # After a discussion the other side may be the one who writes what was agreed.
    speaks = giver_id in reach_of(by).agents
    return giver_id if speaks and giver_id != by.agent_id else None
