# SPDX-License-Identifier: AGPL-3.0-or-later
"""Who may be the one that somebody is about to note: shown before it is noted twice."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from terreau.ecosystems.models import Ecosystem, Presence
from terreau.ecosystems.rules.presence import Typed, sounds_like
from terreau.people.enums import AgentKind
from terreau.people.models import Agent, Role
from terreau.people.visibility import Reader, reach_of

MOST = 8  # more would no longer be read
SIREN_LENGTH, SIRET_LENGTH = 9, 14


@dataclass(frozen=True, slots=True)
class Alike:
    """An organisation that may be the same; ``here`` when this reader reads of it here."""

    agent: Agent
    here: bool

    @property
    def told(self) -> str:
        """How it is shown: elsewhere its name and number only, which are public."""
        place = self.agent.place if self.here else ""
        return ", ".join(filter(None, [self.agent.name, place, self.agent.siren]))


def similar_agents(
    typed: Typed, *, reader: Reader, ecosystem: Ecosystem, named: Collection[int] = ()
) -> list[Alike]:
    """Return organisations that may be the same, eight at most, those of here first. Two queries.

    Here by name or number; elsewhere by number, or because a published sheet names it (``named``):
    an agent that only another cooperation knows, or that this reader may not read of, stays unseen.
    """
    around = dict(_read_of(ecosystem, reader).values_list("pk", "name"))
    here = {pk for pk, name in around.items() if sounds_like(typed.name, name)}
    found = _organisations().filter(Q(pk__in=here | set(named)) | _same_number(typed))
    alike = [Alike(agent, here=agent.pk in around) for agent in found.order_by("name", "pk")]
    return sorted(alike, key=lambda one: not one.here)[:MOST]


def _organisations() -> QuerySet[Agent]:
    return Agent.objects.filter(merged_into__isnull=True).exclude(kind=AgentKind.PERSON)


def _read_of(ecosystem: Ecosystem, reader: Reader) -> QuerySet[Agent]:
    """Return the organisations with a role here, and those that this reader reads of here."""
    if ecosystem.space_id not in reach_of(reader).roots:
        return Agent.objects.none()
    roles = Role.objects.filter(space__root_id=ecosystem.space_id)
    noted = Presence.objects.visible_to(reader).filter(ecosystem=ecosystem)
    known = Q(pk__in=roles.values("agent_id")) | Q(pk__in=noted.values("agent_id"))
    return _organisations().filter(known)


def _same_number(typed: Typed) -> Q:
    """Return the condition of bearing one of these numbers; a SIRET begins with its SIREN."""
    same = Q(pk__in=())
    if typed.rna:
        same |= Q(rna__iexact=typed.rna)
    if len(typed.siret) == SIRET_LENGTH:
        same |= Q(siret=typed.siret) | Q(siren=typed.siret[:SIREN_LENGTH])
    if len(typed.siren) == SIREN_LENGTH:
        same |= Q(siren=typed.siren) | Q(siret__startswith=typed.siren)
    return same
