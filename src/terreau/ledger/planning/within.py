# SPDX-License-Identifier: AGPL-3.0-or-later
"""What promises, activities and stocks name of plans and batches is read, and the rules asked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from terreau.core.errors import Invalid
from terreau.ledger.flows import Promise, Stock
from terreau.ledger.models import BatchLotRecord, Plan, Process, Resource
from terreau.ledger.planning import rules


def check_plans(ledger: int, ids: Iterable[int | None]) -> None:
    """Raise Invalid for a plan that this ledger does not have."""
    wanted = {pk for pk in ids if pk is not None}
    if wanted and Plan.objects.filter(ledger_id=ledger, pk__in=wanted).count() < len(wanted):
        raise Invalid("Ce plan n'existe pas dans cette coopération.", field="planned_within")


def check_stock_within(ledger: int, stock: Stock) -> None:
    """Raise Invalid for a batch that is not here, or a number that another thing bears."""
    number = stock.tracking_identifier.strip()
    same = ""
    if number:
        mine = Resource.objects.filter(ledger_id=ledger, specification__code=stock.specification)
        others = mine.filter(tracking_identifier=number).exclude(key=stock.key)
        same = others.values_list("name", flat=True).first() or ""
    rules.check_number(stock, same)
    batches = BatchLotRecord.objects.filter(ledger_id=ledger)
    if stock.batch_id is not None and not batches.filter(pk=stock.batch_id).exists():
        raise Invalid("Ce lot n'existe pas dans cette coopération.", field="batch")


def plans_within(ledger: int, flows: Sequence[rules.InAPlan]) -> list[int | None]:
    """Return the plan of each flow, that of its activity when none is said.

    Raises Invalid for an activity or a plan that is not here, or for two plans.
    """
    processes = {pk for one in flows for pk in rules.activities_of(one)}
    plan_of: dict[int, int | None] = {}
    if processes:
        rows = Process.objects.filter(ledger_id=ledger, pk__in=processes)
        plan_of = dict(rows.values_list("pk", "planned_within_id"))
    if processes - set(plan_of):
        raise Invalid("Cette activité n'existe pas dans cette coopération.", field="process")
    check_plans(ledger, (one.planned_within_id for one in flows))
    return [rules.plan_within(one, plan_of) for one in flows]


def placed(ledger: int, promises: Sequence[Promise]) -> list[Promise]:
    """Return promises with the plan of their activity, once all that they name is known to fit."""
    plans = plans_within(ledger, promises)
    check_plans(ledger, (one.demand_of_id for one in promises))
    return [_placed(one, plan) for one, plan in zip(promises, plans, strict=True)]


def _placed(one: Promise, plan: int | None) -> Promise:
    rules.check_promised_direction(one)
    rules.check_promised_words(one)
    return replace(one, planned_within_id=plan)
