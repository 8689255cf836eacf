# SPDX-License-Identifier: AGPL-3.0-or-later
"""Accounts that have not served for years (actions): warned by mail, then closed. May be repeated.

On this floor since closing an account empties what it wrote in ecosystems too.
"""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Coalesce

from terreau.core import clock, mail
from terreau.ecosystems.actions.closure import close_account
from terreau.people.forgetting import years_ago
from terreau.people.models import User

WARNED_DAYS = 30


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
    idle = User.objects.annotate(came=came).filter(came__lt=years_ago(clock.now()))
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
    close_account(by=user)
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
