# SPDX-License-Identifier: AGPL-3.0-or-later
"""Open data, the health of the instance, and what robots read."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.contrib.sitemaps.views import sitemap
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.views.decorators.http import condition, require_safe

from terreau.core import clock
from terreau.core.health import problems
from terreau.documents import tables
from terreau.publishing import queries
from terreau.publishing.enums import LICENCE_ADDRESSES, Licence
from terreau.publishing.models import Sheet
from terreau.web.access import Policy, access

KEPT_SECONDS = 300
HEADERS = (
    "identifiant",
    "nom",
    "origine",
    "adresse",
    "cap",
    "fonctions",
    "region",
    "departement",
    "territoire",
    "forme_juridique",
    "etape",
    "difficultes",
    "site",
    "source",
    "licence",
    "mise_a_jour",
)


def last_change(request: HttpRequest) -> datetime | None:
    """Return when open data last changed."""
    return queries.last_change()


def tag(request: HttpRequest) -> str:
    """Return the entity tag of open data: it changes with them, and with the address served."""
    said = f"{queries.stamp()}|{request.build_absolute_uri()}"
    return f'"{hashlib.sha256(said.encode()).hexdigest()[:24]}"'


@require_safe
@access(Policy.PUBLIC)
def public_data(request: HttpRequest) -> HttpResponse:
    """Say what open data there is and how it may be used."""
    return render(request, "public/data.html", {"columns": HEADERS})


@require_safe
@access(Policy.PUBLIC)
@condition(etag_func=tag, last_modified_func=last_change)
def public_csv(request: HttpRequest) -> HttpResponse:
    """Answer every published sheet as a table."""
    content = tables.write("csv", [table_of(request, queries.published())])
    return _open(HttpResponse(content, content_type=tables.CONTENT_TYPES[tables.Format.CSV]))


@require_safe
@access(Policy.PUBLIC)
@condition(etag_func=tag, last_modified_func=last_change)
def public_json(request: HttpRequest) -> HttpResponse:
    """Answer every published sheet as JSON."""
    rows = _rows(request, queries.published())
    return _open(JsonResponse({"cooperations": list(rows)}))


def table_of(request: HttpRequest, sheets: QuerySet[Sheet]) -> tables.Sheet:
    """Return sheets as a list, with the columns of open data."""
    rows = [[_flat(row[name]) for name in HEADERS] for row in _rows(request, sheets)]
    return tables.Sheet("Coopérations", HEADERS, rows)


def _open(response: HttpResponse) -> HttpResponse:
    patch_cache_control(response, public=True, max_age=KEPT_SECONDS)
    response["Access-Control-Allow-Origin"] = "*"
    return response


def _flat(value: Any) -> str:
    return " | ".join(map(str, value)) if isinstance(value, list) else str(value)


def _rows(request: HttpRequest, sheets: QuerySet[Sheet]) -> Iterator[dict[str, Any]]:
    for sheet in sheets.defer("content").prefetch_related("functions", "obstacles"):
        yield _row(request, sheet)


def _row(request: HttpRequest, sheet: Sheet) -> dict[str, Any]:
    told = [f"{o.get_code_display()} ({o.year})" for o in sheet.obstacles.all()]
    return {
        "identifiant": sheet.slug,
        "nom": sheet.title,
        "origine": sheet.origin,
        "adresse": request.build_absolute_uri(reverse("public_sheet", args=[sheet.slug])),
        "cap": sheet.aim,
        "fonctions": [function.label for function in sheet.functions.all()],
        "region": sheet.region.name if sheet.region else "",
        "departement": sheet.department.code if sheet.department else "",
        "territoire": sheet.place,
        "forme_juridique": sheet.legal_form,
        "etape": sheet.get_phase_display() if sheet.phase else "",
        "difficultes": sorted(set(told)),
        "site": sheet.site,
        "source": sheet.source,
        "licence": LICENCE_ADDRESSES[Licence(sheet.licence)],
        "mise_a_jour": str(clock.day_of(sheet.refreshed_at)) if sheet.refreshed_at else "",
    }


@require_safe
@access(Policy.PUBLIC)
def public_health(request: HttpRequest) -> HttpResponse:
    """Answer 200 when the instance can work and write, 503 with what is wrong otherwise."""
    found = problems()
    response = JsonResponse(
        {"etat": "en panne" if found else "bon", "problemes": found},
        status=503 if found else 200,
    )
    patch_cache_control(response, no_store=True)
    return response


class Sheets(Sitemap[Sheet]):
    """Every published sheet."""

    changefreq = "monthly"

    def items(self) -> QuerySet[Sheet]:
        return queries.published().defer("content")

    def lastmod(self, sheet: Sheet) -> datetime | None:
        return sheet.refreshed_at

    def location(self, sheet: Sheet) -> str:
        return reverse("public_sheet", args=[sheet.slug])


class Pages(Sitemap[str]):
    """The pages that do not change with sheets."""

    def items(self) -> list[str]:
        return ["public_home", "public_directory", "public_corrections", "public_data"]

    def location(self, name: str) -> str:
        return reverse(name)


@require_safe
@access(Policy.PUBLIC)
def public_sitemap(request: HttpRequest) -> HttpResponseBase:
    """Answer the addresses that search engines may list."""
    return sitemap(request, sitemaps={"pages": Pages, "fiches": Sheets})


@require_safe
@access(Policy.PUBLIC)
def public_robots(request: HttpRequest) -> HttpResponse:
    """Say what robots may read: the public side, and nothing at all of a demonstration."""
    if settings.TERREAU_MODE == "demonstration":
        return HttpResponse("User-agent: *\nDisallow: /\n", content_type="text/plain")
    closed = "".join(f"Disallow: {path}\n" for path in ("/c/", "/moi/", "/compte/", "/lieux/"))
    address = request.build_absolute_uri(reverse("public_sitemap"))
    text = f"User-agent: *\n{closed}Sitemap: {address}\n"
    return HttpResponse(text, content_type="text/plain")
