# SPDX-License-Identifier: AGPL-3.0-or-later
"""Processes of their own that do a work for some seconds when told, and count how often.

This module knows no Django: a process begins here, then makes Django ready for itself.
"""

from __future__ import annotations

import importlib
import multiprocessing
import statistics
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any

WORKERS = 4
SECONDS = 1.5
ROUNDS = 5
_CONTEXT = multiprocessing.get_context("spawn")


class Crew:
    """Workers that all do the same work. ``work``: a function ``module:name``, called once in the
    worker with its number and what is given; it returns what is then done again and again.
    """

    def __init__(self, work: str, *given: Any) -> None:
        pairs = [_CONTEXT.Pipe() for _ in range(WORKERS)]
        self.lines = [mine for mine, _ in pairs]
        self.counts = [0] * WORKERS
        self.processes = [
            _CONTEXT.Process(target=_stand, args=(theirs, work, number, *given), daemon=True)
            for number, (_, theirs) in enumerate(pairs)
        ]
        for one in self.processes:
            one.start()
        for line in self.lines:
            line.recv()  # ready

    def work(self, seconds: float = SECONDS) -> float:
        """Let all work for so long; return how often a second they did it together."""
        for line in self.lines:
            line.send(seconds)
        done = [line.recv() for line in self.lines]
        self.counts = [before + more for before, more in zip(self.counts, done, strict=True)]
        return float(sum(done) / seconds)

    @property
    def fairness(self) -> float:
        """How much the idlest did of what the busiest did."""
        return min(self.counts) / max(self.counts)

    def dismiss(self) -> None:
        for line in self.lines:
            line.send(None)
        for one in self.processes:
            one.join()


def crews_in_turns(*crews: Crew) -> list[float]:
    """Let crews work in turns; return the median rate of each."""
    for crew in crews:
        crew.work(0.5)  # warm
        crew.counts = [0] * WORKERS
    rates = [[crew.work() for crew in crews] for _ in range(ROUNDS)]
    return [statistics.median(found) for found in zip(*rates, strict=True)]


def _stand(line: Connection, work: str, number: int, *given: Any) -> None:
    import django
    from django.conf import settings

    django.setup()
    settings.DEBUG = False  # else Django keeps a copy of every statement
    module, _, name = work.partition(":")
    once: Callable[[], object] = getattr(importlib.import_module(module), name)(number, *given)
    line.send("ready")
    while seconds := line.recv():
        until, count = time.perf_counter() + seconds, 0
        while time.perf_counter() < until:
            once()
            count += 1
        line.send(count)
