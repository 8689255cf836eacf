# SPDX-License-Identifier: AGPL-3.0-or-later
"""Who may know an actor, and who may correct what it is."""

from django.db.models import Q

from terreau.core import clock
from terreau.ecosystems.models import Presence
from terreau.people.models import Agent
from terreau.people.visibility import Reader, reach_of


def can_know_agent(reader: Reader, agent: Agent) -> bool:
    """Tell whether the reader may pick this agent: it is in one of their ecosystems, it is theirs,
    or it is an organisation with a public identifier. A person is never known from elsewhere.
    """
    reach = reach_of(reader)
    if agent.pk in reach.agents or (agent.siren and not agent.is_person):
        return True
    return (
        agent.roles.filter(space__root_id__in=reach.roots).exists()
        or Presence.objects.visible_to(reach)
        .filter(agent=agent, ecosystem__space_id__in=reach.roots)
        .exists()
    )


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
