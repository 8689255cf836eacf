# SPDX-License-Identifier: AGPL-3.0-or-later
"""A recipe as it is handed over, read and reckoned with. Steps are known by their place, from 0."""

from dataclasses import dataclass, field
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Step:
    """One process of a recipe; ``kind`` is its specification, ``days`` how long it lasts."""

    name: str
    kind: str = ""
    days: int | None = None


@dataclass(frozen=True, slots=True)
class Ingredient:
    """What goes into a step (``input_of``) or comes out of one: a quantity or an effort.

    Millionths of the unit, for the recipe made once. Of what goes in, ``stage`` (the kind of step
    that it came out of) and ``state`` say which output of another step it may be.
    """

    action: str
    specification: str
    quantity: int | None = None
    unit: str = ""
    effort: int | None = None
    effort_unit: str = ""
    stage: str = ""
    state: str = ""
    input_of: int | None = None
    output_of: int | None = None

    @property
    def measured(self) -> tuple[int, str]:
        """How much, in what unit."""
        if self.quantity is not None:
            return self.quantity, self.unit
        return self.effort or 0, self.effort_unit


@dataclass(frozen=True, slots=True)
class Formula:
    """A whole recipe. ``primary_output``: the kind of thing that it is made for."""

    key: UUID
    name: str
    steps: tuple[Step, ...]
    flows: tuple[Ingredient, ...] = field(default=())
    note: str = ""
    primary_output: str = ""
