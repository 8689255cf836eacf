# SPDX-License-Identifier: AGPL-3.0-or-later
"""How an agreement ends, and how a version that is being written is given up."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from terreau.agreements.actions.agreements import check_may_write, hold_agreement
from terreau.agreements.actions.commitments import Look, close
from terreau.agreements.actions.saving import save
from terreau.agreements.enums import ReviewOutcome, VersionState
from terreau.agreements.models import Agreement, AgreementVersion
from terreau.agreements.rules import rights
from terreau.core import clock
from terreau.core.errors import Invalid, NotAllowed
from terreau.core.versions import must_stand
from terreau.people.models import User
from terreau.people.visibility import reach_of


@transaction.atomic
def end_agreement(
    *, by: User, agreement: Agreement, words: str = "", day: date | None = None
) -> Agreement:
    """End an agreement with a word: what was given stays, nothing more is to come.

    Ending it twice changes nothing. What is still being written is given up.
    """
    row = hold_agreement(agreement.pk)
    if row.ended_on is not None:
        said, named = {"ended_words": words.strip()}, {"ended_words": "words"}
        must_stand(row, said, named=named, what="Cet accord est déjà terminé")
        return row
    check_may_end(by, row)
    if len(words) > 400:
        raise Invalid("Gardez 400 caractères au plus.", field="words")
    ended = day or clock.today()
    for version in row.versions.exclude(state=VersionState.SUPERSEDED):
        _end_version(by, version, Look(ReviewOutcome.CLOSE, words), ended)
    row.ended_on, row.ended_words = ended, words.strip()
    save(row, "ended_on", "ended_words")
    return row


def check_may_end(by: User, agreement: Agreement) -> None:
    """Refuse who may not end an agreement."""
    latest = agreement.versions.first()
    party_ids = [agreement.author_id]
    if latest is not None:
        party_ids += latest.parties.values_list("agent_id", flat=True)
    if not rights.can_write(reach_of(by), agreement.ecosystem, party_ids):
        raise NotAllowed("Cet accord se termine entre ses parties.")


def _end_version(by: User, version: AgreementVersion, look: Look, day: date) -> None:
    accepted = version.state == VersionState.ACCEPTED
    running = version.commitments.filter(closed_on__isnull=True, declined_on__isnull=True)
    for commitment in running.order_by("pk") if accepted else ():
        close(by, commitment, look, day)
    version.state, version.superseded_on = VersionState.SUPERSEDED, day
    save(version, "state", "superseded_on")


@transaction.atomic
def drop_draft(*, by: User, version: AgreementVersion) -> None:
    """Give up a version being written; the accepted one goes on. The only text cannot be dropped.

    For that one, end the agreement.
    """
    check_may_write(by, version)
    if not version.agreement.versions.filter(state=VersionState.ACCEPTED).exists():
        raise Invalid("C'est le seul texte de cet accord : mettez plutôt fin à l'accord.")
    version.delete()
