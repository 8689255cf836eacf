# SPDX-License-Identifier: AGPL-3.0-or-later
"""Note that a promise or an event answers a need or an offer."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import Any

from django.db.models import Q

from terreau.core import clock
from terreau.core.errors import Invalid, NotAllowed, NotFound
from terreau.core.once import kept
from terreau.core.statements import execute
from terreau.core.units import as_fraction
from terreau.ledger import reading
from terreau.ledger.models import (
    Commitment,
    Correction,
    Event,
    EventLink,
    Intent,
    Satisfaction,
)
from terreau.ledger.posting import seal, turn
from terreau.ledger.wishes import queries, rules
from terreau.ledger.wishes.actions.who import readable
from terreau.ledger.wishes.said import Answer
from terreau.ledger.wishes.shares import Standing
from terreau.people.models import User
from terreau.people.visibility import reach_of


def answer(*, by: User, answer: Answer) -> int:
    """Note that a promise or an event answers a wish; return the id of the link.

    For who speaks for a side of it, or steers. Raises NotFound, NotAllowed, Invalid, KeyReused.
    """
    intent = readable(by, Intent, answer.intent_id)
    if (answer.event_id is None) == (answer.commitment_id is None):
        raise Invalid("Une réponse est une promesse, ou quelque chose qui a eu lieu.")
    source = _source(intent.ledger_id, answer)
    sides = {intent.author_id, source.provider_id, source.receiver_id, source.recorded_by_id}
    reach = reach_of(by)
    if not sides & reach.agents and intent.ledger_id not in reach.stewarded:
        raise NotAllowed("Vous ne parlez pour aucun des deux côtés. Rien n'a été enregistré.")
    named = {
        "ledger_id": intent.ledger_id,
        "intent_id": intent.pk,
        "event_id": answer.event_id,
        "commitment_id": answer.commitment_id,
    }
    if answer.micro is not None:
        named["quantity"] = answer.micro
    with turn(intent.ledger_id):
        before = kept(Satisfaction, key=answer.key, wanted=named)
        if before is not None:
            return before.pk
        return _answered(by, intent.pk, source, answer, named)


def _answered(
    by: User, intent_id: int, source: Event | Commitment, answer: Answer, named: dict[str, Any]
) -> int:
    """Check and write, in the ledger's turn: what was read of it before may have changed."""
    intent = Intent.objects.get(pk=intent_id)
    mine = Q(event=answer.event_id) if answer.event_id else Q(commitment=answer.commitment_id)
    if intent.satisfactions.filter(mine).exists():
        raise Invalid("Cela y répond déjà : c'est noté.")
    first = not intent.satisfactions.exists()
    micro = rules.answered_by(
        _asked_of(intent), _answering(intent, source, mine), answer.micro, answer.beyond
    )
    record = {"recorded_by_id": by.agent_id, "recorded_at": clock.now()}
    link = Satisfaction.objects.create(key=answer.key, **{**named, "quantity": micro}, **record)
    seal(intent.ledger_id, *([intent] if first else []), link)
    return link.pk


def _asked_of(intent: Intent) -> rules.Asked:
    return rules.Asked(
        intent.action,
        intent.specification_id,
        intent.measure,
        intent.unit,
        intent.receiver_id is not None,
        reading.merged_with(execute, intent.author_id),
        queries.answered([intent])[intent.pk].remaining,
        intent.finished_on is not None,
    )


def _answering(intent: Intent, source: Event | Commitment, mine: Q) -> rules.Answering:
    if isinstance(source, Event):
        kept_by = EventLink.objects.filter(event=source).values("commitment")
        doubles = intent.satisfactions.filter(commitment__in=kept_by).exists()
        closed, standing = source.corrects_id is not None, _of_event(intent.measure, source)
    else:
        keeping = EventLink.objects.filter(commitment=source).values("event")
        doubles = intent.satisfactions.filter(event__in=keeping).exists()
        closed = source.state.ended
        standing = _of_promise(source) if source.measure == intent.measure else None
    given = Satisfaction.objects.filter(mine, intent__measure=intent.measure)
    left = _left(standing, given.values_list("quantity", "intent__unit")) if standing else None
    return rules.Answering(
        source.action,
        source.specification_id,
        source.provider_id,
        source.receiver_id,
        left,
        standing.unit if standing else "",
        closed,
        doubles,
    )


def _of_event(measure: str, event: Event) -> Standing | None:
    told = event.effort if measure == "effort" else event.quantity
    if told is None:
        return None
    out = Correction.objects.filter(event=event).first() or Correction()
    return queries.standing_event(
        measure,
        event.quantity,
        event.unit,
        event.effort,
        event.effort_unit,
        out.quantity_out,
        out.effort_out,
    )


def _of_promise(promise: Commitment) -> Standing:
    state = promise.state
    return queries.standing_promise(promise.unit, promise.promised, state.fulfilled, state.ended)


def _left(standing: Standing, given: Iterable[tuple[int, str]]) -> Fraction:
    """Return what stands and answers nothing yet, in millionths of its unit."""
    shares = (as_fraction(much, unit, standing.unit) for much, unit in given)
    return standing.quantity - sum(shares, Fraction())


def _source(ledger: int, answer: Answer) -> Event | Commitment:
    found: Event | Commitment | None
    if answer.event_id is not None:
        found = Event.objects.filter(pk=answer.event_id, ledger_id=ledger).first()
    else:
        mine = Commitment.objects.filter(pk=answer.commitment_id or 0, ledger_id=ledger)
        found = mine.select_related("state").first()
    if found is None:
        raise NotFound("Ce qui répond n'existe pas dans cette coopération.")
    return found
