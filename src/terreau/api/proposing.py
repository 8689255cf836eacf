# SPDX-License-Identifier: AGPL-3.0-or-later
"""Proposals and lists of them over the API: read, made, mended, closed and reopened."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from ninja import Query

from terreau.api import pages, wish_nodes
from terreau.api import wish_entries as entries
from terreau.api import wish_shapes as told
from terreau.api.door import reading
from terreau.api.keys import person
from terreau.api.pages import Cursor, listed, one
from terreau.api.places import cooperation
from terreau.api.routes import CLOSING, CONTRIBUTE, HERE, READ, READING, SAYING, Key, router
from terreau.ecosystems.models import Ecosystem
from terreau.ledger.wishes import actions, queries


@router.get(f"{HERE}/proposals", auth=READ, tags=["wishes"],
            response={200: told.Proposals, **READING})  # fmt: skip
@reading
def list_proposals(request: HttpRequest, slug: str, cursor: Query[Cursor]) -> HttpResponse:
    """What is proposed, to me or to all who read it."""
    rows = queries.readable_proposals(person(request), cooperation(request, slug).space)
    page = pages.page_of_rows(rows, rows, cursor)
    return listed(request, list(map(wish_nodes.of_proposal, page)), cursor)


@router.get(f"{HERE}/proposals/{{id}}", auth=READ, tags=["wishes"],
            response={200: told.Proposal, **READING})  # fmt: skip
@reading
def get_proposal(request: HttpRequest, slug: str, id: UUID) -> HttpResponse:
    """One proposal."""
    return _told(request, cooperation(request, slug), id)


@router.post(f"{HERE}/proposals", auth=CONTRIBUTE, tags=["wishes"],
             response={201: told.Proposal, **SAYING})  # fmt: skip
@transaction.atomic
def post_proposal(
    request: HttpRequest, slug: str, proposal: told.ProposalIn, key: Key
) -> HttpResponse:
    """Make needs or offers known together, and what is expected in return."""
    ecosystem = cooperation(request, slug)
    with entries.named(entries.OF_PROPOSALS):
        offering = entries.offering_of(request, ecosystem, proposal, key)
        actions.propose(by=person(request), space=ecosystem.circle, offering=offering)
    response = _told(request, ecosystem, key, status=201)
    response.headers["Location"] = f"{request.path}/{key}"
    return response


@router.post(f"{HERE}/proposals/{{id}}/mend", auth=CONTRIBUTE, tags=["wishes"],
             response={200: told.Proposal, **SAYING})  # fmt: skip
@transaction.atomic
def mend_proposal(
    request: HttpRequest, slug: str, id: UUID, proposal: told.ProposalMended
) -> HttpResponse:
    """Make it anew, over the version that was read. What it publishes that I may not read stays.
    Sent twice, it changes nothing.
    """
    ecosystem = cooperation(request, slug)
    found = _proposal(request, ecosystem, id)
    with entries.named(entries.OF_PROPOSALS):
        offering = entries.offering_of(request, ecosystem, proposal, id)
        mended = {"proposal_id": found.pk, "version": proposal.version}
        actions.mend_proposal(by=person(request), offering=offering, **mended)
    return _told(request, ecosystem, id)


@router.post(f"{HERE}/proposals/{{id}}/close", auth=CONTRIBUTE, tags=["wishes"],
             response={200: told.Proposal, **CLOSING})  # fmt: skip
def close_proposal(request: HttpRequest, slug: str, id: UUID) -> HttpResponse:
    """Say that it no longer stands; its needs and offers do. Sent twice, it changes nothing."""
    ecosystem = cooperation(request, slug)
    proposal = _proposal(request, ecosystem, id)
    actions.close_proposal(by=person(request), proposal_id=proposal.pk)
    return _told(request, ecosystem, id)


@router.post(f"{HERE}/proposals/{{id}}/reopen", auth=CONTRIBUTE, tags=["wishes"],
             response={200: told.Proposal, **CLOSING})  # fmt: skip
def reopen_proposal(request: HttpRequest, slug: str, id: UUID) -> HttpResponse:
    """Say that it stands after all. Sent twice, it changes nothing."""
    ecosystem = cooperation(request, slug)
    proposal = _proposal(request, ecosystem, id)
    actions.reopen_proposal(by=person(request), proposal_id=proposal.pk)
    return _told(request, ecosystem, id)


@router.get(f"{HERE}/proposal-lists", auth=READ, tags=["wishes"],
            response={200: told.ProposalLists, **READING})  # fmt: skip
@reading
def list_proposal_lists(request: HttpRequest, slug: str, cursor: Query[Cursor]) -> HttpResponse:
    """Proposals shown together, such as a price list."""
    rows = queries.readable_lists(person(request), cooperation(request, slug).space)
    page = pages.page_of_rows(rows, rows, cursor)
    return listed(request, list(map(wish_nodes.of_list, page)), cursor)


@router.get(f"{HERE}/proposal-lists/{{id}}", auth=READ, tags=["wishes"],
            response={200: told.ProposalList, **READING})  # fmt: skip
@reading
def get_proposal_list(request: HttpRequest, slug: str, id: UUID) -> HttpResponse:
    """One list of proposals."""
    return one(wish_nodes.of_list(_list(request, cooperation(request, slug), id)))


@router.post(f"{HERE}/proposal-lists", auth=CONTRIBUTE, tags=["wishes"],
             response={201: told.ProposalList, **SAYING})  # fmt: skip
def post_proposal_list(
    request: HttpRequest, slug: str, listing: told.ListIn, key: Key
) -> HttpResponse:
    """Keep a list of proposals. More may be put on it afterwards."""
    ecosystem = cooperation(request, slug)
    with entries.named(entries.OF_PROPOSALS):
        kept = entries.listing_of(request, ecosystem, listing, key, listing.lists)
        actions.keep_list(by=person(request), space=ecosystem.circle, listing=kept)
    response = one(wish_nodes.of_list(_list(request, ecosystem, key)), status=201)
    response.headers["Location"] = f"{request.path}/{key}"
    return response


@router.post(f"{HERE}/proposal-lists/{{id}}/mend", auth=CONTRIBUTE, tags=["wishes"],
             response={200: told.ProposalList, **SAYING})  # fmt: skip
def mend_proposal_list(
    request: HttpRequest, slug: str, id: UUID, listing: told.ListMended
) -> HttpResponse:
    """Say it anew, over the version that was read; what stands on it stays. Sent twice, it changes
    nothing.
    """
    ecosystem = cooperation(request, slug)
    found = _list(request, ecosystem, id)
    with entries.named(entries.OF_PROPOSALS):
        kept = entries.listing_of(request, ecosystem, listing, id, [])
        mended = {"list_id": found.pk, "version": listing.version}
        actions.mend_list(by=person(request), listing=kept, **mended)
    return one(wish_nodes.of_list(_list(request, ecosystem, id)))


@router.post(f"{HERE}/proposal-lists/{{id}}/put", auth=CONTRIBUTE, tags=["wishes"],
             response={200: told.ProposalList, **CLOSING})  # fmt: skip
def put_on_proposal_list(
    request: HttpRequest, slug: str, id: UUID, listed: told.Listed
) -> HttpResponse:
    """Put proposals on it. Those that stand on it already stay."""
    return _changed(request, slug, id, listed, actions.put_on_list)


@router.post(f"{HERE}/proposal-lists/{{id}}/take-off", auth=CONTRIBUTE, tags=["wishes"],
             response={200: told.ProposalList, **CLOSING})  # fmt: skip
def take_off_proposal_list(
    request: HttpRequest, slug: str, id: UUID, listed: told.Listed
) -> HttpResponse:
    """Take proposals off it; they stand as before. Those that are not on it stay off."""
    return _changed(request, slug, id, listed, actions.take_off_list)


def _changed(
    request: HttpRequest, slug: str, id: UUID, listed: told.Listed, change: Callable[..., None]
) -> HttpResponse:
    ecosystem = cooperation(request, slug)
    proposals = entries.proposals_of(request, ecosystem, listed.lists)
    change(by=person(request), list_id=_list(request, ecosystem, id).pk, proposals=proposals)
    return one(wish_nodes.of_list(_list(request, ecosystem, id)))


def _list(request: HttpRequest, ecosystem: Ecosystem, id: UUID) -> Any:
    return pages.there(queries.readable_lists(person(request), ecosystem.space), id)


def _told(request: HttpRequest, ecosystem: Ecosystem, id: UUID, status: int = 200) -> HttpResponse:
    return one(wish_nodes.of_proposal(_proposal(request, ecosystem, id)), status)


def _proposal(request: HttpRequest, ecosystem: Ecosystem, id: UUID) -> Any:
    return pages.there(queries.readable_proposals(person(request), ecosystem.space), id)
