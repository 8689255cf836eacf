# SPDX-License-Identifier: AGPL-3.0-or-later
"""What an import writes of claims: each as soon as its trigger is written, then what has ended.

For the operator at the command line, as ``ledger.landing``: nobody typed, keys are the caller's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from django.db.models import F

from terreau.core import clock
from terreau.core.errors import Invalid
from terreau.core.statements import execute
from terreau.ledger import posting, reading
from terreau.ledger.flows import Claimed
from terreau.ledger.landing import End, Ids, Land, all_once, chunks
from terreau.ledger.models import Claim, ClaimEnd, ClaimState
from terreau.ledger.posting import seal, turn


def claims(land: Land, given: Sequence[Claimed]) -> Ids:
    """Enter claims that were rehearsed and return their ids by key."""
    if not given:
        return {}
    codes = posting.specification_ids(land.ledger, {one.specification for one in given})
    record = {"recorded_by_id": land.agent, "recorded_at": clock.now()}
    with turn(land.ledger):
        _check_triggers(land, given)
        ids = all_once(land, Claim, {one.key: _row(one, codes) for one in given}, record)
        states = [ClaimState(claim_id=ids[one.key], unsettled=_much(one)) for one in given]
        ClaimState.objects.bulk_create(states, ignore_conflicts=True)
    return ids


def _check_triggers(land: Land, given: Sequence[Claimed]) -> None:
    """What triggers a new claim still stands: somebody may have taken it back meanwhile."""
    known = set(
        Claim.objects.filter(key__in=[one.key for one in given]).values_list("key", flat=True)
    )
    triggers = sorted({one.triggered_by_id for one in given if one.key not in known})
    past = reading.past(execute, land.ledger, triggers) if triggers else {}
    if not all(pk in past and past[pk].stands for pk in triggers):
        raise Invalid(
            "Ce qui donne lieu à une créance a été annulé pendant la reprise : recommencez avec un "
            "export récent."
        )


def _much(one: Claimed) -> int:
    return (one.effort if one.quantity is None else one.quantity) or 0


def _row(one: Claimed, codes: Mapping[str, int]) -> dict[str, object]:
    return {
        "action": one.action,
        "provider_id": one.provider_id,
        "receiver_id": one.receiver_id,
        "specification_id": codes[one.specification],
        "measure": "quantity" if one.quantity is not None else "effort",
        "claimed": _much(one),
        "unit": one.unit if one.quantity is not None else one.effort_unit,
        "triggered_by_id": one.triggered_by_id,
        "due": one.due,
    }


def ends(land: Land, given: Iterable[End], ids: Mapping[UUID, int]) -> None:
    """End claims. One that has ended here meanwhile stays as it is."""
    for some in chunks(given):
        with turn(land.ledger):
            known = ClaimEnd.objects.filter(claim__key__in=[one.commitment for one in some])
            ended = set(known.values_list("claim_id", flat=True))
            fresh = [one for one in some if ids[one.commitment] not in ended]
            written = ClaimEnd.objects.bulk_create(
                ClaimEnd(
                    claim_id=ids[one.commitment],
                    key=one.key,
                    kind=one.kind,
                    successor_id=ids[one.successor] if one.successor else None,
                    recorded_by_id=land.agent,
                    recorded_at=clock.now(),
                )
                for one in fresh
            )
            seal(land.ledger, *written)
            mine = ClaimState.objects.filter(pk__in=[ids[one.commitment] for one in fresh])
            mine.update(ended=True, version=F("version") + 1)
