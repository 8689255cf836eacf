# SPDX-License-Identifier: AGPL-3.0-or-later
"""Follow a thing from now on, count it anew, lend it and take it back."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from terreau.agreements.actions import stocks as actions
from terreau.agreements.rules import rights
from terreau.ecosystems.models import Ecosystem
from terreau.ledger import queries as ledger
from terreau.web.access import AuthedRequest, Policy, access
from terreau.web.answers import attempt, said
from terreau.web.resources.forms import CountForm, HandOverForm, OpenForm


@require_http_methods(["GET", "HEAD", "POST"])
@access(Policy.MEMBER)
def resources_open(request: AuthedRequest, ecosystem: Ecosystem) -> HttpResponseBase:
    """Open a stock with its first count."""
    if not rights.is_in_circle(request.reach, ecosystem):
        raise Http404
    form = OpenForm(request.POST or None, reader=request.reach, ecosystem=ecosystem)
    if request.method == "POST" and form.is_valid():
        by, key = request.user, form.cleaned_data["key"]
        done = attempt(
            form,
            lambda: actions.open_stock(by=by, ecosystem=ecosystem, key=key, opening=form.opening()),
        )
        if done is not None:
            sentence = "C'est suivi : ce qui entre et ce qui sort se verra ici."
            return said(request, sentence, "resources_one", ecosystem.slug, done)
    shown = {"ecosystem": ecosystem, "form": form}
    return render(request, "resources/open.html", shown, status=422 if form.errors else 200)


def _stock(ecosystem: Ecosystem, pk: int) -> Any:
    found = ledger.stocks(ecosystem.space).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


@require_http_methods(["GET", "HEAD", "POST"])
@access(Policy.MEMBER)
def resources_count(request: AuthedRequest, ecosystem: Ecosystem, pk: int) -> HttpResponseBase:
    """Say how much there is now; the ledger raises or lowers the stock to it."""
    stock = _stock(ecosystem, pk)
    if not rights.can_give(request.reach, stock.accountable_id or 0):
        raise Http404
    form = CountForm(request.POST or None, initial={"read": stock.accounting})
    if request.method == "POST" and form.is_valid():
        by, key = request.user, form.cleaned_data["key"]
        done = attempt(
            form,
            lambda: actions.count_again(
                by=by, ecosystem=ecosystem, stock_id=pk, key=key, count=form.count()
            ),
        )
        if done is not None:
            return said(request, "Le compte est noté.", "resources_one", ecosystem.slug, pk)
    shown = {"ecosystem": ecosystem, "form": form, "stock": stock}
    return render(request, "resources/count.html", shown, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@access(Policy.MEMBER)
def resources_hand_over(request: AuthedRequest, ecosystem: Ecosystem, pk: int) -> HttpResponseBase:
    """Lend a stock, or give it back."""
    stock = _stock(ecosystem, pk)
    if not rights.can_give(request.reach, stock.custodian_id or 0):
        raise Http404
    form = HandOverForm(
        request.POST or None, reader=request.reach, ecosystem=ecosystem, stock=stock
    )
    if request.method == "POST" and form.is_valid():
        by, key = request.user, form.cleaned_data["key"]
        done = attempt(
            form,
            lambda: actions.hand_over(
                by=by, ecosystem=ecosystem, stock_id=pk, key=key, handing=form.handing()
            ),
        )
        if done is not None:
            return said(request, "C'est noté.", "resources_list", ecosystem.slug)
    shown = {"ecosystem": ecosystem, "form": form, "stock": stock}
    return render(request, "resources/hand_over.html", shown, status=422 if form.errors else 200)
