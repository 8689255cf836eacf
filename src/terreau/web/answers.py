# SPDX-License-Identifier: AGPL-3.0-or-later
"""How views answer: a page or one part of it, and what a refused action becomes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django.contrib import messages
from django.db.models import Model, QuerySet
from django.forms import Form
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseRedirect,
    HttpResponseServerError,
)
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.utils.cache import patch_vary_headers

from terreau.core.errors import (
    EditConflict,
    Invalid,
    KeyReused,
    NotAllowed,
    NotFound,
    Refusal,
)
from terreau.ecosystems.models import Ecosystem

T = TypeVar("T")
Row = TypeVar("Row", bound=Model)

KEY_LENGTH = 36  # characters of a UUID: nothing longer is carried on


def render_part(
    request: HttpRequest, template: str, part: str, context: dict[str, Any]
) -> HttpResponse:
    """Render the whole page, or only ``{% partialdef part %}`` when HTMX asks for it."""
    name = f"{template}#{part}" if request.headers.get("HX-Request") else template
    response = render(request, name, context)
    patch_vary_headers(response, ["HX-Request"])
    return response


def found_in(rows: QuerySet[Row], ecosystem: Ecosystem, pk: int) -> Row:
    """Return the row of this number among those that may be read, or answer 404.

    It holds the ecosystem at hand, so that nothing asks the database for it again.
    """
    found: Any = get_object_or_404(rows, pk=pk)
    found.ecosystem = ecosystem
    row: Row = found
    return row


def attempt(form: Form, action: Callable[[], T]) -> T | None:
    """Run one action; a refusal becomes an error of the form (None is returned then).

    An action has its own short transaction. A form that needs two of them joins them in a function
    under ``transaction.atomic``, so that the refusal of one takes the other back. An
    ``EditConflict`` also sets ``form.conflict``, so that the page shows both texts.
    """
    try:
        return action()
    except (Invalid, KeyReused, NotAllowed, NotFound) as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
    except EditConflict as conflict:
        form.conflict = conflict  # type: ignore[attr-defined]
        form.add_error(None, conflict.message)
    return None


def refuse_the_form(request: HttpRequest, allowed: bool, sentence: str) -> None:
    """Say at once who may fill in a form, rather than once it is filled in.

    Raises NotAllowed when it is only opened. What is sent is left to its action, whose refusal
    shows the words again.
    """
    if request.method != "POST" and not allowed:
        raise NotAllowed(sentence)


def check_first(request: HttpRequest, check: Callable[..., object], *about: object) -> None:
    """Answer a form that is only opened with the refusal that its sending would meet."""
    if request.method != "POST":
        check(request.user, *about)


def said(request: HttpRequest, sentence: str, to: str, *args: Any) -> HttpResponseRedirect:
    """Redirect after a POST, with one sentence to show on the next page.

    The sentence carries the key of the form that it answers: the browser then knows that what it
    kept in case the connection was lost has arrived (``offline.js``).
    """
    messages.success(request, sentence, extra_tags=request.POST.get("key", "")[:KEY_LENGTH])
    return redirect(to, *args)


def pressed(
    request: HttpRequest, action: Callable[[], object], sentence: str, to: str, *args: Any
) -> HttpResponseRedirect:
    """Run the action of a button (no form to show again), then say it, or its refusal, there."""
    try:
        action()
    except Refusal as refusal:
        return refused(request, refusal, to, *args)
    return said(request, sentence, to, *args)


def refused(request: HttpRequest, refusal: Refusal, to: str, *args: Any) -> HttpResponseRedirect:
    """Redirect after a button (no form to show again) whose action was refused."""
    messages.error(request, refusal.message)
    return redirect(to, *args)


def failed(request: HttpRequest) -> HttpResponseServerError:
    """Say that something broke; on a bare page when what broke is what every page rests on."""
    try:
        return HttpResponseServerError(render_to_string("500.html"))
    except Exception:  # noqa: BLE001  # whatever it is, it was logged with what failed first
        return HttpResponseServerError(render_to_string("500_bare.html"))


def unreadable(form: Form) -> Invalid:
    """Return the refusal of a button's small form, in the words of its first mistake."""
    name, errors = next(iter(form.errors.items()))
    label = form.fields[name].label if name in form.fields else ""
    return Invalid(f"{label} : {errors[0]}" if label else str(errors[0]))
