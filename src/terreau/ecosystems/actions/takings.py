# SPDX-License-Identifier: AGPL-3.0-or-later
"""That somebody took the cooperation away, and when."""

from terreau.core import clock
from terreau.core.errors import NotAllowed
from terreau.ecosystems.models import Ecosystem, TakingAway
from terreau.people import rules
from terreau.people.models import User


def note_taking(*, by: User, ecosystem: Ecosystem, what: str) -> TakingAway:
    """Note who took what away. Each time counts: it is read on « Qui voit quoi »."""
    if not rules.can_enter(by, ecosystem.space):
        raise NotAllowed("Vous n'avez pas de rôle ici.")
    return TakingAway.objects.create(
        ecosystem=ecosystem, agent=by.agent, what=what[:80], at=clock.now()
    )
