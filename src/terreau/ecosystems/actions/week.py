# SPDX-License-Identifier: AGPL-3.0-or-later
"""« J'ai lu »: the last visit moves when its person says so, never by opening a page."""

from datetime import datetime

from terreau.core import clock
from terreau.core.errors import NotAllowed
from terreau.ecosystems.models import Ecosystem, Visit
from terreau.people import rules
from terreau.people.models import User


def mark_read(*, by: User, ecosystem: Ecosystem, until: datetime | None = None) -> Visit:
    """Say « j'ai lu », up to the moment the page was made (now when none is given).

    An older moment than the one kept changes nothing: two open windows do not hide what is new.
    """
    if not rules.can_enter(by, ecosystem.space):
        raise NotAllowed("Vous n'avez pas de rôle ici.")
    moment = min(until or clock.now(), clock.now())
    visit, _ = Visit.objects.get_or_create(
        ecosystem=ecosystem, person=by.agent, defaults={"at": moment}
    )
    if visit.at < moment:
        visit.at = moment
        visit.save(update_fields=["at"])
    return visit
