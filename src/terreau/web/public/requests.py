# SPDX-License-Identifier: AGPL-3.0-or-later
"""« C'est nous »: requests settled by who runs the instance, sheets taken over."""

from __future__ import annotations

from collections.abc import Iterable

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from terreau.documents.tables import Sheet
from terreau.ecosystems.queries.mine import memberships_of
from terreau.publishing import actions, queries
from terreau.publishing.enums import Outcome
from terreau.publishing.models import SheetMessage
from terreau.web.access import AuthedRequest, Policy, access
from terreau.web.answers import attempt, said
from terreau.web.downloads import exports_of
from terreau.web.public.forms import AnswerRequestForm, TakeOverForm

A_PAGE = 30
SETTLED = {
    Outcome.GRANTED: "Le lien pour reprendre la fiche est parti par courriel.",
    Outcome.REMOVED: "La fiche est retirée, et la raison est écrite dans les corrections.",
    Outcome.CORRECTED: "Noté, et dit par courriel à qui a demandé.",
    Outcome.DECLINED: "Noté, et dit par courriel à qui a demandé.",
}


@require_safe
@access(Policy.ADMIN)
def public_requests(request: HttpRequest) -> HttpResponse:
    """Show what was asked about sheets that nobody keeps, what waits first."""
    found = queries.requests()
    if file := exports_of(request, _table(found), "demandes"):
        return file
    page = Paginator(found, A_PAGE).get_page(request.GET.get("page"))
    return render(request, "public/requests.html", {"page": page})


def _table(found: Iterable[SheetMessage]) -> Sheet:
    """The requests, without the addresses: none ever leaves in a list."""
    heads = [
        "Le",
        "Fiche",
        "Demande",
        "De",
        "Leurs mots",
        "Répondu le",
        "Ce qui en est fait",
        "Mots",
    ]
    rows = [
        [
            one.created_at.date(),
            one.sheet.title,
            one.get_kind_display(),
            one.sender,
            one.text,
            one.handled_at.date() if one.handled_at else None,
            one.get_outcome_display() if one.outcome else "",
            one.outcome_words,
        ]
        for one in found
    ]
    return Sheet("Demandes", heads, rows)


@require_http_methods(["GET", "POST"])
@access(Policy.ADMIN)
def public_request(request: AuthedRequest, pk: int) -> HttpResponse:
    """Show one request, and settle it: the sheet may be taken over, is removed, or stays."""
    asked: SheetMessage = get_object_or_404(queries.requests(), pk=pk)
    form = AnswerRequestForm(asked, request.POST or None)
    if request.method == "POST" and form.is_valid():
        outcome, words = Outcome(form.cleaned_data["outcome"]), form.cleaned_data["words"]
        address = request.build_absolute_uri(reverse("public_take_over", args=["TOKEN"]))
        if attempt(
            form,
            lambda: actions.answer_request(
                by=request.user, request=asked, outcome=outcome, words=words, address=address
            ),
        ):
            return said(request, SETTLED[outcome], "public_requests")
    return render(request, "public/request.html", {"asked": asked, "form": form})


@never_cache
@require_http_methods(["GET", "POST"])
@access(Policy.SIGNED_IN)
def public_take_over(request: AuthedRequest, token: str) -> HttpResponse:
    """Choose the cooperation that will keep a sheet; its link was granted and mailed."""
    sheet = actions.open_take_over(token).sheet
    mine = [found.ecosystem for found in memberships_of(request.user) if found.is_steward]
    shown_already = queries.with_a_sheet(mine)
    form = TakeOverForm([one for one in mine if one not in shown_already], request.POST or None)
    if request.method == "POST" and form.is_valid():
        ecosystem = next(one for one in mine if one.slug == form.cleaned_data["ecosystem"])
        if attempt(
            form, lambda: actions.take_over(by=request.user, token=token, ecosystem=ecosystem)
        ):
            sentence = "La fiche est à vous. Ce qui avait été lu reste dans son histoire."
            return said(request, sentence, "public_manage", ecosystem.slug)
    shown = {"sheet": sheet, "form": form, "mine": form.offered, "others": shown_already}
    return render(request, "public/take_over.html", shown)
