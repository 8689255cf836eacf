# SPDX-License-Identifier: AGPL-3.0-or-later
"""The disk under SQLite, watched and spoilt: what is written, cut, settled and deleted, in order.

The very library that the engine uses is watched, in this process: the ``open`` of its default VFS
is replaced, and through it the ``write``, ``truncate`` and ``sync`` of the files it opens. All the
rest (locks, shared memory) stays as it is, so several connections work as they do in production.
"""

from __future__ import annotations

import ctypes
import importlib
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from terreau.core.sqlite import library

OK, READ_ONLY, FULL, IOERR_WRITE, IOERR_FSYNC, IOERR_TRUNCATE = 0, 8, 13, 778, 1034, 1546
POINTER, INT, LONG, TEXT = ctypes.c_void_p, ctypes.c_int, ctypes.c_int64, ctypes.c_char_p
OPEN = ctypes.CFUNCTYPE(INT, POINTER, POINTER, POINTER, INT, POINTER)
DELETE = ctypes.CFUNCTYPE(INT, POINTER, POINTER, INT)
WRITE = ctypes.CFUNCTYPE(INT, POINTER, POINTER, INT, LONG)
TRUNCATE = ctypes.CFUNCTYPE(INT, POINTER, LONG)
SYNC = ctypes.CFUNCTYPE(INT, POINTER, INT)


@dataclass(frozen=True)
class Write:
    """Bytes handed to the system, which may keep them in memory."""

    name: str
    at: int
    content: bytes


@dataclass(frozen=True)
class Truncate:
    """A file cut, or made longer, to this size."""

    name: str
    size: int


@dataclass(frozen=True)
class Sync:
    """All that was written to a file is on the disk."""

    name: str


@dataclass(frozen=True)
class Delete:
    """A file is gone."""

    name: str


@dataclass(frozen=True)
class Note:
    """What the test itself has to say at this moment: somebody was told « written »."""

    text: str


Step = Write | Truncate | Sync | Delete | Note
BROKEN = {Write: IOERR_WRITE, Truncate: IOERR_TRUNCATE, Sync: IOERR_FSYNC, Delete: OK}


class Disk:
    """What happened to the database files of a folder, and what must go wrong there."""

    def __init__(self, folder: Path) -> None:
        self.folder = str(folder)
        self.steps: list[Step] = []
        self.fault: Callable[[Step], int] = lambda step: OK  # an error code of SQLite's

    def do(self, step: Step, really: Callable[[], int]) -> int:
        """Do a step, unless it must go wrong, and keep it when it was done."""
        answer = self.fault(step) or really()
        if answer == OK:
            self.steps.append(step)
        return answer


@contextmanager
def watched(folder: Path) -> Iterator[Disk]:
    """Watch the files that SQLite opens in a folder from now on."""
    watch = _watch()
    watch.disk = Disk(folder)
    try:
        yield watch.disk
    finally:
        watch.disk = None


class Vfs(ctypes.Structure):
    """``sqlite3_vfs``, as far as what is replaced."""

    _fields_ = (
        ("version", INT), ("file_size", INT), ("path_size", INT), ("next", POINTER),
        ("name", TEXT), ("data", POINTER), ("open", POINTER), ("delete", POINTER),
    )  # fmt: skip


class Methods(ctypes.Structure):
    """``sqlite3_io_methods``, version 3."""

    _fields_ = (
        ("version", INT), ("close", POINTER), ("read", POINTER), ("write", POINTER),
        ("truncate", POINTER), ("sync", POINTER), *((f"other{n}", POINTER) for n in range(13)),
    )  # fmt: skip


@cache
def _watch() -> _Watch:
    return _Watch()


class _Watch:
    """The replaced functions. They stay as long as the process: files may be open."""

    def __init__(self) -> None:
        name = library.choose().__name__
        module = importlib.import_module({"sqlite3": "_sqlite3"}.get(name, f"{name}._sqlite3"))
        find = ctypes.CDLL(getattr(module, "__file__", None)).sqlite3_vfs_find
        find.restype, find.argtypes = ctypes.POINTER(Vfs), [TEXT]
        vfs = find(None).contents
        self.disk: Disk | None = None
        self.mutex = threading.RLock()
        self.files: dict[int, tuple[str, Methods]] = {}  # open now: name, what really works
        self.replacing: dict[int, Methods] = {}
        self.real_open, self.real_delete = OPEN(vfs.open), DELETE(vfs.delete)
        self.kept = (OPEN(self.open), DELETE(self.delete))
        self.ours = (WRITE(self.write), TRUNCATE(self.truncate), SYNC(self.sync))
        vfs.open, vfs.delete = map(_address, self.kept)

    def open(self, vfs: int, path: int | None, file: int, flags: int, out: int) -> int:
        answer: int = self.real_open(vfs, path, file, flags, out)
        name = self._inside(path)
        if answer == OK and name:
            slot = ctypes.cast(file, ctypes.POINTER(POINTER))
            with self.mutex:
                self.files[file] = (name, Methods.from_address(slot[0]))
                slot[0] = ctypes.addressof(self._replaced(slot[0]))
        return answer

    def _replaced(self, real: int) -> Methods:
        if real not in self.replacing:
            copy = Methods.from_buffer_copy(Methods.from_address(real))
            copy.write, copy.truncate, copy.sync = map(_address, self.ours)
            self.replacing[real] = copy
        return self.replacing[real]

    def _inside(self, path: int | None) -> str:
        """Return the name of a file of the watched folder, else nothing."""
        whole = Path(ctypes.string_at(path).decode()) if path else Path()
        return whole.name if self.disk and str(whole.parent) == self.disk.folder else ""

    def delete(self, vfs: int, path: int, settled: int) -> int:
        name = self._inside(path)
        step = Delete(name) if name else None
        return self._do(step, lambda: self.real_delete(vfs, path, settled))

    def write(self, file: int, content: int, size: int, at: int) -> int:
        name, real = self.files[file]
        step = Write(name, at, ctypes.string_at(content, size))
        return self._do(step, lambda: WRITE(real.write)(file, content, size, at))

    def truncate(self, file: int, size: int) -> int:
        name, real = self.files[file]
        return self._do(Truncate(name, size), lambda: TRUNCATE(real.truncate)(file, size))

    def sync(self, file: int, flags: int) -> int:
        name, real = self.files[file]
        return self._do(Sync(name), lambda: SYNC(real.sync)(file, flags))

    def _do(self, step: Step | None, really: Callable[[], int]) -> int:
        with self.mutex:
            return really() if step is None or self.disk is None else self.disk.do(step, really)


def _address(function: object) -> int:
    return ctypes.cast(function, POINTER).value or 0  # type: ignore[arg-type]
