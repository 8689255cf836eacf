# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a party answers: « d'accord, côté équipe », « validé par … », « pas cette année »."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from django import forms
from django.http import Http404, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST

from terreau.agreements.actions import acceptance, agreements
from terreau.agreements.models import Party
from terreau.agreements.queries.agreements import readable
from terreau.core import clock
from terreau.core.versions import field_version
from terreau.ecosystems.models import Ecosystem
from terreau.web.access import AuthedRequest, Policy, access
from terreau.web.agreements.forms import NotThisYearForm, RepresentativeForm, ValidationForm
from terreau.web.answers import attempt, check_first, pressed, said


def _find(request: AuthedRequest, ecosystem: Ecosystem, pk: int) -> Party:
    """Return a party of an agreement that the person may read, or answer 404."""
    agreements_here = readable(request.reach).filter(ecosystem=ecosystem)
    row = (
        Party.objects.filter(pk=pk, version__agreement__in=agreements_here)
        .select_related("agent", "version__agreement")
        .first()
    )
    if row is None:
        raise Http404
    return row


@require_POST
@access(Policy.MEMBER)
def agreements_agree(request: AuthedRequest, ecosystem: Ecosystem, pk: int) -> HttpResponseBase:
    """« D'accord, côté équipe »."""
    party = _find(request, ecosystem, pk)
    page = ("agreements_page", ecosystem.slug, party.version.agreement_id)
    action = partial(acceptance.agree, by=request.user, party=party)
    return pressed(request, action, f"D'accord, côté équipe, pour {party.agent.name}.", *page)


@require_http_methods(["GET", "HEAD", "POST"])
@access(Policy.MEMBER)
def agreements_validate(request: AuthedRequest, ecosystem: Ecosystem, pk: int) -> HttpResponseBase:
    """« Validé par … le …, pièce … »."""
    party = _find(request, ecosystem, pk)
    check_first(request, acceptance.check_answers, party)
    form = ValidationForm(request.POST or None, initial={"day": clock.today()})

    def write() -> Party:
        return acceptance.validate(by=request.user, party=party, validation=form.validation())

    return _answer(request, party, form, ("agreements/validate.html", "C'est validé.", write))


@require_http_methods(["GET", "HEAD", "POST"])
@access(Policy.MEMBER)
def agreements_decline(request: AuthedRequest, ecosystem: Ecosystem, pk: int) -> HttpResponseBase:
    """« Pas cette année », with a word."""
    party = _find(request, ecosystem, pk)
    check_first(request, acceptance.check_answers, party)
    form = NotThisYearForm(request.POST or None, initial=NotThisYearForm.read_of(party))

    def write() -> Party:
        return acceptance.decline(by=request.user, party=party, **form.cleaned_data)

    sentence = "C'est noté : pas cette année. Vous pouvez changer d'avis."
    return _answer(request, party, form, ("agreements/decline.html", sentence, write))


@require_http_methods(["GET", "HEAD", "POST"])
@access(Policy.MEMBER)
def agreements_representative(
    request: AuthedRequest, ecosystem: Ecosystem, pk: int
) -> HttpResponseBase:
    """Say who represents a party, as printed."""
    party = _find(request, ecosystem, pk)
    check_first(request, agreements.check_speaks_for, party)
    version = field_version(party, ["representative"])
    read = {"representative": party.representative, "version": version}
    form = RepresentativeForm(request.POST or None, initial=read)

    def write() -> Party:
        return agreements.say_representative(by=request.user, party=party, **form.cleaned_data)

    return _answer(request, party, form, ("agreements/representative.html", "C'est noté.", write))


def _answer(
    request: AuthedRequest,
    party: Party,
    form: forms.Form,
    how: tuple[str, str, Callable[[], Any]],
) -> HttpResponseBase:
    template, sentence, write = how
    ecosystem = request.ecosystem
    if request.method == "POST" and form.is_valid() and attempt(form, write) is not None:
        agreement_id = party.version.agreement_id
        return said(request, sentence, "agreements_page", ecosystem.slug, agreement_id)
    shown = {"ecosystem": ecosystem, "form": form, "party": party}
    return render(request, template, shown, status=422 if form.errors else 200)
