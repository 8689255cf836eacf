# SPDX-License-Identifier: AGPL-3.0-or-later
"""Publishing the sheet of a cooperation, and reading what is written about sheets."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_POST, require_safe

from terreau.core.errors import Refusal
from terreau.ecosystems.models import Ecosystem
from terreau.publishing import actions, building, queries
from terreau.publishing.content import read
from terreau.publishing.enums import Licence
from terreau.publishing.models import Sheet, SheetMessage
from terreau.web.access import AuthedRequest, Policy, access
from terreau.web.answers import refused, said
from terreau.web.public.forms import PublishForm
from terreau.web.public.views import page_of

A_PAGE = 30


@require_safe
@access(Policy.STEWARD)
def public_manage(request: AuthedRequest, ecosystem: Ecosystem) -> HttpResponse:
    """Show what everybody would read, before anything is published, and the messages received."""
    sheet = queries.sheet_of(ecosystem)
    today = building.portrait(ecosystem)
    live = sheet is not None and sheet.withdrawn_at is None
    given = {"contact_open": sheet.contact_open, "licence": sheet.licence} if live and sheet else {}
    messages = queries.messages_for(sheet) if sheet else SheetMessage.objects.none()
    shown = {
        "ecosystem": ecosystem,
        "sheet": sheet,
        "live": live,
        "portrait": today,
        **page_of(today.content),
        "changed": live and sheet is not None and read(sheet.content) != today.content,
        "form": PublishForm(initial=given or None),
        "page": Paginator(messages, A_PAGE).get_page(request.GET.get("page")),
    }
    return render(request, "public/manage.html", shown)


@require_POST
@access(Policy.STEWARD)
def public_publish(request: AuthedRequest, ecosystem: Ecosystem) -> HttpResponse:
    """Publish the sheet, or bring it up to date."""
    form = PublishForm(request.POST)
    if not form.is_valid():
        raise Http404
    actions.publish_sheet(
        by=request.user,
        ecosystem=ecosystem,
        contact_open=form.cleaned_data["contact_open"],
        licence=Licence(form.cleaned_data["licence"]),
    )
    return said(request, "Tout le monde peut lire la fiche.", "public_manage", ecosystem.slug)


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


@require_safe
@access(Policy.ADMIN)
def public_requests(request: HttpRequest) -> HttpResponse:
    """Show what was asked about sheets that nobody keeps, to whoever runs the instance."""
    page = Paginator(queries.open_requests(), A_PAGE).get_page(request.GET.get("page"))
    return render(request, "public/requests.html", {"page": page})


@require_POST
@access(Policy.ADMIN)
def public_request_handled(request: AuthedRequest, pk: int) -> HttpResponse:
    """Say that a request was answered."""
    message = get_object_or_404(SheetMessage.objects.select_related("sheet"), pk=pk)
    try:
        actions.handle_message(by=request.user, message=message)
    except Refusal as refusal:
        return refused(request, refusal, "public_requests")
    return said(request, "Noté : la demande est traitée.", "public_requests")


@require_POST
@access(Policy.ADMIN)
def public_remove(request: AuthedRequest, sheet_slug: str) -> HttpResponse:
    """Withdraw a sheet that nobody keeps."""
    sheet = get_object_or_404(Sheet.objects.select_related("ecosystem"), slug=sheet_slug)
    try:
        actions.withdraw_sheet(by=request.user, sheet=sheet, why="À la demande de l'organisation")
    except Refusal as refusal:
        return refused(request, refusal, "public_requests")
    return said(request, "La fiche est retirée.", "public_requests")
