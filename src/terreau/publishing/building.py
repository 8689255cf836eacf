# SPDX-License-Identifier: AGPL-3.0-or-later
"""Builds what a kept sheet may show: only what is public today, read as an unknown visitor reads.

People are never named: only organisations and collectives that agreed to appear, and whose seven
days to answer are over.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Model

from terreau.core import clock
from terreau.ecosystems.enums import AimState, EffectLinkKind, Evidence
from terreau.ecosystems.models import (
    Aim,
    Bearer,
    Beneficiary,
    Ecosystem,
    Effect,
    EffectLink,
    Maillon,
    NamingNotice,
    Obstacle,
    Performance,
    Presence,
)
from terreau.ecosystems.queries.effects import Change as EffectRead
from terreau.ecosystems.queries.effects import effects_of
from terreau.ecosystems.queries.naming import publicly_named
from terreau.ecosystems.queries.solution import solution_of
from terreau.people.enums import AgentKind, Level, RoleKind
from terreau.people.models import Agent, Role, Space
from terreau.people.queries import running_on
from terreau.people.visibility import NOBODY
from terreau.publishing.content import (
    AGENT,
    Change,
    Content,
    Difficulty,
    Link,
    Stage,
    Use,
    current_aim,
)
from terreau.publishing.content import (
    read as read_content,
)
from terreau.publishing.models import Sheet
from terreau.territories.enums import TerritoryKind
from terreau.territories.models import Territory
from terreau.territories.queries import around

NEVER_NAMED = (AgentKind.PERSON, AgentKind.ECOSYSTEM)
UNNAMED = "Réponse de qui est concerné"
"""Who did not agree to be named is still heard: no harm is published without their answer."""
_SHOWN: tuple[type[Model], ...] = (
    Ecosystem, Ecosystem.territories.through, Aim, Performance, Maillon,
    Maillon.performances.through, Maillon.depends_on.through, Bearer, Effect,
    Effect.maillons.through, EffectLink, Beneficiary, Obstacle, Presence, NamingNotice, Agent,
    Role, Space,
)  # fmt: skip
SHOWN_FROM = frozenset(model._meta.db_table for model in _SHOWN)
"""The tables from which a sheet is built: while none is written, nothing has to leave it."""


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
    stages = (*_stages(ecosystem), *_read_before(ecosystem))
    uses, links = _solution(ecosystem, named)
    places = list(ecosystem.territories.all())
    pilot = _pilot(ecosystem, frozenset(named))
    form = pilot.legal_form if pilot else None
    content = Content(
        uses=uses,
        links=links,
        changes=_changes(ecosystem, named),
        difficulties=_difficulties(ecosystem),
        stages=stages,
        partners=tuple((f"{AGENT}{pk}", name) for pk, name in named.items()),
    )
    return Portrait(
        title=ecosystem.name,
        aim=current_aim(content) or ecosystem.sentence,
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
    agents = publicly_named(ecosystem)
    return {agent.pk: agent.name for agent in agents if agent.kind not in NEVER_NAMED}


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
        for aim in aims.order_by("-adopted_on", "-number")
        if aim.adopted_on is not None
    )


def _read_before(ecosystem: Ecosystem) -> tuple[Stage, ...]:
    """Return what was read of it in public documents, before it took its sheet over."""
    sheet = Sheet.objects.filter(ecosystem=ecosystem).only("content").first()
    stored = read_content(sheet.content).stages if sheet else ()
    return tuple(stage for stage in stored if stage.was_read)


def _solution(
    ecosystem: Ecosystem, named: dict[int, str]
) -> tuple[tuple[Use, ...], tuple[Link, ...]]:
    solution = solution_of(ecosystem, NOBODY)
    uses = tuple(Use(f"use:{u.pk}", u.statement, u.for_whom) for u in solution.performances)
    links = tuple(
        Link(
            key=f"maillon:{link.maillon.pk}",
            name=link.maillon.name,
            nature=link.maillon.nature,
            state=link.maillon.state,
            option=link.option,
            bearers=tuple(named[b.agent_id] for b in link.bearers if b.agent_id in named),
            uses=tuple(f"use:{use.pk}" for use in link.performances),
            needs=tuple(f"maillon:{other.pk}" for other in link.needs),
        )
        for link in solution.links
    )
    return uses, links


def _changes(ecosystem: Ecosystem, named: dict[int, str]) -> tuple[Change, ...]:
    groups = effects_of(ecosystem, NOBODY).groups
    said = [_change(read, named, True) for group in groups for read in group.changes]
    supposed = [_change(read, named, False) for group in groups for read in group.to_verify]
    return (*said, *supposed)


def _change(read: EffectRead, named: dict[int, str], checked: bool) -> Change:
    effect, beneficiary = read.effect, read.effect.beneficiary
    public = beneficiary.level == Level.PUBLIC
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
        answers=tuple(
            f"{named.get(link.agent_id, UNNAMED)} : {link.answer}"
            for link in effect.links.all()
            if link.kind == EffectLinkKind.NAMED and link.answered_on and link.answer
        ),
        checked=checked,
    )


def _difficulties(ecosystem: Ecosystem) -> tuple[Difficulty, ...]:
    found = Obstacle.objects.visible_to(NOBODY).filter(ecosystem=ecosystem)
    return tuple(
        Difficulty(f"obstacle:{told.pk}", told.words, told.year, told.code, told.learnt)
        for told in found
    )
