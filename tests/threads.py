# SPDX-License-Identifier: AGPL-3.0-or-later
"""Several requests at the same moment: one thread each, let go together."""

import re
import threading
from collections import Counter
from collections.abc import Callable

from django.db import DatabaseError, connection

from terreau.core.errors import Refusal

LOCKING = ("INSERT", "UPDATE", "DELETE")
LOCKED = re.compile("FOR UPDATE|advisory_xact_lock")


def at_once(tasks: list[Callable[[], object]]) -> list[object]:
    """Run the tasks in as many threads, let go together; return each answer or refusal.

    On PostgreSQL they also meet where each would write or lock for the first time, so that all have
    read before one of them writes. On SQLite a transaction waits for its turn before it reads.
    """
    gate, meeting = threading.Barrier(len(tasks)), threading.Barrier(len(tasks))
    answers: list[object] = [None] * len(tasks)

    def run(place: int, task: Callable[[], object]) -> None:
        gate.wait()
        try:
            with connection.execute_wrapper(_meets(meeting)):
                answers[place] = task()
        except (Refusal, DatabaseError) as error:
            answers[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(place, task)) for place, task in enumerate(tasks)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return answers


def _meets(meeting):
    met = connection.vendor == "sqlite"

    def wrapper(execute, sql, params, many, context):
        nonlocal met
        if not met and (sql.startswith(LOCKING) or LOCKED.search(sql)):
            met = True
            try:
                meeting.wait(timeout=1)
            except threading.BrokenBarrierError:
                pass  # another one has already refused, or found what it looked for
        return execute(sql, params, many, context)

    return wrapper


def outcomes(answers) -> Counter:
    return Counter("refused" if isinstance(one, Refusal) else type(one).__name__ for one in answers)
