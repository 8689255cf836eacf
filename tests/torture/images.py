# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a disk may hold after a power cut: all that was settled, and any part of what was not.

Of the writes that no sync followed, each may be there, be missing, or be torn between two sectors,
whatever the order they were made in. Files appear and go in order: SQLite settles the folder too.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from tests.torture.disk import Delete, Note, Step, Sync, Truncate, Write

SECTOR = 512
DROPPED, TORN = 0.5, 0.3  # how often, of what was not settled


@dataclass
class Image:
    """The files found after the cut, and what had been said before it."""

    files: dict[str, bytes]
    told: list[str]
    spoilt: int  # writes that are missing or torn


@dataclass
class Past:
    """The files of a folder as they are on the disk, and what is still on its way there."""

    settled: dict[str, bytearray]
    waiting: dict[str, list[Write | Truncate]] = field(default_factory=dict)
    told: list[str] = field(default_factory=list)

    def add(self, step: Step) -> None:
        """Go one step further."""
        if isinstance(step, Note):
            self.told.append(step.text)
        elif isinstance(step, Sync):
            for one in self.waiting.pop(step.name, ()):
                _done(self.settled.setdefault(step.name, bytearray()), one)
        elif isinstance(step, Delete):
            self.settled.pop(step.name, None)
            self.waiting.pop(step.name, None)
        else:
            self.waiting.setdefault(step.name, []).append(step)

    def cut(self, chance: Random) -> Image:
        """Return what one power cut leaves at this moment."""
        files = {name: bytearray(content) for name, content in self.settled.items()}
        spoilt = 0
        for name, steps in self.waiting.items():
            for step in steps:
                kept = _kept(step, chance)
                spoilt += kept is not step
                if kept is not None:
                    _done(files.setdefault(name, bytearray()), kept)
        return Image(
            {name: bytes(content) for name, content in files.items()}, [*self.told], spoilt
        )


def _kept(step: Write | Truncate, chance: Random) -> Write | Truncate | None:
    if chance.random() < DROPPED:
        return None
    if isinstance(step, Truncate) or chance.random() >= TORN:
        return step
    end = (step.at + chance.randrange(len(step.content) + 1)) // SECTOR * SECTOR
    return Write(step.name, step.at, step.content[: max(0, end - step.at)])


def _done(content: bytearray, step: Write | Truncate) -> None:
    end = step.size if isinstance(step, Truncate) else step.at + len(step.content)
    content.extend(bytes(max(0, end - len(content))))
    if isinstance(step, Truncate):
        del content[end:]
    else:
        content[step.at : end] = step.content


def after_each_step(
    before: dict[str, bytes], steps: list[Step], *, cuts: int, seed: int
) -> Iterator[Image]:
    """Yield the images of power cuts at every step, ``cuts`` of them at each."""
    past = Past({name: bytearray(content) for name, content in before.items()})
    for number, step in enumerate(steps):
        past.add(step)
        for cut in range(0 if isinstance(step, Note) else cuts):
            yield past.cut(Random(f"{seed}-{number}-{cut}"))


def contents(folder: Path) -> dict[str, bytes]:
    """Return the files of a folder that a power cut leaves (the shared memory is rebuilt)."""
    return {
        path.name: path.read_bytes()
        for path in folder.iterdir()
        if not path.name.endswith(("-shm", ".queue", ".queue-next"))
    }


def lay_out(image: Image, folder: Path) -> None:
    """Write an image into a folder, in place of what is there."""
    folder.mkdir(exist_ok=True)
    for path in folder.iterdir():
        path.unlink()
    for name, content in image.files.items():
        (folder / name).write_bytes(content)
