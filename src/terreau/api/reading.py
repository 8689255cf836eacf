# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a program may read: what its person reads, and nothing more."""

from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from ninja import Query
from pydantic import Field

from terreau.agreements.queries import told
from terreau.api import nodes, pages, shapes
from terreau.api.door import reading
from terreau.api.keys import person
from terreau.api.pages import Cursor, Planned, around, listed, one
from terreau.api.places import (
    agent_number,
    agents,
    cooperation,
    kinds,
    read_kinds,
    stocks_read,
)
from terreau.api.problems import NOT_HERE
from terreau.api.routes import READ, READING, router
from terreau.core.errors import NotFound
from terreau.ecosystems.models import Ecosystem
from terreau.ecosystems.queries.mine import ecosystems_of
from terreau.ledger.claiming.queries import settled_by
from terreau.ledger.queries import recorded
from terreau.ledger.wishes.queries import answers_to


class EventFilters(Cursor):
    """Which events: all must hold."""

    since: shapes.Day | None = Field(None, description="first day (hasPointInTime)")
    until: shapes.Day | None = Field(None, description="last day (hasPointInTime)")
    agent: shapes.Text = Field("", max_length=80, description="@id of provider or receiver")
    action: shapes.Action | None = None
    resource: UUID | None = Field(None, description="UUID of the @id of a resource")
    process: UUID | None = Field(None, description="UUID of the @id of a process")


class CommitmentFilters(Planned):
    """Which promises: all must hold."""


@router.get(
    "/cooperations", auth=READ, tags=["read"], response={200: shapes.Cooperations, **READING}
)
@reading
def list_cooperations(request: HttpRequest, cursor: Query[Cursor]) -> HttpResponse:
    """The cooperations I am in."""
    mine = map(nodes.of_cooperation, ecosystems_of(person(request)))
    return listed(request, pages.page_of_nodes(mine, cursor), cursor)


@router.get(
    "/cooperations/{slug}", auth=READ, tags=["read"], response={200: shapes.Cooperation, **READING}
)
@reading
def get_cooperation(request: HttpRequest, slug: str) -> HttpResponse:
    """One cooperation."""
    return one(nodes.of_cooperation(cooperation(request, slug)))


@router.get(
    "/cooperations/{slug}/agents",
    auth=READ,
    tags=["read"],
    response={200: shapes.Agents, **READING},
)
@reading
def list_agents(request: HttpRequest, slug: str, cursor: Query[Cursor]) -> HttpResponse:
    """The persons and organisations that I read of."""
    found = agents(request, cooperation(request, slug))
    return listed(request, pages.page_of_nodes(map(nodes.of_agent, found.values()), cursor), cursor)


@router.get(
    "/cooperations/{slug}/agents/{id}",
    auth=READ,
    tags=["read"],
    response={200: shapes.Agent, **READING},
)
@reading
def get_agent(request: HttpRequest, slug: str, id: UUID) -> HttpResponse:
    """One person or organisation."""
    found = agents(request, cooperation(request, slug)).get(f"urn:uuid:{id}")
    return one(nodes.of_agent(_there(found)))


@router.get(
    "/cooperations/{slug}/resource-specifications",
    auth=READ,
    tags=["read"],
    response={200: shapes.ResourceSpecifications, **READING},
)
@reading
def list_specifications(request: HttpRequest, slug: str, cursor: Query[Cursor]) -> HttpResponse:
    """The kinds of things: the ten kinds of contribution, those of the stocks, of what is needed,
    offered, due or made.
    """
    ecosystem = cooperation(request, slug)
    codes = (kinds(request, ecosystem) | read_kinds(request, ecosystem)).values()
    found = [nodes.of_specification(ecosystem.space_id, code) for code in codes]
    return listed(request, pages.page_of_nodes(found, cursor), cursor)


@router.get(
    "/cooperations/{slug}/resource-specifications/{id}",
    auth=READ,
    tags=["read"],
    response={200: shapes.ResourceSpecification, **READING},
)
@reading
def get_specification(request: HttpRequest, slug: str, id: UUID) -> HttpResponse:
    """One kind of things."""
    ecosystem = cooperation(request, slug)
    name, known = f"urn:uuid:{id}", kinds(request, ecosystem)
    code = _there(known.get(name) or read_kinds(request, ecosystem).get(name))
    return one(nodes.of_specification(ecosystem.space_id, code))


@router.get(
    "/cooperations/{slug}/economic-resources",
    auth=READ,
    tags=["read"],
    response={200: shapes.EconomicResources, **READING},
)
@reading
def list_resources(request: HttpRequest, slug: str, cursor: Query[Cursor]) -> HttpResponse:
    """The stocks of this cooperation that the person reads: all of them in its first circle."""
    rows = stocks_read(request, cooperation(request, slug)).order_by("pk")
    found = map(nodes.of_resource, pages.page_of_rows(rows, rows, cursor))
    return listed(request, list(found), cursor)


@router.get(
    "/cooperations/{slug}/economic-resources/{id}",
    auth=READ,
    tags=["read"],
    response={200: shapes.EconomicResource, **READING},
)
@reading
def get_resource(request: HttpRequest, slug: str, id: UUID) -> HttpResponse:
    """One stock."""
    rows = stocks_read(request, cooperation(request, slug))
    return one(nodes.of_resource(_there(rows.filter(key=id).first())))


@router.get(
    "/cooperations/{slug}/events",
    auth=READ,
    tags=["read"],
    response={200: shapes.EconomicEvents, **READING},
)
@reading
def list_events(request: HttpRequest, slug: str, filters: Query[EventFilters]) -> HttpResponse:
    """What happened, as it stands, in the order in which it was recorded."""
    ecosystem = cooperation(request, slug)
    rows = told.events(person(request), ecosystem)
    rows = rows.filter(_chosen(request, ecosystem, filters))
    # What was read on the page before may have been put right since: its place stays.
    page = pages.page_of_rows(rows, recorded(ecosystem.space), filters)
    return listed(request, event_nodes(request, ecosystem, page), filters)


@router.get(
    "/cooperations/{slug}/events/{id}",
    auth=READ,
    tags=["read"],
    response={200: shapes.EconomicEvent, **READING},
)
@reading
def get_event(request: HttpRequest, slug: str, id: UUID) -> HttpResponse:
    """One event; under the key with which it was recorded, what stands of it today."""
    ecosystem = cooperation(request, slug)
    rows = told.events(person(request), ecosystem)
    found = rows.filter(Q(key=id) | Q(pk=told.standing_event(ecosystem, id))).first()
    return one(event_nodes(request, ecosystem, [_there(found)])[0])


@router.get(
    "/cooperations/{slug}/commitments",
    auth=READ,
    tags=["read"],
    response={200: shapes.Commitments, **READING},
)
@reading
def list_commitments(
    request: HttpRequest, slug: str, filters: Query[CommitmentFilters]
) -> HttpResponse:
    """What was promised, counted, and how far it is kept."""
    every = told.promises(person(request), cooperation(request, slug))
    page = pages.page_of_rows(every.filter(filters.chosen()), every, filters)
    return listed(request, _promise_nodes(request, page), filters)


@router.get(
    "/cooperations/{slug}/commitments/{id}",
    auth=READ,
    tags=["read"],
    response={200: shapes.Commitment, **READING},
)
@reading
def get_commitment(request: HttpRequest, slug: str, id: UUID) -> HttpResponse:
    """One promise, and how far it is kept."""
    rows = told.promises(person(request), cooperation(request, slug))
    return one(_promise_nodes(request, [_there(rows.filter(key=id).first())])[0])


def _there(found: Any) -> Any:
    if found is None:
        raise NotFound(NOT_HERE)
    return found


def _chosen(request: HttpRequest, ecosystem: Ecosystem, filters: EventFilters) -> Q:
    chosen = Q()
    if filters.since:
        chosen &= Q(happened_on__gte=filters.since)
    if filters.until:
        chosen &= Q(happened_on__lte=filters.until)
    if filters.agent:
        number = agent_number(request, ecosystem, filters.agent, "agent")
        chosen &= Q(provider_id=number) | Q(receiver_id=number)
    if filters.action:
        chosen &= Q(action=filters.action)
    if filters.resource:
        chosen &= Q(resource__key=filters.resource) | Q(to_resource__key=filters.resource)
    if filters.process:
        chosen &= around(filters.process)
    return chosen


def event_nodes(request: HttpRequest, ecosystem: Ecosystem, page: list[Any]) -> list[Any]:
    """Return events as nodes, with what their contributions say and the promises they keep."""
    said = told.contributions_told(person(request), [event.pk for event in page])
    lines = {link.commitment_id for event in page for link in event.links.all()}
    mine: QuerySet[Any] = told.promises(person(request), ecosystem).filter(pk__in=lines)
    promises = dict(mine.values_list("pk", "key")) if lines else {}
    ids = [event.pk for event in page]
    answers = answers_to(person(request), events=ids)
    claims = settled_by(person(request), ecosystem.space, ids)
    return [
        nodes.of_event(event, said.get(event.pk), promises)
        | nodes.satisfies(answers, event=event)
        | nodes.settles(claims, event)
        for event in page
    ]


def _promise_nodes(request: HttpRequest, page: list[Any]) -> list[Any]:
    agreements = told.agreements_told([promise.pk for promise in page])
    answers = answers_to(person(request), promises=[promise.pk for promise in page])
    return [
        nodes.of_commitment(promise, agreements.get(promise.pk))
        | nodes.satisfies(answers, promise=promise)
        for promise in page
    ]
