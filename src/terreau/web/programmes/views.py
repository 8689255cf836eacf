# SPDX-License-Identifier: AGPL-3.0-or-later
"""Programmes: what is shown to them; and, in an ecosystem, to whom it shows something."""

from __future__ import annotations

from collections.abc import Iterable

from django.core.paginator import Page, Paginator
from django.db import transaction
from django.http import Http404, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from terreau.documents.tables import Cell, Sheet
from terreau.ecosystems.models import Ecosystem
from terreau.overview.shown import Shown, file_shown, shown_by
from terreau.people.models import OutsideRead, Role, SpaceLink
from terreau.people.visibility import Reach, reach_of
from terreau.programmes import actions, queries, rules
from terreau.programmes.models import Coaching, Programme
from terreau.web.access import AuthedRequest, Policy, access
from terreau.web.answers import attempt, said
from terreau.web.downloads import exports_of
from terreau.web.logbook.views import serve
from terreau.web.outside import count_after
from terreau.web.programmes.forms import (
    CoachForm,
    OfficerForm,
    ProgrammeForm,
    ShowToForm,
    person_at,
)
from terreau.web.programmes.lists import sheet_of

read_or_send = require_http_methods(["GET", "HEAD", "POST"])
ECOSYSTEMS_A_PAGE = 10
READS_SHOWN = 30
READ = "ce qui nous est montré"
TAKEN = "ce qui nous est montré, en fichier"
FILE = "une photo ou un document du journal"


@require_safe
@access(Policy.SIGNED_IN)
def programmes_list(request: AuthedRequest) -> HttpResponseBase:
    """The programmes that I follow."""
    rows = queries.programmes_of(request.user)
    heads = ["Programme", "En quelques mots", "Porté par", "Depuis le", "Jusqu'au"]
    cells = [[one.name, one.words, str(one.host), one.starts_on, one.ends_on] for one in rows]
    if file := exports_of(request, Sheet("Programmes", heads, cells), "programmes"):
        return file
    return render(request, "programmes/list.html", {"programmes": rows})


@read_or_send
@access(Policy.ADMIN)
def programmes_new(request: AuthedRequest) -> HttpResponseBase:
    """Open a programme, and name who follows it."""
    form = ProgrammeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        programme = attempt(form, lambda: _create(request, form))
        if programme is not None:
            return said(request, "Le programme est ouvert.", "programmes_run", programme.pk)
    return render(request, "programmes/new.html", {"form": form})


@transaction.atomic
@transaction.atomic
def _create(request: AuthedRequest, form: ProgrammeForm) -> Programme:
    address = form.cleaned_data["officer"]
    officer = person_at(address, "officer") if address else None
    programme = actions.create_programme(
        by=request.user, key=form.cleaned_data["key"], said=form.said()
    )
    if officer is not None:
        actions.name_officer(by=request.user, programme=programme, officer=officer)
    return programme


@require_safe
@access(Policy.SIGNED_IN)
def programmes_page(request: AuthedRequest, pk: int) -> HttpResponseBase:
    """« Ce qui nous est montré »: for who follows the programme, and for nobody else."""
    programme = get_object_or_404(Programme.objects.select_related("host", "space"), pk=pk)
    if not rules.can_follow(request.user, programme):
        raise Http404
    reach = reach_of(request.user)
    if request.GET.get("format"):
        shown = shown_by(list(queries.followed(programme)), reach, most=None)
        file = exports_of(request, sheet_of(shown), f"programme-{programme.pk}")
        assert file is not None
        return _noted(file, programme, shown, reach, TAKEN)
    page: Page[Ecosystem] = Paginator(queries.followed(programme), ECOSYSTEMS_A_PAGE).get_page(
        request.GET.get("page")
    )
    shown = shown_by(list(page.object_list), reach)
    context = {"programme": programme, "page": page, "shown": shown}
    page_shown = render(request, "programmes/page.html", context)
    return _noted(page_shown, programme, shown, reach, READ)


@require_safe
@access(Policy.SIGNED_IN)
def programmes_file(request: AuthedRequest, pk: int, file: int) -> HttpResponseBase:
    """A photo or document of an entry that a programme is shown, for who follows it."""
    programme = get_object_or_404(Programme.objects.select_related("host", "space"), pk=pk)
    reach = reach_of(request.user)
    found = file_shown(queries.followed(programme), reach, file)
    if found is None or not rules.can_follow(request.user, programme):
        raise Http404
    space_id, answer = found.entry.ecosystem.space_id, serve(found)
    if space_id not in reach.roots:
        count_after(answer, space_ids=[space_id], organisation=programme.host.name, what=FILE)
    return answer


def _noted(
    response: HttpResponseBase, programme: Programme, shown: list[Shown], reach: Reach, what: str
) -> HttpResponseBase:
    """Count a read by the programme's host for each ecosystem whose words were on the page."""
    read = [one.ecosystem.space_id for one in shown if one.told]
    outside = [space_id for space_id in read if space_id not in reach.roots]
    if outside:
        count_after(response, space_ids=outside, organisation=programme.host.name, what=what)
    return response


def _run(request: AuthedRequest, pk: int) -> Programme:
    programme = get_object_or_404(Programme.objects.select_related("host", "space"), pk=pk)
    if not rules.can_run(request.user, programme):
        raise Http404
    return programme


@require_safe
@access(Policy.SIGNED_IN)
def programmes_run(request: AuthedRequest, pk: int) -> HttpResponseBase:
    """Who follows the programme, who accompanies which ecosystem."""
    programme = _run(request, pk)
    coachings = queries.coachings(programme)
    rows = [[c.ecosystem.name, c.coach.name, c.since, c.until] for c in coachings]
    sheet = Sheet("Accompagnement", ["Coopération", "Qui accompagne", "Depuis", "Jusqu'à"], rows)
    if file := exports_of(request, sheet, f"programme-{programme.pk}-accompagnement"):
        return file
    shown = {
        "programme": programme,
        "officers": queries.officers(programme),
        "coachings": coachings,
        "officer_form": OfficerForm(),
        "coach_form": CoachForm(programme=programme),
        "follows": rules.can_follow(request.user, programme),
    }
    return render(request, "programmes/run.html", shown)


@read_or_send
@access(Policy.SIGNED_IN)
def programmes_officer(request: AuthedRequest, pk: int) -> HttpResponseBase:
    """Name one more person to follow the programme."""
    programme = _run(request, pk)
    form = OfficerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        address = form.cleaned_data["officer"]
        role = attempt(
            form,
            lambda: actions.name_officer(
                by=request.user, programme=programme, officer=person_at(address, "officer")
            ),
        )
        if role is not None:
            return said(request, "C'est noté.", "programmes_run", pk)
    shown = {"programme": programme, "form": form}
    return render(request, "programmes/officer.html", shown)


@require_POST
@access(Policy.SIGNED_IN)
def programmes_officer_end(request: AuthedRequest, pk: int, role: int) -> HttpResponseBase:
    """End an officer's role."""
    programme = _run(request, pk)
    row = get_object_or_404(Role, pk=role, space_id=programme.space_id)
    actions.end_officer(by=request.user, programme=programme, role=row)
    return said(request, "Ce rôle est fini.", "programmes_list")


@read_or_send
@access(Policy.SIGNED_IN)
def programmes_coach(request: AuthedRequest, pk: int) -> HttpResponseBase:
    """Say who accompanies an ecosystem."""
    programme = _run(request, pk)
    form = CoachForm(request.POST or None, programme=programme)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        coaching = attempt(
            form,
            lambda: actions.assign_coach(
                by=request.user,
                programme=programme,
                ecosystem=given["ecosystem"],
                coach=person_at(given["coach"], "coach"),
                since=given["since"],
            ),
        )
        if coaching is not None:
            return said(request, "C'est noté.", "programmes_run", pk)
    return render(request, "programmes/coach.html", {"programme": programme, "form": form})


@require_POST
@access(Policy.SIGNED_IN)
def programmes_coach_end(request: AuthedRequest, pk: int, coaching: int) -> HttpResponseBase:
    """Say that somebody no longer accompanies an ecosystem."""
    programme = _run(request, pk)
    row = get_object_or_404(Coaching, pk=coaching, programme=programme)
    actions.end_coaching(by=request.user, coaching=row)
    return said(request, "C'est noté.", "programmes_run", pk)


@read_or_send
@access(Policy.MEMBER)
def programmes_links(request: AuthedRequest, ecosystem: Ecosystem) -> HttpResponseBase:
    """To which programmes this ecosystem shows something, who accompanies it, who read."""
    links, coachings = queries.links_of(ecosystem), queries.coaches_of(ecosystem)
    if file := exports_of(request, _links_sheets(links, coachings), f"{ecosystem.slug}-programmes"):
        return file
    form = ShowToForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        programme = form.cleaned_data["programme"]
        link = attempt(
            form,
            lambda: actions.show_to(by=request.user, ecosystem=ecosystem, programme=programme),
        )
        if link is not None:
            return said(request, "Le lien est ouvert.", "programmes_links", ecosystem.slug)
    reads = OutsideRead.objects.filter(space_id=ecosystem.space_id).order_by("-day", "-pk")
    shown = {
        "ecosystem": ecosystem,
        "form": form,
        "links": links,
        "coachings": coachings,
        "reads": reads[:READS_SHOWN],
    }
    return render(request, "programmes/links.html", shown)


def _links_sheets(links: Iterable[SpaceLink], coachings: Iterable[Coaching]) -> list[Sheet]:
    shown: list[list[Cell]] = [
        [programme.name, str(programme.host), link.since]
        for link in links
        for programme in [link.target.programme]
    ]
    coached: list[list[Cell]] = [
        [str(one.coach), str(one.programme), one.since] for one in coachings
    ]
    return [
        Sheet("Programmes", ["Programme", "Porté par", "Depuis le"], shown),
        Sheet("Accompagnement", ["Qui", "Pour", "Depuis le"], coached),
    ]


@require_POST
@access(Policy.STEWARD)
def programmes_stop(request: AuthedRequest, ecosystem: Ecosystem, pk: int) -> HttpResponseBase:
    """Stop showing anything to a programme."""
    programme = get_object_or_404(Programme.objects.select_related("space"), pk=pk)
    actions.stop_showing(by=request.user, ecosystem=ecosystem, programme=programme)
    sentence = "Ce programme ne lit plus rien à partir de maintenant."
    return said(request, sentence, "programmes_links", ecosystem.slug)
