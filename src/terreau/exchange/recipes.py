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
from terreau.ledger.recipes.shapes import Formula, Ingredient, Step

DAYS = "day"
Word = Callable[[str], str | None]
"""Gives the name of a kind of things, or of processes, by its word; nothing for no word."""


def nodes(ledger: int, kind: Word, stage: Word) -> Iterator[NodeDict]:
    """Yield each recipe of a ledger, then its steps and its flows."""
    for one in formulas(ledger):
        steps = [_name(one.key, "step", place) for place in range(len(one.steps))]
        head = {"@id": by_key(one.key), "@type": "Recipe", "name": one.name}
        made = kind(one.primary_output) if one.primary_output else None
        yield head | said({"primaryOutput": made, "recipeIncludes": steps})
        for name, step in zip(steps, one.steps, strict=True):
            yield _step(name, step, stage)
        for place, flow in enumerate(one.flows):
            yield _flow(one, place, flow, kind, stage)


def _step(name: str, step: Step, stage: Word) -> NodeDict:
    lasts = None if step.days is None else measure(step.days * MICRO, DAYS)
    node = {"@id": name, "@type": "RecipeProcess", "name": step.name}
    return node | said({"processConformsTo": stage(step.kind), "hasDuration": lasts})


def _flow(of: Formula, place: int, flow: Ingredient, kind: Word, stage: Word) -> NodeDict:
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
