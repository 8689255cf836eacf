# SPDX-License-Identifier: AGPL-3.0-or-later
"""Changes to the journal de bord: three lines, their file, and their erasure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date
from functools import cached_property, partial
from pathlib import PurePath
from uuid import UUID, uuid4

from django.core.files.base import ContentFile
from django.core.files.storage import Storage
from django.db import transaction

from terreau.core import clock
from terreau.core.errors import Invalid, KeyReused, NotAllowed
from terreau.core.once import keep_once
from terreau.documents.characters import printable
from terreau.documents.incoming import Cleaned, clean
from terreau.ecosystems.enums import LogTheme, Milestone
from terreau.ecosystems.models import Attachment, Ecosystem, LogEntry
from terreau.ecosystems.rules import logbook as rules
from terreau.people.actions import revise, rewrite
from terreau.people.enums import Level
from terreau.people.models import Agent, User
from terreau.people.queries import voices_in

TEXT_LENGTH = 1500
DESCRIPTION_LENGTH = 200
OLDEST = date(1980, 1, 1)


@dataclass(frozen=True, slots=True)
class Lines:
    """What an entry says: a day, a text, and how far it is read."""

    day: date
    text: str
    theme: str = LogTheme.NONE
    milestone: str = Milestone.NONE
    level: str = Level.CIRCLE


@dataclass
class Incoming:
    """A file as it was sent: its bytes, the name that it claims, and what one sees in it."""

    content: bytes
    name: str
    description: str = ""

    @cached_property
    def cleaned(self) -> Cleaned:
        """Clean it, once. Raises Invalid. It may take twenty seconds: ask before a transaction."""
        return clean(self.content)


def write_entry(
    *,
    by: User,
    ecosystem: Ecosystem,
    lines: Lines,
    key: UUID,
    author: Agent | None = None,
    file: Incoming | None = None,
) -> LogEntry:
    """Add an entry, with its file when there is one: both or nothing. Repeating changes nothing.

    ``author`` is the organisation in whose name it stands (the person when none is given).
    """
    voice = author or by.agent
    may_speak = voices_in(by, ecosystem.space).filter(pk=voice.pk).exists()
    if not (rules.can_write(by, ecosystem) and may_speak):
        raise NotAllowed("Vous ne pouvez pas écrire ici en ce nom.")
    wanted = {
        "ecosystem": ecosystem,
        "space": ecosystem.circle,
        "author": voice,
        "recorded_by": by.agent,
        **_checked(lines),
    }
    cleaned = file.cleaned if file else None
    with transaction.atomic():
        entry, created = keep_once(LogEntry, key=key, wanted=wanted)
        if created and file and cleaned:
            _keep_file(entry, file, cleaned)
    if not created and cleaned:
        _same_file(entry, cleaned)
    return entry


def edit_entry(*, by: User, entry: LogEntry, version: int, lines: Lines) -> LogEntry:
    """Change an entry of one's own. Raises EditConflict when somebody saved in between."""
    if not rules.can_edit(by, entry):
        raise NotAllowed(rules.OURS)
    revise(entry, version=version, changes=_checked(lines))
    return entry


def erase_entry(*, by: User, entry: LogEntry) -> LogEntry:
    """Erase the text and the files of an entry of one's own. That it was there stays."""
    if entry.erased_at is not None:
        return entry
    if not rules.can_edit(by, entry):
        raise NotAllowed(rules.OURS)
    with transaction.atomic():
        forget_files(entry.attachments.all())
        changes = {
            "text": rules.ERASED,
            "theme": LogTheme.NONE,
            "guest_name": "",
            "erased_at": clock.now(),
        }
        revise(entry, version=entry.version, changes=changes)
    return entry


def attach(*, by: User, entry: LogEntry, file: Incoming) -> Attachment:
    """Add a file to an entry of one's own. The same file sent twice is kept once."""
    if not rules.can_edit(by, entry):
        raise NotAllowed(rules.OURS)
    cleaned = file.cleaned
    with transaction.atomic():
        kept = entry.attachments.filter(sha256=cleaned.sha256).first()
        return kept or _keep_file(entry, file, cleaned)


def describe_attachment(
    *, by: User, attachment: Attachment, description: str, version: int | None = None
) -> Attachment:
    """Say what one sees in a file of one's own entry, over what was read of it."""
    if not rules.can_edit(by, attachment.entry):
        raise NotAllowed(rules.OURS)
    text = printable(description).strip()
    if len(text) > DESCRIPTION_LENGTH:
        raise Invalid(f"Une phrase suffit : {DESCRIPTION_LENGTH} signes au plus.")
    rewrite(attachment, version=version, changes={"description": text})
    return attachment


def remove_attachment(*, by: User, attachment: Attachment) -> None:
    """Remove a file from an entry of one's own."""
    if not rules.can_edit(by, attachment.entry):
        raise NotAllowed(rules.OURS)
    with transaction.atomic():
        forget_files([attachment])


def log_milestone(
    *,
    by: Agent,
    ecosystem: Ecosystem,
    milestone: Milestone,
    text: str,
    key: UUID,
    day: date | None = None,
) -> LogEntry:
    """Write that something important changed; called by the action that changed it."""
    wanted = {
        "ecosystem": ecosystem,
        "space": ecosystem.circle,
        "author": by,
        "recorded_by": by,
        "level": Level.ECOSYSTEM,
        "milestone": milestone,
        "text": printable(text)[:TEXT_LENGTH],
    }
    entry, _ = LogEntry.objects.get_or_create(
        key=key, defaults={**wanted, "day": day or clock.today()}
    )
    return entry


def _checked(lines: Lines) -> dict[str, object]:
    text = printable(lines.text).replace("\r\n", "\n").strip()
    if not text:
        raise Invalid("Écrivez au moins quelques mots.", field="text")
    if len(text) > TEXT_LENGTH:
        raise Invalid(
            f"C'est plus long que trois lignes : {len(text)} signes pour {TEXT_LENGTH} au plus.",
            field="text",
        )
    if lines.day > clock.today():
        raise Invalid(
            "Le journal dit ce qui a eu lieu : ce jour n'est pas encore venu.", field="day"
        )
    if lines.day < OLDEST:
        raise Invalid("Cette date est trop ancienne : vérifiez l'année.", field="day")
    _known(lines.theme, LogTheme.values, "theme")
    _known(lines.milestone, Milestone.values, "milestone")
    _known(lines.level, Level.values, "level")
    return {**asdict(lines), "text": text}


def _known(value: str, values: Iterable[str], field: str) -> None:
    if value not in values:
        raise Invalid("Choisissez dans la liste.", field=field)


def _keep_file(entry: LogEntry, file: Incoming, cleaned: Cleaned) -> Attachment:
    # The name on disk says nothing; the one that was sent is only ever shown as text.
    attachment = Attachment(
        entry=entry,
        name=_shown_name(file.name, cleaned.extension),
        mime=cleaned.mime,
        size_bytes=len(cleaned.content),
        sha256=cleaned.sha256,
        description=printable(file.description).strip()[:DESCRIPTION_LENGTH],
    )
    content = ContentFile(cleaned.content)
    attachment.file.save(f"{uuid4().hex}.{cleaned.extension}", content, save=False)
    storage, name = attachment.file.storage, attachment.file.name or ""
    try:
        with transaction.atomic():
            attachment.save()
    except BaseException:
        storage.delete(name)
        raise
    return attachment


def _shown_name(sent: str, extension: str) -> str:
    stem = PurePath(printable(sent).replace("\\", "/").replace("\n", " ")).name
    stem = stem.rpartition(".")[0] or stem
    return f"{stem.strip(' .')[:100] or 'document'}.{extension}"


def _same_file(entry: LogEntry, cleaned: Cleaned) -> None:
    if not entry.attachments.filter(sha256=cleaned.sha256).exists():
        raise KeyReused


def forget_files(attachments: Iterable[Attachment]) -> None:
    """Delete attachments now, and what the disk holds of them once that is written."""
    for attachment in attachments:
        storage, name = attachment.file.storage, attachment.file.name or ""
        attachment.delete()
        transaction.on_commit(partial(_delete_stored, storage, name))


def _delete_stored(storage: Storage, name: str) -> None:
    storage.delete(name)
