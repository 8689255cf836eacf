# SPDX-License-Identifier: AGPL-3.0-or-later
"""What every answer gets: its headers, and a page for a refusal that no view caught."""

from __future__ import annotations

import logging
from collections.abc import Callable
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import is_valid_path, reverse
from django.utils.translation import get_language

from terreau.core import faults
from terreau.core.errors import Refusal, status_of
from terreau.ui.typography import with_hard_spaces

logger = logging.getLogger(__name__)

BROKEN_ADDRESS = (
    "L'adresse de cette page est abîmée. Rien n'a changé : revenez à la page d'avant, ou "
    "écrivez l'adresse de nouveau."
)
ONLY_A_BUTTON = (
    "Cette adresse ne s'ouvre pas : elle reçoit ce qu'un bouton envoie. Rien n'a changé. Revenez à "
    "la page où il se trouve, et pressez-le."
)
NOT_SO = 405  # the method is not for this address
PERMISSIONS = "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()"


class HeadersMiddleware:
    """Add what Django does not: no sensor for our pages, and no trace of private ones in caches."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        user = getattr(request, "user", None)
        if user is not None and user.is_authenticated:
            response.headers.setdefault("Cache-Control", "private, no-store")
        return response


class SpacesMiddleware:
    """Put the spaces of French print in each page and part of a page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        prose = response.headers.get("Content-Type", "").startswith("text/html")
        if prose and isinstance(response, HttpResponse) and get_language() == "fr":
            response.content = with_hard_spaces(response.content.decode()).encode()
        return response


class RefusalMiddleware:
    """Show the sentence of a refusal on a plain page with the right status."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        # No page has a null character in its address, and PostgreSQL refuses to look for one.
        if request.path.startswith("/api/"):  # a program is answered by the API itself
            return self.get_response(request)
        if "\x00" in request.path or "%00" in request.META.get("QUERY_STRING", ""):
            return render(request, "refusal.html", {"sentence": BROKEN_ADDRESS}, status=400)
        response = self.get_response(request)
        return _only_a_button(request, response) if response.status_code == NOT_SO else response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Answer a Refusal, or what the machine lacks; leave every other error to Django."""
        refusal = error if isinstance(error, Refusal) else _of_the_machine(error)
        if refusal is None:
            return None
        shown = {"sentence": refusal.message}
        return render(request, "refusal.html", shown, status=status_of(refusal))


def _only_a_button(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """Return a page in place of the blank one that Django gives for an address only sent to."""
    shown = {"sentence": ONLY_A_BUTTON, "above": _page_above(request.path)}
    page = render(request, "refusal.html", shown, status=NOT_SO)
    page.headers["Allow"] = response.headers.get("Allow", "")
    return page


def _page_above(path: str) -> str:
    """Return the first page above an address: what its button stands on, or that one's list."""
    while path != "/":
        path = path.rstrip("/").rpartition("/")[0] + "/"
        if is_valid_path(path):
            return path
    return path


def _of_the_machine(error: Exception) -> Refusal | None:
    """Return what to say when the disk or the database fails, and write why for who hosts."""
    refusal = faults.as_refusal(error)
    if refusal is not None:
        logger.error("refused: %s: %s", type(error).__name__, error, exc_info=error)
    return refusal


class PartSignInMiddleware:
    """Lead the whole page to sign-in when HTMX asks for a part after the session has ended.

    Without it the sign-in page would be swapped into the part.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        login = reverse(settings.LOGIN_URL)
        if not request.headers.get("HX-Request") or response.status_code != 302:
            return response
        if not response.headers["Location"].startswith(login):
            return response
        page = urlsplit(request.headers.get("HX-Current-URL", "")).path or "/"
        return HttpResponse(headers={"HX-Redirect": f"{login}?{urlencode({'next': page})}"})
