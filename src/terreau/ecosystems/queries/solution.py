# SPDX-License-Identifier: AGPL-3.0-or-later
"""Reads of « Notre solution »: everything that the picture, the list and the exports show."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Prefetch, Q, QuerySet

from terreau.core import clock
from terreau.ecosystems.enums import Standing
from terreau.ecosystems.models import Bearer, Ecosystem, Maillon, Performance, Presence
from terreau.ecosystems.rules.picture import Piece, Scene, Use
from terreau.ecosystems.rules.solution import is_missing, is_option, reading_order
from terreau.people.enums import AgentKind, Level
from terreau.people.models import Agent, Role
from terreau.people.queries import running_on
from terreau.people.visibility import Reader, reach_of


@dataclass(frozen=True, slots=True)
class Link:
    """A maillon as one reader sees it: who takes charge, what it serves, what it needs."""

    maillon: Maillon
    bearers: tuple[Bearer, ...] = ()
    performances: tuple[Performance, ...] = ()
    needs: tuple[Maillon, ...] = ()
    unnamed: int = 0

    @property
    def option(self) -> bool:
        return is_option(self.maillon)

    @property
    def missing(self) -> bool:
        return is_missing(self.maillon)


@dataclass(frozen=True, slots=True)
class Solution:
    """The answer of an ecosystem as one reader sees it, in the order of the picture."""

    performances: tuple[Performance, ...] = ()
    links: tuple[Link, ...] = ()
    outside: bool = field(default=False)

    @property
    def core(self) -> list[Link]:
        return [link for link in self.links if not link.option]

    @property
    def options(self) -> list[Link]:
        return [link for link in self.links if link.option]

    @property
    def missing(self) -> list[Link]:
        return [link for link in self.links if link.missing]

    @property
    def unborne(self) -> list[Link]:
        """What exists or is to adapt, and that nobody takes charge of."""
        return [link for link in self.core if not link.missing and not _is_borne(link)]

    @property
    def groups(self) -> list[tuple[str, list[Link]]]:
        """The maillons that it takes, by nature (the word, its maillons)."""
        return by_nature(self.core)


def solution_of(
    ecosystem: Ecosystem, reader: Reader, *, without: Collection[Level] = ()
) -> Solution:
    """Return what this reader may read of the solution (a constant number of queries).

    A reader from outside is shown only bearers who agreed to appear; the others are counted.
    ``without``: levels that are left out, even of what the reader wrote.
    """
    reach = reach_of(reader)
    outside = ecosystem.space_id not in reach.roots
    shown = _agreed(ecosystem) if outside else None
    uses = Performance.objects.visible_to(reach).filter(ecosystem=ecosystem)
    performances = tuple(uses.exclude(level__in=without))
    maillons = [m for m in _maillons(ecosystem, reach, clock.today()) if m.level not in without]
    visible = {maillon.pk for maillon in maillons}
    known = {performance.pk for performance in performances}
    links = []
    for maillon in reading_order(maillons):
        bearers = tuple(maillon.bearers.all())
        named = tuple(b for b in bearers if shown is None or b.agent_id in shown)
        links.append(
            Link(
                maillon=maillon,
                bearers=named,
                performances=tuple(p for p in maillon.performances.all() if p.pk in known),
                needs=tuple(m for m in maillon.depends_on.all() if m.pk in visible),
                unnamed=len(bearers) - len(named),
            )
        )
    return Solution(performances, tuple(links), outside)


def _maillons(ecosystem: Ecosystem, reader: Reader, day: date) -> list[Maillon]:
    bearers = Bearer.objects.filter(running_on(day)).select_related("agent")
    maillons: QuerySet[Maillon] = Maillon.objects.visible_to(reader).filter(ecosystem=ecosystem)
    return list(
        maillons.prefetch_related(
            Prefetch("bearers", queryset=bearers.order_by("agent__name", "pk")),
            "performances",
            "depends_on",
        )
    )


def _agreed(ecosystem: Ecosystem) -> set[int]:
    """Return the agents of the ecosystem who agreed to appear, and the ecosystem itself."""
    agreed = Presence.objects.filter(ecosystem=ecosystem, standing=Standing.AGREED)
    return {*agreed.values_list("agent_id", flat=True), ecosystem.agent_id}


def _is_borne(link: Link) -> bool:
    return bool(link.bearers or link.unnamed)


def by_nature(links: Sequence[Link]) -> list[tuple[str, list[Link]]]:
    """Return links grouped by nature, in order: (the word, the links)."""
    groups: dict[str, list[Link]] = {}
    for link in links:
        groups.setdefault(link.maillon.get_nature_display(), []).append(link)
    return list(groups.items())


def bearers_possible(ecosystem: Ecosystem, reader: Reader) -> QuerySet[Agent]:
    """Return who may take charge of a maillon: those who are here, the ecosystem left out."""
    roles = Role.objects.filter(running_on(clock.today()), space__root_id=ecosystem.space_id)
    presences = Presence.objects.visible_to(reader).filter(ecosystem=ecosystem)
    here = Q(pk__in=roles.values("agent_id")) | Q(pk__in=presences.values("agent_id"))
    return (
        Agent.objects.filter(here, merged_into__isnull=True)
        .exclude(kind=AgentKind.ECOSYSTEM)
        .order_by("name", "pk")
    )


def bearers_over_time(maillon: Maillon) -> QuerySet[Bearer]:
    """Return everybody who took charge of a maillon, the present ones first."""
    return (
        Bearer.objects.filter(maillon=maillon)
        .select_related("agent")
        .order_by("until", "since", "pk")
    )


Address = Callable[[str, int], str]


def scene_of(solution: Solution, address: Address) -> Scene:
    """Return what the picture shows. ``address(kind, pk)`` is where a card leads.

    ``kind`` is « performance » or « maillon ».
    """
    uses = tuple(
        Use(p.pk, p.statement, p.for_whom, address("performance", p.pk))
        for p in solution.performances
    )
    return Scene(uses, tuple(_piece(link, address) for link in solution.links))


def _piece(link: Link, address: Address) -> Piece:
    maillon = link.maillon
    names = [bearer.agent.name for bearer in link.bearers]
    if link.unnamed:
        names.append(f"{link.unnamed} autre{'s' if link.unnamed > 1 else ''}")
    return Piece(
        key=maillon.pk,
        name=maillon.name,
        nature=maillon.get_nature_display(),
        state=maillon.get_state_display(),
        missing=maillon.state == "missing",
        option=link.option,
        bearers=tuple(names),
        uses=tuple(p.pk for p in link.performances),
        needs=tuple(m.pk for m in link.needs),
        href=address("maillon", maillon.pk),
    )
