# SPDX-License-Identifier: AGPL-3.0-or-later
"""The classes and properties of ValueFlows 1.0.0, and the words of earlier versions.

The classes are data (``vocabulary.csv``); nothing is ever fetched.
"""

import csv
from collections.abc import Iterable
from difflib import get_close_matches
from functools import cache
from importlib.resources import files

NAMESPACE = "https://w3id.org/valueflows/ont/vf#"
NAMESPACES = (NAMESPACE, NAMESPACE.replace("https:", "http:"))

FORMER = {
    "Fulfillment": "gone since 0.9: say `fulfills` on the event",
    "Satisfaction": "gone since 0.9: say `satisfies` on the event or the commitment",
    "Settlement": "gone since 0.9: say `settles` on the event",
    "ProposedIntent": "gone since 0.8: say `publishes` or `reciprocal` on the proposal",
    "ProposedTo": "gone since 0.8: say `proposedTo` on the proposal",
    "Appreciation": "gone before 1.0",
    "Scenario": "gone since 0.16",
    "ScenarioDefinition": "gone since 0.16",
    "AgentRelationship": "gone since 0.16",
    "AgentRelationshipRole": "gone since 0.16",
    "RecipeGroup": "gone since 0.15: say Recipe",
    "RecipeResource": "gone since 0.8: say ResourceSpecification",
    "ProductBatch": "gone since 0.10: say BatchLotRecord",
    "agreedIn": "gone since 0.8: say `clauseOf` or `realizationOf`",
    "expiresOn": "gone since 0.13",
    "atLocation": "gone since 0.5: say `toLocation`",
    "rules": "gone since 0.15",
    "inScopeOf": "only a Process has it since 0.16",
    "triggeredBy": "only a Claim has it",
    "pack": "0.x: say combine",
    "unpack": "0.x: say separate",
    "pass": "gone since 0.5",
    "fail": "gone since 0.5",
}
"""Words of 0.x, and what to say instead."""


@cache
def properties() -> dict[str, frozenset[str]]:
    """Return the properties of each class."""
    text = files(__package__).joinpath("vocabulary.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines())
    return {row["class"]: frozenset(row["properties"].split()) for row in rows}


@cache
def known_properties() -> frozenset[str]:
    """Return every property of any class."""
    return frozenset().union(*properties().values())


def about_class(name: str) -> str | None:
    """Return what is wrong with the name of a class, None when it is one."""
    if name in properties():
        return None
    return f"{name} is not a class of 1.0{_hint(name, properties())}"


def about_property(owner: str, name: str) -> str | None:
    """Return what is wrong with a property of a known class, None when it belongs there."""
    if name in properties()[owner]:
        return None
    hint = _hint(name, properties()[owner])
    known = name in known_properties()
    return f"{owner} has no {name}{' (another class has)' if known and not hint else ''}{hint}"


def _hint(name: str, among: Iterable[str]) -> str:
    if name in FORMER:
        return f": {FORMER[name]}"
    close = get_close_matches(name, list(among), n=1, cutoff=0.8)
    return f": did you mean {close[0]}?" if close else ""


UNITS = {
    "one": "item",
    "hour": "hour",
    "minuteTime": "minute",
    "minute": "minute",
    "day": "day",
    "week": "week",
    "month": "month",
    "metre": "m",
    "kilometre": "km",
    "squareMetre": "m2",
    "hectare": "hectare",
    "gram": "g",
    "kilogram": "kg",
    "tonne": "tonne",
    "litre": "litre",
    "cubicMetre": "m3",
    "kilowattHour": "kwh",
}
"""Units of OM 2 that a graph names, and the codes that they have here."""
_OM = "http://www.ontology-of-units-of-measure.org/resource/om-2/"


def unit_code(name: str) -> str | None:
    """Return the code of a unit named as OM 2 or ValueFlows names it, None when unknown."""
    return UNITS.get(name.removeprefix(_OM).removeprefix("om2:").removeprefix("om:"))
