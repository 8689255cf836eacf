# SPDX-License-Identifier: AGPL-3.0-or-later
"""Share what came in under a rule: exactly, the same whatever the order, each line explained.

A contribution counts in each part whose rule names it, and in none by default. What has no known
origin keeps its place in the count, and nobody takes its share; a part to which nobody contributed
is said, not given to others. Where several lines of a part fit, the one that names the thing wins,
then the one that names the action.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction
from typing import NamedTuple

from terreau.core.quantities import MICRO
from terreau.core.units import UNITS, as_fraction, convertible
from terreau.ledger.sharing.rule import WHOLE, Counted, How, Part, Rule

METHOD = 1
"""The number of this way of counting: another one gets another number, and old results stay."""


class Put(NamedTuple):
    """What somebody put in: ``much`` millionths of a unit, of one event.

    Without agent, its origin is unknown: ``source`` is then the stock that gave it. ``family`` is
    what the thing also is: a line that names it counts what no line names by its own kind.
    """

    source: int
    agent: int | None
    action: str
    kind: str
    unit: str
    much: int
    family: str = ""


class Why(StrEnum):
    """Why a line is what it is."""

    SHARE = "share"
    UNKNOWN = "unknown"  # of what has no known origin
    NOBODY = "nobody"  # nobody contributed what this part counts
    CAPPED = "capped"  # each already takes the most that one may take
    KEPT = "kept"  # the rule leaves it in common, or it is smaller than what can be handed out


class Item(NamedTuple):
    """One contribution in a line: its place among the puts, and its points."""

    put: int
    points: Fraction


@dataclass(frozen=True, slots=True)
class Line:
    """What one takes of one part: ``exact`` and ``micro`` in millionths of what is shared.

    ``agent`` is None where nobody takes it.
    """

    part: int | None
    agent: int | None
    why: Why
    exact: Fraction
    micro: int = 0
    points: Fraction = Fraction(0)
    items: tuple[Item, ...] = ()


@dataclass(frozen=True, slots=True)
class Reckoning:
    """The lines, in the order of the parts; they sum to what came in. ``uncounted``: puts."""

    lines: tuple[Line, ...]
    uncounted: tuple[int, ...]


def smallest(unit: str) -> int:
    """Return the smallest that is handed out, in millionths: a cent, a piece, a hundredth."""
    whole = UNITS[unit].dimension in ("item", "person", "place", "meal", "time")
    return MICRO if whole else MICRO // 100


def reckon(rule: Rule, puts: Sequence[Put], micro: int, unit: str) -> Reckoning:
    """Return who takes what of ``micro`` millionths of a unit. ``rule`` is checked before."""
    step = smallest(unit)
    whole = micro - micro % step
    lines = [
        line for number, part in enumerate(rule.parts) for line in _part(number, part, puts, whole)
    ]
    left = Fraction(whole * rule.kept, WHOLE)
    if left:
        lines.append(Line(None, None, Why.KEPT, left))
    lines = _rounded(lines, whole, step)
    if micro > whole:
        lines.append(Line(None, None, Why.KEPT, Fraction(micro - whole), micro - whole))
    counted = {item.put for line in lines for item in line.items}
    return Reckoning(
        tuple(lines), tuple(number for number in range(len(puts)) if number not in counted)
    )


def _part(number: int, part: Part, puts: Sequence[Put], whole: int) -> Iterable[Line]:
    much = Fraction(whole * part.percent, WHOLE)
    items = _items(part, puts)
    known = {agent: found for agent, found in items.items() if agent is not None}
    if not items or (part.how is How.EQUAL and not known):
        return [Line(number, None, Why.NOBODY, much)]
    equal = part.how is How.EQUAL
    weights = {agent: Fraction(1) if equal else _points(found) for agent, found in known.items()}
    unknown = Fraction(0) if equal else _points(items.get(None, ()))
    lost = much * unknown / (unknown + sum(weights.values()))
    most = None if part.most is None else much * part.most / WHOLE
    shares, capped = _poured(weights, much - lost, most)
    lines = [
        Line(number, agent, Why.SHARE, shares[agent], 0, _points(items[agent]), tuple(items[agent]))
        for agent in sorted(shares)
    ]
    if unknown:
        lines.append(Line(number, None, Why.UNKNOWN, lost, 0, unknown, tuple(items[None])))
    if capped:
        lines.append(Line(number, None, Why.CAPPED, capped))
    return lines


def _items(part: Part, puts: Sequence[Put]) -> dict[int | None, list[Item]]:
    found: dict[int | None, list[Item]] = {}
    for number, put in enumerate(puts):
        one = _fitting(part.counts, put)
        if one is not None:
            points = as_fraction(one.points, put.unit, one.unit) * put.much / MICRO**2
            found.setdefault(put.agent, []).append(Item(number, points))
    return found


def _fitting(counts: Iterable[Counted], put: Put) -> Counted | None:
    """Return the line that counts a contribution: its kind, and its unit, and its action."""
    fits = [
        one
        for one in counts
        if one.kind in (put.kind, put.family)
        and one.action in ("", put.action)
        and convertible(one.unit, put.unit)
    ]
    return max(fits, key=lambda one: (one.kind == put.kind, one.action != ""), default=None)


def _points(items: Iterable[Item]) -> Fraction:
    return sum((item.points for item in items), Fraction(0))


def _poured(
    weights: Mapping[int, Fraction], much: Fraction, most: Fraction | None
) -> tuple[dict[int, Fraction], Fraction]:
    """Divide by weight, nobody above ``most``: what one may not take goes to the others.

    Return the shares, and what is left when all are at the most.
    """
    left, weight = much, sum(weights.values(), Fraction(0))
    shares: dict[int, Fraction] = {}
    for agent in sorted(weights, key=lambda one: (-weights[one], one)):
        share = left * weights[agent] / weight if weight else Fraction(0)
        shares[agent] = share if most is None else min(share, most)
        if most is not None and share > most:  # the heaviest first, so the others take the rest
            left -= most
            weight -= weights[agent]
    given = sum(shares.values(), Fraction(0))
    return shares, much - given


def _rounded(lines: Sequence[Line], whole: int, step: int) -> list[Line]:
    """Round each line down to what can be handed out; the largest rests take what is left.

    Of equal rests the earlier part comes first, then the smaller number of the agent.
    """
    floors = [int(line.exact // step) for line in lines]
    rests = [line.exact / step - floor for line, floor in zip(lines, floors, strict=True)]
    missing = whole // step - sum(floors)
    order = sorted(range(len(lines)), key=lambda at: (-rests[at], at))
    for at in order[:missing]:
        floors[at] += 1
    return [replace(line, micro=floor * step) for line, floor in zip(lines, floors, strict=True)]
