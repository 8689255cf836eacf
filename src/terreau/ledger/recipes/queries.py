# SPDX-License-Identifier: AGPL-3.0-or-later
"""Reads of recipes: a constant number of queries whatever their size."""

from collections.abc import Iterator

from django.db.models import Prefetch, QuerySet

from terreau.ledger.models import Recipe, RecipeFlow, RecipeProcess
from terreau.ledger.recipes.shapes import Formula, Ingredient, Step
from terreau.people.models import Space

CHUNK = 500


def recipes(ledger: Space) -> QuerySet[Recipe]:
    """Return the recipes of a ledger, whole, in the order in which they were written."""
    return _whole(ledger.root_id or ledger.pk)


def words_of(ledger: Space) -> QuerySet[RecipeFlow, str]:
    """Return the kinds of things that the recipes of a ledger take and give (one query)."""
    mine = RecipeFlow.objects.filter(recipe__ledger_id=ledger.root_id or ledger.pk)
    return mine.values_list("specification__code", flat=True).distinct()


def formulas(ledger: int) -> Iterator[Formula]:
    """Yield all recipes of one ledger, whole, for those who carry it elsewhere."""
    yield from map(shaped, _whole(ledger).iterator(CHUNK))


def formula(one: Recipe) -> Formula:
    """Return a whole recipe, as it was handed over (three queries)."""
    mine = _steps().filter(recipe=one), _flows().filter(recipe=one)
    return _shaped(one, list(mine[0]), list(mine[1]))


def shaped(one: Recipe) -> Formula:
    """Return a recipe that was read whole, as it was handed over (no query)."""
    return _shaped(one, list(one.steps.all()), list(one.flows.all()))


def _whole(ledger: int) -> QuerySet[Recipe]:
    mine = Recipe.objects.filter(ledger_id=ledger).select_related("primary_output").order_by("pk")
    return mine.prefetch_related(Prefetch("steps", _steps()), Prefetch("flows", _flows()))


def _steps() -> QuerySet[RecipeProcess]:
    return RecipeProcess.objects.select_related("specification").order_by("number")


def _flows() -> QuerySet[RecipeFlow]:
    return RecipeFlow.objects.select_related("specification", "stage").order_by("number")


def _shaped(one: Recipe, steps: list[RecipeProcess], rows: list[RecipeFlow]) -> Formula:
    places: dict[int | None, int | None] = {None: None}
    places |= {step.pk: place for place, step in enumerate(steps)}
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
