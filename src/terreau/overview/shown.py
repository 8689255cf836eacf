# SPDX-License-Identifier: AGPL-3.0-or-later
"""« Ce qui nous est montré »: what ecosystems raised to a programme or wider, and nothing else."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from terreau.agreements.models import DiscussionNote
from terreau.core import clock
from terreau.ecosystems.enums import Standing
from terreau.ecosystems.models import (
    Attachment,
    Ecosystem,
    LogEntry,
    Presence,
)
from terreau.ecosystems.models.logbook import PASSING
from terreau.overview.kinds import KINDS, RecordKind, whole_of
from terreau.people.enums import AgentKind, Level
from terreau.people.models import Record
from terreau.people.visibility import Reach, predicate

RAISED = (Level.PROGRAMME, Level.COMMUNITY, Level.PUBLIC)
ROWS_OF_A_KIND_MAX = 500
NEVER = (DiscussionNote,)
"""What two parties say to each other about a contribution stays with them, whatever its level."""

AGREED = Q(standing=Standing.AGREED) & (~Q(agent__kind=AgentKind.PERSON) | Q(notices__agreed=True))
"""An actor is named outside once it agreed; a person, once they said so themselves."""


@dataclass(frozen=True, slots=True)
class Told:
    """One record as the programme reads it, with the photos and documents of an entry."""

    text: str
    author: str
    on: date
    level: str
    files: tuple[Attachment, ...] = ()


@dataclass(slots=True)
class Shown:
    """One ecosystem, and what it raised, by kind, newest first."""

    ecosystem: Ecosystem
    told: dict[str, list[Told]] = field(default_factory=dict)


def shown_by(
    ecosystems: Sequence[Ecosystem],
    reach: Reach,
    most: int | None = ROWS_OF_A_KIND_MAX,
    levels: Collection[Level] = RAISED,
) -> list[Shown]:
    """Return what each of these ecosystems raised to one of the levels, as this reader reads it.

    One query a kind, whatever the number of ecosystems; ``most`` of a kind, None for all of it. A
    reader who also belongs to one of them finds here no more than what it raised.
    """
    found = {ecosystem.pk: Shown(ecosystem) for ecosystem in ecosystems}
    for kind in KINDS:
        if kind.model not in NEVER:
            for record in _raised(kind, ecosystems, reach, levels)[:most]:
                shown = found[record.shown_in]  # type: ignore[attr-defined]
                shown.told.setdefault(kind.label, []).append(_told(record))
    return list(found.values())


def raised_to_all(reach: Reach) -> QuerySet[Ecosystem]:
    """Return the other ecosystems that raised something to all of them, by name (one query)."""
    something = Q()
    for kind in KINDS:
        if kind.model not in NEVER:
            rows = kind.model.objects.filter(level=Level.COMMUNITY, **{kind.path: OuterRef("pk")})
            something |= Q(Exists(rows.order_by()))
    others = Ecosystem.objects.exclude(space_id__in=reach.roots)
    return others.filter(something).order_by("name", "pk")


def _raised(
    kind: RecordKind, ecosystems: Sequence[Ecosystem], reach: Reach, levels: Collection[Level]
) -> QuerySet[Record]:
    rows: QuerySet[Record] = kind.model.objects.visible_to(reach).filter(
        level__in=levels, **{f"{kind.path}__in": list(ecosystems)}
    )
    named: tuple[str, ...] = ("author",)
    if kind.model is Presence:
        rows, named = rows.filter(AGREED).distinct(), ("author", "agent")
    if kind.model is LogEntry:
        rows = rows.prefetch_related("attachments")  # type: ignore[misc]
    rows = rows.annotate(shown_in=F(kind.path)).select_related(*named)
    return rows.order_by("-pk")


def _told(record: Record) -> Told:
    text, author = whole_of(record), _voice(record)
    files = tuple(record.attachments.all()) if isinstance(record, LogEntry) else ()
    return Told(text, author, clock.day_of(record.created_at), Level(record.level).label, files)


def _voice(record: Record) -> str:
    # Outside, an organisation answers for its words; a person is not named by having typed them,
    # nor a guest, whose word is not the ecosystem's.
    if isinstance(record, LogEntry) and record.guest_link_id is not None:
        return PASSING
    silent = record.author.is_person or isinstance(record, Presence)
    return "" if silent else record.author.name


def file_shown(ecosystems: QuerySet[Ecosystem], reach: Reach, pk: int) -> Attachment | None:
    """Return a file of an entry that one of these ecosystems raised, or None."""
    return (
        Attachment.objects.filter(
            predicate(reach, "entry__"),
            pk=pk,
            entry__level__in=RAISED,
            entry__ecosystem__in=ecosystems,
        )
        .select_related("entry__ecosystem")
        .first()
    )
