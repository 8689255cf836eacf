# SPDX-License-Identifier: AGPL-3.0-or-later
"""« En parler »: a note between two parties and a third; it ends with a quantity and a lesson."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import transaction

from terreau.agreements.actions import tallies
from terreau.agreements.actions.contributions import (
    Right,
    let_go,
    locked,
    put_right,
    refuse,
    settle,
)
from terreau.agreements.actions.saving import save
from terreau.agreements.enums import ChangeKind, ContributionState
from terreau.agreements.models import Contribution, Discussion, DiscussionNote
from terreau.agreements.queries.contributions import receiver_here
from terreau.agreements.queries.entries import entry_of
from terreau.agreements.rules import rights
from terreau.agreements.rules.entries import quantity_fault
from terreau.core import clock
from terreau.core.errors import EditConflict, Invalid, NotAllowed
from terreau.core.once import keep_once, kept, must_be_same
from terreau.core.quantities import show
from terreau.people.actions import give_role, open_space, rewrite
from terreau.people.enums import Level, RoleKind, SpaceKind
from terreau.people.models import Agent, User
from terreau.people.visibility import reach_of

NOTE_LENGTH = 1500


@dataclass(frozen=True, slots=True)
class Opening:
    """The first words of a discussion, and the third whom its author would like there."""

    text: str
    third_id: int | None = None
    day: date | None = None


PROPOSAL = {"proposed_quantity": "quantity", "proposed_lesson": "lesson"}
"""The fields of a proposed end, and how its form calls them."""


@dataclass(frozen=True, slots=True)
class End:
    """An end as somebody read it: a quantity in millionths, and what is learnt."""

    quantity: int
    lesson: str = ""

    def is_that_of(self, discussion: Discussion) -> bool:
        """Tell whether this end is the one proposed now (line breaks do not count)."""
        words = discussion.proposed_lesson.split()
        return (self.quantity, self.lesson.split()) == (discussion.proposed_quantity, words)


@transaction.atomic
def open_discussion(
    *, by: User, contribution: Contribution, key: UUID, opening: Opening
) -> Discussion:
    """Open a note between giver, receiver and a third; the contribution is « en vérification ».

    What it fulfilled is suspended until the end. The same key twice opens one.
    """
    row = locked(contribution.pk)
    note = kept(DiscussionNote, key=key, wanted=_said(by, row.receiver_id, opening.text))
    if note is not None:
        must_be_same(note.discussion, {"contribution": row, "third_id": opening.third_id})
        return note.discussion
    reach = reach_of(by)
    if not rights.can_confirm(reach, row.ecosystem, row):
        raise NotAllowed("Seules les personnes du côté qui reçoit peuvent ouvrir cette note.")
    _check_text(opening.text)
    third = _third(row, opening.third_id)
    discussion = _open(by, row, third, opening.day or clock.today())
    _note(by, discussion, row.receiver_id, (opening.text, key, discussion.opened_on))
    before = entry_of(row)
    row.state = ContributionState.DISCUSSED
    save(row, "state")
    tallies.keep(row.ecosystem, before=before, after=entry_of(row))
    return discussion


def _third(row: Contribution, third_id: int | None) -> Agent | None:
    if third_id is None:
        return None
    third = receiver_here(row.ecosystem, third_id)
    if third is None or third_id in (row.author_id, row.receiver_id, row.ecosystem.agent_id):
        raise Invalid("Choisissez un tiers de la coopération, autre que les deux.", field="third")
    return third


def _open(by: User, row: Contribution, third: Agent | None, day: date) -> Discussion:
    # Its own root: who joins this note gains nothing else in the cooperation.
    space = open_space(kind=SpaceKind.PARTIES, name="En parler")
    # What goes to all is talked over by whoever keeps the keys, for as long as they do.
    receiver = None if row.receiver_id == row.ecosystem.agent_id else row.receiver
    for agent in filter(None, (row.author, receiver, third)):
        give_role(agent=agent, space=space, kind=RoleKind.MEMBER, since=day)
    return Discussion.objects.create(
        contribution=row, space=space, opened_on=day, opened_by=by.agent, third=third
    )


def _check_text(text: str) -> None:
    if not text.strip():
        raise Invalid("Écrivez quelques mots pour ouvrir la discussion.", field="text")
    if len(text) > NOTE_LENGTH:
        raise Invalid(f"Gardez {NOTE_LENGTH} caractères au plus.", field="text")


def _said(by: User, author_id: int, text: str) -> dict[str, object]:
    return {"author_id": author_id, "recorded_by": by.agent, "text": text.strip()}


def _note(
    by: User, discussion: Discussion, author_id: int, what: tuple[str, UUID, date]
) -> DiscussionNote:
    text, key, day = what
    wanted = {"discussion": discussion, **_said(by, author_id, text)}
    fresh = {"space": discussion.space, "level": Level.PAIR, "day": day}
    return keep_once(DiscussionNote, key=key, wanted=wanted, fresh=fresh)[0]


@transaction.atomic
def say(
    *, by: User, discussion: Discussion, key: UUID, text: str, day: date | None = None
) -> DiscussionNote:
    """Add a few lines to an open discussion. The same key twice adds them once."""
    ecosystem = discussion.contribution.ecosystem
    sides = rights.discussion_sides(reach_of(by), ecosystem, discussion)
    if not sides:
        raise NotAllowed("Cette note se lit et s'écrit entre les deux parties et leur tiers.")
    row = _locked(discussion)
    wanted = {"discussion": row, **_said(by, by.agent_id, text)}
    stored = kept(DiscussionNote, key=key, wanted=wanted)
    if stored is not None:
        return stored
    _must_be_open(row)
    _check_text(text)
    return _note(by, row, by.agent_id, (text, key, day or clock.today()))


@transaction.atomic
def propose_end(
    *,
    by: User,
    discussion: Discussion,
    quantity: int,
    lesson: str,
    version: int | None = None,
) -> Discussion:
    """Propose a quantity (millionths, zero allowed) and what is learnt; another side agrees.

    ``version``: that of the ``PROPOSAL`` as it was read (EditConflict otherwise).
    """
    row = _locked(discussion)
    _must_be_open(row)
    side = rights.proposing_side(reach_of(by), row.contribution.ecosystem, row)
    if not side:
        raise NotAllowed("Cette note se conclut entre qui a donné et qui a reçu.")
    if quantity:
        contribution = row.contribution
        refuse(quantity_fault(contribution.kind, quantity, contribution.unit))
    if len(lesson) > 600:
        raise Invalid("Gardez 600 caractères au plus.", field="lesson")
    _propose(row, version, quantity, lesson.strip())
    row.proposed_by, row.proposed_side = by.agent, side
    row.save(update_fields=["proposed_by", "proposed_side"])
    return row


def _propose(row: Discussion, version: int | None, quantity: int, lesson: str) -> None:
    changes = {"proposed_quantity": quantity, "proposed_lesson": lesson}
    try:
        rewrite(row, version=version, changes=changes, named=PROPOSAL)
    except EditConflict as conflict:
        counted = {"quantity": show(row.proposed_quantity or 0)}
        raise conflict.joined(counted, {"quantity": show(quantity)}) from None


def _locked(discussion: Discussion) -> Discussion:
    return (
        Discussion.objects.select_for_update(of=("self",))
        .select_related("contribution__ecosystem", "space")
        .get(pk=discussion.pk)
    )


def _must_be_open(discussion: Discussion) -> None:
    if discussion.closed_on is not None:
        raise Invalid("Cette discussion est terminée.")


@transaction.atomic
def agree_end(
    *,
    by: User,
    discussion: Discussion,
    key: UUID,
    read: End | None = None,
    day: date | None = None,
) -> Discussion:
    """Accept the proposed end: the contribution takes that quantity, and counts again. Once.

    Giver and receiver both stand behind it: one proposed, the other agrees to what they ``read``
    (when it is said; Invalid when another end was proposed in between).
    """
    row = _locked(discussion)
    if row.closed_on is not None:
        return row
    if row.proposed_quantity is None:
        raise Invalid("Personne n'a encore proposé de quantité.")
    contribution = locked(row.contribution_id)
    if not rights.may_agree_end(reach_of(by), contribution.ecosystem, row):
        raise NotAllowed("C'est à l'autre côté de dire « d'accord ».")
    if read is not None and not read.is_that_of(row):
        raise Invalid("La proposition a changé entre-temps : relisez-la avant de répondre.")
    _conclude(by, contribution, row.proposed_quantity, key)
    row.closed_on = day or clock.today()
    row.agreed_quantity, row.lesson = row.proposed_quantity, row.proposed_lesson
    row.save(update_fields=["closed_on", "agreed_quantity", "lesson"])
    return row


def _conclude(by: User, row: Contribution, quantity: int, key: UUID) -> None:
    if quantity == row.quantity:
        settle(by, row.ecosystem, row, clock.today())
    elif quantity == 0:
        let_go(by, row, (ChangeKind.AGREED, key))
    else:
        right = Right(quantity, row.unit, row.happened_on)
        put_right(by, row, right, (ChangeKind.AGREED, key, ContributionState.CONFIRMED))
