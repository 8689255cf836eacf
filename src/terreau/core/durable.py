# SPDX-License-Identifier: AGPL-3.0-or-later
"""What must survive a power cut is told to the disk, files and the folders that name them."""

import os
from pathlib import Path
from typing import IO


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
