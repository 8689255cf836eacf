# SPDX-License-Identifier: AGPL-3.0-or-later
"""Reads of the journal de bord."""

from __future__ import annotations

from django.db.models import QuerySet

from terreau.core.errors import NotFound
from terreau.ecosystems.models import Attachment, Ecosystem, LogEntry
from terreau.people.models import Agent
from terreau.people.visibility import Reader, predicate, reach_of


def entries(ecosystem: Ecosystem, reader: Reader) -> QuerySet[LogEntry]:
    """Return the entries that this reader may read, newest first, with author and files."""
    return (
        LogEntry.objects.visible_to(reader)
        .filter(ecosystem=ecosystem)
        .select_related("author", "recorded_by", "ecosystem")
        .prefetch_related("attachments")
    )


def entry(ecosystem: Ecosystem, reader: Reader, pk: int) -> LogEntry:
    """Return one entry of this cooperation. Raises NotFound when the reader may not read it."""
    found = entries(ecosystem, reader).filter(pk=pk).first()
    if found is None:
        raise NotFound("Ces lignes n'existent pas, ou ne vous sont pas ouvertes.")
    return found


def attachment(ecosystem: Ecosystem, reader: Reader, pk: int) -> Attachment:
    """Return one file of the journal: it is read by whoever reads its entry, and by no other."""
    found = (
        Attachment.objects.filter(
            predicate(reach_of(reader), "entry__"), entry__ecosystem=ecosystem, pk=pk
        )
        .select_related("entry")
        .first()
    )
    if found is None:
        raise NotFound("Ce fichier n'existe pas, ou ne vous est pas ouvert.")
    return found


def attachments(ecosystem: Ecosystem, reader: Reader) -> QuerySet[Attachment]:
    """Return all the files of the journal that this reader may read."""
    return Attachment.objects.filter(
        predicate(reach_of(reader), "entry__"), entry__ecosystem=ecosystem
    ).order_by("pk")


def authors(ecosystem: Ecosystem, reader: Reader) -> QuerySet[Agent]:
    """Return those in whose name stand the entries that this reader may read."""
    said = LogEntry.objects.visible_to(reader).filter(guest_link__isnull=True)
    readable = said.filter(ecosystem=ecosystem)
    return Agent.objects.filter(pk__in=readable.order_by().values("author_id")).order_by("name")


def narrowed(
    found: QuerySet[LogEntry], *, author: Agent | None, theme: str, marking: bool
) -> QuerySet[LogEntry]:
    """Keep the entries in one name, of one theme, or that marked a change."""
    if author is not None:
        found = found.filter(author=author, guest_link__isnull=True)
    if theme:
        found = found.filter(theme=theme)
    return found.exclude(milestone="") if marking else found
