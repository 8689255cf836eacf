# SPDX-License-Identifier: AGPL-3.0-or-later
"""The same story told on SQLite and on PostgreSQL leaves the same ledger, to the last figure.

Each run has one database, so both are held against one digest. Whoever changes what an event does,
on purpose, writes the new one here: it must come out the same on both.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator

import pytest

from terreau.ledger.models import Balance, CommitmentState, Event, Resource
from tests.torture.ground import Story

pytestmark = pytest.mark.django_db(transaction=True)

CALLS = 100
EVENT = (
    "key", "action", "provider__name", "receiver__name", "specification__code", "quantity", "unit",
    "effort", "effort_unit", "resource__name", "corrects__key", "happened_on",
)  # fmt: skip
RESOURCE = (
    "name", "accounting", "on_hand", "accountable__name", "custodian__name", "state", "version",
)  # fmt: skip
BALANCE = (
    "month", "provider__name", "receiver__name", "action", "specification__code", "measure", "unit",
    "total", "events",
)  # fmt: skip


def lines() -> Iterator[str]:
    """Yield all that the ledger holds but the ids, which a lost race may skip, and the moments."""
    for name, rows in (
        ("event", Event.objects.order_by("pk").values_list(*EVENT)),
        ("resource", Resource.objects.order_by("pk").values_list(*RESOURCE)),
        ("balance", sorted(Balance.objects.values_list(*BALANCE), key=repr)),
        ("promise", CommitmentState.objects.values_list("fulfilled", "ended", "version")),
    ):
        for row in rows:
            yield json.dumps([name, *row], default=str, ensure_ascii=False)


def test_one_story_leaves_one_ledger_whatever_the_database():
    story = Story()
    for _ in range(CALLS):
        story.tell()

    told = sorted(lines())

    digest = hashlib.sha256("\n".join(told).encode()).hexdigest()
    assert (len(told), digest[:16]) == (183, "81084c9afb4ecb27")
