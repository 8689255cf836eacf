# SPDX-License-Identifier: AGPL-3.0-or-later
"""The public pages: home, directory, a sheet, corrections."""

from __future__ import annotations

from functools import lru_cache
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from terreau.documents.france import Mark, draw
from terreau.documents.outlines import CREDIT
from terreau.documents.tables import Cell
from terreau.documents.tables import Sheet as Table
from terreau.ecosystems.enums import EffectNature, MaillonNature, MaillonState, ObstacleCode
from terreau.ecosystems.rules import picture
from terreau.publishing import queries
from terreau.publishing.content import Content, read
from terreau.publishing.enums import LICENCE_ADDRESSES, Licence
from terreau.publishing.models import Sheet
from terreau.publishing.queries import Choice, Filters
from terreau.web.access import Policy, access
from terreau.web.answers import render_part
from terreau.web.downloads import download, exports_of, wanted
from terreau.web.pictures import both
from terreau.web.public.caching import kept_for_visitors
from terreau.web.public.data import table_of
from terreau.web.public.forms import PARAMETERS, DirectoryForm, filters_of
from terreau.web.public.linked import linked_data

A_PAGE = 20


@require_safe
@access(Policy.PUBLIC)
@kept_for_visitors
def public_home(request: HttpRequest) -> HttpResponse:
    """Say what this is, let people search, show where it happens and three recent stories."""
    nothing = Filters()
    facets = queries.facets(nothing)
    places = queries.by_department(facets, nothing)
    shown = {
        "map": france(places, nothing),
        "credit": CREDIT,
        "places": places,
        "functions": facets.functions,
        "obstacles": facets.obstacles,
        "regions": facets.regions,
        "total": queries.published().count(),
        "recent": stories(),
    }
    return render(request, "public/home.html", shown)


def stories() -> list[Sheet]:
    """Return the recent sheets, each with what it learnt on the way (one query)."""
    found = queries.recent()
    for sheet in found:
        stages = read(sheet.content).stages
        sheet.learnt = next((stage.change for stage in stages if stage.change), "")  # type: ignore[attr-defined]
    return found


@require_safe
@access(Policy.PUBLIC)
@kept_for_visitors
def public_directory(request: HttpRequest) -> HttpResponse:
    """Show the cooperations that were asked for, as a map and a list, and what to choose next."""
    chosen = filters_of(request.GET)
    facets = queries.facets(chosen)
    found = queries.search(chosen).prefetch_related("functions", "obstacles")
    if wanted(request):
        return download(request, table_of(request, found), "cooperations")
    page = Paginator(found, A_PAGE).get_page(request.GET.get("page"))
    places = queries.by_department(facets, chosen)
    shown = {
        "form": DirectoryForm(chosen, facets),
        "chosen": chosen,
        "chips": _chips(chosen, facets),
        "page": page,
        "map": france(places, chosen),
        "credit": CREDIT,
        "off_map": page.paginator.count - sum(place.count for place in places),
        "nearby": queries.each_word(chosen) if page.paginator.count == 0 else [],
        "query": urlencode(_parameters(chosen)),
    }
    return render_part(request, "public/directory.html", "answer", shown)


def _parameters(chosen: Filters) -> dict[str, str]:
    given = {name: getattr(chosen, attribute) for attribute, name in PARAMETERS.items()}
    return {name: value for name, value in given.items() if value}


def _chips(chosen: Filters, facets: queries.Facets) -> list[tuple[str, str]]:
    """Return what was chosen in words, each with the address of the directory without it."""
    offered: dict[str, list[Choice]] = {
        "fonction": facets.functions,
        "region": facets.regions,
        "departement": facets.departments,
        "forme": facets.forms,
        "etape": facets.phases,
        "difficulte": facets.obstacles,
        "annee": facets.years,
        "origine": facets.origins,
    }
    given = _parameters(chosen)
    chips = []
    for name, value in given.items():
        labels = {choice.value: choice.label for choice in offered.get(name, [])}
        rest = urlencode({other: text for other, text in given.items() if other != name})
        said = f"« {value} »" if name == "q" else labels.get(value, value)
        chips.append((said, f"{reverse('public_directory')}?{rest}"))
    return chips


def france(places: list[Choice], chosen: Filters) -> SafeString:
    """Return the map of what was asked for: each department leads to its own list."""
    rest = {name: v for name, v in _parameters(chosen).items() if name != "departement"}
    marks = tuple(
        Mark(
            department=place.value,
            count=place.count,
            label=f"{place.label} : {place.count} coopération{'s' if place.count > 1 else ''}",
            href=f"{reverse('public_directory')}?{urlencode({**rest, 'departement': place.value})}",
        )
        for place in places
    )
    return _drawn(marks)


@lru_cache(maxsize=64)
def _drawn(marks: tuple[Mark, ...]) -> SafeString:
    # Spreading the marks takes a while, and the same map is asked for again and again.
    return SafeString(draw(marks))  # documents.svg escapes every text and attribute


def find_sheet(slug: str) -> Sheet:
    """Return a published sheet, or answer 404."""
    sheet = queries.published().prefetch_related("functions").filter(slug=slug).first()
    if sheet is None:
        raise Http404
    return sheet


@require_safe
@access(Policy.PUBLIC)
@kept_for_visitors
def public_sheet(request: HttpRequest, sheet_slug: str) -> HttpResponse:
    """Show one cooperation; one that was withdrawn says so and shows nothing else."""
    if queries.withdrawn(sheet_slug):
        return render(request, "public/withdrawn.html", status=410)
    sheet = find_sheet(sheet_slug)
    content = read(sheet.content)
    shown = {
        "sheet": sheet,
        **page_of(content),
        "licence_url": LICENCE_ADDRESSES[Licence(sheet.licence)],
        "similar": queries.similar(sheet),
        "linked_data": linked_data(request, sheet, content),
        "canonical": request.build_absolute_uri(reverse("public_sheet", args=[sheet.slug])),
    }
    return render(request, "public/sheet.html", shown)


def page_of(content: Content) -> dict[str, object]:
    """Return what the page of a sheet shows of its content, in words."""
    natures = {nature.value: str(nature.label) for nature in EffectNature}
    changes = [(natures.get(change.nature, ""), change) for change in content.changes]
    codes = {code.value: str(code.label) for code in ObstacleCode}
    return {
        "content": content,
        "picture": _picture(content),
        "groups": _by_nature(content),
        "said": [pair for pair in changes if pair[1].checked],
        "supposed": [pair for pair in changes if not pair[1].checked],
        "difficulties": [(codes.get(told.code, ""), told) for told in content.difficulties],
    }


def _by_nature(content: Content) -> list[tuple[str, list[tuple[str, object]]]]:
    """Return the maillons as the text twin lists them: by nature, options last."""
    states = {state.value: str(state.label) for state in MaillonState}
    groups: dict[str, list[tuple[str, object]]] = {}
    for link in content.links:
        title = "en plus, si on veut" if link.option else str(MaillonNature(link.nature).label)
        groups.setdefault(title, []).append((states.get(link.state, ""), link))
    return sorted(groups.items(), key=lambda group: group[0] == "en plus, si on veut")


def _picture(content: Content) -> dict[str, SafeString]:
    if not content.links:
        return {}
    keys = [use.key for use in content.uses] + [link.key for link in content.links]
    numbers = {key: number for number, key in enumerate(keys, start=1)}
    scene = picture.Scene(
        uses=tuple(
            picture.Use(numbers[use.key], use.statement, use.for_whom, f"#{use.anchor}")
            for use in content.uses
        ),
        pieces=tuple(
            picture.Piece(
                key=numbers[link.key],
                name=link.name,
                nature=str(MaillonNature(link.nature).label),
                state=str(MaillonState(link.state).label),
                missing=link.state == MaillonState.MISSING,
                option=link.option,
                bearers=link.bearers,
                uses=tuple(numbers[key] for key in link.uses if key in numbers),
                needs=tuple(numbers[key] for key in link.needs if key in numbers),
                href=f"#{link.anchor}",
            )
            for link in content.links
        ),
    )
    return both(scene, "Ce qu'il faut pour que ça marche")


@require_safe
@access(Policy.PUBLIC)
@kept_for_visitors
def public_corrections(request: HttpRequest) -> HttpResponse:
    """Show what public documents say wrongly and what we wrote instead."""
    found = queries.corrections()
    heads = ["Dans la source", "Source", "Écrit ici", "Pourquoi", "Fiche", "Le"]
    rows: list[list[Cell]] = [
        [one.found, one.source, one.written, one.why, str(one.sheet or ""), one.day]
        for one in found
    ]
    if file := exports_of(request, Table("Corrections", heads, rows), "corrections"):
        return file
    return render(request, "public/corrections.html", {"corrections": found})
