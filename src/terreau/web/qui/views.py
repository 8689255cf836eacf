# SPDX-License-Identifier: AGPL-3.0-or-later
"""« Qui »: circles, actors in four lines, what each says of itself."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from uuid import uuid4

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from terreau.core import clock
from terreau.core.versions import field_version
from terreau.documents.tables import Sheet
from terreau.ecosystems.actions import presence as actions
from terreau.ecosystems.models import ActorKind, Ecosystem, Presence
from terreau.ecosystems.queries import presence as queries
from terreau.ecosystems.queries.keys import holders_count, keys_offered
from terreau.ecosystems.rules.naming import Naming, facts_of, naming
from terreau.ecosystems.rules.presence import can_edit_agent, whose, whose_identity
from terreau.ecosystems.rules.records import can_change
from terreau.people.queries import members_of, readers_count
from terreau.people.visibility import reach_of
from terreau.web.access import AuthedRequest, Policy, access
from terreau.web.addresses import answers_at
from terreau.web.answers import attempt, pressed, refuse_the_form, said
from terreau.web.downloads import download, wanted
from terreau.web.qui.forms import (
    AddForm,
    AgreementForm,
    AwayForm,
    CorrectForm,
    LinesForm,
    alike_of,
)

read_or_send = require_http_methods(["GET", "HEAD", "POST"])
ACTORS_A_PAGE = 30
NAMING_SAID = {
    Naming.NOT_ASKED: "personne ne vous a encore demandé si vous vouliez apparaître",
    Naming.WAITING: "on vous a prévenu ; vous avez sept jours pour répondre",
    Naming.SILENT: "vous n'avez pas répondu : rien ne paraît",
    Naming.REFUSED: "vous avez dit non : rien ne paraît",
    Naming.AGREED: "vous êtes d'accord pour apparaître",
}


@require_safe
@access(Policy.MEMBER)
def qui_page(request: AuthedRequest, ecosystem: Ecosystem) -> HttpResponseBase:
    """Who holds it all, the circles, the actors."""
    reach = reach_of(request.user)
    actors = queries.actors(ecosystem, reach)
    if wanted(request):
        return download(request, _actors_sheet(actors), f"{ecosystem.slug}-qui")
    shown = {
        "ecosystem": ecosystem,
        "holders": queries.holders(ecosystem),
        "circles": queries.circles(ecosystem),
        "page": Paginator(actors, ACTORS_A_PAGE).get_page(request.GET.get("page")),
        "mine": reach.agents,
        "unpresented": queries.unpresented(ecosystem, reach),
        "keys_held": holders_count(ecosystem),
        "keys_offered": keys_offered(ecosystem),
        "inside": set(members_of(ecosystem.space).values_list("pk", flat=True)),
        "today": clock.today(),
    }
    return render(request, "qui/page.html", shown)


def _actors_sheet(actors: Iterable[Presence]) -> Sheet:
    headers = [
        "Nom",
        "Sorte",
        "Forme juridique",
        "SIREN",
        "Lieu",
        "Où nous en sommes",
        "D'accord depuis le",
        "Ce qui nous tient à cœur",
        "Ce qu'on sait faire",
        "Nos contraintes",
        "Ne pas nous demander",
        "En retrait jusqu'au",
    ]
    rows = [
        [
            p.agent.name,
            str(p.kind or ""),
            str(p.agent.legal_form or ""),
            p.agent.siren,
            str(p.agent.territory or p.agent.place),
            p.get_standing_display(),
            p.agreed_on,
            p.cares,
            p.can_do,
            p.limits,
            p.not_ask,
            p.away_until,
        ]
        for p in actors
    ]
    return Sheet("Qui", headers, rows)


def _presence(request: AuthedRequest, ecosystem: Ecosystem, pk: int) -> Presence:
    found: Presence = get_object_or_404(queries.actors(ecosystem, request.user), pk=pk)
    return found


@require_safe
@access(Policy.MEMBER)
def qui_actor(request: AuthedRequest, ecosystem: Ecosystem, pk: int) -> HttpResponseBase:
    """One actor: its lines, its roles, and, for itself, what is shown of it."""
    presence = _presence(request, ecosystem, pk)
    own = presence.agent_id in reach_of(request.user).agents
    stand = naming(facts_of(presence, presence.notices.all()), clock.today())
    shown = {
        "ecosystem": ecosystem,
        "actor": presence,
        "own": own,
        "agent_key": str(presence.agent_id),
        "has_lines": any((presence.cares, presence.can_do, presence.limits, presence.not_ask)),
        "may_change": own or request.is_steward,
        "inside": members_of(ecosystem.space).filter(pk=presence.agent_id).exists(),
        "may_correct": can_edit_agent(request.user, presence.agent),
        "roles": queries.roles_of(ecosystem, presence.agent),
        "naming": NAMING_SAID[stand],
        "readers": readers_count(ecosystem.circle, presence.level) if own else None,
        "today": clock.today(),
    }
    return render(request, "qui/actor.html", shown)


@read_or_send
@access(Policy.MEMBER)
def qui_add(request: AuthedRequest, ecosystem: Ecosystem) -> HttpResponseBase:
    """Note an actor. What may be the same one is shown first."""
    form = AddForm(request.POST or None, ecosystem=ecosystem, user=request.user)
    if request.method == "POST" and form.is_valid():
        presence = attempt(form, lambda: _add(request, ecosystem, form))
        if presence is not None:
            for warning in form.warnings():
                messages.warning(request, warning)
            return said(request, "C'est noté.", "qui_actor", ecosystem.slug, presence.pk)
    return render(request, "qui/add.html", {"form": form, "ecosystem": ecosystem})


@transaction.atomic
def _add(request: AuthedRequest, ecosystem: Ecosystem, form: AddForm) -> Presence:
    return actions.add_actor(
        by=request.user,
        ecosystem=ecosystem,
        key=form.cleaned_data["key"],
        actor=form.chosen(),
        lines=form.lines(_new_kind(request, ecosystem, form)),
    )


def _new_kind(request: AuthedRequest, ecosystem: Ecosystem, form: LinesForm) -> ActorKind | None:
    label = form.cleaned_data["new_kind"]
    if not label:
        return None
    return actions.add_kind(by=request.user, ecosystem=ecosystem, label=label)


@require_POST
@access(Policy.MEMBER)
def qui_present(request: AuthedRequest, ecosystem: Ecosystem, agent: int) -> HttpResponseBase:
    """Present oneself, or an organisation for which one speaks; then write its four lines."""
    reach = reach_of(request.user)
    if agent not in reach.agents:
        raise Http404
    rows = queries.unpresented(ecosystem, reach)
    presence = Presence.objects.filter(ecosystem=ecosystem, agent_id=agent).first()
    if presence is None:
        actor = get_object_or_404(rows, pk=agent)
        presence = actions.add_actor(by=request.user, ecosystem=ecosystem, key=uuid4(), actor=actor)
    return redirect("qui_edit", ecosystem.slug, presence.pk)


@require_safe
@access(Policy.MEMBER)
def qui_similar(request: AuthedRequest, ecosystem: Ecosystem) -> HttpResponse:
    """While somebody types a name or a number: those that may be the same."""
    alike = alike_of(request.GET, ecosystem, request.user)
    agents = [one.agent for one in alike]
    here = {
        presence.agent_id: presence
        for presence in queries.actors(ecosystem, request.user).filter(agent__in=agents)
    }
    rows = [(one.told, here.get(one.agent.pk)) for one in alike]
    return render(request, "qui/similar.html", {"rows": rows, "ecosystem": ecosystem})


@read_or_send
@access(Policy.MEMBER)
def qui_edit(request: AuthedRequest, ecosystem: Ecosystem, pk: int) -> HttpResponseBase:
    """Rewrite the four lines of an actor."""
    presence = _presence(request, ecosystem, pk)
    refuse_the_form(request, can_change(request.user, presence), whose(presence.agent))
    form = LinesForm(
        request.POST or None, ecosystem=ecosystem, initial=LinesForm.lines_of(presence)
    )
    if request.method == "POST" and form.is_valid():
        done = attempt(form, lambda: _edit(request, ecosystem, presence, form))
        if done is not None:
            return said(request, "C'est enregistré.", "qui_actor", ecosystem.slug, pk)
    shown = {"form": form, "actor": presence, "ecosystem": ecosystem}
    return render(request, "qui/edit.html", shown)


@transaction.atomic
def _edit(
    request: AuthedRequest, ecosystem: Ecosystem, presence: Presence, form: LinesForm
) -> Presence:
    return actions.edit_lines(
        by=request.user,
        presence=presence,
        version=form.cleaned_data["version"] or 0,
        lines=form.lines(_new_kind(request, ecosystem, form)),
    )


@read_or_send
@access(Policy.MEMBER)
def qui_identity(request: AuthedRequest, ecosystem: Ecosystem, pk: int) -> HttpResponseBase:
    """Correct a name, a legal form, the numbers."""
    presence = _presence(request, ecosystem, pk)
    agent = presence.agent
    refuse_the_form(request, can_edit_agent(request.user, agent), whose_identity(agent))
    form = CorrectForm(request.POST or None, initial=CorrectForm.known_of(agent))
    if request.method == "POST" and form.is_valid():
        by, version = request.user, form.cleaned_data["version"]
        done = attempt(
            form,
            lambda: actions.edit_agent(by=by, agent=agent, version=version, actor=form.actor()),
        )
        if done is not None:
            for warning in form.warnings():
                messages.warning(request, warning)
            return said(request, "C'est enregistré.", "qui_actor", ecosystem.slug, pk)
    shown = {"form": form, "actor": presence, "ecosystem": ecosystem}
    return render(request, "qui/identity.html", shown)


@require_POST
@access(Policy.MEMBER)
def qui_contacted(request: AuthedRequest, ecosystem: Ecosystem, pk: int) -> HttpResponseBase:
    """Note that the actor was contacted."""
    actions.note_contact(by=request.user, presence=_presence(request, ecosystem, pk))
    return said(request, "C'est noté.", "qui_actor", ecosystem.slug, pk)


@read_or_send
@access(Policy.MEMBER)
def qui_agree(request: AuthedRequest, ecosystem: Ecosystem, pk: int) -> HttpResponseBase:
    """Note that the actor agrees to appear."""
    presence = _presence(request, ecosystem, pk)
    own = presence.agent_id in reach_of(request.user).agents
    refuse_the_form(request, own or request.is_steward, whose(presence.agent))
    read = {"version": field_version(presence, actions.AGREEMENT)}
    form = AgreementForm(request.POST or None, own=own, initial=read)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        done = attempt(
            form,
            lambda: actions.note_agreement(
                by=request.user, presence=presence, address=answers_at(request, ecosystem), **given
            ),
        )
        if done is not None:
            return said(
                request, "L'accord est noté, avec sa date.", "qui_actor", ecosystem.slug, pk
            )
    shown = {"form": form, "actor": presence, "ecosystem": ecosystem, "own": own}
    return render(request, "qui/agree.html", shown)


@require_POST
@access(Policy.MEMBER)
def qui_withdraw(request: AuthedRequest, ecosystem: Ecosystem, pk: int) -> HttpResponseBase:
    """The actor no longer wishes to appear."""
    presence = _presence(request, ecosystem, pk)
    action = partial(actions.withdraw_agreement, by=request.user, presence=presence)
    sentence = "Son nom ne paraît plus en public."
    return pressed(request, action, sentence, "qui_actor", ecosystem.slug, pk)


@read_or_send
@access(Policy.MEMBER)
def qui_away(request: AuthedRequest, ecosystem: Ecosystem, pk: int) -> HttpResponseBase:
    """« En retrait jusqu'au … », said by oneself."""
    presence = _presence(request, ecosystem, pk)
    if presence.agent_id not in reach_of(request.user).agents:
        return redirect("qui_actor", ecosystem.slug, pk)
    read = {"until": presence.away_until, "version": field_version(presence, ["away_until"])}
    form = AwayForm(request.POST or None, initial=read)
    if request.method == "POST" and form.is_valid():
        by, new = request.user, form.cleaned_data
        done = attempt(form, lambda: actions.step_back(by=by, presence=presence, **new))
        if done is not None:
            return said(request, "C'est dit aux autres.", "qui_actor", ecosystem.slug, pk)
    shown = {"form": form, "actor": presence, "ecosystem": ecosystem}
    return render(request, "qui/away.html", shown)
