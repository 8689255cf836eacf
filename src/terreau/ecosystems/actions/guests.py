# SPDX-License-Identifier: AGPL-3.0-or-later
"""The word of somebody without an account, left through a guest link, and what became of it."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.db import transaction

from terreau.core import clock
from terreau.core.errors import Invalid, NotAllowed, NotFound
from terreau.core.once import keep_once, kept
from terreau.ecosystems.models import Ecosystem, LogEntry
from terreau.ecosystems.rules.records import can_steer
from terreau.people.actions import check_texts, guest_link, revise
from terreau.people.enums import Level
from terreau.people.models import User

WORDS_AN_HOUR = 30
WORDS_A_DAY = 150
GUEST_TEXT_LIMIT = 1000


@transaction.atomic
def leave_word(*, token: str, key: UUID, text: str, name: str = "") -> LogEntry:
    """Keep a guest's word in the logbook of the circle. Once for its key.

    It stands in the name of the ecosystem, with the name given, if any. Raises NotFound for a link
    that is closed, Invalid for an empty or long text or when too many words came by this link.
    """
    link = guest_link(token)
    ecosystem = Ecosystem.objects.select_related("circle", "agent").get(space=link.space.root)
    wanted = {"guest_link": link, "text": text.strip(), "guest_name": " ".join(name.split())}
    stored = kept(LogEntry, key=key, wanted=wanted)
    if stored is not None:
        return stored
    _check(text.strip())
    check_texts(LogEntry, wanted)
    _slow_down(link.pk, key)
    fresh = {
        "ecosystem": ecosystem,
        "space": ecosystem.circle,
        "author": ecosystem.agent,
        "recorded_by": ecosystem.agent,
        "level": Level.CIRCLE,
        "day": clock.today(),
    }
    return keep_once(LogEntry, key=key, wanted=wanted, fresh=fresh)[0]


def _check(text: str) -> None:
    if not text:
        raise Invalid("Écrivez votre mot avant de l'envoyer.", field="text")
    if len(text) > GUEST_TEXT_LIMIT:
        raise Invalid(
            f"{GUEST_TEXT_LIMIT} caractères au plus ; vous en avez {len(text)}.", field="text"
        )


def _slow_down(link_id: int, key: UUID) -> None:
    left = LogEntry.objects.filter(guest_link_id=link_id).exclude(key=key)
    for span, limit in ((timedelta(hours=1), WORDS_AN_HOUR), (timedelta(days=1), WORDS_A_DAY)):
        if left.filter(created_at__gt=clock.now() - span).count() >= limit:
            raise Invalid(
                "Beaucoup de mots arrivent par ce lien en ce moment. Gardez le vôtre et revenez "
                "un peu plus tard."
            )


def answer_word(*, by: User, entry: LogEntry, version: int, answer: str, publish: bool) -> LogEntry:
    """Say what was done with a guest's word; published, both are shown at the guest link."""
    if not can_steer(by, entry.ecosystem):
        raise NotAllowed("Seules les personnes qui gardent les clés répondent ici.")
    if entry.guest_link_id is None:
        raise NotFound("Ce mot n'a pas été laissé par un lien d'invité.")
    level = Level.PUBLIC if publish else Level.CIRCLE
    revise(entry, version=version, changes={"answer": answer.strip(), "level": level})
    return entry
