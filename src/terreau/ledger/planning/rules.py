# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a plan, a batch, a promise and a wish within a plan must be."""

from collections.abc import Mapping
from typing import Protocol

from terreau.core.errors import Invalid
from terreau.ledger.engine.table import action_row
from terreau.ledger.flows import Batch, Planned, Promise, Stock


def check_plan(plan: Planned) -> None:
    """Raise Invalid unless the plan has a name, and words that fit."""
    if not 0 < len(plan.name.strip()) <= 120:
        raise Invalid("Donnez un nom à ce plan, de 120 caractères au plus.", field="name")
    if len(plan.note.strip()) > 600:
        raise Invalid("Gardez 600 caractères au plus pour les précisions.", field="note")


def check_batch(batch: Batch) -> None:
    """Raise Invalid unless the batch has a code."""
    if not 0 < len(batch.code.strip()) <= 60:
        raise Invalid("Donnez le code de ce lot, de 60 caractères au plus.", field="code")


def check_number(stock: Stock, same: str) -> None:
    """Raise Invalid for a number that is too long, or that another thing bears (its name)."""
    if len(stock.tracking_identifier.strip()) > 60:
        raise Invalid("Gardez 60 caractères au plus pour le numéro.", field="tracking_identifier")
    if same:
        raise Invalid(
            f"« {same} » porte déjà ce numéro : vérifiez-le, ou choisissez cette chose-là.",
            field="tracking_identifier",
        )


def check_promised_direction(promise: Promise) -> None:
    """Raise Invalid for what cannot go into an activity, or cannot come out of one."""
    row = action_row(promise.action)
    if promise.input_of_id is not None and row.direction not in ("input", "output_input"):
        raise Invalid(f"« {row.says} » n'entre pas dans une activité : retirez l'activité.")
    if promise.output_of_id is not None and row.direction not in ("output", "output_input"):
        raise Invalid(f"« {row.says} » ne sort pas d'une activité : retirez l'activité.")


def check_promised_words(promise: Promise) -> None:
    """Raise Invalid for a stage or a state that is too long to be a word of the ecosystem's."""
    if max(len(promise.stage.strip()), len(promise.state.strip())) > 60:
        raise Invalid("Dites l'étape et l'état en quelques mots (60 caractères au plus).")


class InAPlan(Protocol):
    """What may go into an activity or come out of one, and be a part of a plan."""

    @property
    def input_of_id(self) -> int | None: ...
    @property
    def output_of_id(self) -> int | None: ...
    @property
    def planned_within_id(self) -> int | None: ...


def activities_of(one: InAPlan) -> tuple[int, ...]:
    """Return the activities that it names."""
    return tuple(pk for pk in (one.input_of_id, one.output_of_id) if pk is not None)


def plan_within(one: InAPlan, plan_of: Mapping[int, int | None]) -> int | None:
    """Return the plan that it is a part of: the one that is said, or that of its activity.

    Raises Invalid for two of them. ``plan_of``: the plan of each activity that it names.
    """
    of_activities = (plan_of[pk] for pk in activities_of(one))
    plans = {one.planned_within_id, *of_activities} - {None}
    if len(plans) > 1:
        raise Invalid(
            "Cette activité est d'un autre plan : indiquez le même plan, ou aucun.",
            field="planned_within",
        )
    return plans.pop() if plans else None
