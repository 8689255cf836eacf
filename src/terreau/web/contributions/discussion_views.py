# SPDX-License-Identifier: AGPL-3.0-or-later
"""« En parler »: a note between two parties and a third, until a quantity is agreed."""

from __future__ import annotations

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from terreau.agreements.actions import discussions as actions
from terreau.agreements.models import Contribution, Discussion
from terreau.agreements.queries import contributions as queries
from terreau.agreements.queries.readers import readers_of_talk
from terreau.agreements.rules import rights
from terreau.core.errors import Invalid, Refusal
from terreau.core.versions import field_version
from terreau.ecosystems.models import Ecosystem
from terreau.ui.sentences import readers_sentence
from terreau.web.access import AuthedRequest, Policy, access
from terreau.web.answers import attempt, refused, said
from terreau.web.contributions.forms import AgreeForm, EndForm, NoteForm, TalkForm
from terreau.web.contributions.views import find


def _received(request: AuthedRequest, ecosystem: Ecosystem, pk: int) -> Contribution:
    """Return a contribution that the person received, or answer 404."""
    row = find(request, ecosystem, pk)
    if not rights.speaks_for_receiver(request.reach, ecosystem, row.receiver_id):
        raise Http404
    return row


@require_safe
@access(Policy.MEMBER)
def contributions_talk_readers(
    request: AuthedRequest, ecosystem: Ecosystem, pk: int
) -> HttpResponse:
    """Answer, in plain text, who would read a note once this third is chosen."""
    row = _received(request, ecosystem, pk)
    chosen = {"third": request.GET.get("third", "")}
    form = TalkForm(initial=chosen, reader=request.reach, contribution=row)
    readers = readers_of_talk(row, form.chosen_third)
    sentence = readers_sentence(readers.people, readers.organisations)
    return HttpResponse(sentence, content_type="text/plain; charset=utf-8")


@require_http_methods(["GET", "HEAD", "POST"])
@access(Policy.MEMBER)
def contributions_talk(request: AuthedRequest, ecosystem: Ecosystem, pk: int) -> HttpResponseBase:
    """Open a discussion about a contribution that one received."""
    row = _received(request, ecosystem, pk)
    form = TalkForm(request.POST or None, reader=request.reach, contribution=row)
    if request.method == "POST" and form.is_valid():
        by, data = request.user, form.cleaned_data
        opening = actions.Opening(text=data["text"], third_id=data["third"])
        done = attempt(
            form,
            lambda: actions.open_discussion(
                by=by, contribution=row, key=data["key"], opening=opening
            ),
        )
        if done is not None:
            sentence = "La note est ouverte. Les autres voient seulement « en vérification »."
            return said(request, sentence, "contributions_discussion", ecosystem.slug, done.pk)
    readers = readers_of_talk(row, form.chosen_third)
    shown = {"ecosystem": ecosystem, "form": form, "row": row, "readers": readers}
    return render(request, "contributions/talk.html", shown, status=422 if form.errors else 200)


def _find(request: AuthedRequest, ecosystem: Ecosystem, pk: int) -> Discussion:
    found = queries.discussions_of(request.reach, ecosystem).filter(pk=pk).first()
    if found is None:
        raise Http404
    found.contribution.ecosystem = ecosystem
    return found


@require_http_methods(["GET", "HEAD", "POST"])
@access(Policy.MEMBER)
def contributions_discussion(
    request: AuthedRequest, ecosystem: Ecosystem, pk: int
) -> HttpResponseBase:
    """Read and write the note; propose an end; agree to it."""
    discussion = _find(request, ecosystem, pk)
    form = NoteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        by, data = request.user, form.cleaned_data
        done = attempt(
            form,
            lambda: actions.say(by=by, discussion=discussion, key=data["key"], text=data["text"]),
        )
        if done is not None:
            return said(
                request, "C'est écrit.", "contributions_discussion", ecosystem.slug, discussion.pk
            )
    return _show(request, discussion, form, EndForm(initial=_last_proposal(discussion)))


def _last_proposal(discussion: Discussion) -> dict[str, object]:
    proposed = discussion.proposed_quantity
    row = discussion.contribution
    return {
        "quantity": row.quantity if proposed is None else proposed,
        "lesson": discussion.proposed_lesson,
        "version": field_version(discussion, actions.PROPOSAL),
    }


def _show(
    request: AuthedRequest, discussion: Discussion, form: NoteForm, end: EndForm
) -> HttpResponseBase:
    ecosystem, reach = discussion.contribution.ecosystem, request.reach
    shown = {
        "ecosystem": ecosystem,
        "discussion": discussion,
        "row": discussion.contribution,
        "notes": queries.notes_of(request.reach, discussion),
        "readers": readers_of_talk(discussion.contribution, discussion.third_id),
        "form": form,
        "end": end,
        "may_agree": rights.may_agree_end(reach, ecosystem, discussion),
        "may_propose": bool(rights.proposing_side(reach, ecosystem, discussion)),
        "agree": AgreeForm(
            initial={
                "quantity": discussion.proposed_quantity,
                "lesson": discussion.proposed_lesson,
            },
            auto_id=False,  # the form to propose another end has fields of these names too
        ),
    }
    wrong = form.errors or end.errors
    return render(request, "contributions/discussion.html", shown, status=422 if wrong else 200)


@require_POST
@access(Policy.MEMBER)
def contributions_propose_end(
    request: AuthedRequest, ecosystem: Ecosystem, pk: int
) -> HttpResponseBase:
    """Propose a quantity and what is learnt."""
    discussion = _find(request, ecosystem, pk)
    end = EndForm(request.POST)
    if end.is_valid():
        by, data = request.user, end.cleaned_data
        done = attempt(
            end,
            lambda: actions.propose_end(by=by, discussion=discussion, **data),
        )
        if done is not None:
            sentence = "Proposé. Il reste à l'autre côté de dire « d'accord »."
            return said(request, sentence, "contributions_discussion", ecosystem.slug, pk)
    return _show(request, discussion, NoteForm(), end)


@require_POST
@access(Policy.MEMBER)
def contributions_agree_end(
    request: AuthedRequest, ecosystem: Ecosystem, pk: int
) -> HttpResponseBase:
    """Say « d'accord » to the proposed end."""
    discussion = _find(request, ecosystem, pk)
    form = AgreeForm(request.POST)
    try:
        if not form.is_valid():
            raise Invalid("Relisez la proposition, puis répondez.")
        data = form.cleaned_data
        read = actions.End(data["quantity"], data["lesson"])
        actions.agree_end(by=request.user, discussion=discussion, key=data["key"], read=read)
    except Refusal as refusal:
        return refused(request, refusal, "contributions_discussion", ecosystem.slug, pk)
    return said(request, "C'est convenu, merci.", "contributions_discussion", ecosystem.slug, pk)
