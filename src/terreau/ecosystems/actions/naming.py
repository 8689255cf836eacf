# SPDX-License-Identifier: AGPL-3.0-or-later
"""Seven days before an actor is named in public, and what it answers."""

from __future__ import annotations

from django.db import transaction

from terreau.core import clock
from terreau.core.errors import Invalid, NotAllowed
from terreau.ecosystems.enums import Standing
from terreau.ecosystems.models import NamingNotice, Presence
from terreau.ecosystems.rules.naming import DAYS
from terreau.people import rules
from terreau.people.models import User


@transaction.atomic
def give_notice(*, by: User, presence: Presence, own_voice: bool = False) -> NamingNotice:
    """Tell an actor that it will be named in public, seven days ahead. A running notice stays.

    ``own_voice``: the actor itself asks to appear, so that its « oui » has a notice to answer.
    After a « non », a new notice may be given only when the actor's presence says that it agreed.
    """
    allowed = own_voice and rules.can_speak_for(by, presence.agent)
    if not allowed and not rules.can_steward(by, presence.ecosystem.space):
        raise NotAllowed("Seules les personnes qui gardent les clés peuvent prévenir.")
    last = presence.notices.select_for_update().order_by("-sent_on", "-pk").first()
    if last is not None and last.agreed is not False:
        return last
    if last is not None and presence.standing != Standing.AGREED and not allowed:
        raise Invalid(f"{presence.agent} a répondu non. Parlez-en avant de reposer la question.")
    today = clock.today()
    return NamingNotice.objects.create(
        presence=presence, sent_on=today, effective_on=today + DAYS, given_by=by.agent
    )


@transaction.atomic
def answer_notice(*, by: User, notice: NamingNotice, agreed: bool) -> NamingNotice:
    """Answer for oneself or for the organisation one speaks for. The answer may change any day."""
    if not rules.can_speak_for(by, notice.presence.agent):
        raise NotAllowed("Seul l'acteur concerné peut répondre.")
    today = clock.today()
    notice.agreed, notice.answered_on = agreed, today
    notice.save(update_fields=["agreed", "answered_on"])
    presence = Presence.objects.select_for_update(of=("self",)).get(pk=notice.presence_id)
    if agreed and presence.standing != Standing.AGREED:
        presence.standing, presence.agreed_on = Standing.AGREED, today
        presence.save(update_fields=["standing", "agreed_on", "updated_at"])
    if not agreed and presence.standing == Standing.AGREED:
        presence.standing, presence.agreed_on = Standing.CONTACTED, None
        presence.save(update_fields=["standing", "agreed_on", "updated_at"])
    return notice
