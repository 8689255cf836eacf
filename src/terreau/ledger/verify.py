# SPDX-License-Identifier: AGPL-3.0-or-later
"""``terreau verify``: walk the chain, ask the laws, replay all events and compare.

It reads, and never repairs. Each difference says which row differs, what is stored and what the
events say.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias, cast

from django.db import connection

from terreau.core.errors import Invalid
from terreau.core.startup import problems
from terreau.core.statements import execute
from terreau.ledger import chain, laws
from terreau.ledger.difference import Difference
from terreau.ledger.engine.replay import Replay
from terreau.ledger.engine.state import Claim, Event, Link, Promise, Resource, Settle
from terreau.ledger.models import Balance, ClaimEnd, Commitment, CommitmentEnd, Correction
from terreau.ledger.models import Claim as ClaimModel
from terreau.ledger.models import Event as EventModel
from terreau.ledger.models import Resource as ResourceModel
from terreau.ledger.wishes import laws as wish_laws

CHUNK = 5_000
Derived: TypeAlias = Mapping[Any, tuple[object, ...]]


def event_count() -> int:
    """Return how many events there are to replay."""
    return EventModel.objects.count()


def differences() -> Iterator[Difference]:
    """Yield every difference, the first one first; nothing when all holds."""
    yield from of_the_facts()
    yield from of_what_is_kept()


def of_the_facts() -> Iterator[Difference]:
    """Yield what is wrong with the database, and the facts that are not what was sealed."""
    for problem in problems(connection):
        yield Difference("database", problem)
    yield from chain.unsealed()
    for ledger in chain.ledgers():
        yield from chain.breaks(ledger)


def of_what_is_kept() -> Iterator[Difference]:
    """Yield where rows do not hold together, or what is kept is not what the events say."""
    astray = list(laws.orphans())
    yield from astray
    if astray:
        return  # replay needs what these rows point to
    yield from laws.broken()
    yield from wish_laws.broken()
    for ledger in _ledgers():
        yield from _ledger_differences(ledger)


def _ledgers() -> list[int]:
    found: set[int] = set()
    for model in (EventModel, ResourceModel, Commitment, Balance):
        rows = model._default_manager.order_by("ledger_id")
        found |= set(rows.values_list("ledger_id", flat=True).distinct())
    return sorted(found)


def _ledger_differences(ledger: int) -> Iterator[Difference]:
    replay = _beginning(ledger)
    for event_id, event, month in _events(ledger):
        try:
            replay.feed(event_id, event, month)
        except (Invalid, KeyError, ValueError, ZeroDivisionError) as error:
            yield Difference(f"event {event_id}", f"cannot be replayed: {error}")
            return
    for promise in CommitmentEnd.objects.filter(commitment__ledger_id=ledger).values_list(
        "commitment_id", flat=True
    ):
        replay.end(promise)
    for claim in ClaimEnd.objects.filter(claim__ledger_id=ledger).values_list(
        "claim_id", flat=True
    ):
        replay.end_claim(claim)
    yield from _resources_differ(ledger, replay)
    yield from _promises_differ(ledger, replay)
    yield from _claims_differ(ledger, replay)
    yield from _corrections_differ(ledger, replay)
    yield from _balances_differ(ledger, replay)


def _beginning(ledger: int) -> Replay:
    """Return the state before any event: what was declared, and nothing that was derived."""
    resources = {
        pk: Resource(pk, code, unit, floor)
        for pk, code, unit, floor in ResourceModel.objects.filter(ledger_id=ledger).values_list(
            "pk", "specification__code", "unit", "floor"
        )
    }
    promises = {
        pk: Promise(pk, provider, "effort" if measure == "effort" else "quantity", unit, promised)
        for pk, provider, measure, unit, promised in Commitment.objects.filter(
            ledger_id=ledger
        ).values_list("pk", "provider_id", "measure", "unit", "promised")
    }
    corrected = EventModel.objects.filter(ledger_id=ledger, corrects__isnull=False)
    ids = frozenset(corrected.values_list("corrects_id", flat=True))
    return Replay(resources, promises, ids, claims=_claims(ledger))


def _claims(ledger: int) -> dict[int, Claim]:
    rows = ClaimModel.objects.filter(ledger_id=ledger).values_list(
        "pk", "provider_id", "receiver_id", "measure", "unit", "claimed", "triggered_by_id"
    )
    return {
        pk: Claim(pk, owes, owed, "effort" if of == "effort" else "quantity", unit, much, trigger)
        for pk, owes, owed, of, unit, much, trigger in rows
    }


def _events(ledger: int) -> Iterator[tuple[int, Event, str]]:
    """Yield the events of a ledger in the order of recording, some thousands at a time."""
    last = 0
    while rows := cast("list[tuple[Any, ...]]", execute(_events_sql(), (ledger, last))):
        links, settles = _links(rows[0][0], rows[-1][0]), _settles(rows[0][0], rows[-1][0])
        for pk, day, corrects, *content in rows:
            flow, around, rights = content[:_FLOW], content[_FLOW:-1], content[-1]
            linked = links.get(pk, ()), corrects, *around, settles.get(pk, ()), rights
            event = Event(*flow, *linked)
            yield pk, event, f"{day}"[:7] + "-01"
        last = rows[-1][0]


_FLOW = 10
"""How many columns come before the links of an ``Event``."""


def _events_sql() -> str:
    return (
        f"SELECT e.id, {chain.told('e.happened_on')}, e.corrects_id, e.action, e.provider_id, "  # noqa: S608
        "e.receiver_id, s.code, e.quantity, e.unit, e.effort, e.effort_unit, e.resource_id, "
        "e.to_resource_id, e.to_location_id, e.state, p.specification_id, e.input_of_id, "
        "e.output_of_id, e.rights FROM ledger_event e "
        "JOIN ledger_specification s ON s.id = e.specification_id "
        "LEFT JOIN ledger_process p ON p.id = e.output_of_id "
        f"WHERE e.ledger_id = %s AND e.id > %s ORDER BY e.id LIMIT {CHUNK}"
    )


def _links(first: int, last: int) -> dict[int, tuple[Link, ...]]:
    found: dict[int, tuple[Link, ...]] = {}
    rows = execute(
        "SELECT event_id, commitment_id, quantity FROM ledger_eventlink "
        "WHERE event_id BETWEEN %s AND %s ORDER BY event_id, commitment_id",
        (first, last),
    )
    for event, commitment, quantity in cast("list[tuple[int, int, int]]", rows):
        found[event] = (*found.get(event, ()), Link(commitment, quantity))
    return found


def _settles(first: int, last: int) -> dict[int, tuple[Settle, ...]]:
    found: dict[int, tuple[Settle, ...]] = {}
    rows = execute(
        "SELECT event_id, claim_id, quantity FROM ledger_settlement "
        "WHERE event_id BETWEEN %s AND %s ORDER BY event_id, claim_id",
        (first, last),
    )
    for event, claim, quantity in cast("list[tuple[int, int, int]]", rows):
        found[event] = (*found.get(event, ()), Settle(claim, quantity))
    return found


def _compared(table: str, stored: Derived, derived: Derived) -> Iterator[Difference]:
    for key in sorted(set(stored) | set(derived), key=repr):
        if stored.get(key) != derived.get(key):
            yield Difference(
                f"{table} {key}",
                f"stored {_told(stored.get(key))}, the events say {_told(derived.get(key))}",
            )


def _told(values: tuple[object, ...] | None) -> str:
    return "nothing" if values is None else ", ".join(map(str, values))


_KEPT = (
    "accounting", "on_hand", "accountable", "custodian", "location", "container", "stage", "state",
    "rights", "came", "version",
)  # fmt: skip


def _resources_differ(ledger: int, replay: Replay) -> Iterator[Difference]:
    # A foreign key asked for by its name gives its id.
    rows = ResourceModel.objects.filter(ledger_id=ledger).values_list("pk", *_KEPT)
    yield from _compared(
        "ledger_resource",
        {row[0]: row[1:] for row in rows},
        {pk: (*one.kept, one.version) for pk, one in replay.resources.items()},
    )


def _promises_differ(ledger: int, replay: Replay) -> Iterator[Difference]:
    rows = Commitment.objects.filter(ledger_id=ledger).values_list(
        "pk", "state__fulfilled", "state__ended", "state__version"
    )
    yield from _compared(
        "ledger_commitmentstate",
        {row[0]: row[1:] for row in rows},
        {pk: (one.fulfilled, one.ended, one.version) for pk, one in replay.promises.items()},
    )


def _claims_differ(ledger: int, replay: Replay) -> Iterator[Difference]:
    rows = ClaimModel.objects.filter(ledger_id=ledger).values_list(
        "pk", "state__settled", "state__unsettled", "state__ended", "state__lifted",
        "state__version",
    )  # fmt: skip
    yield from _compared(
        "ledger_claimstate",
        {row[0]: row[1:] for row in rows},
        {pk: (*one.kept, one.version) for pk, one in replay.claims.items()},
    )


def _corrections_differ(ledger: int, replay: Replay) -> Iterator[Difference]:
    rows = Correction.objects.filter(event__ledger_id=ledger).values_list(
        "pk", "quantity_out", "effort_out", "version"
    )
    yield from _compared(
        "ledger_correction",
        {row[0]: row[1:] for row in rows},
        {pk: (one.quantity_out, one.effort_out, one.version) for pk, one in replay.past.items()},
    )


def _balances_differ(ledger: int, replay: Replay) -> Iterator[Difference]:
    rows = Balance.objects.filter(ledger_id=ledger).values_list(
        "month",
        "provider_id",
        "receiver_id",
        "action",
        "specification__code",
        "measure",
        "unit",
        "total",
        "events",
    )
    stored = {(row[0].isoformat(), *row[1:7]): row[7:] for row in rows.iterator()}
    yield from _compared("ledger_balance", stored, replay.balances)
