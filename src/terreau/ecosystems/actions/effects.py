# SPDX-License-Identifier: AGPL-3.0-or-later
"""Changes to « Ce que ça change »: a sentence first, the rest when one has the time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date
from uuid import UUID, uuid5

from django.db import transaction
from django.db.models import Q

from terreau.core import clock, versions
from terreau.core.errors import EditConflict, Invalid, NotAllowed, NotFound
from terreau.ecosystems.actions.records import Edit, Filing, change, keep, must_see
from terreau.ecosystems.enums import (
    BeneficiaryKind,
    EffectLinkKind,
    EffectNature,
    EffectTiming,
    Evidence,
    ShareDue,
)
from terreau.ecosystems.models import (
    Beneficiary,
    Ecosystem,
    Effect,
    EffectLink,
    Maillon,
    VoidedAnswer,
)
from terreau.ecosystems.queries.effects import has_voice
from terreau.ecosystems.queries.solution import bearers_possible
from terreau.ecosystems.rules import effects as rules
from terreau.ecosystems.rules.days import happened
from terreau.people import rules as people_rules
from terreau.people.actions import revise, rewrite
from terreau.people.enums import Level
from terreau.people.models import Agent, User

BENEFICIARY_KEYS = UUID("0f7a0ab4-6a3e-4c2f-9d56-6d0b8c6f4a11")
ANSWER_FIRST = (
    "Ce changement nomme {names} : avant d'être lu hors de la coopération, il attend sa réponse. "
    "Enregistrez-le pour la coopération, et demandez-la-lui."
)


REWORDED = (
    "Ce changement, ou sa réponse, a été réécrit pendant que vous écriviez. Relisez-le : si votre "
    "réponse tient toujours, envoyez-la de nouveau."
)


@dataclass(frozen=True, slots=True)
class FirstWords:
    """The three things that are asked first: the sentence, for whom, who says it (or nobody)."""

    statement: str
    for_whom: str
    said_by: str = ""


@dataclass(frozen=True, slots=True)
class Rest:
    """All that one may add. Empty is an answer too."""

    nature: str = EffectNature.USEFUL
    timing: str = EffectTiming.UNKNOWN
    evidence: int = Evidence.INTUITION
    evidence_words: str = ""
    share_due: str = ShareDue.UNKNOWN
    other_causes: str = ""
    seen_where: str = ""
    since: date | None = None


@transaction.atomic
def add_beneficiary(
    *,
    by: User,
    ecosystem: Ecosystem,
    filing: Filing,
    label: str,
    kind: str = BeneficiaryKind.USER,
) -> Beneficiary:
    """Name somebody for whom something may change. A name that one already reads is that one."""
    readable = Beneficiary.objects.visible_to(by).filter(ecosystem=ecosystem)
    named = readable.filter(label__iexact=label.strip())
    known: Beneficiary | None = named.first()
    if known is not None and people_rules.can_enter(by, ecosystem.space):
        return known
    fields = {"label": label, "kind": kind}
    beneficiary, _ = keep(Beneficiary, by=by, ecosystem=ecosystem, filing=filing, fields=fields)
    return beneficiary


@transaction.atomic
def add_effect(
    *, by: User, ecosystem: Ecosystem, filing: Filing, words: FirstWords, rest: Rest | None = None
) -> Effect:
    """Say that something changed. Once for a key. Raises Invalid, NotAllowed, KeyReused."""
    beneficiary = _beneficiary(by, ecosystem, filing, words.for_whom)
    fields = {
        "statement": words.statement,
        "said_by": words.said_by,
        "beneficiary": beneficiary,
        **asdict(rest or Rest()),
    }
    effect, created = keep(Effect, by=by, ecosystem=ecosystem, filing=filing, fields=fields)
    if created:
        _name_and_check(effect)
    return effect


@transaction.atomic
def edit_effect(*, by: User, effect: Effect, edit: Edit, words: FirstWords, rest: Rest) -> Effect:
    """Change an effect. Raises EditConflict, and Invalid when somebody must answer first.

    When somebody it names had answered, other words make that answer void: it is kept with what
    stood before, and nobody outside reads the effect until they answer again.
    """
    if rest.since is not None:
        happened(rest.since, field="since", what="Notez un changement quand on le voit")
    filing = Filing(key=effect.key, level=_within(effect, edit.level))
    beneficiary = _beneficiary(by, effect.ecosystem, filing, words.for_whom)
    fields = {
        "statement": words.statement,
        "said_by": words.said_by,
        "beneficiary": beneficiary,
        **asdict(rest),
    }
    try:
        changed = change(by=by, record=effect, edit=edit, fields=fields)
    except EditConflict as conflict:
        raise _as_asked(conflict) from None
    if changed & rules.ANSWERED:
        _void_answers(effect)
    _name_and_check(effect)
    return effect


def _within(effect: Effect, level: str) -> str:
    """Return how far a new beneficiary is read: the effect may have to come back first."""
    heard = effect.links.filter(kind=EffectLinkKind.NAMED).exists()
    return Level.ECOSYSTEM if heard and level in rules.OUTSIDE else level


def _void_answers(effect: Effect) -> None:
    """Put the answers to the words of before with them, and bring the effect back inside."""
    answered = effect.links.filter(kind=EffectLinkKind.NAMED, answered_on__isnull=False)
    links = list(answered)
    if not links:
        return
    rewording = effect.rewordings.latest("pk")
    VoidedAnswer.objects.bulk_create(
        VoidedAnswer(
            rewording=rewording,
            agent_id=link.agent_id,
            answer=link.answer,
            answered_on=link.answered_on,
            answer_by_id=link.answer_by_id,
        )
        for link in links
        if link.answered_on is not None
    )
    answered.update(answer="", answered_on=None, answer_by=None, voided_on=clock.today())
    if effect.level in rules.OUTSIDE:
        revise(effect, version=effect.version, changes={"level": Level.ECOSYSTEM})


def _as_asked(conflict: EditConflict) -> EditConflict:
    """Return the conflict with its fields named as they were asked."""
    names = {"beneficiary": "for_whom"}
    return EditConflict(
        conflict.message,
        stored={names.get(name, name): text for name, text in conflict.stored.items()},
        yours={names.get(name, name): text for name, text in conflict.yours.items()},
        version=conflict.version,
    )


@transaction.atomic
def tie_maillons(*, by: User, effect: Effect, maillons: Iterable[Maillon]) -> None:
    """Say to which maillons the change is due; those that one may not read keep their tie."""
    must_see(by, effect)
    asked = {maillon.pk for maillon in maillons}
    here = Maillon.objects.visible_to(by).filter(ecosystem_id=effect.ecosystem_id)
    visible = set(here.values_list("pk", flat=True))
    if not asked <= visible:
        raise Invalid("L'un des maillons choisis n'existe plus ici. Rechargez la page.")
    hidden = set(effect.maillons.exclude(pk__in=visible).values_list("pk", flat=True))
    effect.maillons.set(asked | hidden)


def _beneficiary(by: User, ecosystem: Ecosystem, filing: Filing, label: str) -> Beneficiary:
    # The same effect sent twice makes its beneficiary once: the key follows from the effect's.
    key = uuid5(BENEFICIARY_KEYS, f"{filing.key} {label.strip().casefold()}")
    try:
        return add_beneficiary(
            by=by, ecosystem=ecosystem, filing=Filing(key, filing.level, filing.author), label=label
        )
    except Invalid as refusal:
        field = "for_whom" if refusal.field == "label" else refusal.field
        raise Invalid(refusal.message, field=field) from None


def _name_and_check(effect: Effect) -> None:
    """Link those whom a harmful effect names, then see that nobody is named outside unheard."""
    if rules.is_harmful(effect.nature):
        _name(effect)
    if not rules.may_leave(effect, effect.level):
        waiting = rules.awaits_an_answer(effect.nature, effect.links.select_related("agent"))
        names = ", ".join(link.agent.name for link in waiting)
        raise Invalid(ANSWER_FIRST.format(names=names), field="level")


def _name(effect: Effect) -> None:
    known = dict(
        Agent.objects.filter(presences__ecosystem_id=effect.ecosystem_id).values_list("pk", "name")
    )
    known |= dict(
        Agent.objects.filter(roles__space__root_id=effect.ecosystem.space_id).values_list(
            "pk", "name"
        )
    )
    texts = (
        effect.statement,
        effect.evidence_words,
        effect.other_causes,
        effect.beneficiary.label,
    )
    for agent_id in rules.named_in(texts, known):
        EffectLink.objects.get_or_create(
            effect=effect, agent_id=agent_id, kind=EffectLinkKind.NAMED
        )


@transaction.atomic
def link_agent(*, by: User, effect: Effect, agent: Agent, kind: str) -> EffectLink:
    """Tie somebody to an effect: they contribute, benefit unasked, or are named. Once each."""
    must_see(by, effect)
    if kind not in EffectLinkKind.values:
        raise Invalid("Choisissez le lien dans la liste.", field="kind")
    if not bearers_possible(effect.ecosystem, by).filter(pk=agent.pk).exists():
        raise Invalid("Choisissez quelqu'un de la coopération.", field="agent")
    link, _ = EffectLink.objects.get_or_create(effect=effect, agent=agent, kind=kind)
    _name_and_check(effect)
    return link


@transaction.atomic
def unlink_agent(*, by: User, link: EffectLink) -> None:
    """Undo a tie. One that was answered stays: the answer belongs to who gave it."""
    must_see(by, link.effect)
    if link.answered_on is not None or link.voided_on is not None:
        raise Invalid("Une réponse est écrite ici : elle reste, avec le nom de qui l'a donnée.")
    effect = link.effect
    link.delete()
    _name_and_check(effect)


@transaction.atomic
def answer(*, by: User, link: EffectLink, words: str, version: int | None = None) -> EffectLink:
    """Write what somebody named answers; it is printed beside the effect from then on.

    ``version``: ``as_read`` of the words and the answer (EditConflict when either changed since).
    """
    must_see_or_be_named(by, link)
    # Whoever edits the words holds the same row: an answer never lands on words that came after.
    rows = Effect.objects.select_for_update(of=("self",), no_key=True)
    link.effect = rows.get(pk=link.effect_id)
    if not rules.can_answer(by, link, has_voice=has_voice(link.agent)):
        raise NotAllowed(f"Cette réponse revient à {link.agent.name}.")
    said = words.strip()
    if not said:
        raise Invalid("Écrivez la réponse, même courte.", field="words")
    if len(said) > 800:
        raise Invalid(f"{len(said)} caractères, c'est trop long. 800 au plus.", field="words")
    link.refresh_from_db(fields=["answer"])
    if version not in (None, rules.as_read(link)) and link.answer != said:
        named = {"answer": "words"}
        found = versions.conflict(link, {"answer": said}, named=named, message=REWORDED)
        found.version = rules.as_read(link)
        raise found
    link.answered_on, link.answer_by = clock.today(), by.agent
    link.save(update_fields=["answered_on", "answer_by"])
    rewrite(link, version=None, changes={"answer": said})
    return link


def must_see_or_be_named(by: User, link: EffectLink) -> None:
    """Raise NotFound unless this person reads the effect, or speaks for who is named in it."""
    if link.kind == EffectLinkKind.NAMED and people_rules.can_speak_for(by, link.agent):
        return
    must_see(by, link.effect)


@transaction.atomic
def remove_effect(*, by: User, effect: Effect) -> None:
    """Take an effect away: its author or a steward may, unless somebody answered it."""
    must_see(by, effect)
    mine = people_rules.can_speak_for(by, effect.author)
    if not mine and not people_rules.can_steward(by, effect.space):
        raise NotAllowed(
            "Seules la personne qui l'a écrit et celles qui gardent les clés peuvent le retirer."
        )
    if effect.links.filter(Q(answered_on__isnull=False) | Q(voided_on__isnull=False)).exists():
        raise Invalid("Quelqu'un y a répondu : ce changement et sa réponse restent ensemble.")
    if not Effect.objects.filter(pk=effect.pk).exists():
        raise NotFound("C'est déjà retiré.")
    effect.delete()
