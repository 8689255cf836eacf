# SPDX-License-Identifier: AGPL-3.0-or-later
"""Promises: written, changed, declined with a word, looked at again together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction

from terreau.agreements.actions import book
from terreau.agreements.actions.agreements import (
    Opening,
    add_party_row,
    change,
    check_may_write,
    hold,
    hold_agreement,
    open_agreement,
)
from terreau.agreements.actions.lines import take_back
from terreau.agreements.enums import Kept, Nature, ReviewOutcome, VersionState
from terreau.agreements.models import AgreementVersion, Commitment, Review
from terreau.agreements.queries.contributions import receiver_here
from terreau.agreements.rules import rights
from terreau.agreements.rules.entries import CommitmentFacts, commitment_fault
from terreau.core import clock
from terreau.core.errors import EditConflict, Invalid, KeyReused, NotAllowed
from terreau.core.once import keep_once, kept, must_be_same
from terreau.core.quantities import show
from terreau.ecosystems.models import Ecosystem
from terreau.ecosystems.rules.days import plausible
from terreau.people.actions import rewrite
from terreau.people.models import Agent, User
from terreau.people.visibility import reach_of


@dataclass(frozen=True, slots=True)
class Draft:
    """One promise as it is typed. ``quantity`` in millionths of ``unit``, None when not counted.

    ``in_return_of``: ids of other promises of the same version.
    """

    provider_id: int
    receiver_id: int | None
    words: str
    kind: str
    nature: str = Nature.MEANS.value
    quantity: int | None = None
    unit: str = ""
    period: str = ""
    review_on: date | None = None
    free: bool = False
    volunteers: bool = False
    in_return_of: Sequence[int] = ()


@transaction.atomic
def add_commitment(*, by: User, version: AgreementVersion, key: UUID, draft: Draft) -> Commitment:
    """Add a promise to a version being written; who promises becomes a party.

    Raises Invalid for a promise to oneself, a result promised by volunteers, money or premises
    without a named organisation, and what ``rules.entries`` refuses.
    """
    wanted = {"version": version, **_values(draft)}
    stored = _stored(key, wanted, draft)
    if stored is not None:
        return stored
    check_may_write(by, version)
    returned = _check(version, draft, None)
    commitment, created = keep_once(Commitment, key=key, wanted=wanted)
    if created:
        commitment.in_return_of.set(returned)
        add_party_row(version, draft.provider_id)
    return commitment


@transaction.atomic
def add_pair(
    *, by: User, version: AgreementVersion, key: UUID, draft: Draft, back: Draft
) -> Commitment:
    """Add a promise and what the other side promises in return: each in return for the other.

    Raises what ``add_commitment`` raises; for the promise in return, the field is ``back_…``.
    """
    hold(version)
    known = _with_return(key, draft, back)
    first = add_commitment(by=by, version=version, key=key, draft=known)
    try:
        tied = replace(back, in_return_of=[first.pk])
        add_commitment(by=by, version=version, key=_return_key(key), draft=tied)
    except Invalid as fault:
        raise Invalid(fault.message, field=f"back_{fault.field}" if fault.field else None) from None
    if known is draft:
        first.in_return_of.set(_check(version, _with_return(key, draft, back), None))
    return first


def _return_key(key: UUID) -> UUID:
    return book.derived(key, "in return")


def _with_return(key: UUID, draft: Draft, back: Draft | None) -> Draft:
    """Return a promise as it stands once the one in return is kept under the same key."""
    second = back and kept(Commitment, key=_return_key(key), wanted=_values(back))
    return replace(draft, in_return_of=[*draft.in_return_of, second.pk]) if second else draft


def _stored(key: UUID, wanted: Mapping[str, Any], draft: Draft) -> Commitment | None:
    stored = kept(Commitment, key=key, wanted=wanted)
    if stored is not None:
        returned = stored.in_return_of.values_list("pk", flat=True)
        if set(returned) != set(draft.in_return_of):
            raise KeyReused
    return stored


@transaction.atomic
def engage(
    *,
    by: User,
    ecosystem: Ecosystem,
    key: UUID,
    draft: Draft,
    where: AgreementVersion | str,
    back: Draft | None = None,
) -> Commitment:
    """« Je m'engage »: write a promise in a version, or in a new agreement of this name.

    ``back`` is what the other side would promise in return; it may say no to it like to the rest.
    Without a name the agreement bears the first words of the promise. The parties of a new one are
    the two sides; the same key twice writes it once.
    """
    stored = _stored(key, _values(draft), _with_return(key, draft, back))
    if stored is not None:
        _must_be_there(stored, key, where, draft)
        return stored
    if isinstance(where, str):
        sides = [draft.provider_id, draft.receiver_id]
        voices = reach_of(by).agents
        author = draft.provider_id if draft.provider_id in voices else draft.receiver_id
        parties = [side for side in sides if side is not None and side != ecosystem.agent_id]
        if author is None or author not in voices:
            raise NotAllowed("Vous ouvrez un accord au nom de qui s'engage, ou de qui reçoit.")
        opening = Opening(_name_of(where, draft), author, parties)
        where = open_agreement(
            by=by, ecosystem=ecosystem, key=book.derived(key, "agreement"), opening=opening
        )
    if back is not None:
        return add_pair(by=by, version=where, key=key, draft=draft, back=back)
    return add_commitment(by=by, version=where, key=key, draft=draft)


def _name_of(where: str, draft: Draft) -> str:
    return where.strip() or draft.words.strip()[:120]


def _must_be_there(
    stored: Commitment, key: UUID, where: AgreementVersion | str, draft: Draft
) -> None:
    if isinstance(where, AgreementVersion):
        must_be_same(stored, {"version": where})
    else:
        own = {"key": book.derived(key, "agreement"), "name": _name_of(where, draft)}
        must_be_same(stored.version.agreement, own)


@transaction.atomic
def edit_commitment(*, by: User, commitment: Commitment, edited: int, draft: Draft) -> Commitment:
    """Change a promise of a version being written. Raises EditConflict on a concurrent edit."""
    check_may_write(by, commitment.version)
    returned = _check(commitment.version, draft, commitment.pk)
    values = _values(draft)
    written = Commitment.objects.filter(pk=commitment.pk, edited=edited).update(
        **values, edited=edited + 1
    )
    if not written:
        raise _conflict(commitment, values, returned)
    commitment.refresh_from_db()
    commitment.in_return_of.set(returned)
    add_party_row(commitment.version, draft.provider_id)
    return commitment


def _conflict(
    commitment: Commitment, values: dict[str, Any], returned: list[Commitment]
) -> EditConflict:
    current = Commitment.objects.get(pk=commitment.pk)
    stands = current.in_return_of.select_related("provider")
    return EditConflict(
        "Quelqu'un a enregistré cet engagement pendant que vous écriviez. Rien n'est perdu : "
        "voici les deux textes. Gardez ce qui convient, puis enregistrez.",
        stored={**_said({name: getattr(current, name) for name in values}), **_returned(stands)},
        yours={**_said(values), **_returned(returned)},
        version=current.edited,
    )


def _returned(promises: Iterable[Commitment]) -> dict[str, str]:
    lines = sorted(f"{one.provider.name} : {one.words}" for one in promises)
    return {"in_return_of": "\n".join(lines)}


def _said(values: dict[str, Any]) -> dict[str, str]:
    """Return what a promise says by the names of its form, choices by their codes."""
    return {name.removesuffix("_id"): _shown(name, value) for name, value in values.items()}


def _shown(name: str, value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    return show(value) if name == "quantity" else str(value)


def _check(version: AgreementVersion, draft: Draft, own_id: int | None) -> list[Commitment]:
    ecosystem = version.agreement.ecosystem
    provider = receiver_here(ecosystem, draft.provider_id)
    if provider is None or draft.provider_id == ecosystem.agent_id:
        raise Invalid("Choisissez qui s'engage, parmi les membres.", field="provider")
    receiver = _receiver(version, draft.receiver_id)
    returned = list(
        version.commitments.filter(pk__in=draft.in_return_of)
        .exclude(pk=own_id or 0)
        .select_related("provider")
    )
    facts = CommitmentFacts(
        provider_id=provider.pk,
        provider_kind=provider.kind,
        receiver_id=draft.receiver_id,
        receiver_kind=receiver.kind if receiver else "",
        words=draft.words,
        kind=draft.kind,
        nature=draft.nature,
        quantity=draft.quantity,
        unit=draft.unit if draft.quantity is not None else "",
        free=draft.free,
        volunteers=draft.volunteers,
        in_return=len(returned),
    )
    fault = commitment_fault(facts)
    if fault is not None:
        raise Invalid(fault.message, field=fault.field)
    if draft.review_on is not None:
        plausible(draft.review_on, field="review_on")
    _check_no_pay(provider, returned, own_id)
    return returned


def _check_no_pay(provider: Agent, returned: list[Commitment], own_id: int | None) -> None:
    # The other way round it would still be a person who gives in return for something.
    answered = provider.is_person and Commitment.objects.filter(in_return_of=own_id or 0).exists()
    if answered or any(other.provider.is_person for other in returned):
        raise Invalid(
            "Une personne s'engage librement : rien ne se promet en retour de ce qu'elle donne.",
            field="in_return_of",
        )


def _receiver(version: AgreementVersion, receiver_id: int | None) -> Agent | None:
    if receiver_id is None:
        return None
    receiver = receiver_here(version.agreement.ecosystem, receiver_id)
    if receiver is None:
        raise Invalid("Cette organisation n'est pas dans la coopération.", field="receiver")
    return receiver


def _values(draft: Draft) -> dict[str, Any]:
    counted = draft.quantity is not None
    return {
        "provider_id": draft.provider_id,
        "receiver_id": draft.receiver_id,
        "words": draft.words.strip(),
        "kind": draft.kind,
        "nature": draft.nature,
        "quantity": draft.quantity,
        "unit": draft.unit if counted else "",
        "period": draft.period if counted else "",
        "review_on": draft.review_on,
        "free": draft.free,
        "volunteers": draft.volunteers,
    }


@transaction.atomic
def remove_commitment(*, by: User, commitment: Commitment) -> None:
    """Take a promise out of a version being written."""
    check_may_write(by, commitment.version)
    commitment.delete()


@transaction.atomic
def decline_commitment(
    *,
    by: User,
    commitment: Commitment,
    words: str,
    day: date | None = None,
    version: int | None = None,
) -> Commitment:
    """Say « pas cette année » of a promise, with a word. It stays readable and is not posted.

    ``version``: that of ``declined_words`` as they were read (EditConflict otherwise).

    Until a party said yes to the text with it: what it agreed to does not change behind its back.
    """
    if not rights.can_decline(reach_of(by), commitment):
        raise NotAllowed("C'est à qui porterait cet engagement de le dire.")
    hold(commitment.version)
    if commitment.version.state not in (VersionState.DRAFT, VersionState.PROPOSED):
        raise Invalid("Cet engagement a été accepté : revoyez-le ensemble plutôt.")
    _nobody_said_yes(commitment, "avec")
    if len(words) > 600:
        raise Invalid("Gardez 600 caractères au plus.", field="words")
    said = {"declined_words": words.strip()}
    rewrite(commitment, version=version, changes=said, named={"declined_words": "words"})
    commitment.declined_on = day or clock.today()
    commitment.save(update_fields=["declined_on"])
    return commitment


@transaction.atomic
def take_up_again(*, by: User, commitment: Commitment) -> Commitment:
    """Take back a « pas cette année », until a party said yes to the text without it."""
    if not rights.can_decline(reach_of(by), commitment):
        raise NotAllowed("C'est à qui porterait cet engagement de le dire.")
    hold(commitment.version)
    if commitment.version.state not in (VersionState.DRAFT, VersionState.PROPOSED):
        raise Invalid("Ce texte est accepté : ouvrez une nouvelle version.")
    _nobody_said_yes(commitment, "sans")
    commitment.declined_on, commitment.declined_words = None, ""
    commitment.save(update_fields=["declined_on", "declined_words"])
    return commitment


def _nobody_said_yes(commitment: Commitment, how: str) -> None:
    others = commitment.version.parties.exclude(agent_id=commitment.provider_id)
    if others.filter(agreed_on__isnull=False).exists():
        raise Invalid(
            f"Une partie a déjà dit oui à ce texte {how} cet engagement. "
            "Ouvrez une nouvelle version : chacun la relira."
        )


@dataclass(frozen=True, slots=True)
class Look:
    """What we say when we look at a promise again."""

    outcome: str
    words: str = ""
    kept: str = Kept.UNSAID.value
    next_on: date | None = None
    day: date | None = None


@transaction.atomic
def review(*, by: User, commitment: Commitment, key: UUID, look: Look) -> Review:
    """Look at a promise together: keep it to another day, adjust it, or stop there.

    Adjusting opens another version to write. Stopping takes back what remains in the ledger.
    The same key twice is written once.
    """
    hold_agreement(commitment.version.agreement_id)
    row = Commitment.objects.select_related("version__agreement__ecosystem").get(pk=commitment.pk)
    wanted = {
        "commitment": row,
        "outcome": look.outcome,
        "kept": look.kept,
        "words": look.words.strip(),
        "next_on": look.next_on,
    }
    stored = kept(Review, key=key, wanted=wanted)
    if stored is not None:
        return stored
    agreement = row.version.agreement
    if not rights.can_review(reach_of(by), agreement.ecosystem, row):
        raise NotAllowed("Cet engagement se revoit entre les deux côtés.")
    _check_look(row, look)
    day = look.day or clock.today()
    fresh = {"day": day, "said_by": by.agent}
    written, created = keep_once(Review, key=key, wanted=wanted, fresh=fresh)
    if created:
        _apply(by, row, look, day)
    return written


def _check_look(commitment: Commitment, look: Look) -> None:
    if commitment.version.state != VersionState.ACCEPTED or not commitment.is_running:
        raise Invalid("Cet engagement n'est pas en cours : il n'y a rien à revoir.")
    if look.outcome not in ReviewOutcome.values:
        raise Invalid("Choisissez : on garde, on ajuste, ou on s'arrête là.", field="outcome")
    if look.outcome == ReviewOutcome.KEEP and look.next_on is None:
        raise Invalid("Dites quand vous le reverrez ensemble.", field="next_on")
    if look.outcome == ReviewOutcome.KEEP and look.next_on and look.next_on <= clock.today():
        raise Invalid("Choisissez une date à venir.", field="next_on")
    if look.next_on is not None:
        plausible(look.next_on, field="next_on")
    if len(look.words) > 600:
        raise Invalid("Gardez 600 caractères au plus.", field="words")


def _apply(by: User, commitment: Commitment, look: Look, day: date) -> None:
    if look.outcome == ReviewOutcome.KEEP:
        commitment.review_on = look.next_on
        commitment.save(update_fields=["review_on"])
    elif look.outcome == ReviewOutcome.ADJUST:
        change(by=by, agreement=commitment.version.agreement, words=look.words)
    else:
        close(by, commitment, look, day)


def close(by: User, commitment: Commitment, look: Look, day: date) -> None:
    """End a promise and take back what remains of it, inside the caller's transaction."""
    commitment.closed_on, commitment.kept = day, look.kept
    commitment.closed_words = look.words.strip()
    commitment.save(update_fields=["closed_on", "kept", "closed_words"])
    postings = commitment.postings.filter(withdrawn_on__isnull=True).select_related("commitment")
    for posting in postings:
        take_back(by, posting, day)
