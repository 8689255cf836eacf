# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a recipe must be, and how many times it may be made."""

from fractions import Fraction
from graphlib import CycleError

from terreau.core.errors import Invalid
from terreau.core.quantities import LARGEST
from terreau.core.units import say, unit
from terreau.ledger.engine.table import action_row
from terreau.ledger.recipes.reckoning import order, wanted
from terreau.ledger.recipes.shapes import Formula, Ingredient

WORD = 60


def check_whole(recipe: Formula) -> None:
    """Raise Invalid unless all that a recipe says holds, by each of the rules below."""
    check_recipe(recipe)
    for flow in recipe.flows:
        check_ingredient(recipe, flow)
    check_no_circle(recipe)
    check_made_for(recipe)


def check_recipe(recipe: Formula) -> None:
    """Raise Invalid unless the recipe and its steps have names, and words that fit."""
    if not 0 < len(recipe.name.strip()) <= 120 or len(recipe.note.strip()) > 600:
        raise Invalid(
            "Donnez à cette recette un nom (120 caractères au plus), et 600 de précisions au plus.",
            field="name",
        )
    if not recipe.steps:
        raise Invalid("Une recette a une étape au moins : ajoutez-en une.", field="steps")
    for step in recipe.steps:
        if not 0 < len(step.name.strip()) <= 120 or len(step.kind.strip()) > WORD:
            raise Invalid("Donnez à chaque étape un nom de 120 caractères au plus.", field="steps")


def check_ingredient(recipe: Formula, flow: Ingredient) -> None:
    """Raise Invalid unless a flow is of one step, one positive measure and a known unit."""
    row = action_row(flow.action)
    steps = [one for one in (flow.input_of, flow.output_of) if one is not None]
    if not steps or not all(0 <= one < len(recipe.steps) for one in steps):
        raise Invalid(f"Dites dans quelle étape de « {recipe.name} » on {row.says}.")
    if flow.input_of is not None and row.direction not in ("input", "output_input"):
        raise Invalid(f"« {row.says} » n'entre pas dans une étape : dites de laquelle cela sort.")
    if flow.output_of is not None and row.direction not in ("output", "output_input"):
        raise Invalid(f"« {row.says} » ne sort pas d'une étape : dites dans laquelle cela entre.")
    if (flow.quantity is None) == (flow.effort is None):
        raise Invalid("Indiquez une quantité ou un temps, un seul des deux.", field="quantity")
    if row.measure == "quantity" and flow.quantity is None:
        raise Invalid(f"« {row.says} » se compte en quantité, pas en temps passé.", field="unit")
    much, code = flow.measured
    unit(code)
    if not 0 < much <= LARGEST:
        raise Invalid("Une quantité de recette est plus grande que zéro.", field="quantity")
    if (
        not 0 < len(flow.specification.strip()) <= WORD
        or max(len(flow.stage), len(flow.state)) > WORD
    ):
        raise Invalid("Dites en quelques mots de quoi il s'agit (60 caractères au plus).")


def check_no_circle(recipe: Formula) -> None:
    """Raise Invalid when steps wait for each other."""
    try:
        order(recipe)
    except CycleError as circle:
        names = " → ".join(recipe.steps[step].name for step in circle.args[1])
        raise Invalid(
            f"Ces étapes s'attendent l'une l'autre : {names}. Dites à quelle étape ou dans quel "
            "état est ce qui y entre."
        ) from None


def check_made_for(recipe: Formula) -> None:
    """Raise Invalid when what the recipe is made for comes out of no step, or stays inside."""
    if recipe.primary_output and not wanted(recipe):
        raise Invalid(
            f"Rien de « {recipe.primary_output} » ne sort de cette recette : ajoutez ce qui en "
            "sort, ou changez ce qu'elle donne."
        )


def check_times(recipe: Formula, times: Fraction) -> None:
    """Raise Invalid unless the recipe, so many times, gives quantities that can be kept exactly."""
    if times <= 0:
        raise Invalid("Dites combien de fois : un nombre plus grand que zéro.", field="times")
    for flow in recipe.flows:
        much, code = flow.measured
        if (much * times).denominator != 1:
            raise Invalid(
                f"{times} fois {say(much, code)} de « {flow.specification} » ne tombe pas juste : "
                "choisissez un autre nombre de fois.",
                field="times",
            )
        if much * times > LARGEST:
            raise Invalid(
                f"{times} fois {say(much, code)} de « {flow.specification} » est trop grand pour "
                "être gardé exactement : choisissez un nombre plus petit.",
                field="times",
            )
