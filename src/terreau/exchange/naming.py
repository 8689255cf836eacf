# SPDX-License-Identifier: AGPL-3.0-or-later
"""What every node is made of: names of agents and kinds, measures, and only what is said."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from terreau.exchange.addresses import opaque
from terreau.exchange.measures import number
from terreau.exchange.vocabulary import unit_names

NodeDict = dict[str, Any]


def measure(micro: int, unit: str) -> NodeDict:
    """Return a measure: an exact number, as text, and a unit."""
    value = {"hasNumericalValue": number(micro), "hasUnit": unit_names()[unit]}
    return {"@type": "Measure", **value}


def agent(pk: int | None) -> str | None:
    """Return the name of an agent."""
    return None if pk is None else opaque("agent", pk)


def kind(ledger: int, code: str) -> str:
    """Return the name of a kind of things in a ledger."""
    return opaque("kind", f"{ledger} {code}")


def said(values: Mapping[str, Any]) -> NodeDict:
    """Leave out what there is nothing to say of."""
    return {name: value for name, value in values.items() if value not in (None, "", [])}
