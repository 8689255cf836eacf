# SPDX-License-Identifier: AGPL-3.0-or-later
"""Posting one contribution that fulfils a promise: the ledger's action against the bare rows.

The reference writes the same rows, durably, into the same tables with their indexes and triggers, a
seal of each event among them; it reads nothing, checks nothing, and knows the ids beforehand.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from uuid import uuid4

from django.db import connection
from django.utils import timezone
from tests.ledger.factories import Ground, a_flow, a_promise, make_ground

from benchmarks.crew import WORKERS, Crew, crews_in_turns
from benchmarks.figures import Figure, in_turns
from benchmarks.raw import ID, Raw
from terreau.ledger import seals
from terreau.ledger.actions import post, promise
from terreau.ledger.kernel import EVENT_COLUMNS, EVENT_MARKS
from terreau.ledger.models import Specification
from terreau.ledger.sql import stamp
from terreau.people.models import Agent, Space, User

BATCH = 50
ROUNDS = 40
WANTED = {"sqlite": 0.4, "postgresql": 0.25}
"""The issue asks for SQLite's; on PostgreSQL each read is one more journey to the server."""

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
    """Measure the rate of the action beside that of the same rows, alone and by four at once."""
    ground = make_ground()
    promises = promise(
        by=ground.alice,
        ledger=ground.ledger,
        promises=[a_promise(ground, effort=10**15) for _ in range(2 * WORKERS)],
    )
    _post(ground, promises[0], 1)
    yield from _alone(ground, *promises[:2])
    yield from _together(ground, promises)


def _alone(ground: Ground, one: int, other: int) -> Iterator[Figure]:
    raw, like = Raw(), _Like(ground, other)
    raw_rate, rate, unsealed = in_turns(
        ROUNDS,
        lambda: like.write_many(raw, BATCH),
        lambda: _post(ground, one, BATCH),
        lambda: _post_unsealed(ground, one, BATCH),
        of_rounds=max,
    )
    raw.close()
    told = f"{rate:.0f}/s(raw:{raw_rate:.0f}/s)"
    yield Figure("ledger_post_one", told, rate / raw_rate, WANTED[connection.vendor])
    told = f"{1e6 / rate - 1e6 / unsealed:.0f}us(of:{1e6 / rate:.0f}us)"
    yield Figure("ledger_post_seal", told, rate / unsealed, 0.6)


def _together(ground: Ground, promises: list[int]) -> Iterator[Figure]:
    whose = (ground.alice.pk, ground.giver.pk, ground.taker.pk, ground.ledger.pk, promises)
    connection.close()  # who waits here holds nothing
    bare, ours = (Crew(f"benchmarks.posting:{name}", *whose) for name in ("bare", "acting"))
    raw_rate, rate = crews_in_turns(bare, ours)
    bare.dismiss()
    ours.dismiss()
    told = f"{rate:.0f}/s(raw:{raw_rate:.0f}/s,fairness:{bare.fairness:.2f})"
    yield Figure("ledger_post_four", told, rate / raw_rate, WANTED[connection.vendor])
    counts = "/".join(map(str, ours.counts))
    yield Figure("ledger_post_four_fair", counts, ours.fairness, 0.5)


def acting(number: int, *whose: int | list[int]) -> Callable[[], object]:
    """Return what one of four posts, each on a promise of its own."""
    ground, promises = _found(whose)
    return lambda: _post(ground, promises[number], 1)


def bare(number: int, *whose: int | list[int]) -> Callable[[], object]:
    """Return the same rows, by plain SQL."""
    ground, promises = _found(whose)
    raw, like = Raw(), _Like(ground, promises[WORKERS + number])
    return lambda: like.write(raw)


def _found(whose: tuple[int | list[int], ...]) -> tuple[Ground, list[int]]:
    alice, giver, taker, ledger, promises = whose
    assert isinstance(promises, list)
    user = User.objects.select_related("agent").get(pk=alice)
    agents = Agent.objects.get(pk=giver), Agent.objects.get(pk=taker)
    return Ground(user, *agents, Space.objects.get(pk=ledger)), promises


def _post(ground: Ground, commitment: int, count: int) -> int:
    for _ in range(count):
        flow = a_flow(ground, fulfils=((commitment, 3_000_000),), on_behalf_of_id=ground.giver.pk)
        post(by=ground.alice, ledger=ground.ledger, flows=[flow])
    return count


def _post_unsealed(ground: Ground, commitment: int, count: int) -> int:
    with _without_seals():
        return _post(ground, commitment, count)


@contextmanager
def _without_seals() -> Iterator[None]:
    """Do without seals, to know what they cost; the instance is thrown away afterwards."""
    append = seals.append
    seals.append = lambda execute, ledger, facts: None
    try:
        yield
    finally:
        seals.append = append


class _Like:
    """The rows of one such contribution, all known beforehand but its key, moment and id."""

    def __init__(self, ground: Ground, commitment: int) -> None:
        self.ledger, self.commitment = ground.ledger.pk, commitment
        kind = Specification.objects.get(ledger=ground.ledger).pk
        self.parties = (ground.giver.pk, ground.taker.pk, kind)
        self.who = (ground.alice.agent_id, ground.giver.pk, ground.alice.agent.mandates.get().pk)
        self.day, self.month = date(2026, 3, 12).isoformat(), date(2026, 3, 1).isoformat()

    def write_many(self, raw: Raw, count: int) -> int:
        for _ in range(count):
            self.write(raw)
        return count

    def write(self, raw: Raw) -> None:
        key, moment = uuid4().hex, stamp(timezone.now())
        event = (self.ledger, key, "work", *self.parties, None, "", 3_000_000, "hour")
        event += (None, None, None, self.day, moment, *self.who, None, None, None, "", "")
        giver, taker, kind = self.parties
        balance = (self.ledger, self.month, giver, taker, "work", kind)
        balance += ("effort", "hour", 3_000_000)
        raw.write(
            [
                (INSERT_EVENT, event),
                (_LINK, (ID, self.commitment, 3_000_000)),
                (_STATE, (3_000_000, self.commitment)),
                (ADD_TO_BALANCE, balance),
                (ADD_SEAL, (self.ledger, self.ledger, ID, bytes(32))),
            ]
        )
