# SPDX-License-Identifier: AGPL-3.0-or-later
"""« Notre solution »: the page, the picture, and the ways out."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from terreau.core import clock
from terreau.documents import word
from terreau.documents.tables import Sheet
from terreau.ecosystems.actions import solution as actions
from terreau.ecosystems.models import Ecosystem, Maillon, Performance
from terreau.ecosystems.queries.solution import Link, Solution, by_nature, scene_of, solution_of
from terreau.ecosystems.rules import printing
from terreau.ecosystems.rules.picture import Scene
from terreau.web.access import AuthedRequest, Policy, access
from terreau.web.answers import pressed, said
from terreau.web.downloads import PDF, attachment, exports_of
from terreau.web.pictures import both

KINDS: dict[str, type[Performance] | type[Maillon]] = {
    "permettre": Performance,
    "maillon": Maillon,
}


@require_safe
@access(Policy.MEMBER)
def solution_page(request: AuthedRequest, ecosystem: Ecosystem) -> HttpResponseBase:
    """Show what it takes: what is missing on top, the picture, the same as a list."""
    solution = solution_of(ecosystem, request.user)
    file = exports_of(request, sheets_of(solution), f"solution-{ecosystem.slug}")
    if file is not None:
        return file
    with_needs = request.GET.get("besoins") == "1"
    shown = {
        "solution": solution,
        "option_groups": by_nature(solution.options),
        "picture": both(
            _scene(ecosystem, solution), printing.heading_of(ecosystem.name), needs=with_needs
        ),
        "with_needs": with_needs,
        "has_needs": any(link.needs for link in solution.links),
    }
    return render(request, "solution/page.html", shown)


def _scene(ecosystem: Ecosystem, solution: Solution) -> Scene:
    def address(kind: str, pk: int) -> str:
        return reverse(f"solution_{kind}", kwargs={"slug": ecosystem.slug, "pk": pk})

    return scene_of(solution, address)


@require_safe
@access(Policy.MEMBER)
def solution_picture(request: AuthedRequest, ecosystem: Ecosystem) -> HttpResponse:
    """Give the picture as an SVG file of its own."""
    scene = _scene(ecosystem, solution_of(ecosystem, request.user))
    drawing = printing.drawn_alone(scene, ecosystem.name)
    name = f"solution-{ecosystem.slug}"
    return attachment(drawing.encode(), "image/svg+xml; charset=utf-8", name, "svg")


@require_safe
@access(Policy.MEMBER)
def solution_pdf(request: AuthedRequest, ecosystem: Ecosystem) -> HttpResponse:
    """Give the picture on one page, A4 when it is readable there, else A3."""
    scene = _scene(ecosystem, solution_of(ecosystem, request.user))
    content = printing.printed(scene, ecosystem.name, _footer())
    return attachment(content, PDF, f"solution-{ecosystem.slug}", "pdf")


@require_safe
@access(Policy.MEMBER)
def solution_text(request: AuthedRequest, ecosystem: Ecosystem) -> HttpResponse:
    """Give the solution as a text document."""
    scene = _scene(ecosystem, solution_of(ecosystem, request.user))
    document = printing.as_document(scene, ecosystem.name, _footer())
    name = f"solution-{ecosystem.slug}"
    return attachment(word.render(document), word.CONTENT_TYPE, name, "docx")


def _footer() -> str:
    return f"Telle qu'elle était écrite le {clock.today():%d/%m/%Y}."


def sheets_of(solution: Solution) -> list[Sheet]:
    """Return the lists of the solution: maillons, then performances of use."""
    headers = (
        "Maillon",
        "Nature",
        "État",
        "S'en charge",
        "Si on l'enlève, ça tient",
        "Il sert à",
        "Il a besoin de",
        "En quelques mots",
        "Qui peut lire",
    )
    uses = ("Ce que ça doit permettre", "À qui", "À quelles conditions", "Comment on le voit")
    return [
        Sheet("Maillons", headers, [_row(link) for link in solution.links]),
        Sheet(
            "Ce que ça doit permettre",
            uses,
            [
                [p.statement, p.for_whom, p.conditions, p.observed_how]
                for p in solution.performances
            ],
        ),
    ]


def _row(link: Link) -> list[str | bool | None]:
    maillon = link.maillon
    return [
        maillon.name,
        maillon.get_nature_display(),
        maillon.get_state_display(),
        ", ".join(bearer.agent.name for bearer in link.bearers),
        maillon.holds_without,
        " ; ".join(performance.statement for performance in link.performances),
        " ; ".join(needed.name for needed in link.needs),
        maillon.note,
        maillon.get_level_display(),
    ]


def found(
    request: AuthedRequest, ecosystem: Ecosystem, kind: str, pk: int
) -> Performance | Maillon:
    """Return a performance or a maillon that this reader may read here, or raise Http404."""
    if kind not in KINDS:
        raise Http404
    here: Any = KINDS[kind].objects.visible_to(request.user)
    record: Performance | Maillon | None = here.filter(ecosystem=ecosystem, pk=pk).first()
    if record is None:
        raise Http404
    return record


@require_POST
@access(Policy.MEMBER)
def solution_move(request: AuthedRequest, ecosystem: Ecosystem, kind: str, pk: int) -> HttpResponse:
    """Move one place up or down in the list and in the picture."""
    record = found(request, ecosystem, kind, pk)
    actions.move(by=request.user, record=record, up=request.POST.get("vers") == "haut")
    return said(request, "L'ordre a changé, dans la liste et dans l'image.", *_back(ecosystem))


@require_POST
@access(Policy.MEMBER)
def solution_remove(
    request: AuthedRequest, ecosystem: Ecosystem, kind: str, pk: int
) -> HttpResponse:
    """Take away what was written by mistake."""
    record = found(request, ecosystem, kind, pk)
    action = partial(actions.remove, by=request.user, record=record)
    return pressed(request, action, "C'est retiré.", *_back(ecosystem))


def _back(ecosystem: Ecosystem) -> tuple[str, str]:
    return "solution_page", ecosystem.slug
