# SPDX-License-Identifier: AGPL-3.0-or-later
"""What one pass tells the next, in a nameless file of the system's temporary folder."""

from __future__ import annotations

import marshal
import tempfile
from collections.abc import Iterator
from typing import IO, Any, Self

SIZE = 8


class Spool:
    """A list that is written once from its beginning to its end, then read in the same order."""

    def __init__(self) -> None:
        self.file: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.file.close()

    def add(self, things: list[Any]) -> None:
        told = marshal.dumps(things)
        self.file.write(len(told).to_bytes(SIZE, "big") + told)

    def __iter__(self) -> Iterator[list[Any]]:
        self.file.seek(0)
        while size := self.file.read(SIZE):
            told = self.file.read(int.from_bytes(size, "big"))
            yield marshal.loads(told)  # noqa: S302  (nobody else can write there)
