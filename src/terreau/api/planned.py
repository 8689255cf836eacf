# SPDX-License-Identifier: AGPL-3.0-or-later
"""What is due in return, what is planned and how things are made: lists and one of each.

Plans, activities, batches and recipes are kept by the cooperation and read by its members, as
stocks are; a claim is read by its two sides alone.
"""

from functools import partial
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Query
from pydantic import Field

from terreau.api import pages, plan_nodes
from terreau.api import plan_shapes as told
from terreau.api.door import reading
from terreau.api.keys import person
from terreau.api.nodes import stage
from terreau.api.pages import Cursor, listed, one
from terreau.api.places import cooperation
from terreau.api.problems import NOT_HERE
from terreau.api.routes import HERE, READ, READING, router
from terreau.core.errors import NotFound
from terreau.exchange.export import kind
from terreau.ledger.claiming.queries import readable_claims
from terreau.ledger.planning import queries
from terreau.ledger.recipes.queries import recipes
from terreau.people.models import Space


class ProcessFilters(Cursor):
    """Which activities: all must hold."""

    plan: UUID | None = Field(None, description="UUID of the @id of a plan")
    finished: bool | None = None


@router.get(f"{HERE}/claims", auth=READ, tags=["plan"],
            response={200: told.Claims, **READING})  # fmt: skip
@reading
def list_claims(request: HttpRequest, slug: str, cursor: Query[Cursor]) -> HttpResponse:
    """What is due to me, or by me, in return for what took place, and how far it is settled."""
    rows = readable_claims(person(request), cooperation(request, slug).space)
    page = pages.page_of_rows(rows, rows, cursor)
    return listed(request, _claim_nodes(rows, page), cursor)


@router.get(f"{HERE}/claims/{{id}}", auth=READ, tags=["plan"],
            response={200: told.Claim, **READING})  # fmt: skip
@reading
def get_claim(request: HttpRequest, slug: str, id: UUID) -> HttpResponse:
    """One claim."""
    rows = readable_claims(person(request), cooperation(request, slug).space)
    return one(_claim_nodes(rows, [pages.there(rows, id)])[0])


@router.get(f"{HERE}/plans", auth=READ, tags=["plan"],
            response={200: told.Plans, **READING})  # fmt: skip
@reading
def list_plans(request: HttpRequest, slug: str, cursor: Query[Cursor]) -> HttpResponse:
    """What people set out to do, in the order in which it was opened."""
    rows = queries.plans(cooperation(request, slug).space)
    return listed(request, _plan_nodes(pages.page_of_rows(rows, rows, cursor)), cursor)


@router.get(f"{HERE}/plans/{{id}}", auth=READ, tags=["plan"],
            response={200: told.Plan, **READING})  # fmt: skip
@reading
def get_plan(request: HttpRequest, slug: str, id: UUID) -> HttpResponse:
    """One plan."""
    rows = queries.plans(cooperation(request, slug).space)
    return one(_plan_nodes([pages.there(rows, id)])[0])


@router.get(f"{HERE}/processes", auth=READ, tags=["plan"],
            response={200: told.Processes, **READING})  # fmt: skip
@reading
def list_processes(request: HttpRequest, slug: str, filters: Query[ProcessFilters]) -> HttpResponse:
    """The activities."""
    rows = every = queries.processes_of(cooperation(request, slug).space)
    if filters.plan:
        rows = rows.filter(planned_within__key=filters.plan)
    if filters.finished is not None:
        rows = rows.filter(finished=filters.finished)
    page = pages.page_of_rows(rows, every, filters)
    return listed(request, list(map(plan_nodes.of_process, page)), filters)


@router.get(f"{HERE}/processes/{{id}}", auth=READ, tags=["plan"],
            response={200: told.Process, **READING})  # fmt: skip
@reading
def get_process(request: HttpRequest, slug: str, id: UUID) -> HttpResponse:
    """One activity."""
    rows = queries.processes_of(cooperation(request, slug).space)
    return one(plan_nodes.of_process(pages.there(rows, id)))


@router.get(f"{HERE}/process-specifications", auth=READ, tags=["plan"],
            response={200: told.ProcessSpecifications, **READING})  # fmt: skip
@reading
def list_process_specifications(
    request: HttpRequest, slug: str, cursor: Query[Cursor]
) -> HttpResponse:
    """The kinds of activities: what comes out of one is at the stage that it names."""
    found = _stages(request, slug).values()
    return listed(request, pages.page_of_nodes(found, cursor), cursor)


@router.get(f"{HERE}/process-specifications/{{id}}", auth=READ, tags=["plan"],
            response={200: told.ProcessSpecification, **READING})  # fmt: skip
@reading
def get_process_specification(request: HttpRequest, slug: str, id: UUID) -> HttpResponse:
    """One kind of activity."""
    found = _stages(request, slug).get(f"urn:uuid:{id}")
    if found is None:
        raise NotFound(NOT_HERE)
    return one(found)


@router.get(f"{HERE}/batch-lot-records", auth=READ, tags=["plan"],
            response={200: told.BatchLotRecords, **READING})  # fmt: skip
@reading
def list_batch_lot_records(request: HttpRequest, slug: str, cursor: Query[Cursor]) -> HttpResponse:
    """The batches, by the code that is printed on what they hold."""
    rows = queries.batches(cooperation(request, slug).space)
    page = pages.page_of_rows(rows, rows, cursor)
    return listed(request, list(map(plan_nodes.of_batch, page)), cursor)


@router.get(f"{HERE}/batch-lot-records/{{id}}", auth=READ, tags=["plan"],
            response={200: told.BatchLotRecord, **READING})  # fmt: skip
@reading
def get_batch_lot_record(request: HttpRequest, slug: str, id: UUID) -> HttpResponse:
    """One batch."""
    rows = queries.batches(cooperation(request, slug).space)
    return one(plan_nodes.of_batch(pages.there(rows, id)))


@router.get(f"{HERE}/recipes", auth=READ, tags=["plan"],
            response={200: told.Recipes, **READING})  # fmt: skip
@reading
def list_recipes(request: HttpRequest, slug: str, cursor: Query[Cursor]) -> HttpResponse:
    """How things are made, step by step."""
    space = cooperation(request, slug).space
    rows = recipes(space)
    page = pages.page_of_rows(rows, rows, cursor)
    return listed(request, _recipe_nodes(space, page), cursor)


@router.get(f"{HERE}/recipes/{{id}}", auth=READ, tags=["plan"],
            response={200: told.Recipe, **READING})  # fmt: skip
@reading
def get_recipe(request: HttpRequest, slug: str, id: UUID) -> HttpResponse:
    """One recipe."""
    space = cooperation(request, slug).space
    return one(_recipe_nodes(space, [pages.there(recipes(space), id)])[0])


def _claim_nodes(rows: Any, page: list[Any]) -> list[Any]:
    ended = (claim.end for claim in page if hasattr(claim, "end"))
    follow = [end.successor_id for end in ended if end.successor_id]
    successors = dict(rows.filter(pk__in=follow).values_list("pk", "key"))
    return [plan_nodes.of_claim(claim, successors) for claim in page]


def _plan_nodes(page: list[Any]) -> list[Any]:
    courses = queries.courses(plan.pk for plan in page)
    return [plan_nodes.of_plan(plan, courses[plan.pk]) for plan in page]


def _stages(request: HttpRequest, slug: str) -> dict[str, Any]:
    rows = queries.stages(cooperation(request, slug).space)
    found = [plan_nodes.of_stage(pk, code) for pk, code in rows]
    return {str(node["@id"]): node for node in found}


def _recipe_nodes(space: Space, page: list[Any]) -> list[Any]:
    words = partial(kind, space.pk)
    stages = {code: str(stage(pk)) for pk, code in queries.stages(space)}
    return [plan_nodes.of_recipe(recipe, words, stages) for recipe in page]
