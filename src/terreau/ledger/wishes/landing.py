# SPDX-License-Identifier: AGPL-3.0-or-later
"""What an import writes of wishes (see ``ledger.landing``): what is there already stays as it is.

A wish may have been mended here since it came, so that it is not compared with the file again.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Any, TypeVar
from uuid import UUID

from django.db import transaction

from terreau.core import clock
from terreau.ledger import posting
from terreau.ledger.landing import Ids, Land
from terreau.ledger.models import (
    Commitment,
    Event,
    Intent,
    Place,
    Plan,
    Process,
    Proposal,
    ProposalList,
    Publication,
    Resource,
    Satisfaction,
    Seal,
)
from terreau.ledger.posting import seal, turn
from terreau.ledger.wishes.said import Answer, Listing, Offering, Wish

CHUNK = 500
Thing = TypeVar("Thing")
_KEYED: dict[str, type[Any]] = {
    "places": Place,
    "processes": Process,
    "plans": Plan,
    "stocks": Resource,
    "promises": Commitment,
    "events": Event,
}


@dataclass(frozen=True, slots=True)
class Audience:
    """Where wishes land, and the space in which they are read."""

    land: Land
    space: int


def ids_of(what: str, keys: Iterable[UUID]) -> Ids:
    """Return the ids of places, processes, plans, stocks, promises or events, by key."""
    ids: Ids = {}
    for some in _chunks(keys):
        ids |= _KEYED[what].objects.filter(key__in=some).values_list("key", "pk")
    return ids


def intents(
    to: Audience, given: Sequence[Wish], stages: Mapping[str, int], finished: Collection[UUID]
) -> Ids:
    """Write needs and offers whose ids are those of this instance; return theirs by key."""
    codes = posting.specification_ids(to.land.ledger, {one.specification for one in given})
    rows = {}
    for one in given:
        rows[one.key] = {
            name: getattr(one, name)
            for name in Wish.__dataclass_fields__
            if name not in ("key", "specification", "stage")
        }
        rows[one.key] |= {
            "author_id": one.provider_id or one.receiver_id,
            "specification_id": codes[one.specification],
            "stage_id": stages.get(one.stage),
            "finished_on": _today_if(one.key in finished),
        }
    return _once(to, Intent, rows)


def proposals(to: Audience, given: Sequence[Offering], closed: Collection[UUID]) -> Ids:
    """Write proposals with what they publish, and return their ids by key."""
    rows = {}
    for one in given:
        rows[one.key] = {
            name: getattr(one, name)
            for name in Offering.__dataclass_fields__
            if name not in ("key", "publishes", "reciprocal", "proposed_to")
        } | {"closed_on": _today_if(one.key in closed)}
    ids = _once(to, Proposal, rows)
    for some in _chunks(given):
        with transaction.atomic():
            Publication.objects.bulk_create(
                (
                    Publication(proposal_id=ids[one.key], intent_id=pk, reciprocal=back)
                    for one in some
                    for pks, back in ((one.publishes, False), (one.reciprocal, True))
                    for pk in pks
                ),
                ignore_conflicts=True,
            )
            asked = Proposal.proposed_to.through
            asked._default_manager.bulk_create(
                (
                    asked(proposal_id=ids[one.key], agent_id=pk)
                    for one in some
                    for pk in one.proposed_to
                ),
                ignore_conflicts=True,
            )
    return ids


def lists(to: Audience, given: Sequence[Listing]) -> None:
    """Write lists of proposals with what stands on them."""
    rows = {
        one.key: {
            name: getattr(one, name)
            for name in Listing.__dataclass_fields__
            if name not in ("key", "proposals", "proposed_to")
        }
        for one in given
    }
    ids = _once(to, ProposalList, rows)
    for one in given:
        found = ProposalList.objects.get(pk=ids[one.key])
        with transaction.atomic():
            found.proposals.add(*one.proposals)
            found.proposed_to.add(*one.proposed_to)


def answers(land: Land, given: Iterable[Answer]) -> None:
    """Write what answers wishes; each says its quantity. A wish is sealed with its first answer."""
    for some in _chunks(given):
        with turn(land.ledger):
            known = _known(some)
            fresh = [one for one in some if (one.intent_id, _source(one)) not in known]
            record = {"recorded_by_id": land.agent, "recorded_at": clock.now()}
            written = Satisfaction.objects.bulk_create(
                Satisfaction(
                    ledger_id=land.ledger,
                    key=one.key,
                    intent_id=one.intent_id,
                    commitment_id=one.commitment_id,
                    event_id=one.event_id,
                    quantity=one.micro or 0,
                    **record,
                )
                for one in fresh
            )
            seal(land.ledger, *_first_answered(fresh), *written)


def _source(one: Answer) -> tuple[int | None, int | None]:
    return one.commitment_id, one.event_id


def _known(some: list[Answer]) -> set[tuple[int, tuple[int | None, int | None]]]:
    """Return what is noted already, under this key or another."""
    rows = Satisfaction.objects.filter(intent_id__in={one.intent_id for one in some})
    return {
        (intent, (promise, event))
        for intent, promise, event in rows.values_list("intent_id", "commitment_id", "event_id")
    }


def _first_answered(fresh: list[Answer]) -> list[Intent]:
    wanted = {one.intent_id for one in fresh}
    sealed = Seal.objects.filter(kind="intent", fact__in=wanted).values_list("fact", flat=True)
    return list(Intent.objects.filter(pk__in=wanted - set(sealed)).order_by("pk"))


def _once(to: Audience, model: type[Any], rows: Mapping[UUID, Mapping[str, Any]]) -> Ids:
    """Create what is not there under its key; return all ids by key."""
    ids: Ids = {}
    filing = {
        "ledger_id": to.land.ledger,
        "space_id": to.space,
        "recorded_by_id": to.land.agent,
    }
    for some in _chunks(rows.items()):
        with transaction.atomic():
            keys = [key for key, _ in some]
            ids |= model.objects.filter(key__in=keys).values_list("key", "pk")
            written = model.objects.bulk_create(
                model(key=key, **filing, **row) for key, row in some if key not in ids
            )
            ids |= ((one.key, one.pk) for one in written)
    return ids


def _today_if(over: bool) -> date | None:
    return clock.today() if over else None


def _chunks(things: Iterable[Thing]) -> Iterator[list[Thing]]:
    left = iter(things)
    while some := list(islice(left, CHUNK)):
        yield some
