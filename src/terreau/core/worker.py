# SPDX-License-Identifier: AGPL-3.0-or-later
"""The background worker: moves the outbox, runs the tasks, tidies up, until it is told to stop."""

from __future__ import annotations

import logging
import signal
from datetime import datetime, timedelta
from threading import Event
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.db import close_old_connections
from django.utils.module_loading import import_string
from django_tasks.base import TaskResultStatus
from django_tasks_db.management.commands.db_worker import Worker
from django_tasks_db.models import DBTaskResult
from django_tasks_db.utils import exclusive_transaction

from terreau.core import clock, outbox

logger = logging.getLogger(__name__)

KEPT, KEPT_FAILED = timedelta(days=7), timedelta(days=60)
RUNNING_MAX = timedelta(minutes=30)
TIDY_EVERY = timedelta(hours=1)


def run_pending() -> None:
    """Move and run all that waits, then return (a test, or one round of the worker)."""
    while outbox.move():
        pass
    while task := _claim():
        _run(task)


def work(*, interval_seconds: float, stop: Event) -> None:
    """Run rounds until ``stop`` is set; a task under way is finished first."""
    tidied: datetime | None = None
    while not stop.is_set():
        close_old_connections()
        if tidied is None or clock.now() - tidied > TIDY_EVERY:
            tidy()
            tidied = clock.now()
        run_pending()
        stop.wait(interval_seconds)


def tidy() -> None:
    """Give back tasks whose worker died, forget old ones, and do the chores of the settings."""
    now = clock.now()
    stuck = DBTaskResult.objects.running().filter(started_at__lt=now - RUNNING_MAX)
    if given_back := stuck.update(status=TaskResultStatus.READY, started_at=None):
        logger.warning("%d tasks were left by a worker that died; they run again", given_back)
    DBTaskResult.objects.successful().filter(finished_at__lt=now - KEPT).delete()
    DBTaskResult.objects.failed().filter(finished_at__lt=now - KEPT_FAILED).delete()
    for path in settings.CHORES:
        _do(path)


def _do(path: str) -> None:
    """Do one chore; its failure is written, and holds back no other."""
    try:
        done = import_string(path)()
    except Exception:  # noqa: BLE001  (whatever it is, the other promises are kept)
        logger.exception("chore %s failed; it comes back in an hour", path)
    else:
        if done:
            logger.info("chore %s: %s", path, done)


def stop_on_signals() -> Event:
    """Return an event set by Ctrl+C or a polite end of the process."""
    stop = Event()

    def ask(signum: int, frame: Any) -> None:
        stop.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, ask)
    return stop


def _claim() -> DBTaskResult[Any, Any] | None:
    """Take the next task that is due, so that no other worker runs it."""
    ready = DBTaskResult.objects.ready()
    with exclusive_transaction(ready.db):
        found = ready.get_locked()
        if found is not None:
            found.claim(uuid4().hex)
    return found


def _run(found: DBTaskResult[Any, Any]) -> None:
    """Run one task; its failure is written beside it, and is no failure of the worker."""
    Worker(
        queue_names=["*"],
        interval=0,
        batch=True,
        backend_name="default",
        startup_delay=False,
        max_tasks=None,
        worker_id=found.worker_ids[-1],
        excluded_queue_names=[],
    ).run_task(found)
