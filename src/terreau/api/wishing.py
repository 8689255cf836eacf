# SPDX-License-Identifier: AGPL-3.0-or-later
"""Needs and offers over the API: read, said, mended, closed, answered; what may answer them."""

from typing import Any, Literal
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from ninja import Query
from pydantic import Field

from terreau.api import pages, shapes, wish_nodes
from terreau.api import wish_entries as entries
from terreau.api import wish_shapes as told
from terreau.api.door import reading
from terreau.api.keys import person
from terreau.api.pages import Planned, listed, one
from terreau.api.places import cooperation
from terreau.api.routes import CLOSING, CONTRIBUTE, HERE, READ, READING, SAYING, Key, router
from terreau.ecosystems.models import Ecosystem
from terreau.ledger.wishes import actions, matches, queries


class IntentFilters(Planned):
    """Which needs and offers: all must hold."""

    side: Literal["need", "offer"] | None = None
    kind: shapes.Text = Field("", max_length=80, description="@id of the kind")
    open: bool | None = Field(None, description="true: neither finished nor past its last day")


@router.get(f"{HERE}/intents", auth=READ, tags=["wishes"],
            response={200: told.Intents, **READING})  # fmt: skip
@reading
def list_intents(request: HttpRequest, slug: str, filters: Query[IntentFilters]) -> HttpResponse:
    """Needs and offers, in the order in which they were said."""
    ecosystem = cooperation(request, slug)
    every = queries.readable_intents(person(request), ecosystem.space)
    rows = queries.open_intents(person(request), ecosystem.space) if filters.open else every
    rows = rows.filter(filters.chosen())
    if filters.side:
        rows = rows.filter(**{"provider" if filters.side == "need" else "receiver": None})
    if filters.kind:
        rows = rows.filter(
            specification__code=entries.code_of(request, ecosystem, filters.kind, "kind")
        )
    page = pages.page_of_rows(rows, every, filters)
    return listed(request, _intent_nodes(page), filters)


@router.get(f"{HERE}/intents/{{id}}", auth=READ, tags=["wishes"],
            response={200: told.Intent, **READING})  # fmt: skip
@reading
def get_intent(request: HttpRequest, slug: str, id: UUID) -> HttpResponse:
    """One need or offer, and how far it is answered."""
    return _told(request, cooperation(request, slug), id)


@router.get(f"{HERE}/intents/{{id}}/match", auth=READ, tags=["wishes"],
            response={200: told.Match, **READING})  # fmt: skip
@reading
def match_intent(request: HttpRequest, slug: str, id: UUID) -> HttpResponse:
    """What may answer it, with the reasons for and against, and ways to share out, none chosen."""
    ecosystem = cooperation(request, slug)
    intent = _intent(request, ecosystem, id)
    found = matches.matches_of(person(request), ecosystem.space, intent)
    return one(wish_nodes.of_match(intent, found))


@router.post(f"{HERE}/intents", auth=CONTRIBUTE, tags=["wishes"],
             response={201: told.Intent, **SAYING})  # fmt: skip
@transaction.atomic
def post_intent(request: HttpRequest, slug: str, intent: told.IntentIn, key: Key) -> HttpResponse:
    """Say a need or an offer. The same key with the same content answers the same, once said."""
    ecosystem = cooperation(request, slug)
    with entries.named(entries.properties_of(intent)):
        wish = entries.wish_of(request, ecosystem, intent, key)
        actions.wish(by=person(request), space=ecosystem.circle, wish=wish)
    response = _told(request, ecosystem, key, status=201)
    response.headers["Location"] = f"{request.path}/{key}"
    return response


@router.post(f"{HERE}/intents/{{id}}/mend", auth=CONTRIBUTE, tags=["wishes"],
             response={200: told.Intent, **SAYING})  # fmt: skip
@transaction.atomic
def mend_intent(
    request: HttpRequest, slug: str, id: UUID, intent: told.IntentMended
) -> HttpResponse:
    """Say it anew, over the version that was read, while nothing answers it. Sent twice, it changes
    nothing.
    """
    ecosystem = cooperation(request, slug)
    found = _intent(request, ecosystem, id)
    with entries.named(entries.properties_of(intent)):
        wish = entries.wish_of(request, ecosystem, intent, id)
        mended = {"intent_id": found.pk, "version": intent.version}
        actions.mend(by=person(request), wish=wish, **mended)
    return _told(request, ecosystem, id)


@router.post(f"{HERE}/intents/{{id}}/close", auth=CONTRIBUTE, tags=["wishes"],
             response={200: told.Intent, **CLOSING})  # fmt: skip
def close_intent(request: HttpRequest, slug: str, id: UUID) -> HttpResponse:
    """Say that it is over, whatever is left of it. Sent twice, it changes nothing."""
    ecosystem = cooperation(request, slug)
    actions.finish(by=person(request), intent_id=_intent(request, ecosystem, id).pk)
    return _told(request, ecosystem, id)


@router.post(f"{HERE}/intents/{{id}}/reopen", auth=CONTRIBUTE, tags=["wishes"],
             response={200: told.Intent, **CLOSING})  # fmt: skip
def reopen_intent(request: HttpRequest, slug: str, id: UUID) -> HttpResponse:
    """Say that it is not over after all. Sent twice, it changes nothing."""
    ecosystem = cooperation(request, slug)
    actions.reopen(by=person(request), intent_id=_intent(request, ecosystem, id).pk)
    return _told(request, ecosystem, id)


@router.post(f"{HERE}/intents/{{id}}/answer", auth=CONTRIBUTE, tags=["wishes"],
             response={201: told.Intent, **SAYING})  # fmt: skip
def answer_intent(
    request: HttpRequest, slug: str, id: UUID, answer: told.AnswerIn, key: Key
) -> HttpResponse:
    """Note that an event or a promise answers it: for a side of it, or who keeps the keys."""
    ecosystem = cooperation(request, slug)
    found = _intent(request, ecosystem, id)
    with entries.named(entries.ANSWERED):
        noted = entries.answer_of(request, ecosystem, found, answer, key)
        actions.answer(by=person(request), answer=noted)
    return _told(request, ecosystem, id, status=201)


def _told(request: HttpRequest, ecosystem: Ecosystem, id: UUID, status: int = 200) -> HttpResponse:
    return one(_intent_nodes([_intent(request, ecosystem, id)])[0], status)


def _intent_nodes(page: list[Any]) -> list[Any]:
    how_far = queries.answered(page)
    return [wish_nodes.of_intent(row, how_far[row.pk]) for row in page]


def _intent(request: HttpRequest, ecosystem: Ecosystem, id: UUID) -> Any:
    rows = queries.readable_intents(person(request), ecosystem.space)
    return pages.there(rows, id)
