# SPDX-License-Identifier: AGPL-3.0-or-later
"""« Passage de relais »: the page, its print, a role passed on, an interim."""

from __future__ import annotations

from collections.abc import Callable

from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from terreau.core import clock
from terreau.documents import word
from terreau.documents.pdf import render_document
from terreau.ecosystems.actions import interim as interim_actions
from terreau.ecosystems.actions.handover import hand_over
from terreau.ecosystems.models import Ecosystem, Interim
from terreau.ecosystems.queries import keys
from terreau.ecosystems.rules.handover import HANDED, can_hand_over, is_handed_on
from terreau.ecosystems.rules.interim import standing
from terreau.overview.relay import relay_of
from terreau.overview.relay_document import document_of
from terreau.people.models import Agent, Role
from terreau.people.queries import current_roles, members_of, voices_in
from terreau.people.visibility import reach_of
from terreau.web.access import AuthedRequest, Policy, access
from terreau.web.answers import attempt, pressed, refused, said, unreadable
from terreau.web.downloads import PDF, attachment
from terreau.web.handover.forms import AskForm, PassForm, VoiceForm


@require_safe
@access(Policy.MEMBER)
def handover_page(request: AuthedRequest, ecosystem: Ecosystem) -> HttpResponse:
    """Show the relay, what may be passed on, and the interim when nobody holds the keys."""
    reach = reach_of(request.user)
    roles = [role for role in current_roles(ecosystem.space) if role.kind in HANDED]
    shown = {
        "ecosystem": ecosystem,
        "relay": relay_of(ecosystem, reach),
        "roles": [(role, can_hand_over(reach, ecosystem, role)) for role in roles],
        **_interim(request, ecosystem),
    }
    return render(request, "handover/page.html", shown)


def _interim(request: AuthedRequest, ecosystem: Ecosystem) -> dict[str, object]:
    last = keys.interims(ecosystem).first()
    orphan = not keys.holders_count(ecosystem)
    mine = keys.organisations_of(request.user, ecosystem)
    return {
        "orphan": orphan,
        "interim": last,
        "standing": standing(last, clock.now()).value if last else "",
        "ask": AskForm(organisations=mine, persons=keys.eligible(ecosystem)) if orphan else None,
        "second": VoiceForm(voices=mine),
    }


@require_safe
@access(Policy.MEMBER)
def handover_pdf(request: AuthedRequest, ecosystem: Ecosystem) -> HttpResponse:
    """Give the relay as a PDF to print."""
    relay = relay_of(ecosystem, reach_of(request.user))
    content = render_document(document_of(ecosystem, relay))
    return attachment(content, PDF, f"relais-{ecosystem.slug}", "pdf")


@require_safe
@access(Policy.MEMBER)
def handover_word(request: AuthedRequest, ecosystem: Ecosystem) -> HttpResponse:
    """Give the relay as a text document to work on."""
    relay = relay_of(ecosystem, reach_of(request.user))
    content = word.render(document_of(ecosystem, relay))
    return attachment(content, word.CONTENT_TYPE, f"relais-{ecosystem.slug}", "docx")


@require_http_methods(["GET", "HEAD", "POST"])
@access(Policy.MEMBER)
def handover_pass(request: AuthedRequest, ecosystem: Ecosystem, pk: int) -> HttpResponse:
    """Pass a role on to somebody, from a day on."""
    roles = Role.objects.filter(space__root_id=ecosystem.space_id).select_related("agent")
    role = get_object_or_404(roles, pk=pk)
    if not (is_handed_on(role, ecosystem) and can_hand_over(request.user, ecosystem, role)):
        raise Http404
    form = PassForm(request.POST or None, members=_others(ecosystem, role))
    if form.is_valid() and attempt(form, lambda: _pass(request, ecosystem, role, form)) is not None:
        return said(
            request, "Le relais est passé, c'est dans le journal.", "week_page", ecosystem.slug
        )
    shown = {"ecosystem": ecosystem, "role": role, "form": form}
    return render(request, "handover/pass.html", shown)


def _others(ecosystem: Ecosystem, role: Role) -> QuerySet[Agent]:
    return members_of(ecosystem.space).exclude(pk=role.agent_id)


def _pass(request: AuthedRequest, ecosystem: Ecosystem, role: Role, form: PassForm) -> Role:
    chosen = form.cleaned_data
    return hand_over(
        by=request.user,
        ecosystem=ecosystem,
        role=role,
        to=chosen["to"],
        on=chosen["on"],
        key=chosen["key"],
    )


@require_POST
@access(Policy.MEMBER)
def handover_ask(request: AuthedRequest, ecosystem: Ecosystem) -> HttpResponse:
    """Ask for an interim in the name of an organisation of the first circle."""
    mine = keys.organisations_of(request.user, ecosystem)
    form = AskForm(request.POST, organisations=mine, persons=keys.eligible(ecosystem))
    if not form.is_valid():
        return refused(request, unreadable(form), "handover_page", ecosystem.slug)
    return _done(
        request,
        ecosystem,
        lambda: interim_actions.ask_interim(
            by=request.user, ecosystem=ecosystem, **form.cleaned_data
        ),
        "C'est demandé. Une deuxième organisation doit appuyer.",
    )


@require_POST
@access(Policy.MEMBER)
def handover_second(request: AuthedRequest, ecosystem: Ecosystem, pk: int) -> HttpResponse:
    """Second a naming in the name of another organisation."""
    interim = _interim_in(ecosystem, pk)
    form = VoiceForm(request.POST, voices=keys.organisations_of(request.user, ecosystem))
    if not form.is_valid():
        return refused(request, unreadable(form), "handover_page", ecosystem.slug)
    page = request.build_absolute_uri(reverse("handover_page", args=[ecosystem.slug]))
    return _done(
        request,
        ecosystem,
        lambda: interim_actions.second_interim(
            by=request.user,
            interim=interim,
            organisation=form.cleaned_data["voice"],
            address=page,
        ),
        "C'est appuyé. L'intérim commence dans 72 heures, sauf opposition.",
    )


@require_POST
@access(Policy.MEMBER)
def handover_oppose(request: AuthedRequest, ecosystem: Ecosystem, pk: int) -> HttpResponse:
    """Oppose a naming before it starts."""
    interim = _interim_in(ecosystem, pk)
    form = VoiceForm(request.POST, voices=voices_in(request.user, ecosystem.space))
    if not form.is_valid():
        return refused(request, unreadable(form), "handover_page", ecosystem.slug)
    voice = form.cleaned_data["voice"]
    return _done(
        request,
        ecosystem,
        lambda: interim_actions.oppose_interim(by=request.user, interim=interim, voice=voice),
        "C'est noté : on en parle d'abord.",
    )


@require_POST
@access(Policy.MEMBER)
def handover_start(request: AuthedRequest, ecosystem: Ecosystem, pk: int) -> HttpResponse:
    """Begin an interim whose 72 hours are over (the worker does it too)."""
    interim = _interim_in(ecosystem, pk)
    return _done(
        request,
        ecosystem,
        lambda: interim_actions.start_interim(interim=interim),
        "C'est fait si les 72 heures étaient passées.",
    )


def _interim_in(ecosystem: Ecosystem, pk: int) -> Interim:
    found: Interim = get_object_or_404(
        Interim.objects.select_related("ecosystem__space", "ecosystem__circle"),
        pk=pk,
        ecosystem=ecosystem,
    )
    return found


def _done(
    request: AuthedRequest, ecosystem: Ecosystem, action: Callable[[], Interim], sentence: str
) -> HttpResponse:
    return pressed(request, action, sentence, "handover_page", ecosystem.slug)
