# SPDX-License-Identifier: AGPL-3.0-or-later
"""What was sent after the session had ended waits until its writer has signed in again.

A page left open for a day, a long text, « Enregistrer »: the text is put aside in the visitor's
session, and shown with a button once they are back. It works without JavaScript, for every form
of an area; files cannot be put aside, and forms of the account (passwords, codes) never are.

A telephone is lent, a computer shared: a signed cookie says which account wrote last in this
browser, and what was put aside is given back to that account only.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
)
from django.shortcuts import redirect, render

SESSION_KEY = "terreau_kept"
WRITER = "writer"
WRITER_AGE = timedelta(days=180)  # longer than a session, which has to have ended
MOST = 30_000  # characters: ten pages of text, and an anonymous visitor fills no disk
GIVEN_UP = "terreau_given_up"
PUT_ASIDE = (
    "Votre connexion avait expiré. Ce que vous avez écrit est gardé : connectez-vous, vous le "
    "retrouverez."
)
View = Callable[..., HttpResponseBase]


class KeepingLoginMiddleware(LoginRequiredMiddleware):
    """Django's own, which forgets nothing of what was being sent."""

    def handle_no_permission(self, request: HttpRequest, view_func: View) -> HttpResponseRedirect:
        """Lead to sign-in; put what was sent aside first."""
        writer = _last_writer(request)
        if request.method == "POST" and writer and _may_keep(request, view_func):
            fields = [
                (name, values)
                for name, values in request.POST.lists()
                if name != "csrfmiddlewaretoken"
            ]
            path = request.get_full_path()
            request.session[SESSION_KEY] = {"path": path, "fields": fields, "writer": writer}
            messages.info(request, PUT_ASIDE)
        answer: HttpResponseRedirect = super().handle_no_permission(request, view_func)
        return answer

    def process_view(
        self, request: HttpRequest, view_func: View, view_args: Any, view_kwargs: Any
    ) -> HttpResponseBase | None:
        """Show what was put aside, once, on the page that it was sent to."""
        to_sign_in: HttpResponseBase | None = super().process_view(
            request, view_func, view_args, view_kwargs
        )
        if to_sign_in is not None or not request.user.is_authenticated:
            return to_sign_in
        kept = request.session.get(SESSION_KEY)
        if kept is not None and kept["writer"] != str(request.user.pk):
            del request.session[SESSION_KEY]
            return None
        if kept is None or kept["path"] != request.get_full_path():
            return None
        return _answer(request, kept)

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        """Remember which account writes in this browser, whenever that changes."""
        if not request.session.accessed or not request.user.is_authenticated:
            return response
        writer = str(request.user.pk)
        if _last_writer(request) != writer:
            response.set_signed_cookie(
                WRITER,
                writer,
                max_age=WRITER_AGE,
                secure=settings.SESSION_COOKIE_SECURE,
                httponly=True,
                samesite="Lax",
            )
        return response


def _last_writer(request: HttpRequest) -> str:
    return request.get_signed_cookie(WRITER, default="", max_age=WRITER_AGE) or ""


def _may_keep(request: HttpRequest, view: View) -> bool:
    if not hasattr(view, "policy") or request.headers.get("HX-Request"):
        return False
    sizes = (len(name) + sum(map(len, values)) for name, values in request.POST.lists())
    return sum(sizes) <= MOST


def _answer(request: HttpRequest, kept: dict[str, Any]) -> HttpResponse | None:
    if request.method == "POST":
        del request.session[SESSION_KEY]
        # An address that only listens to POST would refuse to be opened.
        return redirect("home_mine") if GIVEN_UP in request.POST else None
    if request.method != "GET":
        return None
    fields = [(name, value) for name, values in kept["fields"] for value in values]
    shown = {
        "path": kept["path"],
        "fields": fields,
        "texts": [value for _, value in fields if " " in value.strip()],
        "given_up": GIVEN_UP,
    }
    return render(request, "kept.html", shown)
