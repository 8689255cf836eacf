# SPDX-License-Identifier: AGPL-3.0-or-later
"""A cooperation with as many contributions as wanted, written in bulk but as the actions would."""

import itertools
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import NamedTuple
from uuid import uuid4

from django.db import connection, transaction
from tests.factories import join, make_ecosystem, make_organisation, make_user, represent

from terreau.agreements.actions import tallies
from terreau.agreements.enums import ContributionState
from terreau.agreements.kinds import measure
from terreau.agreements.models import Contribution
from terreau.core import clock
from terreau.core.statements import execute
from terreau.ecosystems.models import Ecosystem
from terreau.ledger import kernel
from terreau.ledger.engine.state import Event
from terreau.ledger.posting import legs, specification_ids
from terreau.people.models import Agent, User

ORGANISATIONS = 14
MONTHS = 24
KINDS = (
    ("time", "hour"), ("time", "half_day"), ("money", "eur"), ("place", "day"), ("good", "item"),
    ("equipment", "day"), ("knowledge", "hour"), ("animation", "hour"), ("risk", "time"),
    ("introduction", "person"),
)  # fmt: skip
ROWS = 2_000
ROOM = "PRAGMA cache_size=-1500000"  # kilobytes


class Big(NamedTuple):
    """An ecosystem, its pilot, and a member whose organisation gave or received each time."""

    ecosystem: Ecosystem
    pilot: User
    busy: User


@contextmanager
def with_room() -> Iterator[None]:
    """Write ten million rows within this: the keys of rows fall all over their index.

    With the two megabytes that SQLite keeps in memory by itself, each page of the index is written
    and read again some thousand times.
    """
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(ROOM)
    yield
    connection.close()  # the next connection keeps what they all keep


def make_big(count: int) -> Big:
    """Return an ecosystem with ``count`` contributions over two years."""
    ecosystem = make_ecosystem(f"Coopération de {count}")
    pilot = join(make_user("Alice"), ecosystem)
    organisations = [make_organisation(f"Organisation {n}") for n in range(ORGANISATIONS)]
    for organisation in organisations:
        represent(pilot, organisation, ecosystem)
    for start in range(0, count, ROWS):
        numbers = range(start, min(start + ROWS, count))
        _write(ecosystem, pilot, [_gift(n, count, organisations) for n in numbers])
    tallies.rebuild(ecosystem)
    busy = join(make_user("Basile"), ecosystem)
    represent(busy, organisations[0], ecosystem)
    return Big(ecosystem, pilot, busy)


Gift = tuple[Agent, Agent, str, str, int, date]


def _gift(number: int, count: int, organisations: list[Agent]) -> Gift:
    giver, receiver = organisations[0], organisations[1 + number % (ORGANISATIONS - 1)]
    if number // ORGANISATIONS % 2:
        giver, receiver = receiver, giver
    kind, unit = KINDS[number % len(KINDS)]
    day = clock.today() - timedelta(days=number * MONTHS * 30 // count)
    return giver, receiver, kind, unit, (number % 20 + 1) * 1_000_000, day


@transaction.atomic
def _write(ecosystem: Ecosystem, pilot: User, gifts: list[Gift]) -> None:
    ids = _post(ecosystem, pilot, gifts)
    states = itertools.cycle([ContributionState.CONFIRMED] * 49 + [ContributionState.AWAITING])
    Contribution.objects.bulk_create(
        Contribution(
            ecosystem=ecosystem,
            space=ecosystem.circle,
            author=giver,
            recorded_by=pilot.agent,
            receiver=receiver,
            kind=kind,
            unit=unit,
            quantity=quantity,
            happened_on=day,
            state=state,
            event_id=event,
        )
        for (giver, receiver, kind, unit, quantity, day), event, state in zip(
            gifts, ids, states, strict=False
        )
    )


def _post(ecosystem: Ecosystem, pilot: User, gifts: list[Gift]) -> list[int]:
    ledger = ecosystem.space_id
    codes = specification_ids(ledger, {gift[2] for gift in gifts})
    rows, sums, counts = [], Counter(), Counter()
    for giver, receiver, kind, unit, quantity, day in gifts:
        event = _event(giver, receiver, kind, unit, quantity)
        for (month, one, other, action, _, name, code), amount in legs(event, day):
            key = (ledger, month, one, other, action, codes[kind], name, code)
            sums[key] += amount
            counts[key] += 1
        rows.append(_row(ledger, pilot, codes[kind], event, day))
    balances = tuple(kernel.BalanceRow(key, sums[key], counts[key]) for key in sums)
    return kernel.write(execute, kernel.Posting(tuple(rows), balances))


def _event(giver: Agent, receiver: Agent, kind: str, unit: str, quantity: int) -> Event:
    found = measure(kind, unit)
    parties = (found.action, giver.pk, receiver.pk, kind)
    if found.effort:
        return Event(*parties, effort=quantity, effort_unit=unit)
    return Event(*parties, quantity=quantity, unit=unit)


def _row(ledger: int, pilot: User, code: int, event: Event, day: date) -> kernel.EventRow:
    return kernel.EventRow(
        ledger=ledger,
        key=uuid4(),
        action=event.action,
        provider=event.provider,
        receiver=event.receiver,
        specification=code,
        quantity=event.quantity,
        unit=event.unit,
        effort=event.effort,
        effort_unit=event.effort_unit,
        resource=None,
        to_resource=None,
        corrects=None,
        happened_on=day,
        recorded_at=clock.now(),
        recorded_by=pilot.agent_id,
        on_behalf_of=None,
        mandate=None,
    )
