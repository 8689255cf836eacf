# SPDX-License-Identifier: AGPL-3.0-or-later
"""Agreements: opened, written, changed into another version, ended."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction

from terreau.agreements.actions.saving import save
from terreau.agreements.enums import VersionState
from terreau.agreements.models import Agreement, AgreementVersion, Commitment, Party
from terreau.agreements.queries.contributions import receiver_here
from terreau.agreements.rules import rights
from terreau.core import clock
from terreau.core.errors import EditConflict, Invalid, KeyReused, NotAllowed
from terreau.core.once import keep_once, must_be_same
from terreau.core.versions import must_stand
from terreau.ecosystems.models import Ecosystem
from terreau.people.actions import revise, rewrite
from terreau.people.enums import Level
from terreau.people.models import Agent, User
from terreau.people.visibility import reach_of


@dataclass(frozen=True, slots=True)
class Opening:
    """What an agreement begins with. ``parties``: ids of agents of the ecosystem."""

    name: str
    author_id: int
    parties: Sequence[int]
    preamble: str = ""
    duration: str = ""
    level: str = Level.CIRCLE.value


@transaction.atomic
def open_agreement(
    *, by: User, ecosystem: Ecosystem, key: UUID, opening: Opening
) -> AgreementVersion:
    """Open an agreement with a first version to write. The same key returns the same one."""
    reach = reach_of(by)
    if not rights.can_take_part(reach, ecosystem) or opening.author_id not in reach.agents:
        raise NotAllowed("Vous pouvez ouvrir un accord en votre nom ou au nom de qui vous mandate.")
    _check_texts(opening.name, opening.preamble, opening.duration)
    wanted = {
        "ecosystem": ecosystem,
        "space": ecosystem.circle,
        "author_id": opening.author_id,
        "recorded_by": by.agent,
        "level": opening.level,
        "name": opening.name.strip(),
    }
    agreement, created = keep_once(Agreement, key=key, wanted=wanted)
    texts = {"preamble": opening.preamble.strip(), "duration": opening.duration.strip()}
    parties = {opening.author_id, *opening.parties}
    if not created:
        return _first_of(agreement, texts, parties)
    version = AgreementVersion.objects.create(
        agreement=agreement, number=1, drafted_by=by.agent, **texts
    )
    for agent_id in sorted(parties):
        add_party_row(version, agent_id)
    return version


def _first_of(
    agreement: Agreement, texts: Mapping[str, str], parties: set[int]
) -> AgreementVersion:
    version = agreement.versions.earliest("number")
    must_be_same(version, texts)
    if not parties <= set(version.parties.values_list("agent_id", flat=True)):
        raise KeyReused
    return version


def _check_texts(name: str, preamble: str, duration: str) -> None:
    if not name.strip():
        raise Invalid("Donnez un nom à cet accord.", field="name")
    for text, field, limit in (
        (name, "name", 160),
        (preamble, "preamble", 3000),
        (duration, "duration", 300),
    ):
        if len(text) > limit:
            raise Invalid(f"Gardez {limit} caractères au plus.", field=field)


def add_party_row(version: AgreementVersion, agent_id: int) -> Party:
    """Make an agent a party of a version being written (once)."""
    agent = receiver_here(version.agreement.ecosystem, agent_id)
    if agent is None or agent_id == version.agreement.ecosystem.agent_id:
        raise Invalid("Cette partie n'est pas dans la coopération.", field="parties")
    party, _ = Party.objects.get_or_create(version=version, agent=agent)
    return party


def hold_agreement(pk: int) -> Agreement:
    """Lock an agreement until the transaction ends, before any of its versions or promises.

    What changes which version holds, or which promise runs, begins here: two of them never cross.
    """
    row: Agreement = Agreement.objects.select_for_update(of=("self",)).get(pk=pk)
    return row


def hold(version: AgreementVersion) -> None:
    """Lock a version until the transaction ends, and read its state again.

    It may have been proposed, or accepted, since the page was shown.
    """
    rows = AgreementVersion.objects.select_for_update(of=("self",))
    version.state = rows.values_list("state", flat=True).get(pk=version.pk)


def check_may_write(by: User, version: AgreementVersion) -> None:
    """Refuse who may not write this version, or a version that is no longer being written.

    Inside the caller's transaction: the version stays locked until its end.
    """
    hold(version)
    check_is_written_by(by, version)


def check_is_written_by(by: User, version: AgreementVersion) -> None:
    """Refuse in the same words without a lock, when the form is only opened."""
    party_ids = [party.agent_id for party in version.parties.all()]
    party_ids.append(version.agreement.author_id)
    if not rights.can_write(reach_of(by), version.agreement.ecosystem, party_ids):
        raise NotAllowed("Cet accord s'écrit entre ses parties.")
    if version.state != VersionState.DRAFT:
        raise Invalid(
            "Cette version a été proposée : elle ne change plus. Ouvrez-en une nouvelle, "
            "que chaque partie acceptera à son tour."
        )


@transaction.atomic
def write_version(
    *,
    by: User,
    version: AgreementVersion,
    edited: int,
    texts: Mapping[str, str],
    parties: Sequence[int] | None = None,
) -> AgreementVersion:
    """Change name, preamble, duration or « ce qui change » of a version being written.

    ``edited`` is the version of the text that was edited; raises EditConflict when it is not the
    last one. ``parties``, when given, are the ids of all its parties.
    """
    check_may_write(by, version)
    values: dict[str, Any] = {name: text.strip() for name, text in texts.items()}
    name = values.pop("name", version.agreement.name)
    _check_texts(name, values.get("preamble", ""), values.get("duration", ""))
    try:
        revise(version, version=edited, changes=values)
    except EditConflict as conflict:
        raise _with_the_rest(conflict, version, name, parties) from None
    if parties is not None:
        set_parties(by=by, version=version, agent_ids=parties)
    if name != version.agreement.name:
        version.agreement.name = name
        save(version.agreement, "name")
    return version


def _with_the_rest(
    conflict: EditConflict, version: AgreementVersion, name: str, parties: Sequence[int] | None
) -> EditConflict:
    """Return the conflict with the name and the parties, which stand in other rows."""
    agreement = Agreement.objects.get(pk=version.agreement_id)
    stored, yours = {"name": agreement.name}, {"name": name}
    if parties is not None:
        here = Agent.objects.filter(pk__in=version.parties.values("agent_id"))
        stored["parties"] = _names(here)
        yours["parties"] = _names(Agent.objects.filter(pk__in=parties))
    return conflict.joined(stored, yours)


def _names(agents: Iterable[Agent]) -> str:
    return ", ".join(sorted(agent.name for agent in agents))


@transaction.atomic
def set_parties(*, by: User, version: AgreementVersion, agent_ids: Sequence[int]) -> None:
    """Choose the parties of a version being written. Who promises something stays a party."""
    check_may_write(by, version)
    promising = set(version.commitments.values_list("provider_id", flat=True))
    if missing := promising - set(agent_ids):
        names = _names(Agent.objects.filter(pk__in=missing))
        raise Invalid(f"{names} promet quelque chose ici et reste donc partie.", field="parties")
    for agent_id in agent_ids:
        add_party_row(version, agent_id)
    version.parties.exclude(agent_id__in=agent_ids).delete()


def check_speaks_for(by: User, party: Party) -> None:
    """Refuse who may not say who represents a party."""
    if not rights.can_answer(reach_of(by), party):
        raise NotAllowed("Chaque partie dit elle-même qui la représente.")


def say_representative(
    *, by: User, party: Party, representative: str, version: int | None = None
) -> Party:
    """Say who represents a party (name and function), as it is printed, over who was read."""
    check_speaks_for(by, party)
    if len(representative) > 160:
        raise Invalid("Gardez 160 caractères au plus.", field="representative")
    rewrite(party, version=version, changes={"representative": representative.strip()})
    return party


@transaction.atomic
def propose(*, by: User, version: AgreementVersion, day: date | None = None) -> AgreementVersion:
    """Propose a version to its parties: its text stays as it is from now on."""
    check_may_write(by, version)
    commitments = list(version.commitments.select_related("provider"))
    if not commitments:
        raise Invalid("Ajoutez au moins un engagement avant de proposer ce texte.")
    nowhere = [item for item in commitments if item.quantity and item.receiver_id is None]
    if nowhere:
        raise Invalid(f"Dites qui reçoit : « {nowhere[0].words} ».")
    version.state, version.proposed_on = VersionState.PROPOSED, day or clock.today()
    save(version, "state", "proposed_on")
    return version


@transaction.atomic
def change(*, by: User, agreement: Agreement, words: str = "") -> AgreementVersion:
    """Open another version, copied from the last one, to change and to accept again.

    A version still being written is returned as it is (EditConflict when it says otherwise what
    changes). One that was only proposed is replaced.
    """
    held = hold_agreement(agreement.pk)
    latest = check_may_change(by, held)
    if latest.state == VersionState.DRAFT:
        said, named = {"changes": words.strip()[:600]}, {"changes": "words"}
        must_stand(latest, said, named=named, what="Une nouvelle version est déjà ouverte")
        return latest
    if latest.state == VersionState.PROPOSED:
        latest.state, latest.superseded_on = VersionState.SUPERSEDED, clock.today()
        save(latest, "state", "superseded_on")
    version = AgreementVersion.objects.create(
        agreement=agreement,
        number=latest.number + 1,
        preamble=latest.preamble,
        duration=latest.duration,
        changes=words.strip()[:600],
        drafted_by=by.agent,
    )
    for party in latest.parties.all():
        Party.objects.create(
            version=version, agent_id=party.agent_id, representative=party.representative
        )
    _copy_commitments(latest, version)
    return version


def check_may_change(by: User, agreement: Agreement) -> AgreementVersion:
    """Return the last version. Refuse who may not open another, or when the agreement ended."""
    latest = agreement.versions.first()
    if latest is None or agreement.ended_on is not None:
        raise Invalid("Cet accord est terminé. Ouvrez-en un autre si vous continuez.")
    party_ids = [*latest.parties.values_list("agent_id", flat=True), agreement.author_id]
    if not rights.can_write(reach_of(by), agreement.ecosystem, party_ids):
        raise NotAllowed("Cet accord s'écrit entre ses parties.")
    return latest


def _copy_commitments(source: AgreementVersion, target: AgreementVersion) -> None:
    # A promise of a version that was never accepted continues what came before that version.
    copies: dict[int, Commitment] = {}
    accepted = source.accepted_on is not None
    rows = source.commitments.filter(closed_on__isnull=True).prefetch_related("in_return_of")
    for row in rows:
        copies[row.pk] = Commitment.objects.create(
            version=target,
            provider_id=row.provider_id,
            receiver_id=row.receiver_id,
            words=row.words,
            nature=row.nature,
            kind=row.kind,
            quantity=row.quantity,
            unit=row.unit,
            period=row.period,
            review_on=row.review_on,
            free=row.free,
            volunteers=row.volunteers,
            previous_id=row.pk if accepted else row.previous_id,
            declined_on=row.declined_on,
            declined_words=row.declined_words,
        )
    for row in rows:
        returned = [copies[other.pk] for other in row.in_return_of.all() if other.pk in copies]
        copies[row.pk].in_return_of.set(returned)
