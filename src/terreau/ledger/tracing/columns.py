# SPDX-License-Identifier: AGPL-3.0-or-later
"""Flows as columns of whole numbers: what a million of them are read into. NumPy, no Django."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from terreau.core.units import UNITS
from terreau.ledger.engine.table import table
from terreau.ledger.tracing.building import Flowed

Whole = NDArray[np.int64]

ACTIONS = tuple(table())
UNIT_CODES = tuple(UNITS)
"""An action or a unit is known by its place in these."""


@dataclass(frozen=True, slots=True)
class Columns:
    """Flows in the order of time, each column an array of as many whole numbers. None is nought."""

    id: Whole
    action: Whole
    kind: Whole
    micro: Whole
    unit: Whole
    resource: Whole
    to_resource: Whole
    input_of: Whole
    output_of: Whole
    crossed: Whole

    @classmethod
    def of(cls, flows: Iterable[Flowed]) -> Columns:
        """Return flows as columns. Raises OverflowError for a quantity beyond 64 bits."""
        rows = [
            (flow.id, ACTIONS.index(flow.action), flow.kind, flow.micro)
            + (UNIT_CODES.index(flow.unit), flow.resource or 0, flow.to_resource or 0)
            + (flow.input_of or 0, flow.output_of or 0, int(flow.crossed))
            for flow in flows
        ]
        return cls(*np.array(rows, np.int64).reshape(-1, len(fields(cls))).T)

    def flows(self) -> Iterator[Flowed]:
        """Yield them one by one."""
        for row in zip(*(getattr(self, one.name).tolist() for one in fields(self)), strict=True):
            number, action, kind, micro, unit, *around, crossed = row
            resource, to_resource, input_of, output_of = (one or None for one in around)
            yield Flowed(
                number, ACTIONS[action], kind, micro, UNIT_CODES[unit], resource, to_resource,
                input_of, output_of, bool(crossed),
            )  # fmt: skip
