# SPDX-License-Identifier: AGPL-3.0-or-later
"""What must survive a power cut is told to the disk, files and the folders that name them."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from django.core.files.storage import FileSystemStorage

from terreau.core.errors import Refusal


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
    try:
        if path.exists():
            raise Refusal(f"{path} exists already: choose another name.")
        with tempfile.TemporaryDirectory(dir=path.parent, prefix=".terreau-") as beside:
            draft = Path(beside, "draft")
            yield draft
            _finish(draft)
            draft.rename(path)
        settle_folder(path.parent)
    except OSError as error:
        raise Refusal(f"{path} cannot be written: {error.strerror or error}.") from error


def _finish(draft: Path) -> None:
    draft.chmod(0o700 if draft.is_dir() else 0o600)
    for file in draft.iterdir() if draft.is_dir() else (draft,):
        with file.open("rb+") as written:
            settle(written)


class SettledFiles(FileSystemStorage):
    """Django's storage of files, on the disk before the row that names them is."""

    def _save(self, name: str, content: Any) -> str:
        saved: str = super()._save(name, content)  # type: ignore[misc]
        path = Path(self.path(saved))
        with path.open("rb") as file:
            os.fsync(file.fileno())
        settle_folder(path.parent)
        return saved
