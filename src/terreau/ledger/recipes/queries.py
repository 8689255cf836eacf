# SPDX-License-Identifier: AGPL-3.0-or-later
"""Reads of recipes: a constant number of queries whatever their size."""

from django.db.models import QuerySet

from terreau.ledger.models import Recipe, RecipeFlow
from terreau.ledger.recipes.shapes import Formula, Ingredient, Step
from terreau.people.models import Space


def recipes(ledger: Space) -> QuerySet[Recipe]:
    """Return the recipes of a ledger, in the order in which they were written."""
    return Recipe.objects.filter(ledger_id=ledger.root_id or ledger.pk).order_by("pk")


def formula(one: Recipe) -> Formula:
    """Return a whole recipe, as it was handed over (three queries)."""
    steps = list(one.steps.select_related("specification").order_by("number"))
    places: dict[int | None, int | None] = {None: None}
    places |= {step.pk: place for place, step in enumerate(steps)}
    rows = one.flows.select_related("specification", "stage").order_by("number")
    return Formula(
        one.key,
        one.name,
        tuple(
            Step(step.name, step.specification.code if step.specification else "", step.days)
            for step in steps
        ),
        tuple(_ingredient(row, places) for row in rows),
        one.note,
        one.primary_output.code if one.primary_output else "",
    )


def _ingredient(row: RecipeFlow, places: dict[int | None, int | None]) -> Ingredient:
    return Ingredient(
        row.action,
        row.specification.code,
        row.quantity,
        row.unit,
        row.effort,
        row.effort_unit,
        row.stage.code if row.stage else "",
        row.in_state,
        places[row.input_of_id],
        places[row.output_of_id],
    )
