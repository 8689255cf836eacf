# SPDX-License-Identifier: AGPL-3.0-or-later
"""Posting one event into a ledger that already holds a million, against an empty one."""

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from django.db import connection
from tests.ledger.factories import Ground, a_flow, make_ground

from benchmarks.balances import write
from benchmarks.figures import Figure, in_turns, milliseconds
from terreau.ledger.actions import post

EVENTS = 1_000_000
BATCH, ROUNDS = 50, 9


def figures(count: int = EVENTS) -> Iterator[Figure]:
    """Measure how long an event takes among so many, and among none."""
    empty, full = make_ground(), make_ground()
    with tempfile.TemporaryDirectory(prefix="terreau-among-") as folder:
        write(full, count, Path(folder, "events.parquet"))
    connection.close()
    works = [_posting(ground) for ground in (empty, full)]
    for work in works:
        work()
    alone, among = milliseconds(in_turns(ROUNDS, *works))
    told = f"{among:.2f}ms(empty:{alone:.2f}ms)"
    yield Figure(f"post_one_among_{count}", told, among / alone, 1.5, at_most=True)


def _posting(ground: Ground) -> Callable[[], int]:
    def work() -> int:
        for _ in range(BATCH):
            flow = a_flow(ground, on_behalf_of_id=ground.giver.pk)
            post(by=ground.alice, ledger=ground.ledger, flows=[flow])
        return BATCH

    return work
