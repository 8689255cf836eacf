# SPDX-License-Identifier: AGPL-3.0-or-later
"""Who administers the instance has a second factor first; a silent identity provider is said."""

from __future__ import annotations

import logging
from collections.abc import Callable

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from requests import RequestException

logger = logging.getLogger(__name__)

FREE = ("account_logout", "account_reauthenticate")


class SecondFactorMiddleware:
    """Lead administrators without a second factor to the page where they add one.

    The demonstration is spared: its invented administrator enters from this machine alone.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if self._must_add_one(request):
            messages.warning(
                request,
                "Votre compte administre cette instance : ajoutez d'abord une seconde preuve "
                "(clé d'accès ou application de codes).",
            )
            return redirect("mfa_index")
        return self.get_response(request)

    def _must_add_one(self, request: HttpRequest) -> bool:
        user = request.user
        if not user.is_authenticated or not (user.is_staff or user.is_superuser):
            return False
        if settings.TERREAU_MODE == "demonstration":
            return False
        free = (reverse("mfa_index"), *map(reverse, FREE))
        if request.path.startswith((*free, f"/{settings.STATIC_URL.strip('/')}/")):
            return False
        return not is_mfa_enabled(user)


class SilentProviderMiddleware:
    """Say on a page that the identity provider does not answer, and which door stays open."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Answer what a request to the provider raised, on allauth's pages; leave the rest."""
        found = request.resolver_match
        elsewhere = found is None or not (found.url_name or "").startswith("openid_connect_")
        if elsewhere or not isinstance(error, RequestException):
            return None
        logger.error("the identity provider does not answer: %s", error)
        shown = {"silent": True}
        return render(request, "socialaccount/authentication_error.html", shown, status=502)
