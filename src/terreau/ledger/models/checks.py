# SPDX-License-Identifier: AGPL-3.0-or-later
"""Constraints that several tables need."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Cast


def whole(*fields: str) -> tuple[models.CheckConstraint, ...]:
    """Refuse what is not a 64-bit integer: SQLite keeps floats, and turns an overflow into one."""
    return tuple(
        models.CheckConstraint(
            condition=Q(**{name: Cast(F(name), models.BigIntegerField())}),
            name=f"%(class)s_{name}_is_whole",
        )
        for name in fields
    )


def unit_beside(quantity: str, unit: str) -> models.CheckConstraint:
    """A quantity has a unit, and no quantity has none."""
    nothing = Q(**{f"{quantity}__isnull": True, unit: ""})
    something = Q(**{f"{quantity}__isnull": False}) & ~Q(**{unit: ""})
    return models.CheckConstraint(
        condition=nothing | something, name=f"%(class)s_{quantity}_has_its_unit"
    )
