# SPDX-License-Identifier: AGPL-3.0-or-later
"""The classes and properties of ValueFlows 1.0.0, and the words of earlier versions.

The classes are data (``vocabulary.csv``); nothing is ever fetched.
"""

import csv
from collections.abc import Iterable
from difflib import get_close_matches
from functools import cache, lru_cache
from importlib.resources import files

NAMESPACE = "https://w3id.org/valueflows/ont/vf#"
NAMESPACES = (NAMESPACE, NAMESPACE.replace("https:", "http:"))
OURS = "https://w3id.org/terreau/ns#"
"""What ValueFlows has no word for: ``terreau.ttl`` says what each of ours means."""
OM = "http://www.ontology-of-units-of-measure.org/resource/om-2/"

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
    """Return the properties of each class, our own (``terreau:``) with those of ValueFlows."""
    found: dict[str, frozenset[str]] = {}
    for name in ("vocabulary.csv", "extension.csv"):
        text = files(__package__).joinpath(name).read_text(encoding="utf-8")
        for row in csv.DictReader(text.splitlines()):
            more = frozenset(row["properties"].split())
            found[row["class"]] = found.get(row["class"], frozenset()) | more
    return found


def known_word(name: str) -> str:
    """Return a full name without its namespace when that is ValueFlows or OM 2, ``terreau:`` before
    it when it is ours, and as it is otherwise.
    """
    for space in (*NAMESPACES, OM, "vf:", "om2:", "om:"):
        if name.startswith(space):
            return name[len(space) :]
    return f"terreau:{name[len(OURS) :]}" if name.startswith(OURS) else name


def is_foreign(name: str) -> bool:
    """Tell whether a word is of a vocabulary that is not read here: such a word is no mistake."""
    return ":" in name and not name.startswith("terreau:")


@cache
def known_properties() -> frozenset[str]:
    """Return every property of any class."""
    return frozenset().union(*properties().values())


@lru_cache(4096)
def about_class(name: str) -> str | None:
    """Return what is wrong with the name of a class, None when it is one."""
    if name in properties():
        return None
    return f"{name} is not a class of 1.0{_hint(name, properties())}"


@lru_cache(4096)
def about_property(owner: str, name: str) -> str | None:
    """Return what is wrong with a property of a known class, None when it belongs there."""
    if name in properties()[owner]:
        return None
    if is_foreign(name):
        return f"{name} is of another vocabulary: left out"
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
OUR_UNITS = (
    "eur", "half_day", "night", "m2_day", "m2_month", "person", "time", "place", "meal",
)  # fmt: skip
"""Units that OM 2 has no word for, or that ValueFlows counts by the piece: ours."""


def unit_code(name: str) -> str | None:
    """Return the code of a unit named as OM 2, ValueFlows or we name it, None when unknown."""
    word = known_word(name)
    ours = word.removeprefix("terreau:")
    return ours if ours != word and ours in OUR_UNITS else UNITS.get(word)


@cache
def unit_names() -> dict[str, str]:
    """Return how each of our units is named in a graph: as OM 2 names it, else in our namespace."""
    named = {code: f"om2:{name}" for name, code in reversed(UNITS.items())}
    return {**named, **{code: f"terreau:{code}" for code in OUR_UNITS}}
