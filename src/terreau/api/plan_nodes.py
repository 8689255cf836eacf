# SPDX-License-Identifier: AGPL-3.0-or-later
"""Claims, plans, activities and batches as nodes, by the names of an exported file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from terreau.api.nodes import flow, stage
from terreau.exchange import recipes
from terreau.exchange.addresses import by_key
from terreau.exchange.export import NodeDict, agent, measure, said
from terreau.ledger.claiming.queries import settled_of
from terreau.ledger.planning.queries import Course
from terreau.ledger.recipes.queries import shaped


def of_claim(one: Any, successors: Mapping[int, UUID]) -> NodeDict:
    """Return a claim, read with its state and its end, and how far it is settled.

    ``successors``: keys by id of the claims that the reader reads, and that replace others.
    """
    told = "effortQuantity" if one.measure == "effort" else "resourceQuantity"
    how_far, end = settled_of(one), getattr(one, "end", None)
    follows = successors.get(end.successor_id) if end else None
    return flow(one, "Claim") | said(
        {
            told: measure(one.claimed, one.unit),
            "triggeredBy": by_key(one.triggered_by.key),
            "due": _day(one.due),
            "finished": how_far.ended,
            "terreau:ended": end and str(end.kind),
            "terreau:successor": follows and by_key(follows),
            "terreau:settled": measure(how_far.settled, one.unit),
            "terreau:remaining": measure(how_far.remaining, one.unit),
            "terreau:recordedBy": agent(one.recorded_by_id),
        }
    )


def of_plan(one: Any, course: Course) -> NodeDict:
    """Return a plan, and what follows from its activities."""
    node = {"@id": by_key(one.key), "@type": "Plan", "name": one.name}
    return node | said(
        {
            "note": one.note,
            "created": one.opened_at.isoformat(),
            "due": _day(one.due),
            "terreau:begins": _day(course.begins_on),
            "terreau:ends": _day(course.ends_on),
            "terreau:over": course.finished,
        }
    )


def of_process(one: Any) -> NodeDict:
    """Return an activity, read with its plan."""
    node = {"@id": by_key(one.key), "@type": "Process", "name": one.name}
    return node | said(
        {
            "basedOn": stage(one.specification_id),
            "plannedWithin": one.planned_within and by_key(one.planned_within.key),
            "hasBeginning": _day(one.begins_on),
            "hasEnd": _day(one.ends_on),
            "finished": one.finished,
        }
    )


def of_stage(pk: int, code: str) -> NodeDict:
    """Return a kind of activity."""
    return {"@id": stage(pk), "@type": "ProcessSpecification", "name": code}


def of_batch(one: Any) -> NodeDict:
    node = {"@id": by_key(one.key), "@type": "BatchLotRecord", "batchLotCode": one.code}
    return node | said({"expirationDate": _day(one.expires_on)})


def of_recipe(one: Any, words: Callable[[str], str | None], stages: Mapping[str, str]) -> NodeDict:
    """Return a recipe, read whole, with its steps, and under each what goes in and comes out.

    ``words`` gives the name of a kind of things; ``stages``: those of the kinds of activities.
    """
    recipe = shaped(one)
    steps = [recipes.of_step(recipe, place, stages.get) for place in range(len(recipe.steps))]
    for place, said_of in enumerate(recipe.flows):
        flows = "hasRecipeInput" if said_of.input_of is not None else "hasRecipeOutput"
        step = said_of.output_of if said_of.input_of is None else said_of.input_of
        node = recipes.of_flow(recipe, place, words, stages.get)
        steps[step or 0].setdefault(flows, []).append(node)
    whole = {"note": recipe.note, "recipeIncludes": steps}
    return recipes.of_recipe(recipe, words) | said(whole)


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
