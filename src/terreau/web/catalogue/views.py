# SPDX-License-Identifier: AGPL-3.0-or-later
"""The catalogue of components: for who writes pages, and for the snapshot test."""

from __future__ import annotations

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from terreau.people.visibility import Audience
from terreau.ui.icons import ICONS
from terreau.web.access import Policy, access
from terreau.web.catalogue.forms import ExampleForm, conflicting, fresh, mistaken


@require_safe
@access(Policy.PUBLIC)
def catalogue_page(request: HttpRequest) -> HttpResponse:
    """Show each component once; an instance in production has no such page."""
    if settings.TERREAU_MODE == "production":
        raise Http404
    shown = {
        "fresh": fresh(),
        "large": ExampleForm(auto_id="grand_%s"),
        "mistaken": mistaken(),
        "conflicting": conflicting(),
        "audience": Audience(people=9, organisations=7),
        "everybody": Audience(everybody=True),
        "alone": Audience(people=1),
        "page": Paginator(range(60), 20).page(2),
        "icons": list(ICONS),
    }
    return render(request, "catalogue/page.html", shown)
