# SPDX-License-Identifier: AGPL-3.0-or-later
"""A performance of use: what the answer must make possible, and to whom."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_http_methods

from terreau.ecosystems.actions import solution as actions
from terreau.ecosystems.models import Ecosystem, Performance
from terreau.ecosystems.queries.earlier import earlier_of
from terreau.web.access import AuthedRequest, Policy, access
from terreau.web.answers import attempt, said
from terreau.web.solution.forms import PerformanceForm


@require_http_methods(["GET", "HEAD", "POST"])
@access(Policy.MEMBER)
def solution_performance_add(request: AuthedRequest, ecosystem: Ecosystem) -> HttpResponse:
    """Say one more thing that the answer must make possible."""
    form = PerformanceForm(request.POST or None)
    if form.is_valid():
        kept = attempt(
            form,
            lambda: actions.add_performance(
                by=request.user, ecosystem=ecosystem, filing=form.filing, text=form.text
            ),
        )
        if kept is not None:
            return said(request, "C'est ajouté.", "solution_page", ecosystem.slug)
    shown = {"form": form, "title": "Ce que ça doit permettre", "performance": None, "earlier": ()}
    return render(request, "solution/performance_form.html", shown)


@require_http_methods(["GET", "HEAD", "POST"])
@access(Policy.MEMBER)
def solution_performance(request: AuthedRequest, ecosystem: Ecosystem, pk: int) -> HttpResponse:
    """Show and change a performance, with the maillons that serve it."""
    here = Performance.objects.visible_to(request.user).filter(ecosystem=ecosystem)
    performance: Performance = get_object_or_404(here, pk=pk)
    initial = None if request.method == "POST" else PerformanceForm.initial_of(performance)
    form = PerformanceForm(request.POST or None, initial=initial)
    if form.is_valid():
        changed = attempt(
            form,
            lambda: actions.edit_performance(
                by=request.user, performance=performance, edit=form.edit, text=form.text
            ),
        )
        if changed is not None:
            return said(request, "C'est enregistré.", "solution_page", ecosystem.slug)
    shown = {
        "form": form,
        "title": "Ce que ça doit permettre",
        "performance": performance,
        "earlier": earlier_of(performance, request.user),
        "maillons": performance.maillons.all().visible_to(request.user),
    }
    return render(request, "solution/performance_form.html", shown)
