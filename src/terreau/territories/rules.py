# SPDX-License-Identifier: AGPL-3.0-or-later
"""How a place is named, told apart from its homonyms, and looked for."""

from terreau.core.texts import fold
from terreau.territories.enums import TerritoryKind

SHORT = {"st": "saint", "ste": "sainte", "sts": "saints", "stes": "saintes"}


def search_key(name: str) -> str:
    """Return what a name is looked for by: folded, « St » written out."""
    return " ".join(SHORT.get(word, word) for word in fold(name).split())


def department_code(commune_code: str) -> str:
    """Return the department that the code of a commune begins with (two signs, three overseas)."""
    return commune_code[:3] if commune_code[:2] in ("97", "98") else commune_code[:2]


def label(kind: str, code: str, name: str) -> str:
    """Return a name that says which one it is: « Saint-Denis (93) », « Ain (département, 01) »."""
    if kind == TerritoryKind.COMMUNE and code:
        return f"{name} ({department_code(code)})"
    kind_label = TerritoryKind(kind).label
    if kind in (TerritoryKind.DEPARTMENT, TerritoryKind.DISTRICT) and code:
        return f"{name} ({kind_label}, {code})"
    return f"{name} ({kind_label})"
