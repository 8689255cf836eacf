# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the privacy page promises to forget (actions). The worker runs them; all may be repeated."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db.models import Q

from terreau.core import clock
from terreau.people.models import AccessToken, Invitation, OutsideRead, TokenUse

TOKEN_DAYS = 30


def forget_reads() -> int:
    """Delete the reads from outside that are older than the years of retention."""
    return OutsideRead.objects.filter(day__lt=years_ago(clock.today())).delete()[0]


def forget_invited() -> int:
    """Erase the address from the invitations that expired: it has no use any more."""
    expired = Invitation.objects.filter(expires_at__lt=clock.now()).exclude(email="")
    return expired.update(email="")


def forget_sessions() -> int:
    """Delete the sessions that have ended."""
    return Session.objects.filter(expire_date__lt=clock.now()).delete()[0]


def forget_tokens() -> int:
    """Delete the keys of programs that ended a month ago, and when they were last used."""
    limit = clock.now() - timedelta(days=TOKEN_DAYS)
    ended = Q(revoked_at__lt=limit) | Q(expires_on__lt=limit.date())
    gone = AccessToken.objects.filter(ended).delete()[0]
    kept = AccessToken.objects.values_list("pk", flat=True)
    TokenUse.objects.exclude(token_id__in=list(kept)).delete()
    return gone


def years_ago(moment: date | datetime) -> date | datetime:
    """Return the same day as many years before as the retention lasts."""
    # A 29 February goes back to a 28th.
    day = min(moment.day, 28) if moment.month == 2 else moment.day
    return moment.replace(year=moment.year - settings.TERREAU.retention_years, day=day)
