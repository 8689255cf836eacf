# SPDX-License-Identifier: AGPL-3.0-or-later
"""A convention of valuation: noted as the group adopted it, withdrawn when it was wrong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from itertools import combinations
from uuid import UUID

from django.db import transaction

from terreau.agreements.accounts import VALUED, Price
from terreau.agreements.actions.saving import save
from terreau.agreements.kinds import KINDS
from terreau.agreements.models import Valuation, ValuationPrice
from terreau.agreements.rules import rights
from terreau.core import clock
from terreau.core.errors import Invalid, KeyReused, NotAllowed
from terreau.core.once import kept
from terreau.core.quantities import MICRO
from terreau.core.units import convertible
from terreau.ecosystems.actions.records import Filing, hold, keep
from terreau.ecosystems.models import Ecosystem
from terreau.ecosystems.rules.days import happened, plausible
from terreau.people.models import User
from terreau.people.visibility import reach_of

SOURCE_LENGTH, HIGHEST = 300, 1_000_000 * MICRO


@dataclass(frozen=True, slots=True)
class Convention:
    """From when to when, how, adopted by whom and when, and the document that says so."""

    method: str
    since: date
    until: date
    adopted_on: date
    adopted_by: str
    document: str


@transaction.atomic
def note_valuation(
    *, by: User, ecosystem: Ecosystem, key: UUID, convention: Convention, prices: Sequence[Price]
) -> Valuation:
    """Note a convention that was adopted, once for its key. Two never hold on the same day.

    Raises NotAllowed for who does not keep the keys, Invalid with the field.
    """
    if not rights.keeps_keys(reach_of(by), ecosystem):
        raise NotAllowed("Une convention est notée par les personnes qui gardent les clés.")
    hold(ecosystem)
    fields = {**asdict(convention), "ecosystem": ecosystem}
    stored = kept(Valuation, key=key, wanted=_stripped(fields))
    if stored is not None:
        if _prices_of(stored) != list(prices):
            raise KeyReused
        return stored
    _check(ecosystem, convention)
    _check_prices(prices)
    told = {name: value for name, value in fields.items() if name != "ecosystem"}
    made = keep(Valuation, by=by, ecosystem=ecosystem, filing=Filing(key), fields=told)[0]
    ValuationPrice.objects.bulk_create(
        ValuationPrice(
            valuation=made, kind=one.kind, unit=one.unit, price=one.micro, source=one.source.strip()
        )
        for one in prices
    )
    return made


def _stripped(fields: dict[str, object]) -> dict[str, object]:
    return {
        name: value.strip() if isinstance(value, str) else value for name, value in fields.items()
    }


def _prices_of(stored: Valuation) -> list[Price]:
    return [Price(row.kind, row.unit, row.price, row.source) for row in stored.prices.all()]


def _check(ecosystem: Ecosystem, convention: Convention) -> None:
    happened(convention.adopted_on, field="adopted_on", what="Notez la convention une fois adoptée")
    for field in ("since", "until"):
        plausible(getattr(convention, field), field=field)
    if convention.until < convention.since:
        raise Invalid("La période finit avant d'avoir commencé.", field="until")
    other = Valuation.objects.filter(
        ecosystem=ecosystem,
        withdrawn_on__isnull=True,
        since__lte=convention.until,
        until__gte=convention.since,
    ).first()
    if other is not None:
        raise Invalid(
            f"Une autre convention vaut déjà du {other.since:%d/%m/%Y} au {other.until:%d/%m/%Y} : "
            "le même jour ne peut pas avoir deux prix. Changez les dates, ou retirez l'autre.",
            field="since",
        )


def _check_prices(prices: Sequence[Price]) -> None:
    if not prices:
        raise Invalid("Une convention dit au moins un prix, et d'où il vient.")
    for one in prices:
        label = KINDS[one.kind].kind.label if one.kind in KINDS else one.kind
        if one.kind not in VALUED or one.unit not in KINDS[one.kind].units:
            raise Invalid(f"« {label} » ne se dit pas en euros dans ces comptes.")
        if not 0 < one.micro <= HIGHEST:
            raise Invalid(f"Le prix de « {label} » va d'un millionième à un million d'euros.")
        if not one.source.strip() or len(one.source.strip()) > SOURCE_LENGTH:
            raise Invalid(f"Dites en une phrase d'où vient le prix de « {label} ».")
    for one, other in combinations(prices, 2):
        if one.kind == other.kind and convertible(one.unit, other.unit):
            label = KINDS[one.kind].kind.label
            raise Invalid(f"« {label} » a deux prix pour la même unité : gardez-en un.")


@transaction.atomic
def withdraw_valuation(*, by: User, valuation: Valuation) -> Valuation:
    """Say that a convention was wrong: it counts no more, and stays in the list."""
    if not rights.keeps_keys(reach_of(by), valuation.ecosystem):
        raise NotAllowed("Une convention est retirée par les personnes qui gardent les clés.")
    row: Valuation = Valuation.objects.select_for_update(of=("self",)).get(pk=valuation.pk)
    if row.withdrawn_on is None:
        row.withdrawn_on = clock.today()
        save(row, "withdrawn_on")
    return row
