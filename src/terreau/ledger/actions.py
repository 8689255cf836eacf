# SPDX-License-Identifier: AGPL-3.0-or-later
"""What other apps may do to the ledger: post, promise, take back, withdraw, keep a stock.

Each call takes its own transaction and may stand inside the caller's. Repeating a call with the
same key changes nothing and returns the same ids; the same key with other content raises KeyReused.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import F

from terreau.core import clock
from terreau.core.errors import Invalid, KeyReused, NotFound, Refusal
from terreau.core.once import keep_once
from terreau.core.statements import execute
from terreau.ledger import posting, reading, rules
from terreau.ledger.engine.corrections import taken_back
from terreau.ledger.engine.shares import told
from terreau.ledger.engine.state import Event, Link, Settle
from terreau.ledger.enums import EndKind
from terreau.ledger.flows import Activity, Flow, Promise, Somewhere, Stock
from terreau.ledger.models import (
    Commitment,
    CommitmentEnd,
    CommitmentState,
    Place,
    Process,
    ProcessSpecification,
    Resource,
)
from terreau.ledger.planning import within
from terreau.ledger.posting import Wanted, seal, turn
from terreau.ledger.recording import may_record as _may_record
from terreau.ledger.recording import root as _root
from terreau.ledger.recording import who as _who
from terreau.people.models import Space, User

__all__ = [
    "Activity", "Flow", "Promise", "Somewhere", "Stock", "back_out", "keep_stock", "note_place",
    "open_process", "post", "promise", "withdraw",
]  # fmt: skip


def post(*, by: User, ledger: Space, flows: Iterable[Flow]) -> list[int]:
    """Post flows that happened, all or none; return the event ids in order.

    Raises NotAllowed, KeyReused, or Invalid with the sentence of the broken rule.
    """
    flows = list(flows)
    for flow in flows:
        rules.check_day(flow.happened_on)
        rules.check_state(flow.state)
    stages = _stages(_root(ledger), flows)
    speaking = {one: _who(by, ledger, one) for one in {flow.on_behalf_of_id for flow in flows}}
    wanted = [
        Wanted(
            flow.key,
            _as_event(flow, stages),
            flow.happened_on,
            speaking[flow.on_behalf_of_id],
            flow.beyond_promise,
            flow.again,
        )
        for flow in flows
    ]
    return posting.record(_root(ledger), wanted)


def promise(*, by: User, ledger: Space, promises: Iterable[Promise]) -> list[int]:
    """Enter commitments whose version all parties accepted; return their ids in order."""
    _may_record(by, ledger)
    promises = list(promises)
    for one in promises:
        rules.check_promise(one)
    promises = within.placed(_root(ledger), promises)
    parties = {agent for one in promises for agent in (one.provider_id, one.receiver_id)}
    if parties:
        found = reading.known(execute, _root(ledger), sorted(parties), ())
        posting.check_parties(parties, found.agents)
    with turn(_root(ledger)):
        return [_promised(by, _root(ledger), one) for one in promises]


def back_out(
    *,
    by: User,
    event_id: int,
    key: UUID,
    happened_on: date | None = None,
    micro: int | None = None,
) -> int:
    """Take back an event, or ``micro`` of it, by a correction that keeps its links.

    The correction bears the day on which it is made unless another is given. What was given beyond
    any promise is taken back first. Returns the id of the correction.
    """

    def done() -> int | None:
        known = reading.stored_by_key(execute, [key])
        return _same_correction(known[key], event_id, happened_on, micro) if known else None

    before = done()
    if before is not None:
        return before
    original = reading.stored_by_id(execute, [event_id]).get(event_id)
    if original is None:
        raise NotFound("Ce qui est à corriger n'existe pas.")
    day = happened_on or clock.today()
    rules.check_day(day)
    speaks = rules.speaks_for(by, original.on_behalf_of)
    ledger = Space.objects.get(pk=original.ledger)
    who = _who(by, ledger, original.on_behalf_of if speaks else None)

    def attempt() -> int:
        try:
            event = _correction(original, micro)
            return posting.record_once(original.ledger, [Wanted(key, event, day, who)])[0]
        except Refusal:
            meanwhile = done()  # the same request, at the same moment, took it back
            if meanwhile is None:
                raise
            return meanwhile

    return posting.retried(original.ledger, attempt)


def withdraw(*, by: User, commitment_id: int, key: UUID, successor_id: int | None = None) -> None:
    """End a promise: what was given of it stays counted, the rest no longer binds.

    ``successor_id`` names the promise that replaces it. Raises Invalid when it had already ended.
    """
    commitment = Commitment.objects.select_related("ledger").filter(pk=commitment_id).first()
    if commitment is None:
        raise NotFound("Cette promesse n'existe pas.")
    _may_record(by, commitment.ledger)
    ending = {
        "kind": EndKind.SUPERSEDED if successor_id else EndKind.WITHDRAWN,
        "successor_id": successor_id,
        "recorded_by_id": by.agent_id,
        "recorded_at": clock.now(),
    }
    if CommitmentEnd.objects.filter(key=key).exclude(commitment=commitment).exists():
        raise KeyReused
    ledger = commitment.ledger_id
    with turn(ledger):
        end, created = CommitmentEnd.objects.get_or_create(
            commitment=commitment, defaults={"key": key, **ending}
        )
        if created:
            seal(ledger, end)
            CommitmentState.objects.filter(pk=commitment_id).update(
                ended=True, version=F("version") + 1
            )
        elif end.key != key:
            raise Invalid("Cette promesse a déjà été retirée ou remplacée.")
        elif end.successor_id != successor_id:
            raise KeyReused


def keep_stock(*, by: User, ledger: Space, stock: Stock) -> int:
    """Open an empty stock and return its id. Nothing is inventoried unless somebody chose to."""
    _may_record(by, ledger)
    rules.check_stock(stock)
    root = _root(ledger)
    within.check_stock_within(root, stock)
    codes = posting.specification_ids(root, {stock.specification})
    content = {
        "ledger_id": root,
        "name": stock.name.strip(),
        "specification_id": codes[stock.specification],
        "unit": stock.unit,
        "floor": stock.floor,
        "tracking_identifier": stock.tracking_identifier.strip(),
        "of_batch_lot_id": stock.batch_id,
    }
    opening = {"opened_by_id": by.agent_id, "opened_at": clock.now()}
    return _opened(Resource, stock.key, content, opening)


def open_process(*, by: User, ledger: Space, activity: Activity) -> int:
    """Open a process and return its id. Events say what goes into it and what comes out."""
    _may_record(by, ledger)
    rules.check_activity(activity)
    root, stage = _root(ledger), None
    within.check_plans(root, [activity.planned_within_id])
    if activity.specification.strip():
        stage = _stage(root, activity.specification.strip())
    content = {
        "ledger_id": root,
        "name": activity.name.strip(),
        "specification_id": stage.pk if stage else None,
        "planned_within_id": activity.planned_within_id,
        "begins_on": activity.begins_on,
        "ends_on": activity.ends_on,
    }
    opening = {"opened_by_id": by.agent_id, "opened_at": clock.now()}
    return _opened(Process, activity.key, content, opening)


def _stage(root: int, code: str) -> ProcessSpecification:
    with turn(root):
        stage, created = ProcessSpecification.objects.get_or_create(ledger_id=root, code=code)
        if created:
            seal(root, stage)
    return stage


def note_place(*, by: User, ledger: Space, place: Somewhere) -> int:
    """Note a place and return its id."""
    _may_record(by, ledger)
    rules.check_place(place)
    content = {
        "ledger_id": _root(ledger),
        "name": place.name.strip(),
        "address": place.address.strip(),
        "latitude": place.latitude,
        "longitude": place.longitude,
    }
    return _opened(Place, place.key, content)


def _opened(
    model: type[Resource | Process | Place],
    key: UUID,
    content: Mapping[str, Any],
    opening: Mapping[str, Any] | None = None,
) -> int:
    """Open a stock, an activity or a place, once for a key, and seal it."""
    with turn(content["ledger_id"]):
        opened, created = keep_once(model, key=key, wanted=content, fresh=opening)
        if created:
            seal(content["ledger_id"], opened)
    return opened.pk


def _promised(by: User, root: int, wanted: Promise) -> int:
    much, code = rules.measured(wanted)
    codes = posting.specification_ids(root, {wanted.specification})
    content = {
        "ledger_id": root,
        "action": wanted.action,
        "provider_id": wanted.provider_id,
        "receiver_id": wanted.receiver_id,
        "specification_id": codes[wanted.specification],
        "measure": "quantity" if wanted.quantity is not None else "effort",
        "promised": much,
        "unit": code,
        "due": wanted.due,
        "input_of_id": wanted.input_of_id,
        "output_of_id": wanted.output_of_id,
        "planned_within_id": wanted.planned_within_id,
        "independent_demand_of_id": wanted.demand_of_id,
        "stage_id": _stage(root, wanted.stage.strip()).pk if wanted.stage.strip() else None,
        "in_state": wanted.state.strip(),
    }
    record = {"recorded_by_id": by.agent_id, "recorded_at": clock.now()}
    commitment, created = keep_once(Commitment, key=wanted.key, wanted=content, fresh=record)
    if created:
        seal(root, commitment)
        CommitmentState.objects.create(commitment=commitment)
    return commitment.pk


def _correction(original: reading.Stored, micro: int | None) -> Event:
    seed = replace(original.event, corrects=original.id)
    state = reading.state_for(execute, original.ledger, [seed])
    return taken_back(original.id, state, micro)


def _same_correction(
    stored: reading.Stored, event_id: int, happened_on: date | None, micro: int | None
) -> int:
    same = (
        stored.event.corrects == event_id
        and happened_on in (None, stored.happened_on)
        and _took(stored, event_id, micro)
    )
    if not same:
        raise KeyReused
    return stored.id


def _took(correction: reading.Stored, event_id: int, micro: int | None) -> bool:
    """Tell whether a correction took this much, or all that stood then when ``micro`` is None."""
    if micro is None:
        return not reading.stands_after(execute, event_id, correction.id)
    return {-much for _, much, _ in correction.event.measured()} == {micro}


def _stages(root: int, flows: Iterable[Flow]) -> dict[int, int | None]:
    """Return the kinds of the processes named. Raises Invalid for one of another ledger."""
    flows = list(flows)
    places = {flow.to_location_id for flow in flows} - {None}
    processes = {pk for flow in flows for pk in (flow.input_of_id, flow.output_of_id)} - {None}
    if not places and not processes:
        return {}
    found, kinds = reading.places_and_processes(
        execute, root, sorted(filter(None, places)), sorted(filter(None, processes))
    )
    if places - found:
        raise Invalid("Ce lieu n'existe pas dans cette coopération.", field="to_location")
    if processes - set(kinds):
        raise Invalid("Cette activité n'existe pas dans cette coopération.", field="process")
    return kinds


def _as_event(flow: Flow, stages: Mapping[int, int | None]) -> Event:
    return Event(
        action=flow.action,
        provider=flow.provider_id,
        receiver=flow.receiver_id,
        specification=flow.specification,
        quantity=flow.quantity,
        unit=flow.unit,
        effort=flow.effort,
        effort_unit=flow.effort_unit,
        resource=flow.resource_id,
        to_resource=flow.to_resource_id,
        links=tuple(Link(*link) for link in sorted(flow.fulfils)),
        to_location=flow.to_location_id,
        state=flow.state.strip(),
        stage=stages[flow.output_of_id] if flow.output_of_id is not None else None,
        input_of=flow.input_of_id,
        output_of=flow.output_of_id,
        settles=tuple(Settle(*share) for share in sorted(flow.settles)),
        rights="" if flow.rights is None else told(flow.rights),
    )
