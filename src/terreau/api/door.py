# SPDX-License-Identifier: AGPL-3.0-or-later
"""What stands around every address of the API: what is refused unread, and every header."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.views.decorators.csrf import csrf_exempt

from terreau.api import problems
from terreau.core.watching import only_reading
from terreau.people.visibility import remembered

LARGEST = 64 * 1024
"""Bytes that a request may hold: an event is a few hundred."""
JSON = ("application/json", "application/ld+json")
P = ParamSpec("P")
T = TypeVar("T")


def guarded(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Put a view behind the door. No cookie opens it, so it needs no token against forgery."""

    @csrf_exempt
    @login_not_required
    @functools.wraps(view)
    @remembered()
    def answered(request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        response = _refused_unread(request) or view(request, **kwargs)
        if response.status_code == 405:
            response = _other_method(response.headers["Allow"])
        response.headers["Cache-Control"] = "private, no-store"
        response.headers["Vary"] = "Authorization"
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response

    return answered


def reading(view: Callable[P, T]) -> Callable[P, T]:
    """Let a view that answers a GET read only."""

    @functools.wraps(view)
    def read(*args: P.args, **kwargs: P.kwargs) -> T:
        with only_reading():
            return view(*args, **kwargs)

    return read


def _refused_unread(request: HttpRequest) -> HttpResponse | None:
    # No address has a null character, and PostgreSQL refuses to look for one.
    if "\x00" in request.path or "%00" in request.META.get("QUERY_STRING", ""):
        return problems.answer(400, "Cette adresse est abîmée.")
    if request.method != "POST":
        return None
    if "CONTENT_LENGTH" not in request.META and "HTTP_TRANSFER_ENCODING" in request.META:
        return problems.answer(411, "Dites combien d'octets vous envoyez (Content-Length).")
    if _length(request) > LARGEST:
        return problems.answer(413, f"{LARGEST // 1024} ko au plus.")
    if request.content_type not in JSON and _length(request):
        return problems.answer(415, f"Envoyez {' ou '.join(JSON)}.")
    return None


def _length(request: HttpRequest) -> int:
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0


def _other_method(allowed: str) -> HttpResponse:
    sentence = f"Cette adresse n'accepte que : {allowed}."
    return problems.answer(405, sentence, headers={"Allow": allowed})
