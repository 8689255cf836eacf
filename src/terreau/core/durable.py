# SPDX-License-Identifier: AGPL-3.0-or-later
"""What must survive a power cut is told to the disk, files and the folders that name them."""

import os
from pathlib import Path
from typing import IO, Any

from django.core.files.storage import FileSystemStorage


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


class SettledFiles(FileSystemStorage):
    """Django's storage of files, on the disk before the row that names them is."""

    def _save(self, name: str, content: Any) -> str:
        saved: str = super()._save(name, content)  # type: ignore[misc]
        path = Path(self.path(saved))
        with path.open("rb") as file:
            os.fsync(file.fileno())
        settle_folder(path.parent)
        return saved
