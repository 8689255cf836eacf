# SPDX-License-Identifier: AGPL-3.0-or-later
"""« Mes coopérations », « Ajouter », and the count of readers."""

from __future__ import annotations

from pathlib import Path

from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from terreau.agreements.queries.readers import readers_if
from terreau.ecosystems.models import Ecosystem
from terreau.ecosystems.queries.mine import memberships_of
from terreau.overview.mine import waiting_for
from terreau.people.enums import Level
from terreau.programmes.queries import follows_one
from terreau.ui.sentences import readers_sentence
from terreau.web import navigation
from terreau.web.access import AuthedRequest, Policy, access
from terreau.web.numbers import row_number


@require_safe
@access(Policy.SIGNED_IN)
def home_mine(request: AuthedRequest) -> HttpResponseBase:
    """Show my ecosystems; with one alone, go straight to it."""
    memberships = memberships_of(request.user)
    week = (
        navigation.address("week_page", slug=memberships[0].ecosystem.slug) if memberships else ""
    )
    follows = follows_one(request.user)
    if len(memberships) == 1 and week and not follows and "toutes" not in request.GET:
        return redirect(week)
    waiting = waiting_for(request.user)
    cards = [(one, waiting.get(one.ecosystem.pk, "")) for one in memberships]
    return render(request, "home/mine.html", {"cards": cards, "follows": follows})


@require_safe
@access(Policy.MEMBER)
def home_add(request: AuthedRequest, ecosystem: Ecosystem) -> HttpResponse:
    """Show what may be added, one line each."""
    shown = {"ecosystem": ecosystem, "additions": navigation.additions(ecosystem.slug)}
    return render(request, "home/add.html", shown)


@require_safe
@access(Policy.MEMBER)
def home_readers(request: AuthedRequest, ecosystem: Ecosystem) -> HttpResponse:
    """Answer, in plain text, who would read at a level what goes to somebody, if to one.

    Asked when either is changed in a form.
    """
    level = request.GET.get("level", Level.CIRCLE)
    if level not in Level.values:
        return HttpResponse("", status=422, content_type="text/plain; charset=utf-8")
    readers = readers_if(ecosystem, level, row_number(request.GET.get("receiver", "")))
    sentence = readers_sentence(readers.people, readers.organisations, everybody=readers.everybody)
    return HttpResponse(sentence, content_type="text/plain; charset=utf-8")


@require_safe
@access(Policy.SIGNED_IN)
def home_token(request: AuthedRequest) -> HttpResponse:
    """Give a fresh CSRF token: what was written without connection is about to leave.

    And say whose session it is: a page left open may belong to somebody else.
    """
    answer = HttpResponse(get_token(request), content_type="text/plain; charset=utf-8")
    answer["Cache-Control"] = "no-store"
    answer["X-Terreau-User"] = str(request.user.pk)
    return answer


@require_safe
@access(Policy.PUBLIC)
def home_worker(request: HttpRequest) -> HttpResponse:
    """Serve the service worker from the root, the only place from which it may see all pages."""
    found = finders.find("js/worker.js")
    assert isinstance(found, str)
    script = Path(found).read_bytes()
    answer = HttpResponse(script, content_type="text/javascript; charset=utf-8")
    answer["Cache-Control"] = "no-cache"
    return answer
