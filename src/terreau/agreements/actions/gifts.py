# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a contribution says when it is noted, and the followed stocks that it may name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from terreau.agreements.kinds import KINDS
from terreau.agreements.queries.stocks import NO_STOCK, Stocks, readable_stocks
from terreau.agreements.rules.entries import stocks_fault
from terreau.core.errors import Invalid
from terreau.ecosystems.models import Ecosystem
from terreau.people.enums import Level
from terreau.people.visibility import Reach


@dataclass(frozen=True, slots=True)
class Gift:
    """What a person says was given. ``quantity`` in millionths of ``unit``.

    ``commitment_id`` is the promise that it fulfils, None for none. ``refund``: expenses paid back.
    ``resource_id`` is the followed stock that it comes out of (or that is used), ``to_resource_id``
    the one that it goes into.
    """

    giver_id: int
    receiver_id: int
    kind: str
    quantity: int
    unit: str
    happened_on: date
    word: str = ""
    commitment_id: int | None = None
    refund: bool = False
    level: str = Level.CIRCLE.value
    resource_id: int | None = None
    to_resource_id: int | None = None

    @property
    def named(self) -> dict[str, int]:
        """The stocks that it names, by the field that names them."""
        both = {"resource": self.resource_id, "to_resource": self.to_resource_id}
        return {field: pk for field, pk in both.items() if pk is not None}


def stocks_to_move(reach: Reach, ecosystem: Ecosystem, gift: Gift) -> Stocks:
    """Return the stocks that a contribution names. Raises Invalid with the field that is wrong.

    What is given out of a stock or into one is for the ledger to accept or refuse.
    """
    if not gift.named:
        return NO_STOCK
    fault = stocks_fault(gift.kind, gift.named, gift.level)
    if fault is not None:
        raise Invalid(fault.message, field=fault.field)
    found = readable_stocks(reach, ecosystem).in_bulk(list(gift.named.values()))
    for field, pk in gift.named.items():
        if pk not in found:
            raise Invalid("Cette ressource n'est pas suivie ici.", field=field)
    one = found[next(iter(gift.named.values()))]
    used = KINDS[gift.kind].action == "use"
    if used and gift.giver_id not in (one.accountable_id, one.custodian_id):
        raise Invalid(
            f"« {one.name} » n'est ni à qui apporte, ni dans ses mains : choisissez ce qui est à "
            "lui, ou laissez ce choix vide.",
            field="resource",
        )
    return Stocks(one.specification.code, gift.resource_id, gift.to_resource_id)
