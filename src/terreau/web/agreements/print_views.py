# SPDX-License-Identifier: AGPL-3.0-or-later
"""A version to print: a page with its print style, a PDF, a text document."""

from __future__ import annotations

from django.http import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from terreau.agreements.convention import (
    COMMON_WORDS,
    FOOTER,
    GENERAL_INFORMATION,
    document,
    paper_of,
)
from terreau.documents import pdf, word
from terreau.ecosystems.models import Ecosystem
from terreau.web.access import AuthedRequest, Policy, access
from terreau.web.agreements.views import find, version_of
from terreau.web.downloads import PDF, attachment


@require_safe
@access(Policy.MEMBER)
def agreements_print(request: AuthedRequest, ecosystem: Ecosystem, pk: int) -> HttpResponseBase:
    """Show the convention as it will be printed, with what to look at before."""
    version = version_of(request, find(request, ecosystem, pk))
    shown = {
        "ecosystem": ecosystem,
        "agreement": version.agreement,
        "version": version,
        "paper": paper_of(version, request.reach),
        "common_words": COMMON_WORDS,
        "footer": FOOTER,
        "general_information": GENERAL_INFORMATION,
    }
    return render(request, "agreements/print.html", shown)


@require_safe
@access(Policy.MEMBER)
def agreements_pdf(request: AuthedRequest, ecosystem: Ecosystem, pk: int) -> HttpResponseBase:
    """The convention as PDF."""
    version = version_of(request, find(request, ecosystem, pk))
    content = pdf.render_document(document(paper_of(version, request.reach)))
    return attachment(content, PDF, f"{version.agreement.name}-v{version.number}", "pdf")


@require_safe
@access(Policy.MEMBER)
def agreements_docx(request: AuthedRequest, ecosystem: Ecosystem, pk: int) -> HttpResponseBase:
    """The convention as a text document, to rework its words."""
    version = version_of(request, find(request, ecosystem, pk))
    content = word.render(document(paper_of(version, request.reach)))
    name = f"{version.agreement.name}-v{version.number}"
    return attachment(content, word.CONTENT_TYPE, name, "docx")
