# SPDX-License-Identifier: AGPL-3.0-or-later
"""Recipes: what feeds what, so many times exactly, and the plan that comes of it."""

from dataclasses import replace
from datetime import date
from fractions import Fraction
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from terreau.core.errors import Invalid
from terreau.ledger.models import Commitment, Plan, Process, Recipe
from terreau.ledger.planning.actions import Planned
from terreau.ledger.recipes.actions import plan_from, write_recipe
from terreau.ledger.recipes.queries import formula, recipes
from terreau.ledger.recipes.reckoning import chains, days, order, times_over, wanted
from terreau.ledger.recipes.rules import check_times
from terreau.ledger.verify import differences
from tests.ledger.factories import make_ground
from tests.ledger.recipes.bread import BAKE, BREAD, KNEAD, ONE

pytestmark = pytest.mark.django_db
DUE = date(2026, 4, 11)


def with_dough(**changes):
    flows = list(BREAD.flows)
    flows[3] = replace(flows[3], **changes)
    return replace(BREAD, flows=tuple(flows))


@pytest.mark.parametrize(
    ("changes", "fed"),
    [
        ({}, ((2, 3),)),
        ({"stage": "", "state": ""}, ((2, 3),)),
        ({"stage": "cuisson"}, ()),
        ({"state": "plate"}, ()),
        ({"specification": "flour"}, ()),
    ],
)
def test_an_output_feeds_what_asks_for_its_kind_stage_and_state(changes, fed):
    assert chains(with_dough(**changes)) == fed


def test_steps_come_after_what_they_wait_for_and_days_are_reckoned_back():
    turned = replace(
        BREAD,
        steps=BREAD.steps[::-1],
        flows=tuple(
            replace(
                flow,
                input_of=None if flow.input_of is None else 1 - flow.input_of,
                output_of=None if flow.output_of is None else 1 - flow.output_of,
            )
            for flow in BREAD.flows
        ),
    )

    assert (order(BREAD), order(turned), wanted(BREAD)) == ([KNEAD, BAKE], [BAKE, KNEAD], [4])
    assert days(BREAD, DUE) == {BAKE: (DUE, DUE), KNEAD: (date(2026, 4, 10), DUE)}
    unknown = replace(BREAD, steps=(BREAD.steps[0], replace(BREAD.steps[1], days=None)))
    assert days(unknown, DUE) == {BAKE: None, KNEAD: None}
    assert days(BREAD, None) == {BAKE: None, KNEAD: None}


@given(times=st.fractions(0, 1000, max_denominator=50))
def test_so_many_times_is_exact_or_refused(times):
    exact = times > 0 and all((flow.measured[0] * times).denominator == 1 for flow in BREAD.flows)

    if not exact:
        with pytest.raises(Invalid):
            check_times(BREAD, times)
        return
    check_times(BREAD, times)
    for flow in BREAD.flows:
        assert Fraction(times_over(flow, times).measured[0]) == flow.measured[0] * times


def test_what_does_not_fall_right_is_said_with_its_thing():
    with pytest.raises(Invalid) as refused:
        check_times(BREAD, Fraction(1, 3))

    assert refused.value.message == (
        "1/3 fois 10\u00a0kg de « flour » ne tombe pas juste : choisissez un autre nombre de fois."
    )


def drawn_twice(ground, **more):
    by = {"by": ground.alice, "ledger": ground.ledger}
    pk = write_recipe(**by, recipe=BREAD)
    plan = Planned(uuid4(), "La fournée", "", DUE)
    return [plan_from(**by, recipe_id=pk, plan=plan, **more) for _ in range(2)]


def test_a_plan_is_drawn_from_a_recipe_once_for_a_key():
    ground = make_ground()
    sides = (ground.giver.pk, ground.taker.pk)

    first, again = drawn_twice(ground, times=Fraction(3, 2), who={0: sides, 4: sides})

    flour, bread = (Commitment.objects.get(pk=first.commitments[place]) for place in (0, 4))
    assert first == again
    assert (flour.promised, bread.promised) == (15 * ONE, 30 * ONE)
    assert flour.input_of_id == first.processes[KNEAD]
    assert (flour.planned_within_id, flour.independent_demand_of_id) == (first.plan, None)
    assert (bread.output_of_id, bread.independent_demand_of_id) == (
        first.processes[BAKE],
        first.plan,
    )
    assert {place: flow.measured for place, flow in first.open.items()} == {
        1: (4_500_000, "hour"),
        2: (24 * ONE, "kg"),
        3: (24 * ONE, "kg"),
    }
    ends = Process.objects.order_by("pk").values_list("name", "begins_on", "ends_on")
    assert list(ends) == [("Pétrir", date(2026, 4, 10), DUE), ("Cuire", DUE, DUE)]
    assert list(differences()) == []


def test_a_refusal_leaves_no_plan_behind():
    ground = make_ground()
    oneself = (ground.giver.pk, ground.giver.pk)

    for more in ({"who": {0: oneself}}, {"times": Fraction(1, 3)}, {"who": {9: oneself}}):
        with pytest.raises(Invalid):
            drawn_twice(ground, **more)

    assert not Plan.objects.exists() and not Process.objects.exists()


def test_a_recipe_is_read_back_as_it_was_written():
    ground, other = make_ground(), make_ground()
    pk = write_recipe(by=ground.alice, ledger=ground.ledger, recipe=BREAD)

    assert formula(Recipe.objects.get(pk=pk)) == BREAD
    assert (recipes(ground.ledger).count(), recipes(other.ledger).count()) == (1, 0)
    with pytest.raises(Invalid, match="n'existe pas dans cette coopération"):
        plan_from(
            by=other.alice, ledger=other.ledger, recipe_id=pk, plan=Planned(uuid4(), "Ailleurs")
        )
    assert list(differences()) == []
