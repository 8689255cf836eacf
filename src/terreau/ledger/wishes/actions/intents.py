# SPDX-License-Identifier: AGPL-3.0-or-later
"""Say a need or an offer, mend it, say that it is over or that it is not."""

from __future__ import annotations

from typing import Any

from terreau.core import clock
from terreau.core.errors import Invalid
from terreau.core.once import keep_once
from terreau.core.units import UNITS, convertible
from terreau.core.versions import differs
from terreau.ledger import posting
from terreau.ledger.models import Intent, ProcessSpecification, Resource
from terreau.ledger.planning.within import plans_within
from terreau.ledger.posting import turn
from terreau.ledger.wishes import rules
from terreau.ledger.wishes.actions.who import changeable, check_place, filing, ledger_of, may_say
from terreau.ledger.wishes.said import Wish
from terreau.people.actions import revise
from terreau.people.models import Space, User


def wish(*, by: User, space: Space, wish: Wish) -> int:
    """Say a need or an offer to an audience; return its id. Raises NotAllowed, Invalid."""
    side = wish.provider_id or wish.receiver_id
    rules.check_wish(wish)
    may_say(by, space, side)
    content = {**_content(ledger_of(space), wish), **filing(space, side, wish.level)}
    intent, _ = keep_once(
        Intent, key=wish.key, wanted=content, fresh={"recorded_by_id": by.agent_id}
    )
    return intent.pk


def mend(*, by: User, intent_id: int, version: int, wish: Wish) -> None:
    """Say a wish anew, over the version that was read, while nothing answers it.

    Its key and who it is of stay. Raises NotFound, NotAllowed, Invalid, EditConflict.
    """
    intent = changeable(by, Intent, intent_id)
    rules.check_wish(wish)
    mine = (intent.provider_id, intent.receiver_id)
    rules.check_same_side(mine, (wish.provider_id, wish.receiver_id))
    changes = _content(intent.ledger_id, wish)
    said_now = {**changes, "level": wish.level}
    with turn(intent.ledger_id):
        current = Intent.objects.get(pk=intent.pk)
        if not differs(current, said_now):
            return  # it stands as it is said
        rules.check_going_on(current.finished_on)
        rules.check_unanswered(current.satisfactions.exists())
        revise(current, version=version, changes=said_now)


def finish(*, by: User, intent_id: int) -> None:
    """Say that a need or an offer is over, whatever is left of it. Twice changes nothing."""
    intent = changeable(by, Intent, intent_id)
    with turn(intent.ledger_id):
        Intent.objects.filter(pk=intent.pk, finished_on=None).update(finished_on=clock.today())


def reopen(*, by: User, intent_id: int) -> None:
    """Say that it is not over after all. Twice changes nothing."""
    intent = changeable(by, Intent, intent_id)
    with turn(intent.ledger_id):
        Intent.objects.filter(pk=intent.pk).update(finished_on=None)


# What a wish names


def _content(ledger: int, wish: Wish) -> dict[str, Any]:
    """Return the columns of a wish. Raises Invalid for what its ledger does not have."""
    check_place(ledger, wish.place_id)
    (plan,) = plans_within(ledger, [wish])
    _check_stock(ledger, wish)
    codes = posting.specification_ids(ledger, {wish.specification.strip()})
    return {
        "ledger_id": ledger,
        "action": wish.action,
        "provider_id": wish.provider_id,
        "receiver_id": wish.receiver_id,
        "specification_id": codes[wish.specification.strip()],
        "measure": wish.measure,
        "quantity": wish.quantity,
        "available": wish.available,
        "minimum": wish.minimum,
        "unit": wish.unit,
        "resource_id": wish.resource_id,
        "input_of_id": wish.input_of_id,
        "output_of_id": wish.output_of_id,
        "planned_within_id": plan,
        "stage_id": _stage(ledger, wish.stage.strip()),
        "state": wish.state.strip(),
        "place_id": wish.place_id,
        "reach": wish.reach,
        "begins_on": wish.begins_on,
        "ends_on": wish.ends_on,
        "due": wish.due,
        "name": wish.name.strip(),
        "note": wish.note.strip(),
    }


def _check_stock(ledger: int, wish: Wish) -> None:
    if wish.resource_id is None:
        return
    stocks = Resource.objects.filter(pk=wish.resource_id, ledger_id=ledger)
    stock = stocks.select_related("specification").first()
    if stock is None:
        raise Invalid(
            f"Le stock numéro {wish.resource_id} n'existe pas dans cette coopération : "
            "choisissez-en un des siens.",
            field="resource",
        )
    if stock.specification.code != wish.specification.strip():
        raise Invalid(
            f"Le stock « {stock.name} » tient « {stock.specification.code} », pas "
            f"« {wish.specification.strip()} » : choisissez le stock qui convient.",
            field="resource",
        )
    if not convertible(wish.unit, stock.unit):
        raise Invalid(
            f"Le stock « {stock.name} » se compte en {UNITS[stock.unit].plural} : choisissez une "
            "unité de même nature.",
            field="unit",
        )


def _stage(ledger: int, code: str) -> int | None:
    if not code:
        return None
    stages = ProcessSpecification.objects.filter(ledger_id=ledger, code=code)
    found = stages.values_list("pk", flat=True).first()
    if found is None:
        raise Invalid("Ce genre d'activité n'existe pas dans cette coopération.", field="stage")
    return found
