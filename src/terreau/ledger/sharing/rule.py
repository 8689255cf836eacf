# SPDX-License-Identifier: AGPL-3.0-or-later
"""A rule of sharing: data that the group wrote, checked before it counts. Nothing in it is run.

What came in is divided in parts. Each part goes to those who contributed what it counts: by points
(so many for one unit of a kind), or an equal part each. Nobody takes more of a part than ``most``.
What no part takes stays in common.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations
from typing import Any, NamedTuple

from terreau.core.errors import Invalid
from terreau.core.quantities import MICRO, show
from terreau.core.units import UNITS, convertible
from terreau.ledger.engine.table import table

WHOLE = 10_000
"""A whole, in hundredths of a percent."""
MOST_PARTS, MOST_COUNTED, MOST_POINTS = 6, 30, 1_000_000 * MICRO
NAME_LENGTH, KIND_LENGTH = 80, 60


class How(StrEnum):
    """How a part goes to those who contributed."""

    POINTS = "points"
    EQUAL = "equal"


class Counted(NamedTuple):
    """One unit of a kind gives so many millionths of a point. ``action``: only so (empty: any)."""

    kind: str
    unit: str
    points: int
    action: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """``percent`` of what came in, ``most`` of this part for one; hundredths of a percent."""

    name: str
    percent: int
    how: How
    counts: tuple[Counted, ...]
    most: int | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """The parts of a rule, in their order."""

    parts: tuple[Part, ...]

    @property
    def kept(self) -> int:
        """What stays in common, in hundredths of a percent."""
        return WHOLE - sum(part.percent for part in self.parts)


def as_data(rule: Rule) -> dict[str, Any]:
    """Return a rule as plain data; ``read`` gives it back."""
    return {
        "parts": [
            {
                "name": part.name,
                "percent": part.percent,
                "how": part.how.value,
                "most": part.most,
                "counts": [one._asdict() for one in part.counts],
            }
            for part in rule.parts
        ]
    }


def read(data: object) -> Rule:
    """Return the rule that data says. Raises Invalid for what is not one, whatever it holds."""
    parts = _fields(data, {"parts"})["parts"]
    return Rule(tuple(_part(one) for one in _list(parts)))


def check(rule: Rule) -> None:
    """Raise Invalid, with what to mend, for a rule that cannot be counted."""
    if not 1 <= len(rule.parts) <= MOST_PARTS:
        raise Invalid(f"Une règle a de une à {MOST_PARTS} parts.", field="parts")
    if len({part.name.casefold() for part in rule.parts}) < len(rule.parts):
        raise Invalid("Deux parts portent le même nom : on ne saurait pas laquelle est laquelle.")
    for part in rule.parts:
        _check_part(part)
    if rule.kept < 0:
        raise Invalid(
            f"Les parts dépassent 100 % (de {show(-rule.kept * MICRO // 100)} %) : baissez-en une. "
            "On ne partage pas plus que ce qui est arrivé."
        )


def _check_part(part: Part) -> None:
    said = f"Dans « {part.name} »"
    if not part.name.strip() or len(part.name) > NAME_LENGTH:
        raise Invalid(f"Chaque part a un nom, de {NAME_LENGTH} caractères au plus.")
    if not 0 < part.percent <= WHOLE:
        raise Invalid(f"{said} : la part va de 0,01 % à 100 %.")
    if part.most is not None and not 0 < part.most <= WHOLE:
        raise Invalid(f"{said} : le plafond par contributeur va de 0,01 % à 100 %.")
    if not 1 <= len(part.counts) <= MOST_COUNTED:
        raise Invalid(f"{said} : dites au moins une chose qui compte.")
    for one in part.counts:
        _check_counted(one, said)
    for one, other in combinations(part.counts, 2):
        same = (one.kind, one.action) == (other.kind, other.action)
        if same and convertible(one.unit, other.unit):
            raise Invalid(f"{said} : la même chose est comptée deux fois. Gardez une seule ligne.")


def _check_counted(one: Counted, said: str) -> None:
    if not one.kind or len(one.kind) > KIND_LENGTH:
        raise Invalid(f"{said} : dites ce qui compte.")
    if one.unit not in UNITS:
        raise Invalid(f"{said} : cette unité n'existe pas.")
    if one.action and one.action not in table():
        raise Invalid(f"{said} : cette façon de contribuer n'existe pas.")
    if not 0 < one.points <= MOST_POINTS:
        raise Invalid(f"{said} : le nombre de points va d'un millionième à un million.")


def _part(data: object) -> Part:
    told = _fields(data, {"name", "percent", "how", "most", "counts"})
    if told["how"] not in [how.value for how in How]:
        raise Invalid("Une part va selon des points, ou à parts égales.")
    most = told["most"]
    return Part(
        _text(told["name"]),
        _whole(told["percent"]),
        How(told["how"]),
        tuple(_counted(one) for one in _list(told["counts"])),
        None if most is None else _whole(most),
    )


def _counted(data: object) -> Counted:
    told = _fields(data, {"kind", "unit", "points", "action"})
    return Counted(
        _text(told["kind"]), _text(told["unit"]), _whole(told["points"]), _text(told["action"])
    )


NOT_A_RULE = "Ceci n'est pas une règle de partage. Rien n'est enregistré : écrivez-la sur sa page."


def _fields(data: object, names: set[str]) -> Mapping[str, Any]:
    if not isinstance(data, Mapping) or set(data) != names:
        raise Invalid(NOT_A_RULE)
    return data


def _list(data: object) -> list[Any]:
    if not isinstance(data, list):
        raise Invalid(NOT_A_RULE)
    return data


def _text(data: object) -> str:
    if not isinstance(data, str):
        raise Invalid(NOT_A_RULE)
    return data


def _whole(data: object) -> int:
    if type(data) is not int:  # True is an int, too
        raise Invalid(NOT_A_RULE)
    return data
