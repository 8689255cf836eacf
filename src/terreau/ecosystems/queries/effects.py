# SPDX-License-Identifier: AGPL-3.0-or-later
"""Reads of « Ce que ça change »: by beneficiary, what is to verify, who nobody spoke for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Prefetch, Q, QuerySet

from terreau.core import clock
from terreau.ecosystems.enums import EffectLinkKind, EffectNature, Standing
from terreau.ecosystems.models import Beneficiary, Ecosystem, Effect, EffectLink, Maillon, Presence
from terreau.ecosystems.rules import effects as rules
from terreau.people.models import Agent, Mandate, User
from terreau.people.queries import running_on
from terreau.people.visibility import Reader, reach_of

NATURE_ORDER = {nature.value: place for place, nature in enumerate(EffectNature)}


@dataclass(frozen=True, slots=True)
class Change:
    """An effect as one reader sees it, with those tied to it (only who agreed, from outside)."""

    effect: Effect
    contributors: tuple[Agent, ...] = ()
    unasked: tuple[Agent, ...] = ()
    named: tuple[EffectLink, ...] = ()
    maillons: tuple[str, ...] = ()

    @property
    def harmful(self) -> bool:
        return rules.is_harmful(self.effect.nature)

    @property
    def awaited(self) -> list[EffectLink]:
        """Those named who have not answered yet."""
        return rules.awaits_an_answer(self.effect.nature, self.named)

    @property
    def answered(self) -> list[EffectLink]:
        return [link for link in self.named if link.answered_on is not None]


@dataclass(frozen=True, slots=True)
class ForWhom:
    """A beneficiary and what changes for them: what somebody says, and what nobody said yet."""

    beneficiary: Beneficiary
    changes: list[Change] = field(default_factory=list)
    to_verify: list[Change] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Effects:
    """All that one reader may read of the effects of an ecosystem."""

    groups: list[ForWhom]

    @property
    def spoken(self) -> list[ForWhom]:
        """The beneficiaries for whom somebody spoke."""
        return [group for group in self.groups if group.changes]

    @property
    def to_verify(self) -> list[Change]:
        """What we suppose: no spokesperson yet."""
        return [change for group in self.groups for change in group.to_verify]

    @property
    def silent(self) -> list[Beneficiary]:
        """Those for whom nobody has spoken."""
        return [group.beneficiary for group in self.groups if not group.changes]

    @property
    def unasked(self) -> list[tuple[Agent, list[Change]]]:
        """Who benefits and was asked for nothing, with what they benefit from."""
        found: dict[int, tuple[Agent, list[Change]]] = {}
        for change in self.changes:
            for agent in change.unasked:
                found.setdefault(agent.pk, (agent, []))[1].append(change)
        return sorted(found.values(), key=lambda pair: pair[0].name)

    @property
    def changes(self) -> list[Change]:
        return [c for group in self.groups for c in (*group.changes, *group.to_verify)]


def effects_of(ecosystem: Ecosystem, reader: Reader) -> Effects:
    """Return what this reader may read (a constant number of queries).

    An effect brings the name of its beneficiary with it. From outside, only agents who agreed to
    appear are named, and a harmful effect that names somebody unheard is left out.
    """
    reach = reach_of(reader)
    outside = ecosystem.space_id not in reach.roots
    agreed = _agreed(ecosystem) if outside else None
    groups = {
        beneficiary.pk: ForWhom(beneficiary)
        for beneficiary in Beneficiary.objects.visible_to(reach).filter(ecosystem=ecosystem)
    }
    for effect in _effects(ecosystem, reach):
        change = _change(effect, agreed, reader)
        if outside and rules.awaits_an_answer(effect.nature, effect.links.all()):
            continue
        group = groups.setdefault(effect.beneficiary_id, ForWhom(effect.beneficiary))
        (group.to_verify if rules.is_to_verify(effect) else group.changes).append(change)
    ordered = sorted(groups.values(), key=lambda group: _place(group.beneficiary))
    for group in ordered:
        group.changes.sort(key=lambda c: (NATURE_ORDER[c.effect.nature], c.effect.pk))
    return Effects(ordered)


def _place(beneficiary: Beneficiary) -> tuple[int, str]:
    kinds = ("user", "third_party", "organisation", "territory", "living")
    return kinds.index(beneficiary.kind), beneficiary.label.casefold()


def _effects(ecosystem: Ecosystem, reader: Reader) -> QuerySet[Effect]:
    links = EffectLink.objects.select_related("agent", "answer_by").order_by("agent__name", "pk")
    effects: QuerySet[Effect] = Effect.objects.visible_to(reader).filter(ecosystem=ecosystem)
    maillons = Maillon.objects.visible_to(reader)
    return effects.select_related("beneficiary", "author").prefetch_related(
        Prefetch("links", queryset=links), Prefetch("maillons", queryset=maillons)
    )


def _agreed(ecosystem: Ecosystem) -> set[int]:
    agreed = Presence.objects.filter(ecosystem=ecosystem, standing=Standing.AGREED)
    return {*agreed.values_list("agent_id", flat=True), ecosystem.agent_id}


def _change(effect: Effect, agreed: set[int] | None, reader: Reader) -> Change:
    links = [x for x in effect.links.all() if agreed is None or x.agent_id in agreed]
    # From outside the ecosystem the maillons stand on their own page, if they are read at all.
    maillons = () if agreed is not None else tuple(m.name for m in effect.maillons.all())
    return Change(
        effect=effect,
        contributors=_agents(links, EffectLinkKind.CONTRIBUTES),
        unasked=_agents(links, EffectLinkKind.BENEFITS_UNASKED),
        named=tuple(link for link in links if link.kind == EffectLinkKind.NAMED),
        maillons=maillons,
    )


def _agents(links: Iterable[EffectLink], kind: str) -> tuple[Agent, ...]:
    return tuple(link.agent for link in links if link.kind == kind)


def change_of(effect: Effect, reader: User) -> Change:
    """Return one effect of the reader's own ecosystem with those tied to it."""
    (whole,) = _effects(effect.ecosystem, reader).filter(pk=effect.pk)
    return _change(whole, None, reader)


def answers_awaited(reader: Reader, ecosystem: Ecosystem) -> QuerySet[EffectLink]:
    """Return the harms that name this reader, or an agent they speak for, and wait for an answer.

    They are shown even when the reader may read nothing else of the effect.
    """
    return all_answers_awaited(reader).filter(effect__ecosystem=ecosystem)


def all_answers_awaited(reader: Reader) -> QuerySet[EffectLink]:
    """Return those of every ecosystem."""
    return (
        EffectLink.objects.filter(
            Q(effect__nature__in=rules.HARMFUL) | Q(voided_on__isnull=False),
            kind=EffectLinkKind.NAMED,
            answered_on__isnull=True,
            agent_id__in=reach_of(reader).agents,
        )
        .select_related("effect", "agent")
        .order_by("pk")
    )


def has_voice(agent: Agent) -> bool:
    """Tell whether somebody with an account speaks for this agent today."""
    if User.objects.filter(agent=agent, is_active=True).exists():
        return True
    today = running_on(clock.today())
    return Mandate.objects.filter(today, organisation=agent, person__user__is_active=True).exists()


def labels_of(ecosystem: Ecosystem, reader: Reader) -> list[str]:
    """Return the names of beneficiaries to propose while typing « pour qui »."""
    known = Beneficiary.objects.visible_to(reader).filter(ecosystem=ecosystem)
    return list(known.values_list("label", flat=True))
