# SPDX-License-Identifier: AGPL-3.0-or-later
"""Backups that know no database: rows as typed JSON lines, files, and a manifest of fingerprints.

Made on SQLite an archive restores on PostgreSQL, and back. Writing reads one snapshot of each
database, so people go on working. Restoring checks the whole archive first, fills an empty
instance in one transaction, reads every row again and compares, and only then commits. Sessions
are left out: whoever restores signs in again.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management.color import no_style
from django.db import connections, transaction
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Model

from terreau.core import archive_rows, clock, durable, mail, triggers
from terreau.core.archive_rows import Rows
from terreau.core.errors import Invalid
from terreau.core.snapshot import snapshot

FORMAT = "terreau-archive-1"
MANIFEST = "manifest.json"
CHUNK_BYTES = 1 << 20
# What a spoilt file raises, according to where it is spoilt (RuntimeError: « encrypted »).
SPOILT = (
    zipfile.BadZipFile, zlib.error, EOFError, LookupError, OSError, RuntimeError, ValueError,
)  # fmt: skip


@dataclass(frozen=True)
class Report:
    """What an archive holds."""

    tables: int
    rows: int
    files: int
    mails_held: int = 0

    def __str__(self) -> str:
        held = f"; {self.mails_held} waiting mails are held" if self.mails_held else ""
        return f"{self.rows} rows of {self.tables} tables, {self.files} files{held}"


def write(path: Path) -> Report:
    """Write an archive of the whole instance. Raises Invalid when the file exists already."""
    if path.exists():
        raise Invalid(f"{path} exists already; give a new name.")
    partial = path.with_name(f"{path.name}.partial")
    with (
        _deleted_on_failure() as written,
        os.fdopen(os.open(partial, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600), "w+b") as place,
    ):
        written.append(partial)
        with zipfile.ZipFile(place, "w", zipfile.ZIP_DEFLATED) as archive:
            manifest = _write_all(archive)
            archive.writestr(MANIFEST, json.dumps(manifest, indent=1, ensure_ascii=False))
        durable.settle(place)  # before the name: a power cut leaves the whole archive, or none
        _manifest_checked(partial)
        partial.replace(path)
        durable.settle_folder(path.parent)
    return _report(manifest)


@contextmanager
def _deleted_on_failure() -> Iterator[list[Path]]:
    """Give a list to name files in; when the block fails, they are deleted."""
    written: list[Path] = []
    try:
        yield written
    except BaseException:
        for path in written:
            path.unlink(missing_ok=True)
        raise


def _write_all(archive: zipfile.ZipFile) -> dict[str, Any]:
    with ExitStack() as open_snapshots:
        shots = {alias: open_snapshots.enter_context(snapshot(alias)) for alias in connections}
        tables = [
            asdict(_write_table(archive, model, shots[archive_rows.home_of(model)]))
            for model in archive_rows.models()
        ]
        migrations = _migrations(shots["default"])
    files = [_write_file(archive, path) for path in _files()]
    return {
        "format": FORMAT,
        "made_at": clock.now().isoformat(),
        "migrations": migrations,
        "tables": tables,
        "files": files,
    }


def _write_table(archive: zipfile.ZipFile, model: type[Model], alias: str) -> Rows:
    rows = Rows(model._meta.label_lower)
    with archive.open(_table_path(rows.table), "w", force_zip64=True) as out:
        for line in archive_rows.lines(model, alias):
            rows.add(line)
            out.write(line)
    return rows


def _write_file(archive: zipfile.ZipFile, path: Path) -> dict[str, Any]:
    name = path.relative_to(settings.MEDIA_ROOT).as_posix()
    with path.open("rb") as source, archive.open(f"files/{name}", "w", force_zip64=True) as out:
        digest = _copy(source, out)
    return {"path": name, "sha256": digest}


def read(path: Path, *, resume_mail: bool = False) -> Report:
    """Restore an archive into this instance, which must be empty and at the archive's version.

    The mails that waited when it was made are held, never to leave, unless ``resume_mail``: the
    instance that made the archive may still be running, and send them itself.

    Raises Invalid when the archive is damaged or of another version, or the instance in use;
    nothing is changed then.
    """
    manifest = _manifest_checked(path)
    _refuse_other_version(manifest)
    with (
        _deleted_on_failure() as brought,
        zipfile.ZipFile(path) as archive,
        ExitStack() as writing,
    ):
        for alias in connections:
            writing.enter_context(transaction.atomic(using=alias))
        _refuse_used()  # here, where nobody else can write
        for alias in connections:
            _fill(archive, manifest, alias)
        held = 0 if resume_mail else mail.hold_waiting()
        _bring_files(archive, manifest, brought)
    return replace(_report(manifest), mails_held=held)


def _fill(archive: zipfile.ZipFile, manifest: dict[str, Any], alias: str) -> None:
    """Replace the rows of one database by the archive's, and compare them all."""
    connection = connections[alias]
    here = [model for model in archive_rows.models() if archive_rows.home_of(model) == alias]
    wanted = {table["table"]: Rows(**table) for table in manifest["tables"]}
    with triggers.suspended(connection):
        for model in reversed(here):
            archive_rows.empty(model, alias)
        for model in here:
            with archive.open(_table_path(model._meta.label_lower)) as lines:
                archive_rows.insert(model, alias, lines)
        with connection.cursor() as cursor:
            for statement in connection.ops.sequence_reset_sql(no_style(), here):
                cursor.execute(statement)
        connection.check_constraints()  # before the triggers: PostgreSQL asks for that order
    for model in here:
        found = Rows(model._meta.label_lower)
        for line in archive_rows.lines(model, alias):
            found.add(line)
        if found != wanted[found.table]:
            raise Invalid(f"The rows of {found.table} came out different. Nothing was restored.")


def _bring_files(archive: zipfile.ZipFile, manifest: dict[str, Any], brought: list[Path]) -> None:
    """Write the archive's files; each is named in ``brought`` as soon as it exists."""
    root = Path(settings.MEDIA_ROOT).resolve()
    for entry in manifest["files"]:
        target = (root / entry["path"]).resolve()
        if not target.is_relative_to(root):
            raise Invalid(f"The archive holds a file outside its folder: {entry['path']}.")
        target.parent.mkdir(parents=True, exist_ok=True)
        with archive.open(f"files/{entry['path']}") as source, target.open("xb") as out:
            brought.append(target)
            shutil.copyfileobj(source, out)
            durable.settle(out)
    for folder in {path.parent for path in brought}:
        durable.settle_folder(folder)


def _manifest_checked(path: Path) -> dict[str, Any]:
    """Return the manifest once every fingerprint in it was compared."""
    if not path.exists():
        raise Invalid(f"{path} does not exist.")
    try:
        with zipfile.ZipFile(path) as archive:
            manifest: dict[str, Any] = json.loads(archive.read(MANIFEST))
            if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
                raise Invalid(f"{path} is not an archive of a kind that this version reads.")
            _compare_all(archive, manifest)
    except SPOILT as error:
        raise Invalid(f"{path} is damaged or is no archive of Terreau ({error}).") from None
    return manifest


def _compare_all(archive: zipfile.ZipFile, manifest: dict[str, Any]) -> None:
    for table in manifest["tables"]:
        found = Rows(table["table"])
        with archive.open(_table_path(found.table)) as lines:
            for line in lines:
                found.add(line)
        if asdict(found) != table:
            raise ValueError(f"rows of {found.table}")
    for entry in manifest["files"]:
        with archive.open(f"files/{entry['path']}") as source:
            if _copy(source, None) != entry["sha256"]:
                raise ValueError(f"file {entry['path']}")


def _refuse_other_version(manifest: dict[str, Any]) -> None:
    other = set(map(tuple, manifest["migrations"])) ^ set(map(tuple, _migrations("default")))
    if other:
        names = ", ".join(sorted(".".join(pair) for pair in other)[:3])
        raise Invalid(
            "The archive and this instance are not of the same version "
            f"(they differ by {names}). Install the version that made it, restore, then migrate."
        )


def _refuse_used() -> None:
    if get_user_model()._base_manager.exists() or any(True for _ in _files()):
        raise Invalid("This instance is in use: an archive is restored into an empty one only.")


def _migrations(alias: str) -> list[list[str]]:
    applied = MigrationRecorder(connections[alias]).applied_migrations()
    return sorted([app, name] for app, name in applied)


def _files() -> Iterator[Path]:
    root = Path(settings.MEDIA_ROOT)
    return (path for path in sorted(root.rglob("*")) if path.is_file())


def _copy(source: IO[bytes], out: IO[bytes] | None) -> str:
    digest = hashlib.sha256()
    while chunk := source.read(CHUNK_BYTES):
        digest.update(chunk)
        if out is not None:
            out.write(chunk)
    return digest.hexdigest()


def _table_path(table: str) -> str:
    return f"rows/{table}.jsonl"


def _report(manifest: dict[str, Any]) -> Report:
    return Report(
        tables=len(manifest["tables"]),
        rows=sum(table["count"] for table in manifest["tables"]),
        files=len(manifest["files"]),
    )
