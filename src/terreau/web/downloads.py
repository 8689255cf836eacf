# SPDX-License-Identifier: AGPL-3.0-or-later
"""The way out of every list and document: a file, under a name that any system accepts."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse
from django.utils.text import slugify

from terreau.core import clock
from terreau.core.errors import Invalid
from terreau.documents import tables
from terreau.documents.tables import Sheet

PDF = "application/pdf"


def wanted(request: HttpRequest) -> str:
    """Return the format asked for by ``?format=``, or an empty string when a page is wanted.

    Raises Invalid for a format that no list has.
    """
    name = request.GET.get("format", "")
    if name and name not in set(tables.Format):
        raise Invalid("Ce format n'existe pas ici. Prenez ODS, XLSX ou CSV.")
    return name


def download(request: HttpRequest, sheets: Sheet | Sequence[Sheet], filename: str) -> HttpResponse:
    """Answer one list, or several, as a file in the format of the request (ODS when none).

    ``filename`` has no extension: the day and the extension are added.
    """
    chosen = tables.Format(wanted(request) or tables.Format.ODS)
    content = tables.write(chosen, [sheets] if isinstance(sheets, Sheet) else sheets)
    return attachment(content, tables.CONTENT_TYPES[chosen], filename, chosen)


def attachment(content: bytes, content_type: str, filename: str, extension: str) -> HttpResponse:
    """Answer bytes as a file to keep, named « filename-2026-10-24.extension »."""
    name = f"{slugify(filename)[:80] or 'terreau'}-{clock.today():%Y-%m-%d}.{extension}"
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "private, no-store",
    }
    return HttpResponse(content, content_type=content_type, headers=headers)


def exports_of(
    request: HttpRequest, sheets: Sheet | Sequence[Sheet], filename: str
) -> HttpResponse | None:
    """Return the file when the request asks for a format, or None when it wants the page."""
    return download(request, sheets, filename) if wanted(request) else None
