# SPDX-License-Identifier: AGPL-3.0-or-later
"""What machines read of a sheet: one schema.org graph a page, and nothing private in it."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.safestring import SafeString

from terreau.core import clock
from terreau.publishing.content import Content
from terreau.publishing.enums import LICENCE_ADDRESSES, Licence, Origin
from terreau.publishing.models import Sheet

ESCAPES = {ord(">"): "\\u003E", ord("<"): "\\u003C", ord("&"): "\\u0026"}


def linked_data(request: HttpRequest, sheet: Sheet, content: Content) -> SafeString:
    """Return the JSON-LD of a sheet, safe inside a ``<script>`` element."""
    address = request.build_absolute_uri(reverse("public_sheet", args=[sheet.slug]))
    project: dict[str, Any] = {
        "@type": "Project",
        "@id": f"{address}#cooperation",
        "name": sheet.title,
        "description": sheet.aim,
        "areaServed": [t.name for t in (sheet.department, sheet.region) if t is not None],
        "keywords": [function.label for function in sheet.functions.all()],
        "member": [{"@type": "Organization", "name": name} for name in content.organisations],
    }
    if sheet.site:
        project["url"] = sheet.site
    page: dict[str, Any] = {
        "@type": "Article",
        "@id": address,
        "url": address,
        "headline": sheet.title[:110],
        "abstract": sheet.aim,
        "inLanguage": "fr",
        "isAccessibleForFree": True,
        "about": {"@id": project["@id"]},
        "license": LICENCE_ADDRESSES[Licence(sheet.licence)],
        "creativeWorkStatus": Origin(sheet.origin).label,
    }
    if sheet.published_at and sheet.refreshed_at:
        page["datePublished"] = clock.day_of(sheet.published_at).isoformat()
        page["dateModified"] = clock.day_of(sheet.refreshed_at).isoformat()
    if sheet.source:
        page["isBasedOn"] = {"@type": "CreativeWork", "name": sheet.source}
    graph = {"@context": "https://schema.org", "@graph": [page, project]}
    return SafeString(json.dumps(graph, ensure_ascii=False).translate(ESCAPES))
