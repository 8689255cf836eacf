# SPDX-License-Identifier: AGPL-3.0-or-later
"""Open a plan, note a batch, say that an activity is over.

Repeating a call with the same key changes nothing and returns the same id; the same key with other
content raises KeyReused.
"""

from __future__ import annotations

from terreau.core import clock
from terreau.core.errors import Invalid, NotFound
from terreau.core.once import keep_once
from terreau.ledger.flows import Batch, Planned
from terreau.ledger.models import BatchLotRecord, Plan, Process
from terreau.ledger.planning import rules
from terreau.ledger.posting import seal, turn
from terreau.ledger.recording import may_record, root
from terreau.people.models import Space, User

__all__ = ["Batch", "Planned", "finish_process", "note_batch", "open_plan"]


def open_plan(*, by: User, ledger: Space, plan: Planned) -> int:
    """Open a plan and return its id. Activities and promises say that they are planned within."""
    may_record(by, ledger)
    rules.check_plan(plan)
    wanted = {
        "ledger_id": root(ledger),
        "name": plan.name.strip(),
        "note": plan.note.strip(),
        "due": plan.due,
    }
    fresh = {"opened_by_id": by.agent_id, "opened_at": clock.now()}
    with turn(root(ledger)):
        one, created = keep_once(Plan, key=plan.key, wanted=wanted, fresh=fresh)
        if created:
            seal(root(ledger), one)
    return one.pk


def note_batch(*, by: User, ledger: Space, batch: Batch) -> int:
    """Note a batch and return its id. Raises Invalid for a code that another batch has."""
    may_record(by, ledger)
    rules.check_batch(batch)
    wanted = {
        "ledger_id": root(ledger), "code": batch.code.strip(), "expires_on": batch.expires_on,
    }  # fmt: skip
    with turn(root(ledger)):
        same = BatchLotRecord.objects.filter(ledger_id=root(ledger), code=wanted["code"])
        if same.exclude(key=batch.key).exists():
            raise Invalid(
                "Un lot porte déjà ce code : choisissez ce lot, ou vérifiez le code.", field="code"
            )
        one, created = keep_once(BatchLotRecord, key=batch.key, wanted=wanted)
        if created:
            seal(root(ledger), one)
    return one.pk


def finish_process(*, by: User, process_id: int, finished: bool = True) -> None:
    """Say that an activity is over, or that it is not: people decide, quantities do not."""
    process = Process.objects.select_related("ledger").filter(pk=process_id).first()
    if process is None:
        raise NotFound("Cette activité n'existe pas.")
    may_record(by, process.ledger)
    Process.objects.filter(pk=process_id).update(finished=finished)
