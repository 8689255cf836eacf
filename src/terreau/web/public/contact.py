# SPDX-License-Identifier: AGPL-3.0-or-later
"""Writing about a sheet: to those who keep it, or « c'est nous » for one that was only read."""

from __future__ import annotations

from allauth.account.adapter import get_adapter
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from terreau.publishing.actions import write_message
from terreau.publishing.enums import MessageKind, Origin
from terreau.publishing.models import Sheet
from terreau.web.access import Policy, access
from terreau.web.answers import attempt, said
from terreau.web.public.forms import MessageForm, OursForm
from terreau.web.public.views import find_sheet

SENT = "Votre message est parti. Les personnes qui tiennent cette fiche vous répondront."
ASKED = "Votre demande est enregistrée. Nous vous répondrons et ferons le nécessaire."


@require_http_methods(["GET", "POST"])
@access(Policy.PUBLIC)
def public_write(request: HttpRequest, sheet_slug: str) -> HttpResponse:
    """Write to those who keep a sheet, only where somebody answers."""
    sheet = find_sheet(sheet_slug)
    if not sheet.contact_open:
        raise Http404
    form = MessageForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if answer := _send(request, sheet, form, MessageKind.WRITE, SENT):
            return answer
    return render(request, "public/write.html", {"sheet": sheet, "form": form})


@require_http_methods(["GET", "POST"])
@access(Policy.PUBLIC)
def public_ours(request: HttpRequest, sheet_slug: str) -> HttpResponse:
    """Ask to take over a sheet that was read in a public document, or to have it removed."""
    sheet = find_sheet(sheet_slug)
    if sheet.origin != Origin.READ:
        raise Http404
    form = OursForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        kind = MessageKind(form.cleaned_data["kind"])
        if answer := _send(request, sheet, form, kind, ASKED):
            return answer
    return render(request, "public/ours.html", {"sheet": sheet, "form": form})


def _send(
    request: HttpRequest, sheet: Sheet, form: MessageForm, kind: MessageKind, thanks: str
) -> HttpResponse | None:
    if form.cleaned_data["website"]:
        # A robot filled the hidden box: it is answered as anybody, and nothing is kept.
        return redirect("public_sheet", sheet.slug)
    words = {name: form.cleaned_data[name] for name in ("sender", "answer_to", "text")}
    kept = attempt(
        form,
        lambda: write_message(
            sheet=sheet,
            kind=kind,
            words=words,
            key=form.cleaned_data["key"],
            address=get_adapter().get_client_ip(request),  # behind a proxy too
        ),
    )
    return said(request, thanks, "public_sheet", sheet.slug) if kept else None
