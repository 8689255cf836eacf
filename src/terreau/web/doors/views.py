# SPDX-License-Identifier: AGPL-3.0-or-later
"""The doors of the demonstration: one click a role, in demonstration mode and on this machine."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth import login, logout
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from terreau.demo.roles import DOORS, Door, account, door, guest_token
from terreau.web.access import Policy, access


@require_safe
@access(Policy.DEMONSTRATION)
def doors_page(request: HttpRequest) -> HttpResponse:
    """Show the roles."""
    return render(request, "doors/page.html", {"doors": DOORS})


@require_POST
@access(Policy.DEMONSTRATION)
def doors_enter(request: HttpRequest, code: str) -> HttpResponse:
    """Enter as a role (out of any account first), on the page that it needs."""
    found = door(code)
    if found is None:
        raise Http404
    logout(request)
    user = account(found)
    if user is not None:
        login(request, user, backend=settings.AUTHENTICATION_BACKENDS[0])
    return redirect(_landing(found))


def _landing(found: Door) -> str:
    if found.page == "guest_page":
        return reverse(found.page, args=[guest_token()])
    return reverse(found.page, args=[found.of] if found.of else [])
