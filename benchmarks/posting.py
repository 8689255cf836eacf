# SPDX-License-Identifier: AGPL-3.0-or-later
"""Posting one contribution that fulfils a promise: the ledger's action against the bare rows."""

from collections.abc import Iterator
from datetime import date
from uuid import uuid4

from django.utils import timezone
from tests.ledger.factories import Ground, a_flow, a_promise, make_ground

from benchmarks.figures import Figure, in_turns
from benchmarks.raw import ID, Raw
from terreau.ledger.actions import post, promise
from terreau.ledger.kernel import EVENT_COLUMNS, EVENT_MARKS
from terreau.ledger.models import Specification
from terreau.ledger.sql import stamp

BATCH = 100
ROUNDS = 15

INSERT_EVENT = f"INSERT INTO ledger_event ({EVENT_COLUMNS}) VALUES ({EVENT_MARKS}) RETURNING id"
_LINK = "INSERT INTO ledger_eventlink (event_id, commitment_id, quantity) VALUES (%s, %s, %s)"
_STATE = (
    "UPDATE ledger_commitmentstate SET fulfilled = fulfilled + %s, version = version + 1 "
    "WHERE commitment_id = %s"
)
ADD_TO_BALANCE = (
    "INSERT INTO ledger_balance (ledger_id, month, provider_id, receiver_id, action, "
    "specification_id, measure, unit, total, events) "
    "VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, 1) ON CONFLICT (ledger_id, month, provider_id, "
    "receiver_id, action, specification_id, measure, unit) "
    "DO UPDATE SET total = ledger_balance.total + excluded.total, "
    "events = ledger_balance.events + 1"
)

ADD_SEAL = (
    "INSERT INTO ledger_seal (ledger_id, number, kind, fact, digest) VALUES (%s, (SELECT "
    "COALESCE(MAX(number), 0) + 1 FROM ledger_seal WHERE ledger_id = %s), 'event', %s, %s)"
)


def figures() -> Iterator[Figure]:
    """Measure the rate of the action beside that of the same rows."""
    ground = make_ground()
    one, other = promise(
        by=ground.alice,
        ledger=ground.ledger,
        promises=[a_promise(ground, effort=10**15) for _ in range(2)],
    )
    _post(ground, one, 1)
    raw = Raw()
    raw_rate, rate = in_turns(
        ROUNDS,
        lambda: _write_rows(raw, ground, other, BATCH),
        lambda: _post(ground, one, BATCH),
    )
    raw.close()
    told = f"{rate:.0f}/s(raw:{raw_rate:.0f}/s)"
    yield Figure("ledger_post_one", told, rate / raw_rate, 1 / 3)


def _post(ground: Ground, commitment: int, count: int) -> int:
    for _ in range(count):
        flow = a_flow(ground, fulfils=((commitment, 3_000_000),), on_behalf_of_id=ground.giver.pk)
        post(by=ground.alice, ledger=ground.ledger, flows=[flow])
    return count


def _write_rows(raw: Raw, ground: Ground, commitment: int, count: int) -> int:
    ledger, kind = ground.ledger.pk, Specification.objects.get(ledger=ground.ledger).pk
    giver, taker, person = ground.giver.pk, ground.taker.pk, ground.alice.agent_id
    mandate = ground.alice.agent.mandates.get().pk
    day, month = date(2026, 3, 12).isoformat(), date(2026, 3, 1).isoformat()
    for _ in range(count):
        key, moment = uuid4().hex, stamp(timezone.now())
        event = (ledger, key, "work", giver, taker, kind, None, "", 3_000_000, "hour")
        event += (None, None, None, day, moment, person, giver, mandate, None, None, None, "")
        balance = (ledger, month, giver, taker, "work", kind, "effort", "hour", 3_000_000)
        raw.write(
            [
                (INSERT_EVENT, event),
                (_LINK, (ID, commitment, 3_000_000)),
                (_STATE, (3_000_000, commitment)),
                (ADD_TO_BALANCE, balance),
                (ADD_SEAL, (ledger, ledger, ID, bytes(32))),
            ]
        )
    return count
