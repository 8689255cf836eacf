# SPDX-License-Identifier: AGPL-3.0-or-later
"""Posting: read, check and apply in Python, then one short transaction that rechecks and writes.

Whoever loses a race reads again and works out again; nobody waits while rules are checked. Whoever
loses several in a row waits in line, and then reads, works out and writes while nobody else does.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from datetime import date
from typing import TypeVar
from uuid import UUID

from django.db import (
    DatabaseError,
    IntegrityError,
    OperationalError,
    connection,
    models,
    transaction,
)

from terreau.core import clock
from terreau.core.errors import Invalid, KeyReused, Refusal
from terreau.core.statements import at_hand, execute
from terreau.core.values import frozen
from terreau.ledger import kernel, reading, seals
from terreau.ledger.engine.replay import Replay
from terreau.ledger.engine.state import Event, State
from terreau.ledger.sql import Execute, Value, plain

ATTEMPTS = 30
RACES = 3  # lost before waiting in line
Answer = TypeVar("Answer")


@frozen
class Who:
    """Who records: the person, the organisation they speak for, and by which mandate."""

    person: int
    on_behalf_of: int | None = None
    mandate: int | None = None


@frozen
class Wanted:
    """An event that somebody wants to post."""

    key: UUID
    event: Event
    happened_on: date
    who: Who
    beyond: bool = False
    again: bool = False


@contextmanager
def turn(ledger: int) -> Iterator[None]:
    """Open a transaction in which nobody else writes in this ledger; they wait in line.

    Each seal holds the one before it, so a ledger has one writer at a time, from the first row that
    it writes: who waits holds nothing of the ledger, and two who cross do not block each other. On
    SQLite every transaction already waits for its turn.
    """
    with transaction.atomic():
        if connection.vendor == "postgresql":
            execute("SELECT pg_advisory_xact_lock(%s)", (_TURNS + ledger,))
        yield


_TURNS = 0x7E44EA << 40  # far from the numbers that others may lock by


def seal(ledger: int, *facts: models.Model) -> None:
    """Seal rows that were just written, in the ledger's turn."""
    if facts:
        seals.append(execute, ledger, map(_as_fact, facts))


def _as_fact(row: models.Model) -> seals.Fact:
    kind = row._meta.db_table.removeprefix("ledger_")
    content = tuple(plain(getattr(row, column)) for column in seals.SEALED[kind])
    return seals.Fact(kind, row.pk, content)


def record(ledger: int, wanted: Sequence[Wanted]) -> list[int]:
    """Post these events and return their ids, in order; those whose key is known are left as is.

    Raises KeyReused, or the Invalid of a broken rule. All are posted, or none.
    """
    once = {one.key: one for one in wanted}
    if any(once[one.key] != one for one in wanted):
        raise KeyReused
    if not once:
        return []
    ids = retried(ledger, lambda: record_once(ledger, list(once.values())))
    by_key = dict(zip(once, ids, strict=True))
    return [by_key[one.key] for one in wanted]


def retried(ledger: int, attempt: Callable[[], Answer]) -> Answer:
    """Do again what lost a race: a few times at once, then in line, where no race can be lost."""
    for lost in range(ATTEMPTS):
        try:
            with turn(ledger) if lost >= RACES else nullcontext():
                return attempt()
        except kernel.Conflict:
            continue
        except OperationalError as error:
            if not _was_a_race(error):
                raise
    raise Refusal(
        "Beaucoup de personnes enregistrent au même moment. Rien n'a été perdu : réessayez dans un "
        "instant."
    )


def _was_a_race(error: DatabaseError) -> bool:
    # PostgreSQL: serialization failure, deadlock. Nested, only the caller could begin again.
    state = getattr(error.__cause__, "sqlstate", "")
    return state in ("40001", "40P01") and not connection.in_atomic_block


def record_once(ledger: int, wanted: Sequence[Wanted]) -> list[int]:
    """Try once; raises kernel.Conflict when somebody wrote in between."""
    execute = at_hand()
    known = _known(execute, ledger, wanted)
    stored = reading.stored_by_key(execute, [one.key for one in wanted]) if known.keys else {}
    for one in wanted:
        if one.key in stored:
            _confirm_same(ledger, one, stored[one.key])
    ids = {key: one.id for key, one in stored.items()}
    missing = [one for one in wanted if one.key not in ids]
    if missing:
        posted = _post(execute, ledger, missing, known)
        ids |= zip([one.key for one in missing], posted, strict=True)
    return [ids[one.key] for one in wanted]


def _known(execute: Execute, ledger: int, wanted: Sequence[Wanted]) -> reading.Known:
    events = [one.event for one in wanted]
    parties = {agent for event in events for agent in (event.provider, event.receiver)}
    codes = {event.specification for event in events}
    keys = [one.key for one in wanted]
    found = reading.known(execute, ledger, sorted(parties), sorted(codes), keys)
    check_parties(parties, found.agents)
    return found


def check_parties(wanted: set[int], found: frozenset[int]) -> None:
    """Raise Invalid when a party does not exist."""
    if wanted - found:
        raise Invalid("Une des parties n'existe pas. Choisissez-la dans la liste.")


def _confirm_same(ledger: int, wanted: Wanted, stored: reading.Stored) -> None:
    same = (
        stored.ledger == ledger
        and stored.event == wanted.event
        and stored.happened_on == wanted.happened_on
        and stored.on_behalf_of == wanted.who.on_behalf_of
    )
    if not same:
        raise KeyReused


def _post(
    execute: Execute, ledger: int, wanted: Sequence[Wanted], known: reading.Known
) -> list[int]:
    events = [one.event for one in wanted]
    before = reading.state_for(execute, ledger, events)
    after = worked_out(before, wanted)
    codes = known.specifications
    missing = {event.specification for event in events} - set(codes)
    if missing:
        codes = codes | specification_ids(ledger, missing)
    kept, claimed = kept_rows(before, after), _claimed(before)
    return _write(execute, ledger, wanted, codes, (kept, claimed))


def record_rehearsed(
    ledger: int, wanted: Sequence[Wanted], kept: tuple[kernel.Kept, ...]
) -> list[int]:
    """Write events that every rule accepted before, and the states that were worked out from them.

    What a rehearsal worked out stands only while nobody wrote in between: raises kernel.Conflict,
    and writes nothing, when a key is known by now or a state has another version.
    """
    codes = specification_ids(ledger, {one.event.specification for one in wanted})
    try:
        return _write(at_hand(), ledger, wanted, codes, (kept, ()))
    except OperationalError as error:
        if _was_a_race(error):
            raise kernel.Conflict from error
        raise


def _write(
    execute: Execute,
    ledger: int,
    wanted: Sequence[Wanted],
    codes: dict[str, int],
    rechecked: tuple[tuple[kernel.Kept, ...], tuple[tuple[int, int], ...]],
) -> list[int]:
    events = _event_rows(ledger, wanted, codes)
    posting = kernel.Posting(events, _balance_rows(ledger, wanted, codes), *rechecked)
    with turn(ledger):
        return _written(execute, posting)


def _written(execute: Execute, posting: kernel.Posting) -> list[int]:
    try:
        return kernel.write(execute, posting)
    except IntegrityError as error:
        if "_is_whole" in str(error):
            raise _too_large() from error
        raise
    except DatabaseError as error:
        if getattr(error.__cause__, "sqlstate", "") == "22003":  # PostgreSQL: out of range
            raise _too_large() from error
        raise


def _too_large() -> Invalid:
    return Invalid("Le total deviendrait trop grand pour être gardé exactement.", field="quantity")


def worked_out(state: State, wanted: Sequence[Wanted]) -> State:
    """Return the state after these events, one after the other. Raises RuleBroken."""
    course = Replay(
        dict(state.resources),
        dict(state.promises),
        past=dict(state.past),
        outs=dict(state.outs),
        claims=dict(state.claims),
    )
    for one in wanted:
        course.post(one.event, beyond=one.beyond, again=one.again)
    return State(course.resources, course.promises, course.past, course.outs, course.claims)


def _event_rows(
    ledger: int, wanted: Sequence[Wanted], codes: dict[str, int]
) -> tuple[kernel.EventRow, ...]:
    moment = clock.now()
    return tuple(
        kernel.EventRow(
            ledger=ledger,
            key=one.key,
            action=one.event.action,
            provider=one.event.provider,
            receiver=one.event.receiver,
            specification=codes[one.event.specification],
            quantity=one.event.quantity,
            unit=one.event.unit,
            effort=one.event.effort,
            effort_unit=one.event.effort_unit,
            resource=one.event.resource,
            to_resource=one.event.to_resource,
            corrects=one.event.corrects,
            input_of=one.event.input_of,
            output_of=one.event.output_of,
            to_location=one.event.to_location,
            state=one.event.state,
            rights=one.event.rights,
            happened_on=one.happened_on,
            recorded_at=moment,
            recorded_by=one.who.person,
            on_behalf_of=one.who.on_behalf_of,
            mandate=one.who.mandate,
            links=tuple((link.promise, link.quantity) for link in one.event.links),
            settles=tuple((share.claim, share.quantity) for share in one.event.settles),
        )
        for one in wanted
    )


def specification_ids(ledger: int, codes: set[str]) -> dict[str, int]:
    """Return the ids of these specifications, adding those that the ledger does not have yet."""
    if not all(code.strip() and len(code) <= 60 for code in codes):
        raise Invalid("Dites en quelques mots de quoi il s'agit (60 caractères au plus).")
    found = reading.known(execute, ledger, (), sorted(codes)).specifications
    missing = sorted(codes - set(found))
    if not missing:
        return found
    with turn(ledger):
        for code in missing:
            added = execute(
                "INSERT INTO ledger_specification (ledger_id, code) VALUES (%s, %s) "
                "ON CONFLICT (ledger_id, code) DO NOTHING RETURNING id",
                (ledger, code),
            )
            for (pk,) in added:
                fact = seals.Fact("specification", int(str(pk)), (pk, ledger, code))
                seals.append(execute, ledger, [fact])
    return reading.known(execute, ledger, (), sorted(codes)).specifications


def _balance_rows(
    ledger: int, wanted: Sequence[Wanted], codes: dict[str, int]
) -> tuple[kernel.BalanceRow, ...]:
    sums: dict[tuple[Value, ...], tuple[int, int]] = {}
    for one in wanted:
        for key, amount in legs(one.event, one.happened_on):
            total, events = sums.get(key, (0, 0))
            sums[key] = (total + amount, events + 1)
    rows = []
    for (month, provider, receiver, action, code, measure, unit), (total, events) in sums.items():
        key = (ledger, month, provider, receiver, action, codes[str(code)], measure, unit)
        rows.append(kernel.BalanceRow(key, total, events))
    return tuple(rows)


def legs(event: Event, day: date) -> list[tuple[tuple[Value, ...], int]]:
    """Return what an event adds to the kept balances: one per measure, in the month of the day."""
    month = f"{day.isoformat()[:7]}-01"
    parties = (event.provider, event.receiver, event.action, event.specification)
    return [
        ((month, *parties, measure, unit), amount) for measure, amount, unit in event.measured()
    ]


def kept_rows(before: State, after: State) -> tuple[kernel.Kept, ...]:
    """Return the kept rows that differ, each with the version that it must still have."""
    kept = [
        kernel.Kept(
            "ledger_resource",
            pk,
            before.resources[pk].version,
            new.version,
            new.kept,
        )
        for pk, new in after.resources.items()
        if new.version != before.resources[pk].version
    ]
    kept += [
        kernel.Kept(
            "ledger_commitmentstate",
            pk,
            before.promises[pk].version,
            new.version,
            new.kept,
        )
        for pk, new in after.promises.items()
    ]
    kept += [
        kernel.Kept("ledger_claimstate", pk, before.claims[pk].version, new.version, new.kept)
        for pk, new in after.claims.items()
        if new.version != before.claims[pk].version
    ]
    kept += [
        kernel.Kept(
            "ledger_correction",
            pk,
            before.past[pk].version or None,
            new.version,
            new.kept,
        )
        for pk, new in after.past.items()
    ]
    return tuple(kept)


def _claimed(before: State) -> tuple[tuple[int, int], ...]:
    """Return how many claims each corrected event had triggered when it was read."""
    counts = Counter(claim.trigger for claim in before.claims.values())
    return tuple((event_id, counts[event_id]) for event_id in sorted(before.past))
