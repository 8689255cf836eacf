# SPDX-License-Identifier: AGPL-3.0-or-later
"""Who is tied to a change: who contributes, who benefits unasked, who is named and answers."""

from __future__ import annotations

from functools import partial

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_http_methods, require_POST

from terreau.ecosystems.actions import effects as actions
from terreau.ecosystems.enums import EffectLinkKind
from terreau.ecosystems.models import Ecosystem, Effect, EffectLink
from terreau.ecosystems.rules.effects import as_read
from terreau.people.rules import can_speak_for
from terreau.web.access import AuthedRequest, Policy, access
from terreau.web.answers import attempt, pressed, said
from terreau.web.effects.forms import AnswerForm, TieForm


@require_POST
@access(Policy.MEMBER)
def effects_link(request: AuthedRequest, ecosystem: Ecosystem, pk: int) -> HttpResponse:
    """Tie somebody to a change."""
    here = Effect.objects.visible_to(request.user).filter(ecosystem=ecosystem)
    effect = get_object_or_404(here, pk=pk)
    form = TieForm(request.POST, ecosystem=ecosystem, reader=request.user)
    if form.is_valid():
        data = form.cleaned_data
        done = attempt(
            form,
            lambda: actions.link_agent(
                by=request.user, effect=effect, agent=data["agent"], kind=data["kind"]
            ),
        )
        if done is not None:
            return said(request, "Le lien est noté.", "effects_effect", ecosystem.slug, pk)
    return render(request, "effects/tie_form.html", {"effect": effect, "form": form})


def _link(request: AuthedRequest, ecosystem: Ecosystem, pk: int) -> EffectLink:
    """Return a tie that this reader may read, or whose named party they speak for."""
    links = EffectLink.objects.select_related("effect__space", "agent")
    link = get_object_or_404(links, pk=pk, effect__ecosystem=ecosystem)
    seen = Effect.objects.visible_to(request.user).filter(pk=link.effect_id).exists()
    named = link.kind == EffectLinkKind.NAMED and can_speak_for(request.user, link.agent)
    if not seen and not named:
        raise Http404
    return link


@require_POST
@access(Policy.MEMBER)
def effects_unlink(request: AuthedRequest, ecosystem: Ecosystem, pk: int) -> HttpResponse:
    """Undo a tie."""
    link = _link(request, ecosystem, pk)
    back = ("effects_effect", ecosystem.slug, link.effect_id)
    action = partial(actions.unlink_agent, by=request.user, link=link)
    return pressed(request, action, "Le lien est retiré.", *back)


@require_http_methods(["GET", "HEAD", "POST"])
@access(Policy.MEMBER)
def effects_answer(request: AuthedRequest, ecosystem: Ecosystem, pk: int) -> HttpResponse:
    """Write the answer of who is named. They may come here even when they read nothing else."""
    link = _link(request, ecosystem, pk)
    read = {"words": link.answer, "version": as_read(link)}
    form = AnswerForm(request.POST or None, initial=read)
    if form.is_valid():
        new = form.cleaned_data
        done = attempt(form, lambda: actions.answer(by=request.user, link=link, **new))
        if done is not None:
            sentence = "La réponse est écrite : elle se lit à côté du changement."
            return said(request, sentence, "effects_page", ecosystem.slug)
    shown = {"form": form, "link": link, "effect": link.effect}
    return render(request, "effects/answer_form.html", shown)
