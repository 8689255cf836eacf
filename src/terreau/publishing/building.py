# SPDX-License-Identifier: AGPL-3.0-or-later
"""Builds what a kept sheet may show: only what is public today, read as an unknown visitor reads.

People are never named: only organisations and collectives that agreed to appear, and whose seven
days to answer are over.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Prefetch, Q

from terreau.core import clock
from terreau.ecosystems.enums import AimState, EffectLinkKind, EffectNature, Evidence, Standing
from terreau.ecosystems.models import (
    Aim,
    Bearer,
    Ecosystem,
    Effect,
    EffectLink,
    Maillon,
    NamingNotice,
    Obstacle,
    Performance,
    Presence,
)
from terreau.people.enums import AgentKind, Level, RoleKind
from terreau.people.models import Agent, Role
from terreau.people.queries import running_on
from terreau.people.visibility import NOBODY
from terreau.publishing.content import Change, Content, Difficulty, Link, Stage, Use
from terreau.territories.enums import TerritoryKind
from terreau.territories.models import Territory
from terreau.territories.queries import around

HARMS = (EffectNature.DESTROYED, EffectNature.EXTERNALITY)


@dataclass(frozen=True, slots=True)
class Portrait:
    """The columns of a sheet and its content, as they may be published today."""

    title: str
    aim: str
    content: Content
    place: str
    region: Territory | None
    department: Territory | None
    legal_code: str
    legal_form: str
    phase: str


def portrait(ecosystem: Ecosystem) -> Portrait:
    """Return what may be published of an ecosystem today, in a constant number of queries."""
    named = _named(ecosystem)
    stages = _stages(ecosystem)
    places = list(ecosystem.territories.all())
    pilot = _pilot(ecosystem, frozenset(named))
    form = pilot.legal_form if pilot else None
    content = Content(
        uses=_uses(ecosystem),
        links=_links(ecosystem, named),
        changes=_changes(ecosystem, named),
        difficulties=_difficulties(ecosystem),
        stages=stages,
        partners=tuple((f"agent:{pk}", name) for pk, name in named.items()),
    )
    return Portrait(
        title=ecosystem.name,
        aim=stages[0].aim if stages else ecosystem.sentence,
        content=content,
        place=ecosystem.place or ", ".join(place.name for place in places),
        region=_around(places, TerritoryKind.REGION),
        department=_around(places, TerritoryKind.DEPARTMENT),
        legal_code=form.code if form else "",
        legal_form=form.label if form else "",
        phase=ecosystem.phase,
    )


def keys_of(content: Content) -> frozenset[str]:
    """Return the keys of every piece of a content: what is public, when it was just built."""
    pieces: Iterable[Use | Link | Change | Difficulty | Stage] = (
        *content.uses,
        *content.links,
        *content.changes,
        *content.difficulties,
        *content.stages,
    )
    return frozenset(piece.key for piece in pieces) | {key for key, _ in content.partners}


def _named(ecosystem: Ecosystem) -> dict[int, str]:
    # Agreed, not a person, and no notice still running or answered by no.
    today = clock.today()
    held = NamingNotice.objects.filter(Q(effective_on__gt=today) | Q(agreed=False))
    agreed = (
        Presence.objects.filter(ecosystem=ecosystem, standing=Standing.AGREED)
        .exclude(pk__in=held.values("presence"))
        .exclude(agent__kind__in=(AgentKind.PERSON, AgentKind.ECOSYSTEM))
    )
    return dict(agreed.order_by("agent__name").values_list("agent_id", "agent__name"))


def _pilot(ecosystem: Ecosystem, named: frozenset[int]) -> Agent | None:
    role = (
        Role.objects.filter(
            running_on(clock.today()),
            space__root_id=ecosystem.space_id,
            kind=RoleKind.PILOT,
            agent_id__in=named,
        )
        .select_related("agent__legal_form")
        .first()
    )
    return role.agent if role else None


def _around(places: list[Territory], kind: TerritoryKind) -> Territory | None:
    # Several departments have no single place on the map: the sheet then stands in its region.
    found = list(around([place.successor_id or place.pk for place in places], kind)[:2])
    return found[0] if len(found) == 1 else None


def _stages(ecosystem: Ecosystem) -> tuple[Stage, ...]:
    aims = Aim.objects.visible_to(NOBODY).filter(ecosystem=ecosystem, state=AimState.ADOPTED)
    return tuple(
        Stage(
            key=f"aim:{aim.pk}",
            year=aim.adopted_on.year,
            day=aim.adopted_on.isoformat(),
            aim=aim.text,
            change=aim.why,
        )
        for aim in aims.order_by("-number")
        if aim.adopted_on is not None
    )


def _uses(ecosystem: Ecosystem) -> tuple[Use, ...]:
    found = Performance.objects.visible_to(NOBODY).filter(ecosystem=ecosystem)
    return tuple(Use(f"use:{use.pk}", use.statement, use.for_whom) for use in found)


def _links(ecosystem: Ecosystem, named: dict[int, str]) -> tuple[Link, ...]:
    bearers = Bearer.objects.filter(running_on(clock.today()), agent_id__in=named)
    seen = Maillon.objects.visible_to(NOBODY).filter(ecosystem=ecosystem)
    found = seen.prefetch_related(
        Prefetch("bearers", queryset=bearers),
        Prefetch("performances", queryset=Performance.objects.visible_to(NOBODY)),
        Prefetch("depends_on", queryset=seen),
    )
    return tuple(
        Link(
            key=f"maillon:{maillon.pk}",
            name=maillon.name,
            nature=maillon.nature,
            state=maillon.state,
            option=maillon.holds_without is True,
            bearers=tuple(named[bearer.agent_id] for bearer in maillon.bearers.all()),
            uses=tuple(f"use:{use.pk}" for use in maillon.performances.all()),
            needs=tuple(f"maillon:{other.pk}" for other in maillon.depends_on.all()),
        )
        for maillon in found
    )


def _changes(ecosystem: Ecosystem, named: dict[int, str]) -> tuple[Change, ...]:
    naming = EffectLink.objects.filter(kind=EffectLinkKind.NAMED)
    unanswered = naming.filter(answered_on__isnull=True).values("effect")
    found = (
        Effect.objects.visible_to(NOBODY)
        .filter(ecosystem=ecosystem)
        .exclude(pk__in=unanswered, nature__in=HARMS)
        .select_related("beneficiary")
        .prefetch_related(Prefetch("links", queryset=naming, to_attr="namings"))
    )
    return tuple(_change(effect, named) for effect in found)


def _change(effect: Effect, named: dict[int, str]) -> Change:
    beneficiary = effect.beneficiary
    public = beneficiary.level == Level.PUBLIC
    answers = tuple(
        f"{named[link.agent_id]} : {link.answer}" if link.agent_id in named else link.answer
        for link in getattr(effect, "namings", ())
        if link.answer
    )
    return Change(
        key=f"effect:{effect.pk}",
        statement=effect.statement,
        for_whom=beneficiary.label if public else beneficiary.get_kind_display(),
        nature=effect.nature,
        evidence=str(Evidence(effect.evidence).label),
        evidence_words=effect.evidence_words,
        said_by=effect.said_by,
        share=effect.get_share_due_display() if effect.share_due else "",
        other_causes=effect.other_causes,
        answers=answers,
        checked=bool(effect.said_by) and effect.evidence > Evidence.INTUITION,
    )


def _difficulties(ecosystem: Ecosystem) -> tuple[Difficulty, ...]:
    found = Obstacle.objects.visible_to(NOBODY).filter(ecosystem=ecosystem)
    return tuple(
        Difficulty(f"obstacle:{told.pk}", told.words, told.year, told.code, told.learnt)
        for told in found
    )
