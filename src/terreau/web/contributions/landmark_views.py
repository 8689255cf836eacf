# SPDX-License-Identifier: AGPL-3.0-or-later
"""« Nos repères »: counts with unit, period and source, apart from contributions."""

from __future__ import annotations

from functools import partial

from django.http import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST

from terreau.agreements.actions import landmarks as actions
from terreau.agreements.models import Landmark
from terreau.agreements.queries import statement as queries
from terreau.agreements.queries.exports import landmarks_sheet
from terreau.ecosystems.models import Ecosystem
from terreau.ecosystems.rules.records import THEIRS, can_change
from terreau.web.access import AuthedRequest, Policy, access
from terreau.web.answers import attempt, found_in, pressed, refuse_the_form, said
from terreau.web.contributions.forms import CountForm
from terreau.web.downloads import download, wanted
from terreau.web.paging import page_of

ROWS = 30


@require_http_methods(["GET", "HEAD", "POST"])
@access(Policy.MEMBER)
def contributions_landmarks(request: AuthedRequest, ecosystem: Ecosystem) -> HttpResponseBase:
    """Show the counts, and a form to add one."""
    if wanted(request):
        return download(request, landmarks_sheet(request.reach, ecosystem), "reperes")
    form = CountForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        by, key, count = request.user, form.cleaned_data["key"], form.count()
        done = attempt(
            form,
            lambda: actions.add_landmark(by=by, ecosystem=ecosystem, key=key, count=count),
        )
        if done is not None:
            return said(request, "Repère noté.", "contributions_landmarks", ecosystem.slug)
    rows = queries.landmarks(request.reach, ecosystem)
    page = page_of(request, rows, ROWS)
    shown = {"ecosystem": ecosystem, "page": page, "form": form, "here": request.path}
    status = 422 if form.errors else 200
    return render(request, "contributions/landmarks.html", shown, status=status)


def _find(request: AuthedRequest, ecosystem: Ecosystem, pk: int) -> Landmark:
    return found_in(queries.landmarks(request.reach, ecosystem), ecosystem, pk)


@require_http_methods(["GET", "HEAD", "POST"])
@access(Policy.MEMBER)
def contributions_landmark(
    request: AuthedRequest, ecosystem: Ecosystem, pk: int
) -> HttpResponseBase:
    """Correct one count."""
    row = _find(request, ecosystem, pk)
    refuse_the_form(request, can_change(request.user, row), THEIRS)
    names = ("label", "value", "unit_words", "since", "until", "source", "level", "version")
    form = CountForm(request.POST or None, initial={name: getattr(row, name) for name in names})
    if request.method == "POST" and form.is_valid():
        by, count = request.user, form.count()
        version = form.cleaned_data["version"] or 0
        done = attempt(
            form,
            lambda: actions.edit_landmark(by=by, landmark=row, version=version, count=count),
        )
        if done is not None:
            return said(request, "Repère corrigé.", "contributions_landmarks", ecosystem.slug)
    shown = {"ecosystem": ecosystem, "form": form, "row": row}
    status = 422 if form.errors else 200
    return render(request, "contributions/landmark.html", shown, status=status)


@require_POST
@access(Policy.MEMBER)
def contributions_landmark_remove(
    request: AuthedRequest, ecosystem: Ecosystem, pk: int
) -> HttpResponseBase:
    """Remove a count."""
    landmark = _find(request, ecosystem, pk)
    action = partial(actions.remove_landmark, by=request.user, landmark=landmark)
    return pressed(request, action, "Repère retiré.", "contributions_landmarks", ecosystem.slug)
