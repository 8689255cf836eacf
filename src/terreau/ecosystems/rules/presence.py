# SPDX-License-Identifier: AGPL-3.0-or-later
"""Who may know an actor, who may correct what it is, and which may be the same."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from django.db.models import Q

from terreau.core import clock
from terreau.core.texts import fold
from terreau.ecosystems.models import Presence
from terreau.ecosystems.rules.naming import Naming, facts_of, naming
from terreau.people.models import Agent
from terreau.people.visibility import Reader, reach_of

SHORTEST = 3  # letters of a name: fewer are in every other one


def whose(agent: Agent) -> str:
    """Return the sentence that says who may speak of an actor in its name."""
    return f"Seules les personnes qui parlent pour « {agent} » le peuvent."


def whose_identity(agent: Agent) -> str:
    """Return the sentence that says who may correct what an organisation is."""
    return f"C'est aux personnes qui parlent pour « {agent} » de corriger ces renseignements."


@dataclass(frozen=True, slots=True)
class Typed:
    """What somebody has typed of an organisation so far."""

    name: str = ""
    siren: str = ""
    siret: str = ""
    rna: str = ""

    @classmethod
    def read(cls, sent: Mapping[str, object]) -> Self:
        """Return what stands in the fields of a form, whatever was sent in them."""

        def said(field: str) -> str:  # PostgreSQL refuses a null character
            return str(sent.get(field, "")).replace("\0", "")[:160]

        numbers = {field: "".join(said(field).split()) for field in ("siren", "siret", "rna")}
        return cls(name=said("name"), **numbers)


def sounds_like(typed: str, known: str) -> bool:
    """Tell whether a name may be the same: accents, capitals and articles before it do not count.

    One holds the other: what is typed is begun (« résid »), or says more (« La Résidence »).
    """
    asked, name = fold(typed), fold(known)
    if min(len(asked), len(name)) < SHORTEST:
        return False
    return asked in name or f" {name} " in f" {asked} "


def can_know_agent(reader: Reader, agent: Agent) -> bool:
    """Tell whether the reader may pick this agent: it is in one of their ecosystems, it is theirs,
    or it is an organisation with a public identifier, or one that agreed to be named in public. A
    person is never known from elsewhere.
    """
    reach = reach_of(reader)
    if agent.pk in reach.agents:
        return True
    if not agent.is_person and (agent.siren or agent.siret or agent.rna or _is_public(agent)):
        return True
    return (
        agent.roles.filter(space__root_id__in=reach.roots).exists()
        or Presence.objects.visible_to(reach)
        .filter(agent=agent, ecosystem__space_id__in=reach.roots)
        .exists()
    )


def _is_public(agent: Agent) -> bool:
    rows = agent.presences.select_related("ecosystem__space").prefetch_related("notices")
    today = clock.today()
    return any(naming(facts_of(row, row.notices.all()), today) is Naming.AGREED for row in rows)


def can_edit_agent(reader: Reader, agent: Agent) -> bool:
    """Tell whether the reader may correct an agent's name, form and numbers.

    Who speaks for it may. While nobody does, so may who steers the only ecosystem that names it.
    """
    reach = reach_of(reader)
    if agent.pk in reach.agents:
        return True
    today = clock.today()
    running = Q(since__lte=today) & (Q(until__isnull=True) | Q(until__gte=today))
    if agent.mandated.filter(running).exists() or hasattr(agent, "user"):
        return False
    named_in = set(agent.presences.values_list("ecosystem__space_id", flat=True))
    return bool(named_in) and named_in <= reach.stewarded
