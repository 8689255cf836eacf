# SPDX-License-Identifier: AGPL-3.0-or-later
"""A maillon: adding it, its page, changing it, who takes charge of it."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from terreau.core.errors import Refusal
from terreau.ecosystems.actions import solution as actions
from terreau.ecosystems.models import Bearer, Ecosystem, Effect, Maillon
from terreau.ecosystems.queries.earlier import earlier_of
from terreau.ecosystems.queries.solution import bearers_over_time
from terreau.web.access import AuthedRequest, Policy, access
from terreau.web.answers import attempt, refused, said
from terreau.web.solution.forms import ChargeForm, MaillonForm


def _maillon(request: AuthedRequest, ecosystem: Ecosystem, pk: int) -> Maillon:
    here = Maillon.objects.visible_to(request.user).filter(ecosystem=ecosystem)
    maillon: Maillon = get_object_or_404(here, pk=pk)
    return maillon


@require_http_methods(["GET", "HEAD", "POST"])
@access(Policy.MEMBER)
def solution_add(request: AuthedRequest, ecosystem: Ecosystem) -> HttpResponse:
    """Add a maillon."""
    form = MaillonForm(request.POST or None, ecosystem=ecosystem, reader=request.user)
    if form.is_valid():
        maillon = attempt(
            form,
            lambda: actions.add_maillon(
                by=request.user,
                ecosystem=ecosystem,
                filing=form.filing,
                text=form.text,
                links=form.links,
            ),
        )
        if maillon is not None:
            sentence = "Le maillon est ajouté. Qui s'en charge ?"
            return said(request, sentence, "solution_maillon", ecosystem.slug, maillon.pk)
    shown = {"form": form, "title": "Ajouter un maillon", "maillon": None}
    return render(request, "solution/maillon_form.html", shown)


@require_safe
@access(Policy.MEMBER)
def solution_maillon(request: AuthedRequest, ecosystem: Ecosystem, pk: int) -> HttpResponse:
    """Show a maillon: who took charge and when, what it serves, needs, and changes."""
    maillon = _maillon(request, ecosystem, pk)
    bearers = list(bearers_over_time(maillon))
    effects = Effect.objects.visible_to(request.user).filter(maillons=maillon)
    shown = {
        "maillon": maillon,
        "bearers": [bearer for bearer in bearers if bearer.until is None],
        "past": [bearer for bearer in bearers if bearer.until is not None],
        "performances": maillon.performances.all().visible_to(request.user),
        "needs": maillon.depends_on.all().visible_to(request.user),
        "needed_by": maillon.needed_by.all().visible_to(request.user),
        "effects": effects.select_related("beneficiary"),
        "earlier": earlier_of(maillon, request.user),
        "form": ChargeForm(ecosystem=ecosystem, reader=request.user),
    }
    return render(request, "solution/maillon.html", shown)


@require_http_methods(["GET", "HEAD", "POST"])
@access(Policy.MEMBER)
def solution_maillon_edit(request: AuthedRequest, ecosystem: Ecosystem, pk: int) -> HttpResponse:
    """Change a maillon; both texts are shown when somebody saved in between."""
    maillon = _maillon(request, ecosystem, pk)
    initial = None if request.method == "POST" else MaillonForm.initial_of(maillon)
    form = MaillonForm(
        request.POST or None,
        ecosystem=ecosystem,
        reader=request.user,
        besides=maillon,
        initial=initial,
    )
    if form.is_valid():
        changed = attempt(
            form,
            lambda: actions.edit_maillon(
                by=request.user, maillon=maillon, edit=form.edit, text=form.text, links=form.links
            ),
        )
        if changed is not None:
            return said(request, "C'est enregistré.", "solution_maillon", ecosystem.slug, pk)
    shown = {"form": form, "title": f"Modifier : {maillon.name}", "maillon": maillon}
    return render(request, "solution/maillon_form.html", shown)


@require_POST
@access(Policy.MEMBER)
def solution_charge(request: AuthedRequest, ecosystem: Ecosystem, pk: int) -> HttpResponse:
    """Say who takes charge of a maillon."""
    maillon = _maillon(request, ecosystem, pk)
    form = ChargeForm(request.POST, ecosystem=ecosystem, reader=request.user)
    if form.is_valid():
        data = form.cleaned_data
        done = attempt(
            form,
            lambda: actions.take_charge(
                by=request.user, maillon=maillon, agent=data["agent"], since=data["since"]
            ),
        )
        if done is not None:
            sentence = f"{done.agent.name} s'en charge."
            return said(request, sentence, "solution_maillon", ecosystem.slug, pk)
    shown = {"maillon": maillon, "form": form}
    return render(request, "solution/charge_form.html", shown)


@require_POST
@access(Policy.MEMBER)
def solution_charge_end(request: AuthedRequest, ecosystem: Ecosystem, pk: int) -> HttpResponse:
    """Say that somebody no longer takes charge, from today on."""
    seen = Maillon.objects.visible_to(request.user).filter(ecosystem=ecosystem)
    rows = Bearer.objects.select_related("maillon__space", "agent").filter(maillon__in=seen)
    bearer = get_object_or_404(rows, pk=pk)
    back = ("solution_maillon", ecosystem.slug, bearer.maillon_id)
    try:
        actions.leave_charge(by=request.user, bearer=bearer)
    except Refusal as refusal:
        return refused(request, refusal, *back)
    return said(
        request, f"{bearer.agent.name} ne s'en charge plus. Ce qui a été fait reste écrit.", *back
    )
