# SPDX-License-Identifier: AGPL-3.0-or-later
"""Publishing the sheet of a cooperation, and reading what is written to it."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_POST, require_safe

from terreau.documents.tables import Sheet
from terreau.ecosystems.models import Ecosystem
from terreau.publishing import actions, building, queries
from terreau.publishing.content import read
from terreau.publishing.differences import differences
from terreau.publishing.models import SheetMessage
from terreau.web.access import AuthedRequest, Policy, access
from terreau.web.answers import attempt, said
from terreau.web.downloads import exports_of
from terreau.web.public.forms import PublishForm
from terreau.web.public.views import page_of

A_PAGE = 30


@require_safe
@access(Policy.STEWARD)
def public_manage(request: AuthedRequest, ecosystem: Ecosystem) -> HttpResponse:
    """Show what everybody would read, before anything is published, and the messages received."""
    return _manage(request, ecosystem)


def _manage(
    request: AuthedRequest, ecosystem: Ecosystem, form: PublishForm | None = None
) -> HttpResponse:
    sheet = queries.sheet_of(ecosystem)
    today = building.portrait(ecosystem)
    live = sheet is not None and sheet.withdrawn_at is None
    messages = queries.messages_for(sheet) if sheet else SheetMessage.objects.none()
    if file := exports_of(request, _table(messages), f"{ecosystem.slug}-messages"):
        return file
    shown = {
        "ecosystem": ecosystem,
        "sheet": sheet,
        "live": live,
        "portrait": today,
        **page_of(today.content),
        "differences": differences(read(sheet.content), today.content) if live and sheet else (),
        "changed": live and sheet is not None and read(sheet.content) != today.content,
        "form": form or PublishForm(initial=PublishForm.choices_of(sheet)),
        "page": Paginator(messages, A_PAGE).get_page(request.GET.get("page")),
    }
    return render(request, "public/manage.html", shown)


def _table(messages: Iterable[SheetMessage]) -> Sheet:
    """The messages received, without the ways to answer: no address ever leaves in a list."""
    rows = [[one.created_at, one.sender, one.text, one.handled_at] for one in messages]
    return Sheet("Messages reçus", ["Le", "De", "Leurs mots", "Répondu le"], rows)


@require_POST
@access(Policy.STEWARD)
def public_publish(request: AuthedRequest, ecosystem: Ecosystem) -> HttpResponse:
    """Publish the sheet, or bring it up to date."""
    form = PublishForm(request.POST)
    publish = partial(actions.publish_sheet, by=request.user, ecosystem=ecosystem)
    if form.is_valid() and attempt(form, lambda: publish(**form.choices())) is not None:
        return said(request, "Tout le monde peut lire la fiche.", "public_manage", ecosystem.slug)
    return _manage(request, ecosystem, form)


@require_POST
@access(Policy.STEWARD)
def public_withdraw(request: AuthedRequest, ecosystem: Ecosystem) -> HttpResponse:
    """Take the sheet away from the public."""
    sheet = queries.sheet_of(ecosystem)
    if sheet is None:
        raise Http404
    actions.withdraw_sheet(by=request.user, sheet=sheet)
    sentence = "La fiche est retirée : plus personne ne la lit. Vous pourrez la republier."
    return said(request, sentence, "public_manage", ecosystem.slug)


@require_POST
@access(Policy.STEWARD)
def public_handled(request: AuthedRequest, ecosystem: Ecosystem, pk: int) -> HttpResponse:
    """Say that a message was answered."""
    message = get_object_or_404(SheetMessage, pk=pk, sheet__ecosystem=ecosystem)
    actions.handle_message(by=request.user, message=message)
    return said(request, "Noté : vous avez répondu.", "public_manage", ecosystem.slug)
