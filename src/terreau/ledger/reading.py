# SPDX-License-Identifier: AGPL-3.0-or-later
"""Reads the part of the ledger that a posting touches, with the versions it will recheck."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from uuid import UUID

from django.utils.dateparse import parse_date

from terreau.ledger.engine.cases import hands_over_one_record, takes_what_is_lent
from terreau.ledger.engine.marks import out_key, paired
from terreau.ledger.engine.shares import read as read_shares
from terreau.ledger.engine.state import (
    Claim,
    Event,
    Link,
    Out,
    OutKey,
    Past,
    Promise,
    Resource,
    Settle,
    State,
    read_came,
)
from terreau.ledger.engine.table import Row, action_row, table
from terreau.ledger.sql import Execute, Value, as_uuid


@dataclass(frozen=True, slots=True)
class Stored:
    """An event as it stands in the database."""

    id: int
    ledger: int
    key: UUID
    event: Event
    happened_on: date
    on_behalf_of: int | None


_EVENT = (
    "SELECT e.id, e.ledger_id, e.key, e.happened_on, e.on_behalf_of_id, e.action, e.provider_id, "
    "e.receiver_id, s.code, e.quantity, e.unit, e.effort, e.effort_unit, e.resource_id, "
    "e.to_resource_id, e.corrects_id, e.to_location_id, e.state, p.specification_id, "
    "e.input_of_id, e.output_of_id, e.rights FROM ledger_event e "
    "JOIN ledger_specification s ON s.id = e.specification_id "
    "LEFT JOIN ledger_process p ON p.id = e.output_of_id WHERE "
)


_NAMED = "SELECT id FROM ledger_resource WHERE ledger_id = %s AND id IN ({ids})"


def marks(values: Collection[object]) -> str:
    """Return the placeholders of a list."""
    return ", ".join(["%s"] * len(values))


def stored_by_key(execute: Execute, keys: Sequence[UUID]) -> dict[UUID, Stored]:
    """Return the events that bear these keys, whatever their ledger."""
    return {one.key: one for one in _stored(execute, "e.key", [key.hex for key in keys])}


def stored_by_id(execute: Execute, ids: Sequence[int]) -> dict[int, Stored]:
    """Return events by id."""
    return {one.id: one for one in _stored(execute, "e.id", ids)}


def stands_after(execute: Execute, event_id: int, correction_id: int) -> bool:
    """Tell whether something of an event still stood once this correction of it was made."""
    ((quantity, effort),) = execute(
        "SELECT COALESCE(SUM(quantity), 0), COALESCE(SUM(effort), 0) FROM ledger_event "
        "WHERE id = %s OR (corrects_id = %s AND id <= %s)",
        [event_id, event_id, correction_id],
    )
    return _int(quantity) != 0 or _int(effort) != 0


def _stored(execute: Execute, column: str, wanted: Sequence[Value]) -> list[Stored]:
    if not wanted:
        return []
    rows = execute(f"{_EVENT}{column} IN ({marks(wanted)})", wanted)
    shares = _shares(execute, [_int(row[0]) for row in rows]) if rows else {}
    return [_as_stored(row, *shares.get(_int(row[0]), ((), ()))) for row in rows]


Shares = tuple[tuple[Link, ...], tuple[Settle, ...]]


def _shares(execute: Execute, ids: Sequence[int]) -> dict[int, Shares]:
    """Return what each event keeps of promises and settles of claims, in their order."""
    found: dict[int, Shares] = {}
    for event, promise, claim, quantity in execute(
        "SELECT event_id, commitment_id, NULL, quantity FROM ledger_eventlink "  # noqa: S608
        f"WHERE event_id IN ({marks(ids)}) UNION ALL "
        "SELECT event_id, NULL, claim_id, quantity FROM ledger_settlement "
        f"WHERE event_id IN ({marks(ids)}) ORDER BY 2, 3",
        [*ids, *ids],
    ):
        links, settles = found.get(_int(event), ((), ()))
        if claim is None:
            links = (*links, Link(_int(promise), _int(quantity)))
        else:
            settles = (*settles, Settle(_int(claim), _int(quantity)))
        found[_int(event)] = (links, settles)
    return found


def _as_stored(
    row: tuple[object, ...], links: tuple[Link, ...] = (), settles: tuple[Settle, ...] = ()
) -> Stored:
    pk, ledger, key, day, on_behalf_of, action, provider, receiver, code, *rest = row
    quantity, unit, effort, effort_unit, resource, to_resource, corrects, *around = rest
    to_location, state, stage, input_of, output_of, rights = around
    event = Event(
        action=str(action),
        provider=_int(provider),
        receiver=_int(receiver),
        specification=str(code),
        quantity=_maybe(quantity),
        unit=str(unit),
        effort=_maybe(effort),
        effort_unit=str(effort_unit),
        resource=_maybe(resource),
        to_resource=_maybe(to_resource),
        links=links,
        corrects=_maybe(corrects),
        to_location=_maybe(to_location),
        state=str(state),
        stage=_maybe(stage),
        input_of=_maybe(input_of),
        output_of=_maybe(output_of),
        settles=settles,
        rights=str(rights),
    )
    return Stored(_int(pk), _int(ledger), as_uuid(key), event, as_date(day), _maybe(on_behalf_of))


def as_date(value: object) -> date:
    """Return a day: SQLite keeps it as text."""
    day = value if isinstance(value, date) else parse_date(str(value))
    if day is None:
        raise ValueError(f"not a date: {value!r}")
    return day


def _int(value: object) -> int:
    return value if isinstance(value, int) else int(str(value))


def _maybe(value: object) -> int | None:
    return None if value is None else _int(value)


@dataclass(frozen=True, slots=True)
class Known:
    """What already stands of the things that a posting names."""

    agents: frozenset[int]
    specifications: dict[str, int]
    keys: bool


def known(
    execute: Execute,
    ledger: int,
    agents: Collection[int],
    codes: Collection[str],
    keys: Collection[UUID] = (),
) -> Known:
    """Return which agents exist, the ledger's specifications, and whether a key was used."""
    asked = (len(agents), len(codes), len(keys))
    mine: list[Value] = [ledger, *codes] if codes else []
    rows = execute(_known_sql(*asked), [*agents, *mine, *(key.hex for key in keys)])
    return Known(
        frozenset(_int(pk) for what, pk, _ in rows if what == "agent"),
        {str(code): _int(pk) for what, pk, code in rows if what == "kind"},
        any(what == "key" for what, _, _ in rows),
    )


@lru_cache(maxsize=256)
def _known_sql(agents: int, codes: int, keys: int) -> str:
    parts = (
        (agents, "SELECT 'agent', id, '' FROM people_agent WHERE id IN ({})"),
        (
            codes,
            "SELECT 'kind', id, code FROM ledger_specification "
            "WHERE ledger_id = %s AND code IN ({})",
        ),
        (keys, "SELECT 'key', id, '' FROM ledger_event WHERE key IN ({})"),
    )
    return " UNION ALL ".join(sql.format(marks(range(count))) for count, sql in parts if count)


def places_and_processes(
    execute: Execute, ledger: int, places: Collection[int], processes: Collection[int]
) -> tuple[frozenset[int], dict[int, int | None]]:
    """Return which of these places the ledger has, and its processes with their kind."""
    parts = (("place", "NULL", places), ("process", "specification_id", processes))
    asked = [part for part in parts if part[2]]
    rows = execute(
        " UNION ALL ".join(
            f"SELECT '{what}', id, {kind} FROM ledger_{what} "  # noqa: S608
            f"WHERE ledger_id = %s AND id IN ({marks(ids)})"
            for what, kind, ids in asked
        ),
        [value for _, _, ids in asked for value in (ledger, *ids)],
    )
    return (
        frozenset(_int(pk) for what, pk, _ in rows if what == "place"),
        {_int(pk): _maybe(kind) for what, pk, kind in rows if what == "process"},
    )


def state_for(execute: Execute, ledger: int, events: Sequence[Event]) -> State:
    """Return the state that these events may touch, with the versions read."""
    named = {pk for event in events for pk in (event.resource, event.to_resource) if pk}
    linked = {link.promise for event in events for link in event.links}
    corrected = {event.corrects for event in events if event.corrects}
    settled = {one.claim for event in events for one in event.settles}
    resources = _resources(execute, ledger, sorted(named)) if named else {}
    promises = _promises(execute, ledger, sorted(linked)) if linked else {}
    return State(
        resources,
        promises | _promised_by_another(execute, promises, events),
        past(execute, ledger, sorted(corrected)) if corrected else {},
        _outs(execute, events, resources),
        claims_of(execute, ledger, settled, corrected, events) if settled or corrected else {},
    )


def claims_of(
    execute: Execute,
    ledger: int,
    ids: Collection[int],
    triggers: Collection[int],
    events: Sequence[Event] = (),
) -> dict[int, Claim]:
    """Return claims, by id and by the events that triggered them.

    ``events`` settle them: who is the same as one of its two sides is read for those that need it.
    """
    parts = (("c.id", sorted(ids)), ("c.triggered_by_id", sorted(triggers)))
    where = " OR ".join(f"{column} IN ({marks(wanted)})" for column, wanted in parts if wanted)
    rows = execute(
        "SELECT c.id, c.provider_id, c.receiver_id, c.measure, c.unit, c.claimed, "  # noqa: S608
        "c.triggered_by_id, k.settled, k.ended, k.lifted, k.version "
        "FROM ledger_claim c JOIN ledger_claimstate k ON k.claim_id = c.id "
        f"WHERE c.ledger_id = %s AND ({where})",
        [ledger, *(pk for _, wanted in parts for pk in wanted)],
    )
    found = {_int(row[0]): _as_claim(row) for row in rows}
    return found | _owed_between_others(execute, found, events)


def _as_claim(row: tuple[object, ...]) -> Claim:
    pk, provider, receiver, measure, unit, claimed, trigger, settled, ended, lifted, version = row
    return Claim(
        _int(pk),
        _int(provider),
        _int(receiver),
        "effort" if measure == "effort" else "quantity",
        str(unit),
        _int(claimed),
        _int(trigger),
        _int(settled),
        bool(ended),
        bool(lifted),
        _int(version),
    )


def _owed_between_others(
    execute: Execute, claims: dict[int, Claim], events: Sequence[Event]
) -> dict[int, Claim]:
    """Return the claims whose two sides are not those of the event, with who each is the same as.

    Rare: organisations seldom merge, and keep their ids when they do.
    """
    found = {}
    for event in events:
        for one in (claims[share.claim] for share in event.settles if share.claim in claims):
            if (event.provider, event.receiver) != (one.provider, one.receiver):
                found[one.id] = replace(
                    one,
                    providers=merged_with(execute, one.provider),
                    receivers=merged_with(execute, one.receiver),
                )
    return found


def _outs(
    execute: Execute, events: Sequence[Event], resources: Mapping[int, Resource]
) -> Mapping[OutKey, Out]:
    """Return what the processes of these events have in hand, from all that went in and out.

    Nothing of it is kept: whatever changes it changes the version of a resource that is read here.
    """
    rows = [(event, action_row(event.action)) for event in events]
    keys = [out_key(event, row) for event, row in rows]
    processes = sorted({key[0] for key in keys if key is not None})
    parts = (
        (("e.input_of_id", "e.output_of_id"), processes),
        (("e.resource_id", "e.to_resource_id"), sorted(_handed(rows, resources))),
    )
    asked = [(name, ids) for names, ids in parts for name in names if ids]
    if not asked:
        return {}
    pairs = [row.name for row in table().values() if row.pair]
    where = " OR ".join(f"{name} IN ({marks(ids)})" for name, ids in asked)
    where = f"e.action IN ({marks(pairs)}) AND ({where}) ORDER BY e.id"
    state = State(resources)
    for found in execute(_EVENT + where, [*pairs, *(pk for _, ids in asked for pk in ids)]):
        one = _as_stored(found).event
        state = replace(state, outs=paired(state, one, action_row(one.action)))
    return state.outs


def _handed(rows: Iterable[tuple[Event, Row]], resources: Mapping[int, Resource]) -> set[int]:
    """Return the resources of which the rules ask whether an activity has them in hand."""
    return {
        one.id
        for event, row in rows
        if (one := resources.get(event.resource or 0)) is not None
        and (hands_over_one_record(event, row) or takes_what_is_lent(event, row, one))
    }


def _resources(execute: Execute, ledger: int, ids: Sequence[int]) -> dict[int, Resource]:
    """Return resources, all that they hold and all that holds them, at any depth."""
    rows = execute(
        f"WITH RECURSIVE held(id) AS ({_NAMED} UNION SELECT r.id FROM ledger_resource r "  # noqa: S608
        f"JOIN held ON r.container_id = held.id), around(id) AS ({_NAMED} UNION SELECT "
        "r.container_id FROM ledger_resource r JOIN around ON r.id = around.id "
        "WHERE r.container_id IS NOT NULL) "
        "SELECT r.id, s.code, r.unit, r.floor, r.accounting, r.on_hand, r.accountable_id, "
        "r.custodian_id, r.version, r.location_id, r.container_id, r.stage_id, r.state, r.name, "
        "r.rights, r.came "
        "FROM ledger_resource r JOIN ledger_specification s ON s.id = r.specification_id "
        "WHERE r.id IN (SELECT id FROM held UNION SELECT id FROM around)".replace(
            "{ids}", marks(ids)
        ),
        [ledger, *ids, ledger, *ids],
    )
    return {
        _int(pk): Resource(
            _int(pk),
            str(code),
            str(unit),
            _maybe(floor),
            _int(accounting),
            _int(on_hand),
            _maybe(accountable),
            _maybe(custodian),
            _int(version),
            _maybe(location),
            _maybe(container),
            _maybe(stage),
            str(state),
            str(name),
            read_shares(str(rights)),
            read_came(str(came)),
        )
        for (
            pk, code, unit, floor, accounting, on_hand, accountable, custodian, version,
            location, container, stage, state, name, rights, came,
        ) in rows
    }  # fmt: skip


def _promises(execute: Execute, ledger: int, ids: Sequence[int]) -> dict[int, Promise]:
    rows = execute(
        "SELECT c.id, c.provider_id, c.measure, c.unit, c.promised, k.fulfilled, k.ended, "  # noqa: S608
        "k.version, c.input_of_id, c.output_of_id "
        "FROM ledger_commitment c JOIN ledger_commitmentstate k ON k.commitment_id = c.id "
        f"WHERE c.ledger_id = %s AND c.id IN ({marks(ids)})",
        [ledger, *ids],
    )
    return {
        _int(pk): Promise(
            _int(pk),
            _int(provider),
            "effort" if measure == "effort" else "quantity",
            str(unit),
            _int(promised),
            _int(fulfilled),
            bool(ended),
            _int(version),
            input_of=_maybe(input_of),
            output_of=_maybe(output_of),
        )
        for (
            pk, provider, measure, unit, promised, fulfilled, ended, version, input_of, output_of,
        ) in rows
    }  # fmt: skip


def _promised_by_another(
    execute: Execute, promises: dict[int, Promise], events: Sequence[Event]
) -> dict[int, Promise]:
    """Return the promises whose giver is not who promised, with who that is the same as.

    Rare: organisations seldom merge, and keep their ids when they do.
    """
    found = {
        link.promise: promises[link.promise]
        for event in events
        for link in event.links
        if link.promise in promises and promises[link.promise].provider != event.provider
    }
    return {
        pk: replace(one, merged=merged_with(execute, one.provider)) for pk, one in found.items()
    }


def merged_with(execute: Execute, agent: int) -> frozenset[int]:
    """Return the ids of all that became one with this agent, whichever was merged into which."""
    rows = execute(
        "WITH RECURSIVE same(id) AS (SELECT CAST(%s AS bigint) UNION "
        "SELECT CASE WHEN a.id = same.id THEN a.merged_into_id ELSE a.id END "
        "FROM same JOIN people_agent a ON a.merged_into_id IS NOT NULL "
        "AND (a.id = same.id OR a.merged_into_id = same.id)) SELECT id FROM same",
        [agent],
    )
    return frozenset(_int(row[0]) for row in rows)


def past(execute: Execute, ledger: int, ids: Sequence[int]) -> dict[int, Past]:
    """Return events of this ledger with what was already taken back of them."""
    taken = {
        _int(row[0]): (_int(row[1]), _int(row[2]), _int(row[3]))
        for row in execute(
            "SELECT event_id, quantity_out, effort_out, version FROM ledger_correction "  # noqa: S608
            f"WHERE event_id IN ({marks(ids)})",
            ids,
        )
    }
    back = (
        _taken_back(execute, ids, "eventlink", "commitment_id"),
        _taken_back(execute, ids, "settlement", "claim_id"),
    )
    return {
        pk: _as_past(one, taken.get(pk, (0, 0, 0)), *back)
        for pk, one in stored_by_id(execute, ids).items()
        if one.ledger == ledger
    }


def _taken_back(
    execute: Execute, ids: Sequence[int], table: str, target: str
) -> dict[tuple[int, int], int]:
    rows = execute(
        f"SELECT e.corrects_id, l.{target}, SUM(l.quantity) FROM ledger_event e "  # noqa: S608
        f"JOIN ledger_{table} l ON l.event_id = e.id WHERE e.corrects_id IN ({marks(ids)}) "
        f"GROUP BY e.corrects_id, l.{target}",
        ids,
    )
    return {(_int(event), _int(linked)): _int(quantity) for event, linked, quantity in rows}


def _as_past(
    one: Stored,
    taken: tuple[int, int, int],
    links_back: dict[tuple[int, int], int],
    settles_back: dict[tuple[int, int], int],
) -> Past:
    left = {
        link.promise: link.quantity + links_back.get((one.id, link.promise), 0)
        for link in one.event.links
    }
    settles_left = {
        share.claim: share.quantity + settles_back.get((one.id, share.claim), 0)
        for share in one.event.settles
    }
    quantity_out, effort_out, version = taken
    return Past(one.event, quantity_out, effort_out, left, version, settles_left)
