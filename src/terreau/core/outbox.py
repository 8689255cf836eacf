# SPDX-License-Identifier: AGPL-3.0-or-later
"""Work that follows a change, without losing it and without doing it twice.

An action calls ``enqueue`` inside its transaction: the job exists if and only if the change does.
The worker moves it to the background tasks, which live in the side database, and runs it; a failed
job comes back later, a few times. A job may still run twice after a crash at the wrong moment, so
what it does must be harmless when repeated: it gets the key to tell.
"""

from __future__ import annotations

import hashlib
import json
import logging
import traceback
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.module_loading import import_string
from django_tasks import task
from django_tasks.base import TaskResultStatus

from terreau.core import clock, task_ids
from terreau.core.errors import KeyReused
from terreau.core.models import OutboxRow

logger = logging.getLogger(__name__)

MOVED_AT_ONCE_MAX = 200
ATTEMPTS_MAX = 6
FIRST_WAIT = timedelta(minutes=1)


class NotYet(Exception):
    """Raised by a job whose day has not come: it is run again at ``until`` (aware)."""

    def __init__(self, until: datetime) -> None:
        super().__init__(str(until))
        self.until = until


class GivenUp(Exception):
    """A job failed as often as it may; its own words are not repeated, they may name somebody."""


def enqueue(*, name: str, payload: Mapping[str, Any], key: str) -> None:
    """Ask for a job, in the transaction of the caller.

    ``name`` is the dotted path of a function of ours that takes ``payload`` (plain JSON) and
    ``key``. Asking again with the same key and content changes nothing; other content raises
    KeyReused.
    """
    if not name.startswith("terreau."):
        raise ValueError(f"{name} is not a function of Terreau")
    text = json.dumps([name, payload], sort_keys=True, ensure_ascii=False)
    fingerprint = hashlib.sha256(text.encode()).hexdigest()
    with transaction.atomic():
        row, _ = OutboxRow.objects.get_or_create(
            key=key,
            defaults={
                "name": name,
                "payload": dict(payload),
                "fingerprint": fingerprint,
                "asked_at": clock.now(),
            },
        )
    if row.fingerprint != fingerprint:
        raise KeyReused


def asked_at(key: str) -> datetime | None:
    """Return when a job was asked for under this key, or None when it never was."""
    return OutboxRow.objects.filter(key=key).values_list("asked_at", flat=True).first()


def drop(*, name: str) -> int:
    """Forget the jobs of this name that were not done yet; return how many. Their keys stay."""
    from django_tasks_db.models import DBTaskResult  # noqa: PLC0415  (see _side)

    waiting = OutboxRow.objects.filter(name=name, moved_at=None)
    dropped = waiting.update(moved_at=clock.now(), payload={})
    done = (TaskResultStatus.SUCCESSFUL, TaskResultStatus.FAILED)
    tasks = DBTaskResult.objects.filter(args_kwargs__args__0=name).exclude(status__in=done)
    return dropped + tasks.delete()[0]


def move() -> int:
    """Hand the waiting jobs to the background tasks; return how many were moved."""
    waiting = list(OutboxRow.objects.filter(moved_at=None).order_by("id")[:MOVED_AT_ONCE_MAX])
    for row in waiting:
        _move(row)
    return len(waiting)


def _move(row: OutboxRow) -> None:
    """The task's id follows from the key: moved twice, it is still one task."""
    with task_ids.following(row.key):
        try:
            with transaction.atomic(using=_side()):
                run_job.enqueue(row.name, row.payload, row.key)
        except IntegrityError:
            logger.info("job %s was already handed over", row.key)
    row.moved_at, row.payload = clock.now(), {}
    row.save(update_fields=["moved_at", "payload"])


def _side() -> str:
    from django.db import router  # noqa: PLC0415  (the tasks' model is not ready at import)
    from django_tasks_db.models import DBTaskResult  # noqa: PLC0415

    return router.db_for_write(DBTaskResult)


@task()
def run_job(name: str, payload: dict[str, Any], key: str, attempt: int = 1) -> None:
    """Run one job; when it fails, try again later, waiting longer each time."""
    try:
        import_string(name)(payload=payload, key=key)
    except NotYet as early:
        run_job.using(run_after=early.until).enqueue(name, payload, key, attempt)
    except Exception as error:  # noqa: BLE001  (whatever it is, it is tried again)
        # What it says may name somebody (a mail server repeats the address); where it was, not.
        where = "".join(traceback.format_tb(error.__traceback__))
        logger.error("job %s: %s (attempt %d)\n%s", key, type(error).__name__, attempt, where)
        if attempt >= ATTEMPTS_MAX:
            raise GivenUp(type(error).__name__) from None
        later = clock.now() + FIRST_WAIT * 4 ** (attempt - 1)
        run_job.using(run_after=later).enqueue(name, payload, key, attempt + 1)
