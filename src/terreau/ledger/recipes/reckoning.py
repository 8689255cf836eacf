# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a recipe gives, so many times: exact quantities, what feeds what, in which order, when.

Pure: no database, no clock.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from graphlib import TopologicalSorter

from terreau.ledger.recipes.shapes import Formula, Ingredient


def times_over(flow: Ingredient, times: Fraction) -> Ingredient:
    """Return a flow so many times. The caller checked that it falls on whole millionths."""
    quantity = None if flow.quantity is None else int(flow.quantity * times)
    effort = None if flow.effort is None else int(flow.effort * times)
    return replace(flow, quantity=quantity, effort=effort)


def chains(recipe: Formula) -> tuple[tuple[int, int], ...]:
    """Return which output feeds which input, by their places in ``flows``.

    An output of one step feeds an input of another when both are of one kind of thing, and the
    output is at the stage and in the state that the input asks for, if it asks.
    """
    return tuple(
        (given, taken)
        for taken, flow in enumerate(recipe.flows)
        for given, other in enumerate(recipe.flows)
        if _feeds(recipe, other, flow)
    )


def _feeds(recipe: Formula, given: Ingredient, taken: Ingredient) -> bool:
    if given.output_of is None or taken.input_of in (None, given.output_of):
        return False
    return (
        given.specification == taken.specification
        and taken.stage in ("", recipe.steps[given.output_of].kind)
        and taken.state in ("", given.state)
    )


def before(recipe: Formula) -> dict[int, set[int]]:
    """Return the steps that each step waits for."""
    waits: dict[int, set[int]] = {step: set() for step in range(len(recipe.steps))}
    for given, taken in chains(recipe):
        first, then = recipe.flows[given].output_of, recipe.flows[taken].input_of
        if first is not None and then is not None:
            waits[then].add(first)
    return waits


def order(recipe: Formula) -> list[int]:
    """Return the steps, each after those it waits for. Raises graphlib.CycleError."""
    return list(TopologicalSorter(before(recipe)).static_order())


def days(recipe: Formula, due: date | None) -> dict[int, tuple[date, date] | None]:
    """Return the latest first and last day of each step for all to be done on ``due``.

    A step of one day begins and ends on the same day; one of unknown length has no days, and what
    comes before it neither.
    """
    waits = before(recipe)
    found: dict[int, tuple[date, date] | None] = {}
    for step in reversed(order(recipe)):
        after = [found[other] for other, earlier in waits.items() if step in earlier]
        found[step] = _latest(recipe.steps[step].days, due, after)
    return found


def _latest(
    length: int | None, due: date | None, after: Iterable[tuple[date, date] | None]
) -> tuple[date, date] | None:
    last = due
    for one in after:
        if one is None or last is None:
            return None
        last = min(last, one[0])
    if last is None or length is None:
        return None
    return last - timedelta(days=max(length - 1, 0)), last


def wanted(recipe: Formula) -> list[int]:
    """Return the flows that give what the recipe is made for, and that no other step takes."""
    fed = {given for given, _ in chains(recipe)}
    return [
        place
        for place, flow in enumerate(recipe.flows)
        if flow.output_of is not None
        and flow.specification == recipe.primary_output
        and place not in fed
    ]
