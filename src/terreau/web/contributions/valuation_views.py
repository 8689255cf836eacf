# SPDX-License-Identifier: AGPL-3.0-or-later
"""« Notre convention d'évaluation »: the prices under which the accounts 86 and 87 are filled."""

from __future__ import annotations

from functools import partial

from django.http import Http404, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from terreau.agreements.actions import valuation as actions
from terreau.agreements.models import Valuation
from terreau.agreements.queries import valuation as queries
from terreau.agreements.rules import rights
from terreau.core.quantities import to_decimal
from terreau.core.units import UNITS
from terreau.documents.tables import Cell, Sheet
from terreau.ecosystems.models import Ecosystem
from terreau.web.access import AuthedRequest, Policy, access
from terreau.web.answers import attempt, pressed, said
from terreau.web.contributions.valuation_forms import ValuationForm
from terreau.web.downloads import exports_of
from terreau.web.paging import page_of

ROWS = 20


@require_safe
@access(Policy.MEMBER)
def contributions_valuations(request: AuthedRequest, ecosystem: Ecosystem) -> HttpResponseBase:
    """Show the conventions, the latest first, with their prices and where each comes from."""
    rows = queries.valuations(request.reach, ecosystem)
    sheet = Sheet("Conventions", HEADERS, [line for row in rows for line in _lines(row)])
    file = exports_of(request, sheet, f"conventions-{ecosystem.slug}")
    if file is not None:
        return file
    shown = {
        "ecosystem": ecosystem,
        "page": page_of(request, rows, ROWS),
        "may_note": rights.keeps_keys(request.reach, ecosystem),
        "here": request.get_full_path(),
    }
    return render(request, "contributions/valuations.html", shown)


HEADERS = (
    "du", "au", "quoi", "unité", "euros", "source", "méthode", "adoptée par", "le", "pièce",
    "retirée le",
)  # fmt: skip


def _lines(row: Valuation) -> list[tuple[Cell, ...]]:
    told = (row.method, row.adopted_by, row.adopted_on, row.document, row.withdrawn_on)
    return [
        (
            row.since,
            row.until,
            one.get_kind_display(),
            UNITS[one.unit].label,
            to_decimal(one.price),
            one.source,
            *told,
        )
        for one in row.prices.all()
    ]


@require_http_methods(["GET", "HEAD", "POST"])
@access(Policy.STEWARD)
def contributions_valuation_note(request: AuthedRequest, ecosystem: Ecosystem) -> HttpResponseBase:
    """Note a convention that was adopted."""
    form = ValuationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        by, key = request.user, form.cleaned_data["key"]
        done = attempt(
            form,
            lambda: actions.note_valuation(
                by=by,
                ecosystem=ecosystem,
                key=key,
                convention=form.convention(),
                prices=form.prices(),
            ),
        )
        if done is not None:
            sentence = "La convention est notée : l'annexe en tient compte."
            return said(request, sentence, "contributions_valuations", ecosystem.slug)
    shown = {"ecosystem": ecosystem, "form": form}
    status = 422 if form.errors else 200
    return render(request, "contributions/valuation_note.html", shown, status=status)


@require_POST
@access(Policy.STEWARD)
def contributions_valuation_withdraw(
    request: AuthedRequest, ecosystem: Ecosystem, pk: int
) -> HttpResponseBase:
    """Withdraw a convention that was wrong."""
    row = queries.valuations(request.reach, ecosystem).filter(pk=pk).first()
    if row is None:
        raise Http404
    action = partial(actions.withdraw_valuation, by=request.user, valuation=row)
    sentence = "La convention est retirée : elle ne compte plus."
    return pressed(request, action, sentence, "contributions_valuations", ecosystem.slug)
