# SPDX-License-Identifier: AGPL-3.0-or-later
"""Stocks that somebody chose to keep: opened with a first count, counted anew, lent and returned.

Nothing is inventoried unless it was chosen. Each change is an event of the ledger, which refuses
what cannot be, in its own words.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction

from terreau.agreements.actions.book import derived
from terreau.agreements.rules import rights
from terreau.core.errors import EditConflict, Invalid, NotAllowed
from terreau.core.quantities import show
from terreau.ecosystems.models import Ecosystem
from terreau.ecosystems.rules.days import happened
from terreau.ledger import actions as ledger
from terreau.ledger import queries
from terreau.people.models import User
from terreau.people.visibility import reach_of

NAME_LENGTH, WHAT_LENGTH = 120, 60


@dataclass(frozen=True, slots=True)
class Opening:
    """A name, what it holds, its unit, whose it is, and how much there is (millionths), when."""

    name: str
    what: str
    unit: str
    owner_id: int
    counted: int
    day: date


@transaction.atomic
def open_stock(*, by: User, ecosystem: Ecosystem, key: UUID, opening: Opening) -> int:
    """Open a stock with its first count; return its id in the ledger. Once for its key."""
    reach = reach_of(by)
    if not (rights.is_in_circle(reach, ecosystem) and rights.can_give(reach, opening.owner_id)):
        raise NotAllowed("Vous n'ouvrez un stock qu'en votre nom, ou pour qui vous mandate.")
    what = opening.what.strip()
    for field, text, longest in (("name", opening.name.strip(), NAME_LENGTH),
                                 ("what", what, WHAT_LENGTH)):  # fmt: skip
        if not 0 < len(text) <= longest:
            raise Invalid(f"Dites-le en {longest} caractères au plus.", field=field)
    happened(opening.day, field="day", what="Notez le compte quand il sera fait")
    if not opening.counted:
        raise Invalid("Dites combien il y en a : un stock s'ouvre sur un compte.", field="counted")
    stock = ledger.Stock(derived(key, "stock"), opening.name.strip(), what, opening.unit)
    pk = ledger.keep_stock(by=by, ledger=ecosystem.space, stock=stock)
    _post(
        by,
        ecosystem,
        ledger.Flow(
            key=derived(key, "count"),
            action="raise",
            provider_id=opening.owner_id,
            receiver_id=opening.owner_id,
            happened_on=opening.day,
            specification=what,
            quantity=opening.counted,
            unit=opening.unit,
            resource_id=pk,
        ),
    )
    return pk


@dataclass(frozen=True, slots=True)
class Count:
    """So much was counted, where ``read`` stood in the ledger (millionths), on a day."""

    read: int
    counted: int
    day: date


def count_again(*, by: User, ecosystem: Ecosystem, stock_id: int, key: UUID, count: Count) -> int:
    """Raise or lower a stock to what was counted; return the event. Who answers for it counts.

    Raises EditConflict when the stock is no longer as it was read.
    """
    stock = _stock(ecosystem, stock_id)
    if not rights.can_give(reach_of(by), stock.accountable_id or 0):
        raise NotAllowed("Ce stock est compté de nouveau par qui en répond.")
    happened(count.day, field="day", what="Notez le compte quand il sera fait")
    difference = count.counted - count.read
    if not difference:
        raise Invalid("C'est déjà ce qui est noté : rien n'a changé.", field="counted")
    if stock.accounting != count.read and not queries.is_recorded(key):
        raise EditConflict(
            "Ce stock a changé pendant que vous comptiez. Rien n'est enregistré : comptez de "
            "nouveau à partir de ce qui est noté maintenant.",
            stored={"counted": show(stock.accounting)},
            yours={"counted": show(count.counted)},
            version=1,
        )
    return _post(
        by,
        ecosystem,
        ledger.Flow(
            key=key,
            action="raise" if difference > 0 else "lower",
            provider_id=stock.accountable_id,
            receiver_id=stock.accountable_id,
            happened_on=count.day,
            specification=stock.specification.code,
            quantity=abs(difference),
            unit=stock.unit,
            resource_id=stock.pk,
        ),
    )


@dataclass(frozen=True, slots=True)
class HandOver:
    """Who held it as it was read, to whom it goes, on a day."""

    holder_id: int
    receiver_id: int
    day: date


def hand_over(
    *, by: User, ecosystem: Ecosystem, stock_id: int, key: UUID, handing: HandOver
) -> int:
    """Lend a whole stock to somebody, or give it back; return the event. Its rights do not move.

    Raises EditConflict when somebody else holds it by now.
    """
    stock = _stock(ecosystem, stock_id)
    if not rights.can_give(reach_of(by), handing.holder_id):
        raise NotAllowed("Ce stock est confié, ou rendu, par qui l'a en main.")
    happened(handing.day, field="day", what="Notez-le quand ce sera fait")
    if handing.receiver_id == handing.holder_id:
        raise Invalid("Il est déjà là : choisissez à qui il va.", field="receiver")
    if stock.custodian_id != handing.holder_id and not queries.is_recorded(key):
        raise EditConflict(
            "Ce stock est passé en d'autres mains entre-temps. Rien n'est enregistré.",
            stored={},
            yours={},
            version=1,
        )
    if not stock.accounting:
        raise Invalid("Ce stock est vide : il n'y a rien à confier.")
    return _post(
        by,
        ecosystem,
        ledger.Flow(
            key=key,
            action="transferCustody",
            provider_id=handing.holder_id,
            receiver_id=handing.receiver_id,
            happened_on=handing.day,
            specification=stock.specification.code,
            quantity=stock.accounting,
            unit=stock.unit,
            resource_id=stock.pk,
        ),
    )


def _stock(ecosystem: Ecosystem, pk: int) -> Any:
    found = queries.stocks(ecosystem.space).filter(pk=pk).first()
    if found is None:
        raise Invalid("Ce stock n'existe pas dans cette coopération.")
    return found


def _post(by: User, ecosystem: Ecosystem, flow: ledger.Flow) -> int:
    behalf = flow.provider_id if flow.provider_id != by.agent_id else None
    return ledger.post(
        by=by, ledger=ecosystem.space, flows=[replace(flow, on_behalf_of_id=behalf)]
    )[0]
