# SPDX-License-Identifier: AGPL-3.0-or-later
"""Seven days before an actor is named in public, and what it answers."""

from __future__ import annotations

from django.db import transaction

from terreau.core import clock, mail
from terreau.core.errors import Invalid, NotAllowed
from terreau.ecosystems.enums import Standing
from terreau.ecosystems.models import NamingNotice, Presence
from terreau.ecosystems.rules.naming import DAYS
from terreau.people import rules
from terreau.people.models import User
from terreau.people.queries import speakers_of


@transaction.atomic
def give_notice(
    *, by: User, presence: Presence, own_voice: bool = False, address: str = ""
) -> NamingNotice:
    """Tell an actor that it will be named in public, seven days ahead. A running notice stays.

    ``own_voice``: the actor itself asks to appear, so that its « oui » has a notice to answer.
    ``address``: the page where it answers; those who speak for it are then told by mail.
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
    notice = NamingNotice.objects.create(
        presence=presence, sent_on=today, effective_on=today + DAYS, given_by=by.agent
    )
    if address and not own_voice:
        _tell(notice, address)
    return notice


def _tell(notice: NamingNotice, address: str) -> None:
    agent, place = notice.presence.agent, notice.presence.ecosystem
    for user in speakers_of(agent):
        mail.send(
            to=user.email,
            subject=f"« {agent} » sera peut-être nommé en public par « {place} »",
            text=(
                f"Bonjour,\n\n« {place} » souhaite nommer « {agent} » dans ses pages publiques, à "
                f"partir du {notice.effective_on:%d/%m/%Y}. Vous avez sept jours pour dire oui ou "
                f"non, sans raison à donner :\n\n{address}\n\n"
                "Vous pourrez changer d'avis à cette adresse, n'importe quel jour.\n"
            ),
            key=f"naming:{notice.pk}:{user.pk}",
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
