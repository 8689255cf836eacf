# SPDX-License-Identifier: AGPL-3.0-or-later
"""A fair line in front of ``BEGIN IMMEDIATE``.

SQLite lets a busy writer come back before those who wait: under load one worker in four may wait
for seconds. A file lock held for the length of the transaction serves them in turn, and costs one
open and one close of a file.
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
        self._patience_seconds = patience_seconds
        self._place: int | None = None

    def enter(self) -> None:
        """Wait for one's turn. Raises Impatient after ``patience_seconds``."""
        place = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o660)
        try:
            fcntl.flock(place, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            _Wait(place).until_served(self._patience_seconds)
        self._place = place

    def leave(self) -> None:
        """Let the next one in. Does nothing when one is not in the line."""
        if self._place is not None:
            os.close(self._place)  # closing gives the lock back
            self._place = None


class _Wait:
    """A blocking wait for the lock that can be given up: the thread that waits ends later."""

    def __init__(self, place: int) -> None:
        self._place = place
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
        with self._mutex:
            if self._given_up:
                os.close(self._place)
            else:
                self._served.set()
