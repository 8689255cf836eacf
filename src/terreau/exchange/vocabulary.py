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
    "Fulfillment": "retiré en 0.9, dites `fulfills` sur l'événement",
    "Satisfaction": "retiré en 0.9, dites `satisfies` sur l'événement ou l'engagement",
    "Settlement": "retiré en 0.9, dites `settles` sur l'événement",
    "ProposedIntent": "retiré en 0.8, dites `publishes` ou `reciprocal` sur la proposition",
    "ProposedTo": "retiré en 0.8, dites `proposedTo` sur la proposition",
    "Appreciation": "retiré avant 1.0",
    "Scenario": "retiré en 0.16",
    "ScenarioDefinition": "retiré en 0.16",
    "AgentRelationship": "retiré en 0.16",
    "AgentRelationshipRole": "retiré en 0.16",
    "RecipeGroup": "retiré en 0.15, dites Recipe",
    "RecipeResource": "retiré en 0.8, dites ResourceSpecification",
    "ProductBatch": "retiré en 0.10, dites BatchLotRecord",
    "agreedIn": "retiré en 0.8, dites `clauseOf` ou `realizationOf`",
    "expiresOn": "retiré en 0.13",
    "atLocation": "retiré en 0.5, dites `toLocation`",
    "rules": "retiré en 0.15",
    "inScopeOf": "seul un Process l'a depuis 0.16",
    "triggeredBy": "seul un Claim l'a",
    "pack": "mot de 0.x, dites combine",
    "unpack": "mot de 0.x, dites separate",
    "pass": "retiré en 0.5",
    "fail": "retiré en 0.5",
}
"""Words of 0.x, and what to say instead."""

MANY = frozenset(
    "imageList resourceClassifiedAs processClassifiedAs classifiedAs hasRecipeInput "
    "hasRecipeOutput recipeStipulates recipeStipulatesReciprocal recipeIncludes satisfies "
    "fulfills settles stipulates stipulatesReciprocal realizes realizesReciprocal bundles "
    "hasIndependentDemand planIncludes hasInput hasOutput publishes reciprocal proposedTo listedIn "
    "lists contains terreau:inReturnOf terreau:fulfilment terreau:settlement terreau:satisfaction "
    "terreau:pairs terreau:sharings terreau:shares terreau:unmet terreau:speaksFor "
    "terreau:speaksAgainst".split()
)
"""The properties that may have several values; a thing is within one container at most here."""
MEASURES = frozenset(
    "resourceQuantity effortQuantity availableQuantity minimumQuantity accountingQuantity "
    "onhandQuantity hasDuration terreau:quantity terreau:floor terreau:reach terreau:fulfilled "
    "terreau:settled terreau:satisfied terreau:remaining terreau:most terreau:distance".split()
)
"""The properties whose value is a measure."""


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
    return f"{name} n'est pas une classe de ValueFlows 1.0{_hint(name, properties())}"


@lru_cache(4096)
def about_property(owner: str, name: str) -> str | None:
    """Return what is wrong with a property of a known class, None when it belongs there."""
    if name in properties()[owner]:
        return None
    if is_foreign(name):
        return f"{name} est d'un autre vocabulaire : laissé de côté"
    hint = _hint(name, properties()[owner])
    known = name in known_properties()
    return f"{owner} n'a pas {name}{' (une autre classe l’a)' if known and not hint else ''}{hint}"


@lru_cache(256)
def about_action(name: str, known: tuple[str, ...]) -> str | None:
    """Return what is wrong with an action, None when it is one of those that are known."""
    if name in known:
        return None
    if not name:
        return "il manque son action"
    head, *rest = name.split("-")
    joined = head + "".join(word.capitalize() for word in rest)
    hint = f" : mot de 0.x, dites {joined}" if rest and joined in known else _hint(name, known)
    return f"{name} n'est pas une action de ValueFlows 1.0{hint}"


def _hint(name: str, among: Iterable[str]) -> str:
    if name in FORMER:
        return f" : {FORMER[name]}"
    close = get_close_matches(name, list(among), n=1, cutoff=0.8)
    return f" : vouliez-vous dire {close[0]} ?" if close else ""


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
