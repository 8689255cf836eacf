# SPDX-License-Identifier: AGPL-3.0-or-later
"""What may be done about needs and offers: say one, mend it, close it, propose it, answer it.

Each call takes its own transaction and may stand inside the caller's. The same key again with the
same content changes nothing and returns the same id; with other content it raises KeyReused.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from fractions import Fraction
from typing import Any, TypeVar

from django.db import transaction
from django.db.models import Q

from terreau.core import clock
from terreau.core.errors import Invalid, KeyReused, NotAllowed, NotFound
from terreau.core.once import keep_once, kept
from terreau.core.statements import execute
from terreau.core.units import as_fraction, convertible
from terreau.core.versions import differs
from terreau.ledger import posting, reading
from terreau.ledger.enums import Purpose
from terreau.ledger.models import (
    Commitment,
    Correction,
    Event,
    EventLink,
    Intent,
    Place,
    ProcessSpecification,
    Proposal,
    ProposalList,
    Publication,
    Resource,
    Satisfaction,
)
from terreau.ledger.planning.within import plans_within
from terreau.ledger.posting import seal, turn
from terreau.ledger.wishes import queries, rules
from terreau.ledger.wishes.said import Answer, Listing, Offering, Wish
from terreau.ledger.wishes.shares import Standing
from terreau.people.actions import revise
from terreau.people.models import Space, User
from terreau.people.rules import can_enter
from terreau.people.visibility import reach_of

__all__ = [
    "Answer", "Listing", "Offering", "Wish", "answer", "close_proposal", "finish", "keep_list",
    "mend", "propose", "put_on_list", "reopen", "wish",
]  # fmt: skip
R = TypeVar("R", Intent, Proposal, ProposalList)


def wish(*, by: User, space: Space, wish: Wish) -> int:
    """Say a need or an offer to an audience; return its id. Raises NotAllowed, Invalid."""
    side = wish.provider_id or wish.receiver_id
    rules.check_wish(wish)
    _may_say(by, space, side)
    content = {**_content(_root(space), wish), **_filing(space, side, wish.level)}
    intent, _ = keep_once(
        Intent, key=wish.key, wanted=content, fresh={"recorded_by_id": by.agent_id}
    )
    return intent.pk


def mend(*, by: User, intent_id: int, version: int, wish: Wish) -> None:
    """Say a wish anew, over the version that was read, while nothing answers it.

    Its key and who it is of stay. Raises NotFound, NotAllowed, Invalid, EditConflict.
    """
    intent = _mine(by, Intent, intent_id)
    rules.check_wish(wish)
    if (wish.provider_id, wish.receiver_id) != (intent.provider_id, intent.receiver_id):
        raise Invalid("Un besoin ou une offre reste à qui l'a dit : dites-en un autre.")
    changes = _content(intent.ledger_id, wish)
    said_now = {**changes, "level": wish.level}
    with turn(intent.ledger_id):
        current = Intent.objects.get(pk=intent.pk)
        if not differs(current, said_now):
            return  # it stands as it is said
        if current.finished_on is not None:
            raise Invalid("C'est fini : rouvrez-le pour y changer quelque chose.")
        if current.satisfactions.exists():
            raise Invalid(
                "Quelque chose y répond déjà : ce qui était dit reste. Terminez-le, et dites-en un "
                "autre."
            )
        revise(current, version=version, changes=said_now)


def finish(*, by: User, intent_id: int) -> None:
    """Say that a need or an offer is over, whatever is left of it. Twice changes nothing."""
    intent = _mine(by, Intent, intent_id)
    with turn(intent.ledger_id):
        Intent.objects.filter(pk=intent.pk, finished_on=None).update(finished_on=clock.today())


def reopen(*, by: User, intent_id: int) -> None:
    """Say that it is not over after all. Twice changes nothing."""
    intent = _mine(by, Intent, intent_id)
    with turn(intent.ledger_id):
        Intent.objects.filter(pk=intent.pk).update(finished_on=None)


def propose(*, by: User, space: Space, offering: Offering) -> int:
    """Make wishes known together; return the id of the proposal. Raises NotAllowed, Invalid.

    What it publishes is of the one who proposes; what is expected in return may be anybody's.
    """
    rules.check_offering(offering)
    _may_say(by, space, offering.author_id)
    root = _root(space)
    _check_place(root, offering.place_id)
    content = {
        "ledger_id": root,
        "name": offering.name.strip(),
        "note": offering.note.strip(),
        "purpose": offering.purpose,
        "unit_based": offering.unit_based,
        "begins_on": offering.begins_on,
        "ends_on": offering.ends_on,
        "place_id": offering.place_id,
        **_filing(space, offering.author_id, offering.level),
    }
    sides = dict.fromkeys(offering.publishes, False) | dict.fromkeys(offering.reciprocal, True)
    fresh = {"recorded_by_id": by.agent_id}
    with transaction.atomic():
        proposal, created = keep_once(Proposal, key=offering.key, wanted=content, fresh=fresh)
        if created:
            _check_published(by, root, offering)
            proposal.publications.bulk_create(
                Publication(proposal=proposal, intent_id=pk, reciprocal=back)
                for pk, back in sides.items()
            )
            _ask(proposal, offering.proposed_to)
        else:
            told = dict(proposal.publications.values_list("intent_id", "reciprocal"))
            _must_be(told, sides)
            _must_be(_asked(proposal), set(offering.proposed_to))
    return proposal.pk


def close_proposal(*, by: User, proposal_id: int) -> None:
    """Say that a proposal no longer stands; its wishes do. Twice changes nothing."""
    proposal = _mine(by, Proposal, proposal_id)
    Proposal.objects.filter(pk=proposal.pk, closed_on=None).update(closed_on=clock.today())


def keep_list(*, by: User, space: Space, listing: Listing) -> int:
    """Keep a list of proposals; return its id. More may be put on it afterwards."""
    rules.check_listing(listing)
    _may_say(by, space, listing.author_id)
    content = {
        "ledger_id": _root(space),
        "name": listing.name.strip(),
        "note": listing.note.strip(),
        **_filing(space, listing.author_id, listing.level),
    }
    fresh = {"recorded_by_id": by.agent_id}
    with transaction.atomic():
        found, created = keep_once(ProposalList, key=listing.key, wanted=content, fresh=fresh)
        if created:
            _check_listed(by, found.ledger_id, listing.proposals)
            found.proposals.add(*listing.proposals)
            _ask(found, listing.proposed_to)
        else:
            listed = set(found.proposals.values_list("pk", flat=True))
            _must_be(listed & set(listing.proposals), set(listing.proposals))
            _must_be(_asked(found), set(listing.proposed_to))
    return found.pk


def put_on_list(*, by: User, list_id: int, proposals: Collection[int]) -> None:
    """Put proposals on a list. Those that stand on it already stay."""
    found = _mine(by, ProposalList, list_id)
    if len(set(proposals)) > rules.MOST:
        raise Invalid(f"{rules.MOST} au plus à la fois.", field="lists")
    _check_listed(by, found.ledger_id, proposals)
    found.proposals.add(*proposals)


def answer(*, by: User, answer: Answer) -> int:
    """Note that a promise or an event answers a wish; return the id of the link.

    For who speaks for a side of it, or steers. Raises NotFound, NotAllowed, Invalid, KeyReused.
    """
    intent = _read(by, Intent, answer.intent_id)
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


# What a wish names


def _content(root: int, wish: Wish) -> dict[str, Any]:
    """Return the columns of a wish. Raises Invalid for what its ledger does not have."""
    _check_place(root, wish.place_id)
    (plan,) = plans_within(root, [wish])
    _check_stock(root, wish)
    codes = posting.specification_ids(root, {wish.specification.strip()})
    return {
        "ledger_id": root,
        "action": wish.action,
        "provider_id": wish.provider_id,
        "receiver_id": wish.receiver_id,
        "specification_id": codes[wish.specification.strip()],
        "measure": wish.measure,
        "quantity": wish.quantity,
        "available": wish.available,
        "minimum": wish.minimum,
        "unit": wish.unit,
        "resource_id": wish.resource_id,
        "input_of_id": wish.input_of_id,
        "output_of_id": wish.output_of_id,
        "planned_within_id": plan,
        "stage_id": _stage(root, wish.stage.strip()),
        "state": wish.state.strip(),
        "place_id": wish.place_id,
        "reach": wish.reach,
        "begins_on": wish.begins_on,
        "ends_on": wish.ends_on,
        "due": wish.due,
        "name": wish.name.strip(),
        "note": wish.note.strip(),
    }


def _filing(space: Space, author_id: int | None, level: str) -> dict[str, Any]:
    return {"space_id": space.pk, "author_id": author_id, "level": level}


def _check_place(root: int, pk: int | None) -> None:
    if pk is not None and not Place.objects.filter(pk=pk, ledger_id=root).exists():
        raise Invalid("Ce lieu n'existe pas dans cette coopération.", field="place")


def _check_stock(root: int, wish: Wish) -> None:
    if wish.resource_id is None:
        return
    stocks = Resource.objects.filter(pk=wish.resource_id, ledger_id=root)
    stock = stocks.select_related("specification").first()
    if stock is None:
        raise Invalid("Ce stock n'existe pas dans cette coopération.", field="resource")
    if stock.specification.code != wish.specification.strip():
        raise Invalid("Ce stock est d'autre chose.", field="resource")
    if not convertible(wish.unit, stock.unit):
        raise Invalid("Ce stock se compte autrement.", field="unit")


def _stage(root: int, code: str) -> int | None:
    if not code:
        return None
    stages = ProcessSpecification.objects.filter(ledger_id=root, code=code)
    found = stages.values_list("pk", flat=True).first()
    if found is None:
        raise Invalid("Ce genre d'activité n'existe pas dans cette coopération.", field="stage")
    return found


def _check_published(by: User, root: int, offering: Offering) -> None:
    asked = {*offering.publishes, *offering.reciprocal}
    mine = queries.readable_records(by, Intent).filter(ledger_id=root, pk__in=asked)
    found = {one.pk: one for one in mine}
    if set(found) != asked:
        raise Invalid("Ce besoin ou cette offre n'existe pas ici.", field="publishes")
    is_offer = offering.purpose == Purpose.OFFER
    for pk in offering.publishes:
        if found[pk].author_id != offering.author_id:
            raise Invalid("On ne propose que ce que l'on a dit soi-même.", field="publishes")
        if (found[pk].provider_id is not None) != is_offer:
            raise Invalid(
                "Une offre fait connaître ce que l'on propose, une demande ce qu'il vous faut.",
                field="publishes",
            )


def _check_listed(by: User, root: int, proposals: Collection[int]) -> None:
    mine = queries.readable_records(by, Proposal).filter(ledger_id=root, pk__in=proposals)
    if mine.count() < len(set(proposals)):
        raise Invalid("Cette proposition n'existe pas ici.", field="lists")


def _ask(record: Proposal | ProposalList, agents: Collection[int]) -> None:
    """Propose something to agents. Raises Invalid for one that does not exist."""
    posting.check_parties(set(agents), reading.known(execute, record.ledger_id, agents, ()).agents
                          if agents else frozenset())  # fmt: skip
    record.proposed_to.add(*agents)


def _asked(record: Proposal | ProposalList) -> set[int]:
    return set(record.proposed_to.values_list("pk", flat=True))


def _must_be(stored: object, wanted: object) -> None:
    if stored != wanted:
        raise KeyReused


# Who


def _root(space: Space) -> int:
    return space.root_id or space.pk


def _may_say(by: User, space: Space, side: int | None) -> None:
    if not can_enter(by, space):
        raise NotAllowed("Seules les personnes de cette coopération peuvent y noter quelque chose.")
    if side not in reach_of(by).agents:
        raise NotAllowed("Vous ne pouvez pas le dire au nom de cette organisation.")


def _read(by: User, model: type[R], pk: int) -> R:
    found: R | None = (
        queries.readable_records(by, model).filter(pk=pk).select_related("space").first()
    )
    if found is None or not can_enter(by, found.space):
        raise NotFound("Nous ne trouvons pas cela ici, ou vous ne pouvez plus le lire.")
    return found


def _mine(by: User, model: type[R], pk: int) -> R:
    found = _read(by, model, pk)
    if not rules.can_change(by, found):
        raise NotAllowed("Seul qui l'a dit, ou qui garde les clés, peut y changer quelque chose.")
    return found
