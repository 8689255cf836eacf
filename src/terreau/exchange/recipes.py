# SPDX-License-Identifier: AGPL-3.0-or-later
"""Recipes as nodes of ValueFlows: what is made, its steps in their order, what each takes, gives.

Steps and flows are rows without a key: they are named after their recipe and their place in it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from uuid import UUID, uuid5

from terreau.core.quantities import MICRO
from terreau.exchange.addresses import by_key
from terreau.exchange.naming import NodeDict, measure, said
from terreau.ledger.recipes.queries import formulas
from terreau.ledger.recipes.shapes import Formula

DAYS = "day"
Word = Callable[[str], str | None]
"""Gives the name of a kind of things, or of processes, by its word; nothing for no word."""


def nodes(ledger: int, kind: Word, stage: Word) -> Iterator[NodeDict]:
    """Yield each recipe of a ledger, then its steps and its flows."""
    for one in formulas(ledger):
        steps = [of_step(one, place, stage) for place in range(len(one.steps))]
        yield of_recipe(one, kind) | {"recipeIncludes": [step["@id"] for step in steps]}
        yield from steps
        yield from (of_flow(one, place, kind, stage) for place in range(len(one.flows)))


def of_recipe(one: Formula, kind: Word) -> NodeDict:
    """Return a recipe without its steps and its words."""
    made = kind(one.primary_output) if one.primary_output else None
    node = {"@id": by_key(one.key), "@type": "Recipe", "name": one.name}
    return node | said({"primaryOutput": made})


def of_step(of: Formula, place: int, stage: Word) -> NodeDict:
    """Return the step at a place of a recipe."""
    step = of.steps[place]
    lasts = None if step.days is None else measure(step.days * MICRO, DAYS)
    node = {"@id": _name(of.key, "step", place), "@type": "RecipeProcess", "name": step.name}
    return node | said({"processConformsTo": stage(step.kind), "hasDuration": lasts})


def of_flow(of: Formula, place: int, kind: Word, stage: Word) -> NodeDict:
    """Return the flow at a place of a recipe."""
    flow = of.flows[place]
    told = "effortQuantity" if flow.quantity is None else "resourceQuantity"
    return {
        "@id": _name(of.key, "flow", place),
        "@type": "RecipeFlow",
        "action": flow.action,
        "resourceConformsTo": kind(flow.specification),
        told: measure(*flow.measured),
    } | said(
        {
            "stage": stage(flow.stage),
            "state": flow.state,
            "recipeInputOf": None
            if flow.input_of is None
            else _name(of.key, "step", flow.input_of),
            "recipeOutputOf": (
                None if flow.output_of is None else _name(of.key, "step", flow.output_of)
            ),
        }
    )


def _name(recipe: UUID, what: str, place: int) -> str:
    return by_key(uuid5(recipe, f"recipe {what} {place}"))
