# SPDX-License-Identifier: AGPL-3.0-or-later
"""Contributions: given, undone, rectified, confirmed. Each change moves the totals with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from terreau.agreements.actions import book, tallies
from terreau.agreements.actions.gifts import Gift, stocks_to_move
from terreau.agreements.actions.lines import line_for
from terreau.agreements.actions.saving import save
from terreau.agreements.enums import AGREED, ChangeKind, ContributionState
from terreau.agreements.models import Commitment, Contribution, ContributionChange, Posting
from terreau.agreements.models.contribution import rectified_key
from terreau.agreements.queries.contributions import Given
from terreau.agreements.queries.entries import entry_of
from terreau.agreements.queries.giving import sides_of
from terreau.agreements.queries.stocks import Stocks, stocks_moved
from terreau.agreements.rules import rights
from terreau.agreements.rules.entries import (
    Fault,
    GiftFacts,
    day_fault,
    gift_fault,
    level_fault,
    quantity_fault,
)
from terreau.core import clock
from terreau.core.errors import EditConflict, Invalid, KeyReused, NotAllowed, Refusal
from terreau.core.once import kept
from terreau.core.quantities import show
from terreau.core.units import convertible
from terreau.core.versions import MEANWHILE, in_words
from terreau.ecosystems.models import Ecosystem
from terreau.people.actions import rewrite
from terreau.people.models import User
from terreau.people.visibility import Reach, reach_of


def contribute(*, by: User, ecosystem: Ecosystem, key: UUID, gift: Gift) -> Contribution:
    """Record a contribution, post it to the ledger and move the totals.

    The same key with the same content returns what is stored; with other content it is KeyReused.
    Raises NotAllowed, or Invalid with the field it is about.
    """
    try:
        return _contribute(by, ecosystem, key, gift)
    except NotAllowed:
        raise  # who may not write it is not told that it was written
    except (Refusal, IntegrityError):
        # Looked for only now, since a key rarely comes twice: what was written stays written, even
        # if its promise was closed in between; and of two sent at one moment, one was written.
        stored = _stored(ecosystem, key, gift)
        if stored is None:
            raise
        return stored


def _contribute(by: User, ecosystem: Ecosystem, key: UUID, gift: Gift) -> Contribution:
    reach = reach_of(by)
    if not rights.can_take_part(reach, ecosystem) or not rights.can_give(reach, gift.giver_id):
        raise NotAllowed("Vous ne pouvez apporter qu'en votre nom ou au nom de qui vous mandate.")
    posting = _posting(by, ecosystem, gift)
    _check(by, ecosystem, gift, linked=posting is not None)
    stocks = stocks_to_move(reach, ecosystem, gift)
    contribution = Contribution(
        ecosystem=ecosystem,
        space=ecosystem.circle,
        author_id=gift.giver_id,
        recorded_by_id=by.agent_id,
        level=gift.level,
        key=key,
        kind=gift.kind,
        receiver_id=gift.receiver_id,
        quantity=gift.quantity,
        unit=gift.unit,
        happened_on=gift.happened_on,
        posting=posting,
        word=gift.word.strip(),
        refund=gift.refund,
    )
    return _write(by, contribution, stocks)


def _stored(ecosystem: Ecosystem, key: UUID, gift: Gift) -> Contribution | None:
    wanted = {
        "ecosystem_id": ecosystem.pk,
        "author_id": gift.giver_id,
        "receiver_id": gift.receiver_id,
        "kind": gift.kind,
        "refund": gift.refund,
        "word": gift.word.strip(),
        "level": gift.level,
    }
    stored = kept(Contribution, key=key, wanted=wanted)
    if stored is None:
        return None
    moved = stocks_moved(stored)
    same = (moved.resource_id, moved.to_resource_id) == (gift.resource_id, gift.to_resource_id)
    if not (same and _is_first_said(stored, gift)):
        raise KeyReused
    return stored


def _is_first_said(stored: Contribution, gift: Gift) -> bool:
    value = gift.quantity, gift.unit, gift.happened_on
    first = stored.changes_made.first()
    if first is not None:  # since then the promise may count in another unit
        return (first.quantity_before, first.unit_before, first.day_before) == value
    promise = stored.posting.commitment_id if stored.posting else None
    said = stored.quantity, stored.unit, stored.happened_on
    return (*said, promise) == (*value, gift.commitment_id)


def _posting(by: User, ecosystem: Ecosystem, gift: Gift) -> Posting | None:
    if gift.commitment_id is None:
        return None
    given = Given(gift.giver_id, gift.receiver_id, gift.kind, gift.unit, gift.happened_on)
    posting = line_for(by=by, ecosystem=ecosystem, commitment_id=gift.commitment_id, given=given)
    if posting is None:
        _refuse_after_its_end(ecosystem, gift)
        raise Invalid(
            "Cet engagement ne correspond pas : il doit venir des mêmes, aller aux mêmes et se "
            "compter dans une unité de même nature (des journées ou des demi-journées, mais pas "
            "des heures). Choisissez « hors engagement », un autre, ou changez d'unité.",
            field="commitment",
        )
    refuse(level_fault(gift.level, posting.commitment.version.agreement.level))
    return posting


def _refuse_after_its_end(ecosystem: Ecosystem, gift: Gift) -> None:
    ended = Commitment.objects.filter(
        pk=gift.commitment_id or 0,
        provider_id=gift.giver_id,
        version__agreement__ecosystem=ecosystem,
        closed_on__lt=gift.happened_on,
    ).first()
    if ended is not None:
        raise Invalid(
            f"Cet engagement a pris fin le {ended.closed_on:%d/%m/%Y}. Choisissez un jour d'ici "
            "là, un autre engagement, ou « hors engagement ».",
            field="commitment",
        )


def _check(by: User, ecosystem: Ecosystem, gift: Gift, *, linked: bool) -> None:
    sides = sides_of(by, ecosystem, gift.giver_id, gift.receiver_id)
    facts = GiftFacts(
        giver_id=gift.giver_id,
        receiver_id=gift.receiver_id,
        receiver_kind=sides.receiver_kind,
        receiver_is_here=bool(sides.receiver_kind),
        kind=gift.kind,
        quantity=gift.quantity,
        unit=gift.unit,
        happened_on=gift.happened_on,
        word=gift.word,
        refund=gift.refund,
        linked=linked,
    )
    refuse(gift_fault(facts, began_on=sides.began_on, today=clock.today()))


def refuse(fault: Fault | None) -> None:
    """Raise Invalid for a fault, if there is one."""
    if fault is not None:
        raise Invalid(fault.message, field=fault.field)


def _write(by: User, contribution: Contribution, stocks: Stocks) -> Contribution:
    with transaction.atomic():
        line = contribution.posting
        late = line is not None and line.withdrawn_on is not None
        contribution.event_id = book.give(
            by=by, contribution=contribution, key=contribution.key, stocks=stocks, again=late
        )
        contribution.save(force_insert=True)
        tallies.keep(contribution.ecosystem, before=None, after=entry_of(contribution))
    return contribution


def locked(contribution_id: int) -> Contribution:
    """Return a contribution to change, its row locked until the transaction ends."""
    row: Contribution = (
        Contribution.objects.select_for_update(of=("self",))
        .select_related(
            "ecosystem__space", "ecosystem__agent", "posting__commitment", "author", "receiver"
        )
        .get(pk=contribution_id)
    )
    return row


@transaction.atomic
def undo(*, by: User, contribution: Contribution, key: UUID) -> Contribution:
    """Undo a contribution that nobody answered yet. Undoing twice changes nothing."""
    row = locked(contribution.pk)
    if row.state == ContributionState.UNDONE:
        return row
    if not rights.can_undo(reach_of(by), row):
        raise NotAllowed("L'autre côté a déjà répondu : passez par « Rectifier ».")
    let_go(by, row, (ChangeKind.UNDONE, key))
    return row


def let_go(by: User, row: Contribution, how: tuple[ChangeKind, UUID]) -> None:
    """Correct the event to nothing: it counts no more, and stocks are as they were before.

    Inside the caller's transaction.
    """
    what, key = how
    before, value = entry_of(row), right_of(row)
    book.back_out(by=by, event_id=row.event_id, key=key, day=row.happened_on)
    row.state, row.undone_on = ContributionState.UNDONE, clock.today()
    save(row, "state", "undone_on")
    _remember(by, row, (value, replace(value, quantity=0)), (what, key))
    tallies.keep(row.ecosystem, before=before, after=entry_of(row))


@dataclass(frozen=True, slots=True)
class Right:
    """The right value of a contribution. ``quantity`` in millionths of ``unit``."""

    quantity: int
    unit: str
    happened_on: date


def right_of(row: Contribution) -> Right:
    """Return the value that stands."""
    return Right(row.quantity, row.unit, row.happened_on)


def asked_of(change: ContributionChange) -> Right:
    """Return the value that a change led to, or asked for."""
    return Right(change.quantity_after, change.unit_after, change.day_after)


@transaction.atomic
def rectify(
    *, by: User, contribution: Contribution, key: UUID, right: Right, version: int | None = None
) -> Contribution:
    """Say the right value; the former one stays behind as history. Repeating changes nothing.

    Until the other side answered, it takes the place of the former one at once. Afterwards it is
    asked: what both agreed stands and counts until the other side agrees to the new one (nothing
    at all, when ``quantity`` is zero). To ask for the value that stands takes the asking back.
    ``version``: that of the value as it was read (``value_version``; EditConflict otherwise).
    """
    row = locked(contribution.pk)
    asked = {
        "contribution": row,
        "quantity_after": right.quantity,
        "unit_after": right.unit,
        "day_after": right.happened_on,
    }
    if kept(ContributionChange, key=key, wanted=asked) is not None:
        return row
    if not rights.can_rectify(reach_of(by), row):
        raise NotAllowed("Cette contribution ne peut pas être rectifiée en ce moment.")
    _check_right(by, row, right)
    _must_be_read(row, right, version)
    row.recorded_by = by.agent  # who typed the value that stands or awaits does not confirm it
    save(row, "recorded_by")
    if row.state in AGREED:
        return _ask(by, row, right, key)
    return put_right(by, row, right, (ChangeKind.RECTIFIED, key, ContributionState.AWAITING))


def _check_right(by: User, row: Contribution, right: Right) -> None:
    if right == right_of(row):
        if row.state == ContributionState.CORRECTING:
            return
        raise Invalid("C'est déjà la valeur notée : rien n'a changé.", field="quantity")
    asked = row.asked
    if asked is not None and right == asked_of(asked):
        raise Invalid("Vous l'avez déjà demandé : l'autre côté n'a pas répondu.", field="quantity")
    if right.quantity == 0 and row.state in AGREED:
        return
    refuse(
        quantity_fault(row.kind, right.quantity, right.unit)
        or day_fault(
            right.happened_on,
            began_on=sides_of(by, row.ecosystem, row.author_id, row.receiver_id).began_on,
            today=clock.today(),
        )
    )


def value_version(row: Contribution) -> int:
    """Return the version of what is counted or asked: one more with each change."""
    return row.changes_made.count() + 1


def _must_be_read(row: Contribution, right: Right, version: int | None) -> None:
    last = value_version(row)
    if version in (None, last):
        return
    stands = asked_of(row.asked) if row.asked is not None else right_of(row)
    raise EditConflict(MEANWHILE, stored=_said(stands), yours=_said(right), version=last)


def _said(right: Right) -> dict[str, str]:
    day = in_words(right.happened_on)
    return {"quantity": show(right.quantity), "unit": right.unit, "happened_on": day}


def _ask(by: User, row: Contribution, right: Right, key: UUID) -> Contribution:
    stands = right_of(row)
    back = right == stands
    row.state = ContributionState.CONFIRMED if back else ContributionState.CORRECTING
    save(row, "state")
    what = ChangeKind.KEPT if back else ChangeKind.ASKED
    _remember(by, row, (stands, right), (what, key))
    return row


def put_right(
    by: User, row: Contribution, right: Right, how: tuple[ChangeKind, UUID, ContributionState]
) -> Contribution:
    """Correct the event to nothing and post the right one, inside the caller's transaction."""
    what, key, state = how
    before, value, stocks = entry_of(row), right_of(row), stocks_moved(row)
    former: dict[str, Any] = {"event_id": row.event_id, "day": row.happened_on}
    row.quantity, row.unit, row.happened_on = right.quantity, right.unit, right.happened_on
    row.posting = _posting_still(by, row)
    again: dict[str, Any] = {"contribution": row, "stocks": stocks, "again": True}
    row.event_id = book.put_right(
        back_out=partial(book.back_out, by=by, key=book.derived(key, "back out"), **former),
        give=partial(book.give, by=by, key=rectified_key(key), **again),
        stocks=stocks,
    )
    row.state = state
    if state == ContributionState.CONFIRMED:
        row.confirmed_on, row.confirmed_by = clock.today(), by.agent
    save(
        row,
        "quantity",
        "unit",
        "happened_on",
        "posting",
        "event_id",
        "state",
        "confirmed_on",
        "confirmed_by",
    )
    _remember(by, row, (value, right), (what, key))
    tallies.keep(row.ecosystem, before=before, after=entry_of(row))
    return row


def _posting_still(by: User, row: Contribution) -> Posting | None:
    # The promise may have been entered again as another line since, or count in another unit. One
    # that ended since keeps what was given towards it.
    posting = row.posting
    if posting is None:
        return None
    given = Given(row.author_id, row.receiver_id, row.kind, row.unit, row.happened_on)
    still_open = line_for(
        by=by, ecosystem=row.ecosystem, commitment_id=posting.commitment_id, given=given
    )
    if still_open is not None:
        return still_open
    return posting if convertible(row.unit, posting.commitment.unit) else None


def _remember(
    by: User, row: Contribution, values: tuple[Right, Right], how: tuple[ChangeKind, UUID]
) -> None:
    (before, after), (what, key) = values, how
    ContributionChange.objects.create(
        contribution=row,
        what=what,
        quantity_before=before.quantity,
        quantity_after=after.quantity,
        unit_before=before.unit,
        unit_after=after.unit,
        day_before=before.happened_on,
        day_after=after.happened_on,
        key=key,
        day=clock.today(),
        by=by.agent,
    )


def reword(
    *, by: User, contribution: Contribution, word: str, version: int | None = None
) -> Contribution:
    """Change or erase the free text, over the one that was read. Nothing of the former is kept."""
    if not rights.can_change(reach_of(by), contribution):
        raise NotAllowed("Seules les personnes qui parlent pour qui a donné changent ce mot.")
    if len(word) > 400:
        raise Invalid("Gardez 400 caractères au plus.", field="word")
    rewrite(contribution, version=version, changes={"word": word.strip()})
    return contribution


@transaction.atomic
def confirm(
    *,
    by: User,
    ecosystem: Ecosystem,
    contributions: Sequence[Contribution],
    day: date | None = None,
) -> int:
    """Say « D'accord » to several contributions at once; return how many were confirmed now.

    A rectification that was asked takes the place of the value that stood. Those that were answered
    or rectified in between (``contributions`` are as they were read), or are not this person's to
    confirm, are left as they are.
    """
    reach: Reach = reach_of(by)
    read = {row.pk: row.read_as for row in contributions}
    rows = (
        Contribution.objects.select_for_update(of=("self",))
        .filter(pk__in=read, ecosystem=ecosystem)
        .select_related("author", "receiver", "posting__commitment", "ecosystem__space")
        .prefetch_related("changes_made")
        .order_by("pk")
    )
    confirmed = [
        row
        for row in rows
        if row.read_as == read[row.pk] and rights.can_confirm(reach, ecosystem, row)
    ]
    for row in confirmed:
        _agree(by, row, day or clock.today())
    return len(confirmed)


def _agree(by: User, row: Contribution, day: date) -> None:
    asked = row.asked
    if asked is None:
        settle(by, row.ecosystem, row, day)
        return
    key = book.derived(asked.key, "accepted")
    if asked.quantity_after == 0:
        let_go(by, row, (ChangeKind.ACCEPTED, key))
        return
    put_right(by, row, asked_of(asked), (ChangeKind.ACCEPTED, key, ContributionState.CONFIRMED))


def settle(by: User, ecosystem: Ecosystem, row: Contribution, day: date) -> None:
    """Mark a contribution as confirmed and move the totals, inside the caller's transaction."""
    before = entry_of(row)
    row.state = ContributionState.CONFIRMED
    row.confirmed_on, row.confirmed_by = day, by.agent
    save(row, "state", "confirmed_on", "confirmed_by")
    tallies.keep(ecosystem, before=before, after=entry_of(row))
