# SPDX-License-Identifier: AGPL-3.0-or-later
"""Journal de bord: the list, three lines, their file."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import Any

from django.core.paginator import Paginator
from django.db import transaction
from django.http import FileResponse, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from terreau.core.errors import NotFound, Refusal
from terreau.core.versions import field_version
from terreau.documents.tables import Sheet
from terreau.ecosystems.actions import logbook as actions
from terreau.ecosystems.models import Attachment, Ecosystem, LogEntry
from terreau.ecosystems.queries import logbook as queries
from terreau.ecosystems.rules import logbook as rules
from terreau.people.queries import voices_in
from terreau.people.visibility import Reach, reach_of
from terreau.web.access import AuthedRequest, Policy, access
from terreau.web.answers import attempt, refuse_the_form, refused, said
from terreau.web.downloads import download, wanted
from terreau.web.logbook.forms import DescribeForm, EntryForm, FilterForm

A_PAGE = 20
HEADERS = ("Jour", "Au nom de", "Écrit par", "Thème", "Ce que ça marque", "Texte", "Qui peut lire")


def sheet_of(found: Iterable[LogEntry]) -> Sheet:
    """Return the entries as a list to take away."""
    rows = [
        (
            entry.day,
            entry.voice,
            "" if entry.guest_link_id else entry.recorded_by.name,
            entry.get_theme_display(),
            entry.get_milestone_display() if entry.milestone else "",
            entry.text,
            entry.get_level_display(),
        )
        for entry in found
    ]
    return Sheet("Journal de bord", HEADERS, rows)


@require_safe
@access(Policy.MEMBER)
def logbook_list(request: AuthedRequest, ecosystem: Ecosystem) -> HttpResponse:
    """Show the entries by date, newest first."""
    reach = reach_of(request.user)
    filters = FilterForm(request.GET, people=queries.authors(ecosystem, reach))
    found = queries.narrowed(queries.entries(ecosystem, reach), **filters.chosen())
    if wanted(request):
        return download(request, sheet_of(found), f"journal-{ecosystem.slug}")
    page = Paginator(found, A_PAGE).get_page(request.GET.get("page"))
    shown = {
        "ecosystem": ecosystem,
        "filters": filters,
        "filtered": any(filters.chosen().values()),
        "page": page,
        "rows": _rows(page, reach),
    }
    return render(request, "logbook/list.html", shown)


def _rows(found: Iterable[LogEntry], reach: Reach) -> list[tuple[LogEntry, bool]]:
    return [(entry, rules.can_edit(reach, entry)) for entry in found]


@require_safe
@access(Policy.MEMBER)
def logbook_entry(request: AuthedRequest, ecosystem: Ecosystem, pk: int) -> HttpResponse:
    """Show one entry."""
    return _one(request, queries.entry(ecosystem, request.user, pk))


def _one(request: AuthedRequest, entry: LogEntry, sent: DescribeForm | None = None) -> HttpResponse:
    """Show an entry; for its author, what may be said of its files (``sent`` came back wrong)."""
    mine = rules.can_edit(request.reach, entry)
    files = list(entry.attachments.all()) if mine else []
    forms = [_describing(file) for file in files]
    if sent is not None:
        forms = [sent if form.auto_id == sent.auto_id else form for form in forms]
    shown = {
        "ecosystem": request.ecosystem,
        "entry": entry,
        "mine": mine,
        "files": list(zip(files, forms, strict=True)),
    }
    return render(request, "logbook/entry.html", shown)


def _describing(attachment: Attachment, sent: Any = None) -> DescribeForm:
    version = field_version(attachment, ["description"])
    known = {"description": attachment.description, "version": version}
    return DescribeForm(sent, initial=known, auto_id=f"fichier-{attachment.pk}-%s")


@require_http_methods(["GET", "HEAD", "POST"])
@access(Policy.MEMBER)
def logbook_add(request: AuthedRequest, ecosystem: Ecosystem) -> HttpResponse:
    """Write three lines."""
    voices = voices_in(request.user, ecosystem.space)
    form = EntryForm(
        request.POST or None,
        request.FILES or None,
        voices=voices,
        initial={"author": request.user.agent_id},
    )
    if form.is_valid() and attempt(form, lambda: _write(request, ecosystem, form)) is not None:
        return said(request, "C'est écrit dans le journal.", "logbook_list", ecosystem.slug)
    return render(request, "logbook/form.html", {"ecosystem": ecosystem, "form": form})


def _write(request: AuthedRequest, ecosystem: Ecosystem, form: EntryForm) -> LogEntry:
    return actions.write_entry(
        by=request.user,
        ecosystem=ecosystem,
        lines=form.lines(),
        key=form.cleaned_data["key"],
        author=form.cleaned_data["author"],
        file=form.incoming(),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@access(Policy.MEMBER)
def logbook_edit(request: AuthedRequest, ecosystem: Ecosystem, pk: int) -> HttpResponse:
    """Change one's own lines, or add a file to them."""
    entry = queries.entry(ecosystem, request.user, pk)
    refuse_the_form(request, rules.can_edit(request.user, entry), rules.OURS)
    names = ("text", "day", "theme", "milestone", "level", "version")
    form = EntryForm(
        request.POST or None,
        request.FILES or None,
        initial={name: getattr(entry, name) for name in names},
    )
    if form.is_valid() and attempt(form, lambda: _edit(request, entry, form)) is not None:
        return said(request, "C'est enregistré.", "logbook_entry", ecosystem.slug, pk)
    shown = {"ecosystem": ecosystem, "form": form, "entry": entry}
    return render(request, "logbook/form.html", shown)


@transaction.atomic
def _edit(request: AuthedRequest, entry: LogEntry, form: EntryForm) -> LogEntry:
    # The text first: when it meets another's, no file was written yet that would have to go.
    version = form.cleaned_data["version"] or 0
    actions.edit_entry(by=request.user, entry=entry, version=version, lines=form.lines())
    if file := form.incoming():
        actions.attach(by=request.user, entry=entry, file=file)
    return entry


@require_http_methods(["GET", "HEAD", "POST"])
@access(Policy.MEMBER)
def logbook_erase(request: AuthedRequest, ecosystem: Ecosystem, pk: int) -> HttpResponse:
    """Ask first, then erase the words of one's own entry."""
    entry = queries.entry(ecosystem, request.user, pk)
    refuse_the_form(request, rules.can_edit(request.user, entry), rules.OURS)
    if request.method != "POST":
        return render(request, "logbook/erase.html", {"ecosystem": ecosystem, "entry": entry})
    try:
        actions.erase_entry(by=request.user, entry=entry)
    except Refusal as refusal:
        return refused(request, refusal, "logbook_entry", ecosystem.slug, pk)
    return said(request, "Vos lignes sont effacées.", "logbook_list", ecosystem.slug)


@require_safe
@access(Policy.MEMBER)
def logbook_file(request: AuthedRequest, ecosystem: Ecosystem, pk: int) -> FileResponse:
    """Give a photo or document to whoever may read its entry."""
    return serve(queries.attachment(ecosystem, request.user, pk))


def serve(attachment: Attachment) -> FileResponse:
    """Answer a stored file so that no browser ever runs it."""
    try:
        content = attachment.file.open("rb")
    except FileNotFoundError:  # a database restored without its files
        raise NotFound(
            f"« {attachment.name} » manque dans la réserve de fichiers. L'entrée du journal est "
            "intacte. Prévenez qui administre l'instance."
        ) from None
    response = FileResponse(
        content,
        as_attachment=not attachment.mime.startswith("image/"),
        filename=attachment.name,
        content_type=attachment.mime,
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Cache-Control"] = "private, no-store"
    return response


@require_POST
@access(Policy.MEMBER)
def logbook_file_describe(request: AuthedRequest, ecosystem: Ecosystem, pk: int) -> HttpResponse:
    """Say what one sees in a file of one's own entry."""
    attachment = queries.attachment(ecosystem, request.user, pk)
    form = _describing(attachment, request.POST)
    describe = partial(actions.describe_attachment, by=request.user, attachment=attachment)
    if form.is_valid() and attempt(form, lambda: describe(**form.cleaned_data)) is not None:
        return said(
            request, "C'est enregistré.", "logbook_entry", ecosystem.slug, attachment.entry_id
        )
    return _one(request, queries.entry(ecosystem, request.user, attachment.entry_id), form)


@require_POST
@access(Policy.MEMBER)
def logbook_file_remove(request: AuthedRequest, ecosystem: Ecosystem, pk: int) -> HttpResponse:
    """Take a file off one's own entry."""
    attachment = queries.attachment(ecosystem, request.user, pk)
    try:
        actions.remove_attachment(by=request.user, attachment=attachment)
    except Refusal as refusal:
        return refused(request, refusal, "logbook_entry", ecosystem.slug, attachment.entry_id)
    return said(
        request, "Le fichier est retiré.", "logbook_entry", ecosystem.slug, attachment.entry_id
    )
