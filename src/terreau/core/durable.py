# SPDX-License-Identifier: AGPL-3.0-or-later
"""What must survive a power cut is told to the disk, files and the folders that name them."""

import errno
import fcntl
import io
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any, TextIO

from django.core.files.storage import FileSystemStorage

from terreau.core.errors import Refusal

STANDARD_OUTPUT = Path("-")
ASIDE, DRAFT = ".terreau-", "draft"
A_DAY = 24 * 60 * 60  # seconds
WHY = {
    errno.ENOENT: "ce dossier n'existe pas",
    errno.ENOTDIR: "ce dossier n'existe pas",
    errno.ENOSPC: "le disque est plein",
    errno.EDQUOT: "votre part du disque est pleine",
    errno.EACCES: "vous n'avez pas le droit d'y écrire",
    errno.EPERM: "vous n'avez pas le droit d'y écrire",
    errno.EROFS: "ce disque ne se laisse que lire",
    errno.ENAMETOOLONG: "ce nom est trop long",
}
"""What a disk refuses, for who gave the name."""


def settle(file: IO[bytes]) -> None:
    """Return once all that was written to this file is on the disk."""
    file.flush()
    os.fsync(file.fileno())


def settle_folder(path: Path) -> None:
    """Return once the names in this folder are on the disk."""
    opened = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """Give a name under which to write a file or a folder, which then appears whole, for its owner.

    Raises Refusal when something is there already, or when it cannot be written.
    """
    if path == STANDARD_OUTPUT:
        raise Refusal("Ce format ne s'écrit pas sur la sortie standard (-) : donnez un nom.")
    try:
        if path.exists():
            raise FileExistsError
        _sweep(path.parent)
        with tempfile.TemporaryDirectory(dir=path.parent, prefix=ASIDE) as beside, _held(beside):
            draft = Path(beside, DRAFT)
            yield draft
            _finish(draft)
            _put(draft, path)
        settle_folder(path.parent)
    except FileExistsError as error:
        raise Refusal(f"{path} existe déjà : choisissez un autre nom.") from error
    except OSError as error:
        raise Refusal(f"{path} ne peut pas être écrit : {_why(error)}.") from error


@contextmanager
def whole_or_out(path: Path) -> Iterator[TextIO]:
    """Give a stream to write text to, as ``whole`` gives a file; ``-`` is standard output."""
    if path == STANDARD_OUTPUT:
        if isinstance(sys.stdout, io.TextIOWrapper):
            sys.stdout.reconfigure(encoding="utf-8", newline="")  # the same bytes as in a file
        yield sys.stdout
        sys.stdout.flush()
        return
    with whole(path) as draft, draft.open("w", encoding="utf-8", newline="") as out:
        yield out


def _why(error: OSError) -> str:
    return WHY.get(error.errno or 0, error.strerror or str(error))


@contextmanager
def _held(folder: str) -> Iterator[None]:
    """Hold a folder for as long as this process lives. Some disks of a network cannot tell."""
    opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        with suppress(OSError):
            fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(opened)


def _sweep(parent: Path) -> None:
    """Remove what killed processes left aside here: ours, a day old, held by nobody."""
    for folder in parent.glob(f"{ASIDE}*"):
        with suppress(OSError):
            _remove_unheld(folder)


def _remove_unheld(folder: Path) -> None:
    opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        found = os.fstat(opened)
        fresh = time.time() - found.st_mtime < A_DAY
        # Somebody may call a folder of their own nearly so: only drafts are ours.
        if fresh or found.st_uid != os.geteuid() or not all(map(_is_draft, os.listdir(opened))):
            return
        fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(folder)
    finally:
        os.close(opened)


def _is_draft(name: str) -> bool:
    return DRAFT in name


def _finish(draft: Path) -> None:
    draft.chmod(0o700 if draft.is_dir() else 0o600)
    for file in draft.iterdir() if draft.is_dir() else (draft,):
        with file.open("rb+") as written:
            settle(written)


def _put(draft: Path, path: Path) -> None:
    """Raise FileExistsError when the name was taken meanwhile: a renamed file would cover it."""
    try:
        path.hardlink_to(draft)
    except FileExistsError:
        raise
    except OSError:  # a folder, or a disk without hard links
        draft.rename(path)


class SettledFiles(FileSystemStorage):
    """Django's storage of files, on the disk before the row that names them is."""

    def _save(self, name: str, content: Any) -> str:
        saved: str = super()._save(name, content)  # type: ignore[misc]
        path = Path(self.path(saved))
        with path.open("rb") as file:
            os.fsync(file.fileno())
        settle_folder(path.parent)
        return saved
