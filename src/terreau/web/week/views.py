# SPDX-License-Identifier: AGPL-3.0-or-later
"""« Cette semaine », and « j'ai lu »."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_POST, require_safe

from terreau.ecosystems.actions.week import mark_read
from terreau.ecosystems.models import Ecosystem
from terreau.overview.week import week_of
from terreau.web.access import AuthedRequest, Policy, access
from terreau.web.answers import said


@require_safe
@access(Policy.MEMBER)
def week_page(request: AuthedRequest, ecosystem: Ecosystem) -> HttpResponse:
    """Show where we are and what I do."""
    week = week_of(request.user, ecosystem)
    return render(request, "week/page.html", {"ecosystem": ecosystem, "week": week})


@require_POST
@access(Policy.MEMBER)
def week_read(request: AuthedRequest, ecosystem: Ecosystem) -> HttpResponse:
    """Move my last visit to the moment at which the page was made."""
    mark_read(by=request.user, ecosystem=ecosystem, until=_moment(request.POST.get("until", "")))
    return said(
        request, "C'est noté : la page montrera ce qui change.", "week_page", ecosystem.slug
    )


def _moment(text: str) -> datetime | None:
    try:
        moment = parse_datetime(text)
    except ValueError:
        return None
    return moment if moment is not None and moment.tzinfo is not None else None
