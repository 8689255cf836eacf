# SPDX-License-Identifier: AGPL-3.0-or-later
"""The lines of the ledger that stand for a promise: one in all, or one a period that has begun.

A period's line is entered by the first who gives something in it: nothing has to run every night.
"""

from __future__ import annotations

from datetime import date

from terreau.agreements.actions import book
from terreau.agreements.models import Commitment, Posting
from terreau.agreements.queries.contributions import Given, fulfilled_by
from terreau.agreements.rules.periods import began, last_day
from terreau.core import clock
from terreau.ecosystems.models import Ecosystem
from terreau.people.models import User


def enter(
    *, by: User, ecosystem: Ecosystem, commitment: Commitment, quantity: int, begins: date
) -> Posting:
    """Enter ``quantity`` of a promise for the period that begins that day. Twice enters it once."""
    due = commitment.review_on
    if commitment.period:
        due = last_day(begins, commitment.period, begins)
    line = book.promise(
        by=by, ecosystem=ecosystem, commitment=commitment, quantity=quantity, due=due
    )
    posting, _ = Posting.objects.get_or_create(
        ledger_id=line, defaults={"commitment": commitment, "begins_on": begins}
    )
    return posting


def take_back(by: User, posting: Posting, day: date | None = None) -> None:
    """Take back what remains of a line; what was given on it stays counted."""
    book.withdraw(by=by, ledger_id=posting.ledger_id, key=posting.commitment.key)
    posting.withdrawn_on = day or clock.today()
    posting.save(update_fields=["withdrawn_on"])


def line_for(*, by: User, ecosystem: Ecosystem, commitment_id: int, given: Given) -> Posting | None:
    """Return the line of a promise on which a gift counts: that of the period of its day.

    None when the gift is not what was promised, or when nothing more is promised for that period.
    The lines of a promise that ended were taken back: they still count what was given before.
    """
    found = fulfilled_by(ecosystem, commitment_id, given)
    if found is None:
        return None
    ended = found.commitment.closed_on
    if not found.commitment.period:
        return found if ended or found.withdrawn_on is None else None
    commitment = found.commitment
    begins = began(commitment.since or found.begins_on, commitment.period, given.day)
    lines = list(commitment.postings.filter(begins_on=begins).select_related("commitment"))
    if lines:
        return next((line for line in lines if ended or line.withdrawn_on is None), None)
    quantity = commitment.quantity or 0
    line = enter(
        by=by, ecosystem=ecosystem, commitment=commitment, quantity=quantity, begins=begins
    )
    if ended:
        take_back(by, line, ended)
    return line
