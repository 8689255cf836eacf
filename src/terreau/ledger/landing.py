# SPDX-License-Identifier: AGPL-3.0-or-later
"""What an import writes: all that events name, the events batch by batch, then what has ended.

For the operator at the command line: nobody typed, so the agent of the cooperation records. Keys
are the caller's; what came before under the same key is left as it is, so that an import may be
done again, or go on after it was stopped.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, TypeVar
from uuid import UUID

from django.db import models
from django.db.models import F

from terreau.core import clock
from terreau.core.once import must_be_same
from terreau.ledger import kernel, posting, rules
from terreau.ledger.enums import EndKind
from terreau.ledger.flows import Activity, Batch, Planned, Promise, Somewhere, Stock
from terreau.ledger.models import (
    BatchLotRecord,
    Commitment,
    CommitmentEnd,
    CommitmentState,
    Place,
    Plan,
    Process,
    ProcessSpecification,
    Resource,
)
from terreau.ledger.posting import Wanted, seal, turn
from terreau.people.models import Space

CHUNK = 500
Thing = TypeVar("Thing")
Ids = dict[UUID, int]


@dataclass(frozen=True, slots=True)
class Land:
    """Where an import lands: the outermost space, and the agent who records."""

    ledger: int
    agent: int

    @classmethod
    def of(cls, space: Space, agent_id: int) -> Land:
        return cls(space.root_id or space.pk, agent_id)


@dataclass(frozen=True, slots=True)
class End:
    """A promise that no longer binds; ``successor`` is the key of the one that replaces it."""

    key: UUID
    commitment: UUID
    kind: EndKind
    successor: UUID | None = None


def stages(land: Land, codes: Iterable[str]) -> dict[str, int]:
    """Return the kinds of processes by their words, adding those that are missing."""
    wanted = set(codes)
    mine = ProcessSpecification.objects.filter(ledger_id=land.ledger)
    with turn(land.ledger):
        missing = wanted - set(mine.values_list("code", flat=True))
        kinds = [ProcessSpecification(ledger_id=land.ledger, code=code) for code in sorted(missing)]
        seal(land.ledger, *ProcessSpecification.objects.bulk_create(kinds, CHUNK))
    return {code: pk for pk, code in mine.values_list("pk", "code") if code in wanted}


def places(land: Land, given: Iterable[Somewhere]) -> Ids:
    """Note places and return their ids by key."""
    rows = {
        one.key: {
            "name": one.name.strip(),
            "address": one.address.strip(),
            "latitude": one.latitude,
            "longitude": one.longitude,
        }
        for one in given
    }
    return all_once(land, Place, rows)


def plans(land: Land, given: Sequence[Planned]) -> Ids:
    """Open plans and return their ids by key."""
    names = {one.key: {"name": one.name.strip(), "due": one.due} for one in given}
    return all_once(land, Plan, {one.key: {} for one in given}, _opened(land), names)


def batches(land: Land, given: Iterable[Batch]) -> Ids:
    """Note batches and return their ids by key."""
    rows = {one.key: {"code": one.code, "expires_on": one.expires_on} for one in given}
    return all_once(land, BatchLotRecord, rows)


def processes(
    land: Land, given: Sequence[Activity], kinds: Mapping[str, int], finished: Collection[UUID]
) -> Ids:
    """Open processes and return their ids by key; ``finished``: those that are over."""
    rows = {
        one.key: {
            "specification_id": kinds.get(one.specification.strip()),
            "planned_within_id": one.planned_within_id,
            "begins_on": one.begins_on,
            "ends_on": one.ends_on,
        }
        for one in given
    }
    names = {one.key: {"name": one.name.strip(), "finished": one.key in finished} for one in given}
    return all_once(land, Process, rows, _opened(land), names)


def stocks(land: Land, given: Sequence[Stock]) -> Ids:
    """Open empty stocks and return their ids by key."""
    codes = posting.specification_ids(land.ledger, {one.specification for one in given})
    rows = {
        one.key: {
            "specification_id": codes[one.specification],
            "unit": one.unit,
            "floor": one.floor,
            "tracking_identifier": one.tracking_identifier,
            "of_batch_lot_id": one.batch_id,
        }
        for one in given
    }
    names = {one.key: {"name": one.name.strip()} for one in given}
    return all_once(land, Resource, rows, _opened(land), names)


def promises(land: Land, given: Sequence[Promise], kinds: Mapping[str, int]) -> Ids:
    """Enter commitments and return their ids by key. ``kinds``: those of activities, by word."""
    codes = posting.specification_ids(land.ledger, {one.specification for one in given})
    rows = {}
    for one in given:
        much, unit = rules.measured(one)
        rows[one.key] = {
            "action": one.action,
            "provider_id": one.provider_id,
            "receiver_id": one.receiver_id,
            "specification_id": codes[one.specification],
            "measure": "quantity" if one.quantity is not None else "effort",
            "promised": much,
            "unit": unit,
            "due": one.due,
            "input_of_id": one.input_of_id,
            "output_of_id": one.output_of_id,
            "planned_within_id": one.planned_within_id,
            "independent_demand_of_id": one.demand_of_id,
            "stage_id": kinds[one.stage] if one.stage else None,
            "in_state": one.state,
        }
    record = {"recorded_by_id": land.agent, "recorded_at": clock.now()}
    with turn(land.ledger):
        ids = all_once(land, Commitment, rows, record)
        for some in chunks(ids.values()):
            states = [CommitmentState(commitment_id=pk) for pk in some]
            CommitmentState.objects.bulk_create(states, ignore_conflicts=True)
    return ids


def events(land: Land, wanted: Sequence[Wanted], kept: tuple[kernel.Kept, ...]) -> list[int]:
    """Write a batch as it was rehearsed; when that no longer holds, post it by all rules anew."""
    try:
        return posting.record_rehearsed(land.ledger, wanted, kept)
    except kernel.Conflict:
        return posting.record(land.ledger, wanted)


def ends(land: Land, given: Iterable[End], ids: Mapping[UUID, int]) -> None:
    """End promises. One that has ended here meanwhile stays as it is."""
    for some in chunks(given):
        with turn(land.ledger):
            known = CommitmentEnd.objects.filter(
                commitment__key__in=[one.commitment for one in some]
            )
            ended = set(known.values_list("commitment_id", flat=True))
            fresh = [one for one in some if ids[one.commitment] not in ended]
            record = {"recorded_by_id": land.agent, "recorded_at": clock.now()}
            written = CommitmentEnd.objects.bulk_create(
                CommitmentEnd(
                    commitment_id=ids[one.commitment],
                    key=one.key,
                    kind=one.kind,
                    successor_id=ids[one.successor] if one.successor else None,
                    **record,
                )
                for one in fresh
            )
            seal(land.ledger, *written)
            mine = CommitmentState.objects.filter(pk__in=[ids[one.commitment] for one in fresh])
            mine.update(ended=True, version=F("version") + 1)


def _opened(land: Land) -> dict[str, Any]:
    return {"opened_by_id": land.agent, "opened_at": clock.now()}


def all_once(
    land: Land,
    model: type[models.Model],
    rows: Mapping[UUID, Mapping[str, Any]],
    fresh: Mapping[str, Any] | None = None,
    names: Mapping[UUID, Mapping[str, Any]] | None = None,
) -> Ids:
    """Create what is not there yet; raise KeyReused for what is there with other content.

    ``fresh`` and ``names`` are written with it, and may have changed since.
    """
    ids: Ids = {}
    for some in chunks(rows.items()):
        with turn(land.ledger):
            missing = dict(some)
            ids |= _found(land, model, missing)
            written = model._default_manager.bulk_create(
                model(
                    key=key,
                    ledger_id=land.ledger,
                    **row,
                    **(fresh or {}),
                    **(names or {}).get(key, {}),
                )
                for key, row in missing.items()
            )
            ids |= zip(missing, (one.pk for one in written), strict=True)
            seal(land.ledger, *written)
    return ids


def _found(land: Land, model: type[models.Model], missing: dict[UUID, Mapping[str, Any]]) -> Ids:
    """Take out of ``missing`` what is there already, and return its ids by key."""
    ids: Ids = {}
    for one in model._default_manager.filter(key__in=list(missing)):
        key = one.key  # type: ignore[attr-defined]
        must_be_same(one, {"ledger_id": land.ledger, **missing.pop(key)})
        ids[key] = one.pk
    return ids


def chunks(things: Iterable[Thing]) -> Iterator[list[Thing]]:
    """Yield things in lists of a size that a statement takes."""
    left = iter(things)
    while some := list(islice(left, CHUNK)):
        yield some
