# SPDX-License-Identifier: AGPL-3.0-or-later
"""Who may publish, which family a legal form is of, and what a sheet is found by."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from terreau.core.french import terms
from terreau.ecosystems.models import Ecosystem
from terreau.people import rules as people_rules
from terreau.people.visibility import Reader
from terreau.publishing.enums import LegalFamily

COOPERATIVE_CODES = frozenset(
    "5192 5193 5194 5195 5196 5202 5203 5306 5307 5308 5309 5443 5451 5453 5454 5455 5458 5459 "
    "5460 5470 5543 5547 5548 5551 5552 5553 5554 5555 5556 5557 5558 5559 5560 5651 5652 5653 "
    "5654 5655 5656 5657 5658 5659 5660 6316 6317 6318".split()
)
INTERCOMMUNAL_CODES = frozenset({"7343", "7344", "7345", "7346", "7347", "7348", "7353"})
TITLE_WEIGHT, AIM_WEIGHT, PLACE_WEIGHT, BODY_WEIGHT = 12, 6, 5, 1
MOST_REPEATS = 5  # saying a word more often than that makes nothing more relevant


def can_publish(reader: Reader, ecosystem: Ecosystem) -> bool:
    """Tell whether the reader may publish, refresh or withdraw the sheet of this ecosystem."""
    return people_rules.can_steward(reader, ecosystem.space)


def family_of(code: str) -> LegalFamily:
    """Return the family of an INSEE legal category (four digits)."""
    if not code:
        return LegalFamily.UNKNOWN
    if code in COOPERATIVE_CODES:
        return LegalFamily.COOPERATIVE
    if code in INTERCOMMUNAL_CODES:
        return LegalFamily.INTERCOMMUNAL
    if code == "7210":
        return LegalFamily.COMMUNE
    by_first = {
        "1": LegalFamily.INDEPENDENT,
        "5": LegalFamily.COMPANY,
        "4": LegalFamily.PUBLIC_BODY,
        "7": LegalFamily.PUBLIC_BODY,
    }
    if code.startswith("92"):
        return LegalFamily.ASSOCIATION
    return by_first.get(code[0], LegalFamily.OTHER)


def weigh(*, title: str, aim: str, places: Iterable[str], body: Iterable[str]) -> dict[str, int]:
    """Return the terms of a sheet with their weight: its name counts more than its story."""
    weights: Counter[str] = Counter()
    for text, weight in ((title, TITLE_WEIGHT), (aim, AIM_WEIGHT)):
        weights.update(dict.fromkeys(terms(text), weight))
    for place in places:
        weights.update(dict.fromkeys(terms(place), PLACE_WEIGHT))
    repeats = Counter(term for text in body for term in terms(text))
    weights.update({t: min(n, MOST_REPEATS) * BODY_WEIGHT for t, n in repeats.items()})
    return dict(weights)
