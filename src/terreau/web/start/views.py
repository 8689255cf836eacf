# SPDX-License-Identifier: AGPL-3.0-or-later
"""Start in two minutes, then phase, links, settings."""

from __future__ import annotations

from functools import partial
from uuid import uuid5

from django.db import transaction
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from terreau.documents.tables import Sheet
from terreau.ecosystems.actions import ecosystem as actions
from terreau.ecosystems.enums import Phase
from terreau.ecosystems.models import Ecosystem, EcosystemLink
from terreau.ecosystems.queries.keys import holders_count
from terreau.ecosystems.queries.mine import ecosystems_of
from terreau.people.actions import invite
from terreau.people.enums import RoleKind
from terreau.publishing.queries import neighbours, public_among
from terreau.web.access import AuthedRequest, Policy, access
from terreau.web.addresses import invitation_address
from terreau.web.answers import attempt, pressed, said
from terreau.web.downloads import exports_of
from terreau.web.start.forms import (
    KeysForm,
    LinkForm,
    NewForm,
    PhaseForm,
    SettingsForm,
)
from terreau.web.start.neighbours import SHOWN, proposed

LONGEST = 200  # characters of a name in which one is looked for
read_or_send = require_http_methods(["GET", "HEAD", "POST"])


@read_or_send
@access(Policy.SIGNED_IN)
def start_new(request: AuthedRequest) -> HttpResponseBase:
    """Name it, say it in a sentence: it exists, and the keys are mine."""
    form = NewForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        key = form.cleaned_data["key"]
        ecosystem = attempt(
            form, lambda: actions.start(by=request.user, key=key, beginning=form.beginning())
        )
        if ecosystem is not None:
            return redirect("start_keys", ecosystem.slug)
    return render(request, "start/new.html", {"form": form})


@read_or_send
@access(Policy.STEWARD)
def start_keys(request: AuthedRequest, ecosystem: Ecosystem) -> HttpResponseBase:
    """Invite two people to keep the keys too. It can wait; it will be recalled."""
    form = KeysForm(request.POST or None)
    links: list[tuple[str, str]] = []
    if request.method == "POST" and form.is_valid():
        sent = attempt(form, lambda: _invite_keepers(request, ecosystem, form))
        links = sent or []
    shown = {"form": form, "links": links, "holders": holders_count(ecosystem)}
    return render(request, "start/keys.html", shown)


@transaction.atomic
def _invite_keepers(
    request: AuthedRequest, ecosystem: Ecosystem, form: KeysForm
) -> list[tuple[str, str]]:
    links = []
    for address in form.addresses():
        _, token = invite(
            by=request.user,
            space=ecosystem.circle,
            email=address,
            role_kind=RoleKind.KEY_HOLDER,
            key=uuid5(form.cleaned_data["key"], address),
            address=invitation_address(request),
        )
        links.append((address, invitation_address(request, token)))
    return links


@read_or_send
@access(Policy.STEWARD)
def start_settings(request: AuthedRequest, ecosystem: Ecosystem) -> HttpResponseBase:
    """Correct the name, the sentence, the functions of life, the territories, the parent."""
    form = SettingsForm(request.POST or None, ecosystem=ecosystem, user=request.user)
    if request.method == "POST" and form.is_valid():
        done = attempt(form, lambda: _save_settings(request, ecosystem, form))
        if done is not None:
            return said(request, "C'est enregistré.", "start_settings", ecosystem.slug)
    return render(request, "start/settings.html", {"form": form, "ecosystem": ecosystem})


def _save_settings(request: AuthedRequest, ecosystem: Ecosystem, form: SettingsForm) -> Ecosystem:
    version, now = form.cleaned_data["version"], form.beginning()
    public = public_among([now.parent.pk]) if now.parent else {}
    return actions.describe(
        by=request.user, ecosystem=ecosystem, version=version, now=now, public=public
    )


@read_or_send
@access(Policy.MEMBER)
def start_phase(request: AuthedRequest, ecosystem: Ecosystem) -> HttpResponseBase:
    """Where we say we are, and where we were. Pause and end are said like the others."""
    phases = ecosystem.phases.select_related("said_by")
    sheet = Sheet(
        "Étapes",
        ["Depuis le", "Étape", "En quelques mots", "Dit par"],
        [[p.since, p.get_phase_display(), p.words, str(p.said_by)] for p in phases],
    )
    if file := exports_of(request, sheet, f"{ecosystem.slug}-etapes"):
        return file
    form = PhaseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        declared = attempt(form, lambda: _declare(request, ecosystem, form))
        if declared is not None:
            return said(request, "C'est noté, et daté.", "start_phase", ecosystem.slug)
    shown = {"form": form, "phases": phases, "resting": (Phase.PAUSE, Phase.ENDED)}
    return render(request, "start/phase.html", shown)


def _declare(request: AuthedRequest, ecosystem: Ecosystem, form: PhaseForm) -> object:
    return actions.declare_phase(
        by=request.user,
        ecosystem=ecosystem,
        phase=Phase(form.cleaned_data["phase"]),
        since=form.cleaned_data["since"],
        words=form.cleaned_data["words"],
    )


@read_or_send
@access(Policy.MEMBER)
def start_links(request: AuthedRequest, ecosystem: Ecosystem) -> HttpResponseBase:
    """The cooperation that we are part of, those that are part of us, those that we know."""
    links = ecosystem.links.select_related("target").order_by("target__name")
    sheet = Sheet(
        "Liens",
        ["Coopération", "Ce qui nous relie", "Depuis le"],
        [[link.target.name, link.words, link.since] for link in links],
    )
    if file := exports_of(request, sheet, f"{ecosystem.slug}-liens"):
        return file
    form = LinkForm(request.POST or None, ecosystem=ecosystem, user=request.user)
    if request.method == "POST" and form.is_valid():
        by, new = request.user, form.cleaned_data
        public = public_among([new["target"].pk])
        tie = attempt(form, lambda: actions.link(by=by, source=ecosystem, public=public, **new))
        if tie is not None:
            return said(request, "Le lien est noté.", "start_links", ecosystem.slug)
    mine = set(ecosystems_of(request.user).values_list("pk", flat=True))
    named = [link.target_id for link in links]
    sheets = public_among([*named, *filter(None, [ecosystem.parent_id])])
    shown = {
        "form": form,
        "links": [(link, sheets.get(link.target_id)) for link in links],
        "mine": mine,
        "parent_sheet": sheets.get(ecosystem.parent_id or 0),
        "children": [child for child in ecosystem.children.all() if child.pk in mine],
        "ecosystem": ecosystem,
    }
    return render(request, "start/links.html", shown)


@require_safe
@access(Policy.STEWARD)
def start_neighbours(request: AuthedRequest, ecosystem: Ecosystem) -> HttpResponseBase:
    """Propose cooperations while somebody types a name, in the field named by ``champ``."""
    typed = request.GET.get(request.GET.get("champ", ""), "").replace("\0", "")[:LONGEST]
    labels = proposed(neighbours(typed, ecosystem, request.user))[:SHOWN]
    return render(request, "start/neighbours.html", {"labels": labels})


@require_POST
@access(Policy.STEWARD)
def start_unlink(request: AuthedRequest, ecosystem: Ecosystem, pk: int) -> HttpResponseBase:
    """Take a link back."""
    tie = get_object_or_404(EcosystemLink.objects.select_related("source"), pk=pk, source=ecosystem)
    action = partial(actions.unlink, by=request.user, tie=tie)
    return pressed(request, action, "Le lien est retiré.", "start_links", ecosystem.slug)
