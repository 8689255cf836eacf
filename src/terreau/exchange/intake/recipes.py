# SPDX-License-Identifier: AGPL-3.0-or-later
"""Recipes, as an import reads and checks them.

A step is of one recipe, in the order in which the recipe names it; a flow is of the steps that it
goes into and comes out of, in the order of the file. What is agreed in exchange (RecipeExchange) is
left out, and counted.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import TYPE_CHECKING

from terreau.core.errors import Invalid
from terreau.core.quantities import MICRO
from terreau.core.units import convert
from terreau.exchange.addresses import key_of
from terreau.exchange.graphs import Node
from terreau.exchange.measures import amount
from terreau.exchange.recipes import DAYS
from terreau.exchange.vocabulary import about_action
from terreau.ledger.engine.table import table
from terreau.ledger.recipes import rules
from terreau.ledger.recipes.shapes import Formula, Ingredient, Step

if TYPE_CHECKING:
    from terreau.exchange.intake.definitions import Definitions
    from terreau.exchange.intake.reading import Said

TAKEN = {
    "Recipe": frozenset("name primaryOutput recipeIncludes".split()),
    "RecipeProcess": frozenset(
        "name processConformsTo hasDuration hasRecipeInput hasRecipeOutput".split()
    ),
    "RecipeFlow": frozenset(
        "action resourceConformsTo resourceQuantity effortQuantity stage state recipeInputOf "
        "recipeOutputOf".split()
    ),
}
CLAUSES = ("recipeClauseOf", "recipeReciprocalClauseOf")
_EXCHANGES = ("recipeStipulates", "recipeStipulatesReciprocal")


def define(said: Said, things: Definitions, ledger: int) -> list[Formula]:
    """Return the recipes of a graph; what is wrong with them is added to the faults."""
    return _Defining(said, things, ledger).run()


class _Defining:
    def __init__(self, said: Said, things: Definitions, ledger: int) -> None:
        self.said = said
        self.things = things
        self.ledger = ledger
        self.places: dict[str, tuple[str, int]] = {}
        self.flows: dict[str, list[tuple[Node, Ingredient]]] = defaultdict(list)

    def run(self) -> list[Formula]:
        recipes, found = self.nodes("Recipe"), []
        for node in recipes:
            for place, step in enumerate(dict.fromkeys(node.all("recipeIncludes"))):
                self.places[step] = node.id, place
        self.tried(self.nodes("RecipeProcess"), self.step)
        self.tried(self.nodes("RecipeFlow"), self.flow)
        self.tried(recipes, lambda node: found.append(self.recipe(node)))
        return found

    def nodes(self, kind: str) -> list[Node]:
        known = (self.said.nodes.get((kind, number)) for number in self.said.in_order(kind))
        return [node for node in known if node is not None]

    def tried(self, nodes: list[Node], make: Callable[[Node], object]) -> None:
        for node in nodes:
            try:
                make(node)
            except Invalid as refusal:
                self.said.faults.add(node.where, f"{node.kind} {node.id} : {refusal.message}")

    def recipe(self, node: Node) -> Formula:
        made = self.said.kinds.numbers.get(node.text("primaryOutput"))
        steps = (
            self.said.nodes.get(("RecipeProcess", self.said.steps.numbers.get(name, 0)))
            for name in dict.fromkeys(node.all("recipeIncludes"))
        )
        one = Formula(
            key_of(self.ledger, node.id),
            node.text("name"),
            tuple(self.step(step) for step in steps if step is not None),
            tuple(flow for _, flow in self.flows[node.id]),
            primary_output=self.things.kinds[made] if made else "",
        )
        rules.check_recipe(one)
        of = {told.id: flow for told, flow in self.flows[node.id]}
        told = [told for told, _ in self.flows[node.id]]
        self.tried(told, lambda flow: rules.check_ingredient(one, of[flow.id]))
        rules.check_no_circle(one)
        rules.check_made_for(one)
        return one

    def step(self, node: Node) -> Step:
        if node.id not in self.places:
            raise Invalid("n'est l'étape d'aucune recette : nommez-la dans un recipeIncludes")
        kind = self.said.stages.numbers.get(node.text("processConformsTo"))
        return Step(node.text("name"), self.things.stages[kind] if kind else "", _days(node))

    def flow(self, node: Node) -> None:
        held = (self.said.held.of(node, term) for term in ("recipeInputOf", "recipeOutputOf"))
        goes_in, comes_out = (self.placed(name) for name in held)
        within = {one[0] for one in (goes_in, comes_out) if one is not None}
        if not within and _is_of_an_exchange(node):
            self.said.faults.left_out["RecipeFlow d'un RecipeExchange"] += 1
            return
        if len(within) != 1:
            raise Invalid(
                "va d'une recette à une autre : gardez-en une"
                if within
                else "n'entre dans aucune étape et ne sort d'aucune : dites recipeInputOf, ou "
                "recipeOutputOf"
            )
        ingredient = self.ingredient(node, goes_in and goes_in[1], comes_out and comes_out[1])
        self.flows[within.pop()].append((node, ingredient))

    def placed(self, name: str) -> tuple[str, int] | None:
        if name and not self.said.describes("RecipeProcess", name):
            raise Invalid(f"nomme {name}, qui n'est pas un RecipeProcess du fichier : décrivez-le")
        return self.places.get(name)

    def ingredient(self, node: Node, goes_in: int | None, comes_out: int | None) -> Ingredient:
        kind = self.said.kinds.numbers.get(node.text("resourceConformsTo"))
        if wrong := about_action(node.text("action").removeprefix("vf:"), tuple(table())):
            raise Invalid(wrong)
        if kind is None:
            raise Invalid("il manque resourceConformsTo : de quoi il s'agit")
        quantity, effort = (
            amount(node.values[name]) if node.values.get(name) else None
            for name in ("resourceQuantity", "effortQuantity")
        )
        stage = self.said.stages.numbers.get(node.text("stage"))
        return Ingredient(
            node.text("action").removeprefix("vf:"),
            self.things.kinds[kind],
            quantity.micro if quantity else None,
            quantity.unit if quantity else "",
            effort.micro if effort else None,
            effort.unit if effort else "",
            self.things.stages[stage] if stage else "",
            node.text("state"),
            goes_in,
            comes_out,
        )


def _days(node: Node) -> int | None:
    if not node.values.get("hasDuration"):
        return None
    lasts = amount(node.values["hasDuration"])
    micro = convert(lasts.micro, lasts.unit, DAYS)
    if micro < 0 or micro % MICRO:
        raise Invalid(
            "sa durée (hasDuration) n'est pas un nombre entier de journées : arrondissez-la"
        )
    return micro // MICRO


def _is_of_an_exchange(node: Node) -> bool:
    nested = node.within is not None and node.within[1] in _EXCHANGES
    return nested or any(node.text(term) for term in CLAUSES)
