# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the privacy page promises to forget (actions). The worker runs them; all may be repeated."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Coalesce

from terreau.core import clock, mail
from terreau.people.closure import close_account
from terreau.people.enums import EndReason
from terreau.people.models import Invitation, OutsideRead, User

WARNED_DAYS = 30


def forget_reads() -> int:
    """Delete the reads from outside that are older than the years of retention."""
    return OutsideRead.objects.filter(day__lt=_years_ago(clock.today())).delete()[0]


def forget_invited() -> int:
    """Erase the address from the invitations that expired: it has no use any more."""
    expired = Invitation.objects.filter(expires_at__lt=clock.now()).exclude(email="")
    return expired.update(email="")


def forget_sessions() -> int:
    """Delete the sessions that have ended."""
    return Session.objects.filter(expire_date__lt=clock.now()).delete()[0]


def close_idle_accounts() -> int:
    """Warn by mail who has not come for years, and close a month later if they still have not.

    Who administers the instance is left out: closing the last one would lock everybody out.
    Returns how many accounts were closed.
    """
    closed = 0
    for user in _idle():
        closed += _close_or_warn(user)
    return closed


def _idle() -> QuerySet[User]:
    # A session lasts two months at most: who comes signs in, and that moment is kept.
    came = Coalesce("last_login", "date_joined")
    idle = User.objects.annotate(came=came).filter(came__lt=_years_ago(clock.now()))
    return idle.filter(closed_at=None, is_superuser=False).order_by("pk")


@transaction.atomic
def _close_or_warn(user: User) -> bool:
    came = user.last_login or user.date_joined
    key = f"idle:{user.pk}:{came:%Y-%m-%d}"
    warned = mail.asked_at(key)
    if warned is None:
        _warn(user, key)
        return False
    if warned > clock.now() - timedelta(days=WARNED_DAYS):
        return False
    close_account(by=user, reason=EndReason.NOT_SAID)
    return True


def _warn(user: User, key: str) -> None:
    day = clock.today() + timedelta(days=WARNED_DAYS)
    mail.send(
        to=user.email,
        subject="Votre compte Terreau va être fermé",
        text=(
            "Bonjour,\n\n"
            f"Votre compte n'a pas servi depuis {settings.TERREAU.retention_years} ans. Comme nous "
            f"l'avons promis, il sera fermé après le {day:%d/%m/%Y} : votre nom et votre adresse "
            "seront effacés, ce que vous avez fait avec d'autres restera sans votre nom.\n\n"
            f"Pour le garder, connectez-vous une fois : {settings.TERREAU.base_url}/\n\n"
            "Pour le laisser fermer, il n'y a rien à faire.\n"
        ),
        key=key,
    )


def _years_ago(moment: date | datetime) -> date | datetime:
    # A 29 February goes back to a 28th.
    day = min(moment.day, 28) if moment.month == 2 else moment.day
    return moment.replace(year=moment.year - settings.TERREAU.retention_years, day=day)
