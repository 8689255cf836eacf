# SPDX-License-Identifier: AGPL-3.0-or-later
"""« Ce que ça change »: the page by beneficiary, a change, and writing one in three fields."""

from __future__ import annotations

from collections.abc import Iterable

from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from terreau.core.errors import EditConflict, Refusal
from terreau.documents import pdf, word
from terreau.ecosystems.actions import effects as actions
from terreau.ecosystems.models import Ecosystem, Effect, Maillon
from terreau.ecosystems.queries.earlier import earlier_of
from terreau.ecosystems.queries.effects import answers_awaited, change_of, effects_of, has_voice
from terreau.ecosystems.rules.effects import awaits_an_answer, can_answer
from terreau.overview.effects_document import document_of, sheets_of
from terreau.web.access import AuthedRequest, Policy, access
from terreau.web.answers import attempt, refused, said
from terreau.web.downloads import PDF, attachment, exports_of
from terreau.web.effects.forms import (
    AnswerForm,
    BeneficiaryForm,
    FirstForm,
    TieForm,
    WholeForm,
)

GROUPS_A_PAGE = 12
READ_OR_WRITE = ["GET", "HEAD", "POST"]
KEPT = "C'est enregistré."
BACK = "C'est enregistré. Une réponse est attendue avant que cela se lise hors de la coopération."


@require_safe
@access(Policy.MEMBER)
def effects_page(request: AuthedRequest, ecosystem: Ecosystem) -> HttpResponseBase:
    """Show what changes, by beneficiary; apart, what is to verify and who nobody spoke for."""
    effects = effects_of(ecosystem, request.user)
    file = exports_of(request, sheets_of(effects), f"effets-{ecosystem.slug}")
    if file is not None:
        return file
    shown = {
        "effects": effects,
        "page": Paginator(effects.spoken, GROUPS_A_PAGE).get_page(request.GET.get("page")),
        "awaited": answers_awaited(request.user, ecosystem),
    }
    return render(request, "effects/page.html", shown)


@require_safe
@access(Policy.MEMBER)
def effects_text(request: AuthedRequest, ecosystem: Ecosystem) -> HttpResponse:
    """Give the page as a text document."""
    document = document_of(effects_of(ecosystem, request.user), ecosystem.name)
    name = f"effets-{ecosystem.slug}"
    return attachment(word.render(document), word.CONTENT_TYPE, name, "docx")


@require_safe
@access(Policy.MEMBER)
def effects_pdf(request: AuthedRequest, ecosystem: Ecosystem) -> HttpResponse:
    """Give the page as a PDF."""
    document = document_of(effects_of(ecosystem, request.user), ecosystem.name)
    return attachment(pdf.render_document(document), PDF, f"effets-{ecosystem.slug}", "pdf")


@require_safe
@access(Policy.MEMBER)
def effects_beneficiary(request: AuthedRequest, ecosystem: Ecosystem, pk: int) -> HttpResponse:
    """Show all that changes for one beneficiary."""
    effects = effects_of(ecosystem, request.user)
    shown = [group for group in effects.groups if group.beneficiary.pk == pk]
    if not shown:
        raise Http404
    return render(request, "effects/beneficiary.html", {"group": shown[0]})


@require_http_methods(READ_OR_WRITE)
@access(Policy.MEMBER)
def effects_beneficiary_add(request: AuthedRequest, ecosystem: Ecosystem) -> HttpResponse:
    """Name somebody for whom nobody has spoken yet."""
    form = BeneficiaryForm(request.POST or None)
    if form.is_valid():
        data = form.cleaned_data
        kept = attempt(
            form,
            lambda: actions.add_beneficiary(
                by=request.user,
                ecosystem=ecosystem,
                filing=form.filing,
                label=data["label"],
                kind=data["kind"],
            ),
        )
        if kept is not None:
            return said(request, "C'est noté.", "effects_page", ecosystem.slug)
    return render(request, "effects/beneficiary_form.html", {"form": form})


@require_http_methods(READ_OR_WRITE)
@access(Policy.MEMBER)
def effects_add(request: AuthedRequest, ecosystem: Ecosystem) -> HttpResponse:
    """Say that something changed: three fields, then the rest for who has the time."""
    initial = {"for_whom": request.GET.get("pour", "")[:120]}
    form = FirstForm(
        request.POST or None, ecosystem=ecosystem, reader=request.user, initial=initial
    )
    if form.is_valid():
        effect = attempt(
            form,
            lambda: actions.add_effect(
                by=request.user, ecosystem=ecosystem, filing=form.filing, words=form.words
            ),
        )
        if effect is not None:
            sentence = "C'est enregistré. Vous pouvez en rester là, ou en dire plus."
            return said(request, sentence, "effects_edit", ecosystem.slug, effect.pk)
    return render(request, "effects/first_form.html", {"form": form})


def _effect(request: AuthedRequest, ecosystem: Ecosystem, pk: int) -> Effect:
    here = Effect.objects.visible_to(request.user).filter(ecosystem=ecosystem)
    effect: Effect = get_object_or_404(here.select_related("beneficiary", "space"), pk=pk)
    return effect


@require_safe
@access(Policy.MEMBER)
def effects_effect(request: AuthedRequest, ecosystem: Ecosystem, pk: int) -> HttpResponse:
    """Show one change, who is tied to it, and the answer of who is named."""
    effect = _effect(request, ecosystem, pk)
    change = change_of(effect, request.user)
    answerable = [
        link
        for link in change.named
        if can_answer(request.user, link, has_voice=has_voice(link.agent))
    ]
    shown = {
        "effect": effect,
        "change": change,
        "answerable": answerable,
        "earlier": earlier_of(effect, request.user),
        "tie_form": TieForm(ecosystem=ecosystem, reader=request.user),
        "answer_form": AnswerForm(),
    }
    return render(request, "effects/effect.html", shown)


@require_http_methods(READ_OR_WRITE)
@access(Policy.MEMBER)
def effects_edit(request: AuthedRequest, ecosystem: Ecosystem, pk: int) -> HttpResponse:
    """Say more of a change, or change its words."""
    effect = _effect(request, ecosystem, pk)
    initial = None if request.method == "POST" else WholeForm.initial_of(effect)
    form = WholeForm(
        request.POST or None, ecosystem=ecosystem, reader=request.user, initial=initial
    )
    changed = attempt(form, lambda: _save(request, effect, form)) if form.is_valid() else None
    if changed is not None:
        sentence = BACK if awaits_an_answer(changed.nature, changed.links.all()) else KEPT
        return said(request, sentence, "effects_effect", ecosystem.slug, pk)
    heard = change_of(effect, request.user).answered
    shown = {"form": form, "effect": effect, "heard": heard}
    return render(request, "effects/whole_form.html", shown)


@transaction.atomic
def _save(request: AuthedRequest, effect: Effect, form: WholeForm) -> Effect:
    maillons = form.cleaned_data.get("maillons", ())
    try:
        changed = actions.edit_effect(
            by=request.user, effect=effect, edit=form.edit, words=form.words, rest=form.rest
        )
    except EditConflict as conflict:
        tied = effect.maillons.all().visible_to(request.user)
        raise conflict.joined(_listed(tied), _listed(maillons)) from None
    if "maillons" in form.fields:
        actions.tie_maillons(by=request.user, effect=changed, maillons=maillons)
    return changed


def _listed(maillons: Iterable[Maillon]) -> dict[str, str]:
    return {"maillons": ", ".join(sorted(map(str, maillons)))}


@require_POST
@access(Policy.MEMBER)
def effects_remove(request: AuthedRequest, ecosystem: Ecosystem, pk: int) -> HttpResponse:
    """Take away what was written by mistake."""
    effect = _effect(request, ecosystem, pk)
    try:
        actions.remove_effect(by=request.user, effect=effect)
    except Refusal as refusal:
        return refused(request, refusal, "effects_effect", ecosystem.slug, pk)
    return said(request, "C'est retiré.", "effects_page", ecosystem.slug)
