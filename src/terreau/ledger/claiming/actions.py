# SPDX-License-Identifier: AGPL-3.0-or-later
"""Claim what is due in return for what took place, and stop claiming it.

Settling is posting: an event says which claims it settles (``Flow.settles``). Each call takes its
own transaction; repeating it with the same key changes nothing, other content raises KeyReused.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import F

from terreau.core import clock
from terreau.core.errors import Invalid, KeyReused, NotAllowed, NotFound
from terreau.core.once import keep_once
from terreau.core.statements import execute
from terreau.ledger import posting, reading, rules
from terreau.ledger.engine import state as engine
from terreau.ledger.engine.claim_rules import Claiming
from terreau.ledger.engine.rules import check_claim
from terreau.ledger.enums import EndKind
from terreau.ledger.flows import Claimed
from terreau.ledger.models import Claim, ClaimEnd, ClaimState
from terreau.ledger.posting import Who, seal, turn
from terreau.ledger.recording import root, who
from terreau.people.models import Space, User


def claim(*, by: User, ledger: Space, claims: Iterable[Claimed]) -> list[int]:
    """Enter claims, all or none; return their ids in order.

    Who is owed claims: ``by`` is that person, or speaks for that organisation. Raises NotAllowed,
    KeyReused, or Invalid with the sentence of the broken rule.
    """
    claims = list(claims)
    speaking = {one.receiver_id: _speaker(by, ledger, one.receiver_id) for one in claims}
    with turn(root(ledger)):  # what triggers a claim is not taken back meanwhile
        return [_entered(root(ledger), one, speaking[one.receiver_id]) for one in claims]


def _speaker(by: User, ledger: Space, receiver: int) -> Who:
    who(by, ledger, None)
    if not rules.speaks_for(by, receiver):
        raise NotAllowed(
            "Seul celui à qui cela est dû, ou qui parle pour lui, note une créance : demandez-lui "
            "de la noter."
        )
    return who(by, ledger, receiver)


def _entered(ledger: int, wanted: Claimed, speaker: Who) -> int:
    known = Claim.objects.filter(key=wanted.key).exists()
    if not known:
        check_claim(_claiming(ledger, wanted))
    much, unit, measure = _measured(wanted)
    codes = posting.specification_ids(ledger, {wanted.specification})
    content = {
        "ledger_id": ledger,
        "action": wanted.action,
        "provider_id": wanted.provider_id,
        "receiver_id": wanted.receiver_id,
        "specification_id": codes[wanted.specification],
        "measure": measure,
        "claimed": much,
        "unit": unit,
        "triggered_by_id": wanted.triggered_by_id,
        "due": wanted.due,
    }
    record = {"recorded_by_id": speaker.person, "mandate_id": speaker.mandate}
    return _kept(ledger, wanted.key, content, record | {"recorded_at": clock.now()})


def _kept(ledger: int, key: UUID, content: dict[str, Any], record: dict[str, Any]) -> int:
    one, created = keep_once(Claim, key=key, wanted=content, fresh=record)
    if created:
        seal(ledger, one)
        ClaimState.objects.create(claim=one, unsettled=one.claimed)
    return one.pk


def _measured(wanted: Claimed) -> tuple[int, str, engine.Measure]:
    if (wanted.quantity is None) == (wanted.effort is None):
        raise Invalid("Une créance porte une quantité ou un temps, un seul des deux.")
    if wanted.quantity is not None:
        return wanted.quantity, wanted.unit, "quantity"
    return wanted.effort or 0, wanted.effort_unit, "effort"


def _claiming(ledger: int, wanted: Claimed) -> Claiming:
    """Return what the rules of a claim look at (merged sides are read when they differ)."""
    much, unit, measure = _measured(wanted)
    sides = (wanted.provider_id, wanted.receiver_id)
    one = engine.Claim(0, *sides, measure, unit, much, wanted.triggered_by_id)
    past = reading.past(execute, ledger, [wanted.triggered_by_id]).get(wanted.triggered_by_id)
    if past is None or (past.event.receiver, past.event.provider) == sides:
        return Claiming(one, wanted.action, past)
    gave, received = past.event.provider, past.event.receiver
    same = (reading.merged_with(execute, gave), reading.merged_with(execute, received))
    return Claiming(one, wanted.action, past, *same)


def drop_claim(*, by: User, claim_id: int, key: UUID, successor_id: int | None = None) -> None:
    """Stop claiming: what was settled stays counted, the rest is no longer due.

    ``successor_id`` names the claim that replaces it. Raises NotAllowed unless ``by`` speaks for
    who is owed, Invalid when it had already ended.
    """
    one = Claim.objects.select_related("ledger").filter(pk=claim_id).first()
    if one is None:
        raise NotFound("Cette créance n'existe pas.")
    _speaker(by, one.ledger, one.receiver_id)
    ending = {
        "kind": EndKind.SUPERSEDED if successor_id else EndKind.WITHDRAWN,
        "successor_id": successor_id,
        "recorded_by_id": by.agent_id,
        "recorded_at": clock.now(),
    }
    if ClaimEnd.objects.filter(key=key).exclude(claim=one).exists():
        raise KeyReused
    with turn(one.ledger_id):
        _check_successor(one, successor_id)
        end, created = ClaimEnd.objects.get_or_create(claim=one, defaults={"key": key, **ending})
        if created:
            seal(one.ledger_id, end)
            mine = ClaimState.objects.filter(pk=claim_id)
            mine.update(ended=True, version=F("version") + 1)
        elif end.key != key:
            raise Invalid("Cette créance a déjà été retirée ou remplacée.")
        elif end.successor_id != successor_id:
            raise KeyReused


def _check_successor(one: Claim, successor_id: int | None) -> None:
    mine = Claim.objects.filter(ledger_id=one.ledger_id).exclude(pk=one.pk)
    if successor_id is not None and not mine.filter(pk=successor_id).exists():
        raise Invalid("La créance qui remplace celle-ci n'existe pas dans cette coopération.")
