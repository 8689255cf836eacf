# SPDX-License-Identifier: AGPL-3.0-or-later
"""Closing an account: the four lines that a person wrote of themselves, and the photos they kept
for themselves alone, go with it."""

from __future__ import annotations

from django.db import transaction
from django.db.models import F

from terreau.core import clock
from terreau.ecosystems.actions.logbook import forget_files
from terreau.ecosystems.enums import Standing
from terreau.ecosystems.models import Attachment, Presence
from terreau.people import closure
from terreau.people.enums import EndReason, Level
from terreau.people.models import User


@transaction.atomic
def close_account(*, by: User, reason: EndReason = EndReason.NOT_SAID) -> None:
    """Empty one's own account, presences and private files (see ``people.closure``)."""
    Presence.objects.filter(agent_id=by.agent_id).update(
        cares="",
        can_do="",
        limits="",
        not_ask="",
        standing=Standing.EXPECTED,
        agreed_on=None,
        agreement_said_by="",
        level=Level.CIRCLE,
        version=F("version") + 1,
        updated_at=clock.now(),
    )
    own = Attachment.objects.filter(entry__author=by.agent_id, entry__level=Level.AUTHOR)
    forget_files(own.select_related("entry"))
    closure.close_account(by=by, reason=reason)
