# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a database refuses in tables of several apps."""

from collections import defaultdict

from django.db import models
from django.db.models import F, Q

from terreau.core.quantities import DECIMALS
from terreau.core.units import UNITS


def no_finer(quantity: str) -> models.CheckConstraint:
    """Refuse a quantity (millionths) that is finer than ``unit``: half a person, half a cent.

    The units stand in the constraint: to add one without all six decimals is a migration.
    """
    codes = defaultdict[int, list[str]](list)
    for of in UNITS.values():
        codes[of.decimals].append(of.code)
    fits = Q()
    for decimals in sorted(set(codes) - {DECIMALS}):
        finest = 10 ** (DECIMALS - decimals)
        rounded = F(quantity) / finest * finest  # of whole numbers: what is finer is lost
        fits &= ~Q(unit__in=codes[decimals]) | Q(**{quantity: rounded})
    return models.CheckConstraint(
        condition=fits, name=f"%(class)s_{quantity}_no_finer_than_its_unit"
    )
