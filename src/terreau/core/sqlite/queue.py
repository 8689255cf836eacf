# SPDX-License-Identifier: AGPL-3.0-or-later
"""A fair line in front of ``BEGIN IMMEDIATE``.

SQLite lets a busy writer come back before those who wait: under load one worker in four may wait
for seconds. Two file locks serve them in turn: the place of the next one, then the turn itself,
held for the length of the transaction. With the turn alone, whoever gives it back and asks again
at once takes it before the one who was told has woken up; here the next one already stands.
"""

from __future__ import annotations

import fcntl
import os
import threading
from pathlib import Path


class Impatient(Exception):
    """The wait was longer than it may be."""


class WriteQueue:
    """The line of writers of one database file, shared by processes and threads."""

    def __init__(self, path: Path, *, patience_seconds: float) -> None:
        self._path = path
        self._next = path.with_name(f"{path.name}-next")
        self._patience_seconds = patience_seconds
        self._turn: int | None = None

    def enter(self) -> None:
        """Wait for one's turn. Raises Impatient after ``patience_seconds``."""
        place, turn = _open(self._next), _open(self._path)
        try:
            fcntl.flock(place, fcntl.LOCK_EX | fcntl.LOCK_NB)
            fcntl.flock(turn, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            _Wait(place, turn).until_served(self._patience_seconds)
        else:
            os.close(place)
        self._turn = turn

    def leave(self) -> None:
        """Let the next one in. Does nothing when one is not in the line."""
        if self._turn is not None:
            os.close(self._turn)  # closing gives the lock back
            self._turn = None


def _open(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o660)


class _Wait:
    """A blocking wait for the turn that can be given up: the thread that waits ends later."""

    def __init__(self, place: int, turn: int) -> None:
        self._place, self._turn = place, turn
        self._served = threading.Event()
        self._given_up = False
        self._mutex = threading.Lock()
        threading.Thread(target=self._stand, daemon=True).start()

    def until_served(self, seconds: float) -> None:
        if self._served.wait(seconds):
            return
        with self._mutex:
            if not self._served.is_set():
                self._given_up = True
                raise Impatient

    def _stand(self) -> None:
        fcntl.flock(self._place, fcntl.LOCK_EX)
        fcntl.flock(self._turn, fcntl.LOCK_EX)
        os.close(self._place)
        with self._mutex:
            if self._given_up:
                os.close(self._turn)
            else:
                self._served.set()
