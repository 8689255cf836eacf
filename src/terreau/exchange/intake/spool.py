# SPDX-License-Identifier: AGPL-3.0-or-later
"""What one pass tells the next, in a file of the system's temporary folder, line by line."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from typing import IO, Any, Self


class Spool:
    """A list that is written once from its beginning to its end, then read in the same order."""

    def __init__(self) -> None:
        self.file: IO[str] = tempfile.TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.file.close()

    def add(self, things: list[Any]) -> None:
        self.file.write(json.dumps(things, separators=(",", ":")) + "\n")

    def __iter__(self) -> Iterator[list[Any]]:
        self.file.seek(0)
        for line in self.file:
            yield json.loads(line)
