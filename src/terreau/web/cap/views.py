# SPDX-License-Identifier: AGPL-3.0-or-later
"""« Notre cap »: the sentence, since when, who adopted it, who sees it otherwise."""

from __future__ import annotations

from django.db import transaction
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_http_methods, require_safe

from terreau.documents.tables import Sheet
from terreau.ecosystems.actions import aim as actions
from terreau.ecosystems.models import Aim, Ecosystem
from terreau.ecosystems.queries import aim as queries
from terreau.ecosystems.rules.records import THEIRS, can_change
from terreau.people.visibility import reach_of
from terreau.web.access import AuthedRequest, Policy, access
from terreau.web.answers import attempt, refuse_the_form, said
from terreau.web.cap.forms import AdoptForm, AimForm, DisagreeForm, SettleForm, ShowForm
from terreau.web.downloads import exports_of

read_or_send = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
@access(Policy.MEMBER)
def cap_page(request: AuthedRequest, ecosystem: Ecosystem) -> HttpResponseBase:
    """The cap that stands, what is proposed, what is seen otherwise, what is at stake."""
    reach = reach_of(request.user)
    shown = {
        "ecosystem": ecosystem,
        "aim": queries.adopted(ecosystem, reach).first(),
        "proposals": queries.proposals(ecosystem, reach),
        "disagreements": queries.open_disagreements(ecosystem, reach),
        "stakes": queries.stakes(ecosystem, reach),
        "words": queries.words(ecosystem, reach)[:6],
        "mine": reach.agents,
    }
    return render(request, "cap/page.html", shown)


@require_safe
@access(Policy.MEMBER)
def cap_history(request: AuthedRequest, ecosystem: Ecosystem) -> HttpResponseBase:
    """How the cap changed: each version beside the one before, as learning."""
    steps = queries.steps(ecosystem, request.user)
    sheet = Sheet(
        "Notre cap",
        ["Version", "Cap", "Pourquoi", "Adopté le", "Comment", "Par"],
        [
            [
                step.aim.number,
                step.aim.text,
                step.aim.why,
                step.aim.adopted_on,
                step.aim.adopted_how,
                ", ".join(agent.name for agent in step.aim.adopted_by.all()),
            ]
            for step in steps
        ],
    )
    if file := exports_of(request, sheet, f"{ecosystem.slug}-cap"):
        return file
    return render(request, "cap/history.html", {"steps": steps, "ecosystem": ecosystem})


def _aim(request: AuthedRequest, ecosystem: Ecosystem, pk: int) -> Aim:
    found: Aim = get_object_or_404(queries.aims(ecosystem, request.user), pk=pk)
    return found


@read_or_send
@access(Policy.MEMBER)
def cap_propose(request: AuthedRequest, ecosystem: Ecosystem) -> HttpResponseBase:
    """Propose a version, starting from the words that stand."""
    now = queries.adopted(ecosystem, request.user).first()
    initial = {"text": now.text if now else ecosystem.sentence}
    form = AimForm(request.POST or None, user=request.user, initial=initial)
    if request.method == "POST" and form.is_valid():
        proposed = attempt(
            form,
            lambda: actions.propose_aim(
                by=request.user,
                ecosystem=ecosystem,
                filing=form.filing(),
                text=form.cleaned_data["text"],
                why=form.cleaned_data["why"],
            ),
        )
        if proposed is not None:
            return said(request, "C'est proposé. Parlez-en.", "cap_page", ecosystem.slug)
    return render(request, "cap/propose.html", {"form": form, "ecosystem": ecosystem})


@read_or_send
@access(Policy.MEMBER)
def cap_reword(request: AuthedRequest, ecosystem: Ecosystem, pk: int) -> HttpResponseBase:
    """Reword a proposal."""
    aim = _aim(request, ecosystem, pk)
    refuse_the_form(request, can_change(request.user, aim), THEIRS)
    initial = {"text": aim.text, "why": aim.why, "version": aim.version, "level": aim.level}
    form = AimForm(request.POST or None, user=request.user, initial=initial)
    if request.method == "POST" and form.is_valid():
        done = attempt(form, lambda: _reword(request, aim, form))
        if done is not None:
            return said(request, "La proposition est reformulée.", "cap_page", ecosystem.slug)
    shown = {"form": form, "aim": aim, "ecosystem": ecosystem}
    return render(request, "cap/propose.html", shown)


@transaction.atomic
def _reword(request: AuthedRequest, aim: Aim, form: AimForm) -> Aim:
    names = ("text", "why", "level")
    given = {name: form.cleaned_data[name] for name in names}
    version = form.cleaned_data["version"] or 0
    return actions.reword_aim(by=request.user, aim=aim, version=version, **given)


@read_or_send
@access(Policy.STEWARD)
def cap_adopt(request: AuthedRequest, ecosystem: Ecosystem, pk: int) -> HttpResponseBase:
    """Note that a version was adopted."""
    aim = _aim(request, ecosystem, pk)
    read = {"version": aim.version}
    form = AdoptForm(request.POST or None, ecosystem=ecosystem, initial=read)
    if request.method == "POST" and form.is_valid():
        adopted = attempt(
            form, lambda: actions.adopt_aim(by=request.user, aim=aim, **form.cleaned_data)
        )
        if adopted is not None:
            return said(request, "L'adoption est notée, avec sa date.", "cap_page", ecosystem.slug)
    return render(request, "cap/adopt.html", {"form": form, "aim": aim, "ecosystem": ecosystem})


@read_or_send
@access(Policy.STEWARD)
def cap_show(request: AuthedRequest, ecosystem: Ecosystem, pk: int) -> HttpResponseBase:
    """Choose how far a version is read."""
    aim = _aim(request, ecosystem, pk)
    read = {"level": aim.level, "version": aim.version}
    form = ShowForm(request.POST or None, initial=read)
    if request.method == "POST" and form.is_valid():
        if attempt(form, lambda: actions.show_aim(by=request.user, aim=aim, **form.cleaned_data)):
            return said(request, "C'est enregistré.", "cap_page", ecosystem.slug)
    return render(request, "cap/show.html", {"form": form, "aim": aim, "ecosystem": ecosystem})


@read_or_send
@access(Policy.MEMBER)
def cap_disagree(request: AuthedRequest, ecosystem: Ecosystem, pk: int) -> HttpResponseBase:
    """Say what we see otherwise."""
    aim = _aim(request, ecosystem, pk)
    form = DisagreeForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        told = attempt(
            form,
            lambda: actions.disagree(
                by=request.user,
                aim=aim,
                filing=form.filing(),
                text=form.cleaned_data["text"],
            ),
        )
        if told is not None:
            return said(request, "C'est dit, et cela reste ouvert.", "cap_page", ecosystem.slug)
    shown = {"form": form, "aim": aim, "ecosystem": ecosystem}
    return render(request, "cap/disagree.html", shown)


@require_safe
@access(Policy.MEMBER)
def cap_disagreements(request: AuthedRequest, ecosystem: Ecosystem) -> HttpResponseBase:
    """Every disagreement, open or settled."""
    rows = queries.disagreements(ecosystem, request.user)
    sheet = Sheet(
        "Désaccords",
        ["Qui", "Version du cap", "Ce que nous voyons autrement", "Dépassé le", "Comment"],
        [[str(d.agent), d.aim.number, d.text, d.settled_on, d.settled_how] for d in rows],
    )
    if file := exports_of(request, sheet, f"{ecosystem.slug}-desaccords"):
        return file
    shown = {"rows": rows, "ecosystem": ecosystem, "mine": reach_of(request.user).agents}
    return render(request, "cap/disagreements.html", shown)


@read_or_send
@access(Policy.MEMBER)
def cap_settle(request: AuthedRequest, ecosystem: Ecosystem, pk: int) -> HttpResponseBase:
    """Say that our disagreement is settled."""
    row = get_object_or_404(queries.disagreements(ecosystem, request.user), pk=pk)
    form = SettleForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        how = form.cleaned_data["how"]
        settled = attempt(form, lambda: actions.settle(by=request.user, disagreement=row, how=how))
        if settled is not None:
            return said(request, "C'est noté.", "cap_page", ecosystem.slug)
    return render(request, "cap/settle.html", {"form": form, "row": row, "ecosystem": ecosystem})
