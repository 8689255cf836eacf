# SPDX-License-Identifier: AGPL-3.0-or-later
"""Write a recipe, and draw a plan from it.

Repeating a call with the same key changes nothing; under it, other content raises KeyReused.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from uuid import UUID, uuid5

from terreau.core import clock
from terreau.core.errors import Invalid, KeyReused
from terreau.ledger import actions, posting
from terreau.ledger.flows import Activity, Planned, Promise
from terreau.ledger.landing import Land
from terreau.ledger.models import ProcessSpecification, Recipe, RecipeFlow, RecipeProcess
from terreau.ledger.planning.actions import open_plan
from terreau.ledger.posting import seal, turn
from terreau.ledger.recipes import rules
from terreau.ledger.recipes.queries import formula
from terreau.ledger.recipes.reckoning import days, times_over, wanted
from terreau.ledger.recipes.shapes import Formula, Ingredient
from terreau.ledger.recording import may_record, root
from terreau.people.models import Space, User

Parties = tuple[int, int]
"""Who gives and who receives: ids of agents."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A plan that was drawn from a recipe.

    ``processes`` and ``commitments`` are ids by the place of the step and of the flow; ``open``
    are the flows that nobody was named for yet: they are to be promised.
    """

    plan: int
    processes: Mapping[int, int]
    commitments: Mapping[int, int]
    open: Mapping[int, Ingredient]


def write_recipe(*, by: User, ledger: Space, recipe: Formula) -> int:
    """Write a recipe down and return its id. A better one is another recipe."""
    may_record(by, ledger)
    rules.check_whole(recipe)
    with turn(root(ledger)):
        known = Recipe.objects.filter(key=recipe.key).first()
        if known is not None:
            if known.ledger_id != root(ledger) or formula(known) != recipe:
                raise KeyReused
            return known.pk
        return _written(by.agent_id, root(ledger), recipe)


def bring_recipes(land: Land, recipes: Iterable[Formula]) -> None:
    """Write the recipes of an import, which checked them; nobody typed, the cooperation records.

    What is there under its key stays, with the note that it may have here; with other content it
    raises KeyReused.
    """
    for recipe in recipes:
        with turn(land.ledger):
            known = Recipe.objects.filter(key=recipe.key).first()
            if known is None:
                _written(land.agent, land.ledger, recipe)
            elif replace(formula(known), note=recipe.note) != recipe:
                raise KeyReused


def _written(agent: int, ledger: int, recipe: Formula) -> int:
    words = {flow.specification for flow in recipe.flows} | {recipe.primary_output} - {""}
    codes = posting.specification_ids(ledger, words) if words else {}
    kinds = _kinds(ledger, recipe)
    one = Recipe.objects.create(
        key=recipe.key,
        ledger_id=ledger,
        name=recipe.name,
        note=recipe.note,
        primary_output_id=codes.get(recipe.primary_output),
        written_by_id=agent,
        written_at=clock.now(),
    )
    steps = RecipeProcess.objects.bulk_create(
        RecipeProcess(
            recipe=one, number=place, name=step.name, specification_id=kinds.get(step.kind),
            days=step.days,
        )
        for place, step in enumerate(recipe.steps)
    )  # fmt: skip
    places: dict[int | None, int | None] = {None: None}
    places |= {place: step.pk for place, step in enumerate(steps)}
    RecipeFlow.objects.bulk_create(
        RecipeFlow(
            recipe=one, number=place, action=flow.action,
            specification_id=codes[flow.specification], quantity=flow.quantity, unit=flow.unit,
            effort=flow.effort, effort_unit=flow.effort_unit, stage_id=kinds.get(flow.stage),
            in_state=flow.state, input_of_id=places[flow.input_of],
            output_of_id=places[flow.output_of],
        )
        for place, flow in enumerate(recipe.flows)
    )  # fmt: skip
    return one.pk


def _kinds(ledger: int, recipe: Formula) -> dict[str, int]:
    words = {step.kind for step in recipe.steps} | {flow.stage for flow in recipe.flows}
    found = {}
    for word in sorted(words - {""}):
        kind, created = ProcessSpecification.objects.get_or_create(ledger_id=ledger, code=word)
        if created:
            seal(ledger, kind)
        found[word] = kind.pk
    return found


def plan_from(
    *,
    by: User,
    ledger: Space,
    recipe_id: int,
    plan: Planned,
    times: Fraction = Fraction(1),
    who: Mapping[int, Parties] | None = None,
) -> Drawn:
    """Draw a plan from a recipe made so many times: a process a step, a promise a flow of ``who``.

    ``who`` names, by the place of a flow, who gives and who receives: they accepted, as for any
    promise. Days are reckoned back from the plan's ``due``. All is written, or nothing.
    """
    one = Recipe.objects.filter(pk=recipe_id, ledger_id=root(ledger)).first()
    if one is None:
        raise Invalid("Cette recette n'existe pas dans cette coopération.", field="recipe")
    recipe, named = formula(one), dict(who or {})
    rules.check_times(recipe, times)
    if not set(named) <= set(range(len(recipe.flows))):
        raise Invalid("Cette recette n'a pas tout ce pour quoi quelqu'un est nommé.", field="who")
    flows = {place: times_over(flow, times) for place, flow in enumerate(recipe.flows)}
    with turn(root(ledger)):
        pk = open_plan(by=by, ledger=ledger, plan=plan)
        processes = _opened(by, ledger, recipe, pk, plan)
        ends = set(wanted(recipe))
        promises = {
            place: _promise(plan.key, place, flows[place], named[place], processes)
            for place in sorted(named)
        }
        demands = [_for_plan(one, pk, place in ends) for place, one in promises.items()]
        ids = actions.promise(by=by, ledger=ledger, promises=demands)
    left = {place: flow for place, flow in flows.items() if place not in named}
    return Drawn(pk, processes, dict(zip(promises, ids, strict=True)), left)


def _opened(by: User, ledger: Space, recipe: Formula, pk: int, plan: Planned) -> dict[int, int]:
    span = days(recipe, plan.due)
    opened = {}
    for place, step in enumerate(recipe.steps):
        first, last = span[place] or (None, None)
        activity = Activity(_key(plan.key, f"step {place}"), step.name, step.kind, first, last, pk)
        opened[place] = actions.open_process(by=by, ledger=ledger, activity=activity)
    return opened


def _promise(
    key: UUID, place: int, flow: Ingredient, parties: Parties, processes: Mapping[int, int]
) -> Promise:
    return Promise(
        _key(key, f"flow {place}"),
        flow.action,
        *parties,
        flow.specification,
        flow.quantity,
        flow.unit,
        flow.effort,
        flow.effort_unit,
        input_of_id=None if flow.input_of is None else processes[flow.input_of],
        output_of_id=None if flow.output_of is None else processes[flow.output_of],
        stage=flow.stage,
        state=flow.state,
    )


def _for_plan(one: Promise, plan: int, is_demand: bool) -> Promise:
    return replace(one, planned_within_id=plan, demand_of_id=plan if is_demand else None)


def _key(plan: UUID, part: str) -> UUID:
    return uuid5(plan, part)
