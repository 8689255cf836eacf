# SPDX-License-Identifier: AGPL-3.0-or-later
"""Two steps for each party; when all are there, the promises enter the ledger.

A later version does not start again: what is the same keeps its ledger line; what changed is taken
back for what remains and entered again for the rest; what was dropped is taken back.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import transaction

from terreau.agreements.actions import lines
from terreau.agreements.actions.agreements import hold_agreement
from terreau.agreements.actions.saving import save
from terreau.agreements.enums import VersionState
from terreau.agreements.models import AgreementVersion, Commitment, Party, Posting
from terreau.agreements.rules import rights
from terreau.agreements.rules.periods import began
from terreau.core import clock
from terreau.core.errors import Invalid, NotAllowed
from terreau.core.versions import must_stand
from terreau.ecosystems.rules.days import happened
from terreau.ledger import queries as ledger_queries
from terreau.people.actions import rewrite
from terreau.people.models import User
from terreau.people.visibility import reach_of


@dataclass(frozen=True, slots=True)
class Validation:
    """« Validé par … le …, pièce … »."""

    body: str
    day: date
    document: str = ""

    def content(self) -> dict[str, object]:
        """Return it by field name."""
        words = {"validated_by": self.body.strip(), "document": self.document.strip()}
        return {**words, "validated_on": self.day}


def _locked(by: User, party: Party) -> Party:
    # Before its parties: two last validations must not both believe that the other is missing.
    hold_agreement(party.version.agreement_id)
    version = (
        AgreementVersion.objects.select_for_update(of=("self",))
        .select_related("agreement__ecosystem__space", "agreement__ecosystem__agent")
        .get(pk=party.version_id)
    )
    row = Party.objects.select_related("agent").get(pk=party.pk)
    row.version = version
    check_answers(by, row)
    return row


def check_answers(by: User, row: Party) -> None:
    """Refuse who may not answer for a party, or to a text that is not theirs to answer now."""
    version = row.version
    if not rights.can_answer(reach_of(by), row):
        raise NotAllowed(f"Seules les personnes qui parlent pour {row.agent} peuvent répondre.")
    if version.state == VersionState.DRAFT:
        raise Invalid("Ce texte n'est pas encore proposé.")
    if version.state == VersionState.SUPERSEDED:
        raise Invalid("Une version plus récente existe : c'est elle qu'il faut lire.")


@transaction.atomic
def agree(*, by: User, party: Party, day: date | None = None) -> Party:
    """Say « d'accord, côté équipe » for a party. Saying it twice changes nothing."""
    row = _locked(by, party)
    if row.agreed_on is None or row.declined_on is not None:
        row.agreed_on, row.agreed_by = day or clock.today(), by.agent
        row.declined_on, row.declined_words = None, ""
        row.save(update_fields=["agreed_on", "agreed_by", "declined_on", "declined_words"])
    return row


@transaction.atomic
def validate(*, by: User, party: Party, validation: Validation) -> Party:
    """Say by whom a party validated the text, when, with which document.

    The last party's validation accepts the version and posts its promises in this transaction.
    """
    row = _locked(by, party)
    if row.is_done:
        named = {"validated_by": "body", "validated_on": "day"}
        must_stand(row, validation.content(), named=named, what="Cette validation est déjà notée")
        return row
    if row.agreed_on is None:
        raise Invalid("L'équipe dit d'abord « d'accord » ; la validation vient ensuite.")
    if not validation.body.strip():
        raise Invalid("Dites qui a validé : conseil, bureau, direction…", field="body")
    if max(len(validation.body), len(validation.document)) > 160:
        raise Invalid("Gardez 160 caractères au plus.", field="body")
    happened(validation.day, field="day", what="Notez la validation quand elle a eu lieu")
    for name, value in validation.content().items():
        setattr(row, name, value)
    row.save(update_fields=list(validation.content()))
    if not row.version.parties.filter(validated_on__isnull=True).exists():
        _accept(by, row.version)
    return row


@transaction.atomic
def decline(
    *, by: User, party: Party, words: str, day: date | None = None, version: int | None = None
) -> Party:
    """Say « pas cette année » for a party, with a word. It may change its mind later.

    ``version``: that of ``declined_words`` as they were read (EditConflict otherwise).
    """
    row = _locked(by, party)
    if row.version.state == VersionState.ACCEPTED:
        raise Invalid("Ce texte est accepté : ouvrez une nouvelle version pour le changer.")
    if len(words) > 600:
        raise Invalid("Gardez 600 caractères au plus.", field="words")
    said = {"declined_words": words.strip()}
    rewrite(row, version=version, changes=said, named={"declined_words": "words"})
    row.declined_on = day or clock.today()
    row.agreed_on, row.agreed_by = None, None
    row.validated_on, row.validated_by, row.document = None, "", ""
    row.save(
        update_fields=[
            "declined_on", "agreed_on", "agreed_by", "validated_on", "validated_by", "document",
        ]
    )  # fmt: skip
    return row


def _accept(by: User, version: AgreementVersion) -> None:
    day = clock.today()
    former = version.agreement.versions.filter(state=VersionState.ACCEPTED).first()
    if former is not None:
        former.state, former.superseded_on = VersionState.SUPERSEDED, day
        save(former, "state", "superseded_on")
    version.state = VersionState.ACCEPTED
    version.accepted_on = max(
        party.validated_on for party in version.parties.all() if party.validated_on
    )
    save(version, "state", "accepted_on")
    _enter(by, version, former)


def _enter(by: User, version: AgreementVersion, former: AgreementVersion | None) -> None:
    commitments = list(version.commitments.select_related("previous"))
    continued = {row.previous_id for row in commitments if row.is_running and row.previous_id}
    if former is not None:
        dropped = Posting.objects.filter(commitment__version=former, withdrawn_on__isnull=True)
        for posting in dropped.exclude(commitment_id__in=continued).order_by("ledger_id"):
            lines.take_back(by, posting)
    for commitment in commitments:
        if commitment.is_running:
            _post(by, version, commitment)


def _post(by: User, version: AgreementVersion, commitment: Commitment) -> None:
    former, day = commitment.previous, version.accepted_on or clock.today()
    commitment.since = day
    postings: list[Posting] = []
    if former is not None:
        postings = list(former.postings.select_related("commitment").order_by("ledger_id"))
        if _same_flow(former, commitment) and former.since is not None:
            # One that was stopped while its next version was written has no open line left.
            if former.quantity == commitment.quantity and former.closed_on is None:
                commitment.since = former.since
                commitment.save(update_fields=["since"])
                _carry_over(postings, commitment)
                return
            commitment.since = began(former.since, former.period, day)
    commitment.save(update_fields=["since"])
    _enter_again(by, version, commitment, postings)


def _enter_again(
    by: User, version: AgreementVersion, commitment: Commitment, postings: list[Posting]
) -> None:
    """Take back the former lines; enter what is left of the period in which this version begins.

    What was given in that period counts for the new promise, earlier ones stay with the former.
    """
    since = commitment.since or clock.today()
    former = commitment.previous
    follows = former is not None and _same_flow(former, commitment)
    current = [line for line in postings if follows and line.begins_on == since]
    given = sum(_fulfilled(current).values())
    for posting in postings:
        if posting.withdrawn_on is None:
            lines.take_back(by, posting)
    _carry_over(current, commitment)
    rest = (commitment.quantity or 0) - given
    if rest > 0:
        lines.enter(
            by=by,
            ecosystem=version.agreement.ecosystem,
            commitment=commitment,
            quantity=rest,
            begins=since,
        )


def _same_flow(previous: Commitment, commitment: Commitment) -> bool:
    return all(
        getattr(previous, name) == getattr(commitment, name)
        for name in ("provider_id", "receiver_id", "kind", "unit", "period")
    )


def _carry_over(postings: list[Posting], commitment: Commitment) -> None:
    Posting.objects.filter(pk__in=[line.pk for line in postings]).update(commitment=commitment)


def _fulfilled(postings: list[Posting]) -> dict[int, int]:
    found = ledger_queries.fulfilments([line.ledger_id for line in postings])
    return {ledger_id: item.fulfilled for ledger_id, item in found.items()}
