# SPDX-License-Identifier: AGPL-3.0-or-later
"""A plan with its activity, promise and need, a batch, a recipe, a claim: one of each."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from uuid import uuid4

from terreau.core import clock
from terreau.ledger.actions import Activity, Flow, Stock, keep_stock, open_process, post, promise
from terreau.ledger.claiming.actions import claim
from terreau.ledger.flows import Claimed, Promise
from terreau.ledger.planning.actions import Batch, Planned, note_batch, open_plan
from terreau.ledger.recipes.actions import write_recipe
from terreau.ledger.wishes.actions import wish
from terreau.ledger.wishes.said import Wish
from terreau.people.models import Agent, Space, User
from tests.ledger.recipes.bread import BREAD, ONE

DAY = date(2026, 4, 1)


@dataclass(frozen=True)
class Made:
    """The ids of what was made."""

    plan: int
    process: int
    batch: int
    stock: int
    promise: int
    need: int
    recipe: int
    event: int
    claim: int


def plan_all(by: User, circle: Space, giver: Agent, taker: Agent) -> Made:
    """``by`` speaks for the giver, who gave three hours to the taker and claims money for it."""
    ledger = circle.root or circle
    mine = {"by": by, "ledger": ledger}
    plan = open_plan(**mine, plan=Planned(uuid4(), "La fournée", "Samedi", DAY))
    activity = Activity(uuid4(), "Cuire", "cuisson", DAY, DAY, plan)
    process = open_process(**mine, activity=activity)
    batch = note_batch(**mine, batch=Batch(uuid4(), "L-1", DAY))
    stock = keep_stock(**mine, stock=Stock(uuid4(), "Sac", "flour", "kg", 0, "N-1", batch))
    hours = {"effort": 3 * ONE, "effort_unit": "hour"}
    sides = (giver.pk, taker.pk)
    line = Promise(uuid4(), "work", *sides, "time", **hours, input_of_id=process, stage="cuisson")
    (promised,) = promise(**mine, promises=[replace(line, demand_of_id=plan)])
    need = Wish(uuid4(), "work", "time", ONE, "hour", "effort", receiver_id=giver.pk)
    said = wish(by=by, space=circle, wish=replace(need, input_of_id=process))
    recipe = write_recipe(**mine, recipe=replace(BREAD, key=uuid4()))
    (event,) = post(**mine, flows=[Flow(uuid4(), "work", *sides, clock.today(), "time", **hours)])
    owed = Claimed(
        uuid4(), "transfer", taker.pk, giver.pk, "money", event, 45 * ONE, "eur", due=DAY
    )
    (due,) = claim(**mine, claims=[owed])
    return Made(plan, process, batch, stock, promised, said, recipe, event, due)
