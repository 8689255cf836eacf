# SPDX-License-Identifier: AGPL-3.0-or-later
"""Legal notice, privacy, accessibility: what the law asks of whoever runs the instance."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from terreau.ecosystems.actions.idle import WARNED_DAYS
from terreau.people.actions import INVITATION_DAYS
from terreau.publishing.actions.messages import KEPT_DAYS
from terreau.web.access import Policy, access


@require_safe
@access(Policy.PUBLIC)
def public_legal(request: HttpRequest) -> HttpResponse:
    """Show who publishes and who hosts this instance."""
    return render(request, "public/legal.html", {"instance": settings.TERREAU})


@require_safe
@access(Policy.PUBLIC)
def public_privacy(request: HttpRequest) -> HttpResponse:
    """Show who answers for personal data, what is kept, and for how long."""
    shown = {
        "instance": settings.TERREAU,
        "message_months": KEPT_DAYS // 30,
        "warned_days": WARNED_DAYS,
        "invitation_days": INVITATION_DAYS,
        "session_days": timedelta(seconds=settings.SESSION_COOKIE_AGE).days,
    }
    return render(request, "public/privacy.html", shown)


@require_safe
@access(Policy.PUBLIC)
def public_accessibility(request: HttpRequest) -> HttpResponse:
    """Show how far the pages are accessible, and whom to tell."""
    return render(request, "public/accessibility.html", {"instance": settings.TERREAU})
