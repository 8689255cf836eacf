# SPDX-License-Identifier: AGPL-3.0-or-later
"""Make wishes known together, and lists of proposals; mend them, close and reopen them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from terreau.core import clock
from terreau.core.errors import Invalid, KeyReused
from terreau.core.once import keep_once
from terreau.core.statements import execute
from terreau.core.versions import differs
from terreau.ledger import posting, reading
from terreau.ledger.enums import Purpose
from terreau.ledger.models import Intent, Proposal, ProposalList, Publication
from terreau.ledger.posting import turn
from terreau.ledger.wishes import queries, rules
from terreau.ledger.wishes.actions.who import changeable, check_place, filing, ledger_of, may_say
from terreau.ledger.wishes.said import Listing, Offering
from terreau.people.actions import revise
from terreau.people.models import Space, User


def propose(*, by: User, space: Space, offering: Offering) -> int:
    """Make wishes known together; return the id of the proposal. Raises NotAllowed, Invalid.

    What it publishes is of the one who proposes; what is expected in return may be anybody's.
    """
    rules.check_offering(offering)
    may_say(by, space, offering.author_id)
    ledger = ledger_of(space)
    content = {
        "ledger_id": ledger,
        **_content(ledger, offering),
        **filing(space, offering.author_id, offering.level),
    }
    sides = _sides(offering)
    fresh = {"recorded_by_id": by.agent_id}
    with transaction.atomic():
        proposal, created = keep_once(Proposal, key=offering.key, wanted=content, fresh=fresh)
        if created:
            _check_published(by, ledger, offering)
            _publish(proposal, sides)
            _ask(proposal, offering.proposed_to)
        else:
            told = dict(proposal.publications.values_list("intent_id", "reciprocal"))
            _must_be(told, sides)
            _must_be(_asked(proposal), set(offering.proposed_to))
    return proposal.pk


def mend_proposal(*, by: User, proposal_id: int, version: int, offering: Offering) -> None:
    """Make a proposal anew, over the version that was read; who makes it stays.

    What it publishes that ``by`` may not read stays too. Raises NotFound, NotAllowed, Invalid,
    EditConflict.
    """
    proposal = changeable(by, Proposal, proposal_id)
    rules.check_offering(offering)
    rules.check_same_side(proposal.author_id, offering.author_id)
    changes = {**_content(proposal.ledger_id, offering), "level": offering.level}
    with turn(proposal.ledger_id):
        current = Proposal.objects.get(pk=proposal.pk)
        told = dict(_told(by, current).values_list("intent_id", "reciprocal"))
        if (
            not differs(current, changes)
            and told == _sides(offering)
            and _asked(current) == set(offering.proposed_to)
        ):
            return  # it stands as it is said
        rules.check_going_on(current.closed_on)
        revise(current, version=version, changes=changes)
        _check_published(by, current.ledger_id, offering)
        _told(by, current).delete()
        _publish(current, _sides(offering))
        _ask_only(current, offering.proposed_to)


def close_proposal(*, by: User, proposal_id: int) -> None:
    """Say that a proposal no longer stands; its wishes do. Twice changes nothing."""
    proposal = changeable(by, Proposal, proposal_id)
    Proposal.objects.filter(pk=proposal.pk, closed_on=None).update(closed_on=clock.today())


def reopen_proposal(*, by: User, proposal_id: int) -> None:
    """Say that a proposal stands after all. Twice changes nothing."""
    proposal = changeable(by, Proposal, proposal_id)
    Proposal.objects.filter(pk=proposal.pk).update(closed_on=None)


def keep_list(*, by: User, space: Space, listing: Listing) -> int:
    """Keep a list of proposals; return its id. More may be put on it afterwards."""
    rules.check_listing(listing)
    may_say(by, space, listing.author_id)
    content = {
        "ledger_id": ledger_of(space),
        **_words(listing),
        **filing(space, listing.author_id, listing.level),
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


def mend_list(*, by: User, list_id: int, version: int, listing: Listing) -> None:
    """Say a list anew, over the version that was read: its words, who reads it, who is asked.

    Who keeps it stays, and so does what stands on it: see ``put_on_list`` and ``take_off_list``.
    """
    found = changeable(by, ProposalList, list_id)
    rules.check_listing(listing)
    rules.check_same_side(found.author_id, listing.author_id)
    changes = {**_words(listing), "level": listing.level}
    with turn(found.ledger_id):
        current = ProposalList.objects.get(pk=found.pk)
        if differs(current, changes) or _asked(current) != set(listing.proposed_to):
            revise(current, version=version, changes=changes)
            _ask_only(current, listing.proposed_to)


def put_on_list(*, by: User, list_id: int, proposals: Collection[int]) -> None:
    """Put proposals on a list. Those that stand on it already stay."""
    _changed(by, list_id, proposals).proposals.add(*proposals)


def take_off_list(*, by: User, list_id: int, proposals: Collection[int]) -> None:
    """Take proposals off a list; they stand as before. Those that are not on it stay off."""
    _changed(by, list_id, proposals).proposals.remove(*proposals)


def _changed(by: User, list_id: int, proposals: Collection[int]) -> ProposalList:
    found = changeable(by, ProposalList, list_id)
    rules.check_at_once(proposals)
    _check_listed(by, found.ledger_id, proposals)
    return found


def _content(ledger: int, offering: Offering) -> dict[str, Any]:
    check_place(ledger, offering.place_id)
    return {
        "name": offering.name.strip(),
        "note": offering.note.strip(),
        "purpose": offering.purpose,
        "unit_based": offering.unit_based,
        "begins_on": offering.begins_on,
        "ends_on": offering.ends_on,
        "place_id": offering.place_id,
    }


def _words(listing: Listing) -> dict[str, Any]:
    return {"name": listing.name.strip(), "note": listing.note.strip()}


def _sides(offering: Offering) -> dict[int, bool]:
    """Return by intent whether it is expected in return."""
    return dict.fromkeys(offering.publishes, False) | dict.fromkeys(offering.reciprocal, True)


def _told(by: User, proposal: Proposal) -> QuerySet[Publication]:
    """Return what a proposal publishes that this person reads."""
    return proposal.publications.filter(intent__in=queries.readable_records(by, Intent).order_by())


def _publish(proposal: Proposal, sides: Mapping[int, bool]) -> None:
    proposal.publications.bulk_create(
        Publication(proposal=proposal, intent_id=pk, reciprocal=back) for pk, back in sides.items()
    )


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


def _ask_only(record: Proposal | ProposalList, agents: Collection[int]) -> None:
    record.proposed_to.clear()
    _ask(record, agents)


def _asked(record: Proposal | ProposalList) -> set[int]:
    return set(record.proposed_to.values_list("pk", flat=True))


def _must_be(stored: object, wanted: object) -> None:
    if stored != wanted:
        raise KeyReused
