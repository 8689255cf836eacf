# SPDX-License-Identifier: AGPL-3.0-or-later
"""Who administers the instance has a second factor before anything else."""

from __future__ import annotations

from collections.abc import Callable

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

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
