# SPDX-License-Identifier: AGPL-3.0-or-later
"""What flows move, as columns: where each comes from, where it goes, which activity it passes.

What an event does depends on its action, on whether it crosses between two agents and on which
resources it names. There are few such shapes: the plain builder is asked once about each, and its
answer is laid over all flows of that shape at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import lcm
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from terreau.core.units import UNITS
from terreau.ledger.engine.table import action_row
from terreau.ledger.tracing.building import (
    MEASURED,
    Flowed,
    Pool,
    _Building,
    _effects,
    _process,
    _whole,
)
from terreau.ledger.tracing.columns import ACTIONS, UNIT_CODES, Columns, Whole
from terreau.ledger.tracing.graph import Kind

LARGEST = 2.0**62
NONE = -1


class TooLarge(Exception):
    """Numbers that 64 bits might not hold, or that do not convert exactly: add up one by one."""


class Shape(NamedTuple):
    """One effect of flows of one shape.

    ``came`` and ``went``: the kind of the pool (or none), whether it is the to-resource's, and who
    has it in hand (0 nobody, 1 the activity it enters, 2 the one it comes out of).
    """

    came: tuple[int, int, int]
    went: tuple[int, int, int]
    into: bool
    out_of: bool


@dataclass(frozen=True, slots=True)
class Moves:
    """Effects in the order of time. Pools are numbered; NONE and 0 stand for no pool, no activity.

    ``taken`` is in the unit of the pool it is taken from, ``total`` in that of the flow's node.
    """

    flow: Whole
    came: Whole
    went: Whole
    into: Whole
    out_of: Whole
    taken: Whole
    total: Whole
    unit: Whole

    def only(self, chosen: NDArray[np.bool_]) -> Moves:
        """Return some of them."""
        if chosen.all():
            return self
        return Moves(*(getattr(self, name)[chosen] for name in self.__dataclass_fields__))


@dataclass(frozen=True, slots=True)
class Pools:
    """What holds something: its kind, its resource, its unit, by number."""

    kind: Whole
    resource: Whole
    unit: Whole


def moves_of(columns: Columns, units: Mapping[int, str]) -> tuple[Moves, Pools]:
    """Return the effects of flows and the pools they pass. Raises TooLarge."""
    shape, shapes = _shapes(columns)
    parts = [_laid(columns, shape, [row[slot : slot + 1] for row in shapes]) for slot in (0, 1)]
    if len(parts[1].flow):
        order = np.argsort(np.concatenate([part.flow for part in parts]), kind="stable")
        laid = _Laid._make(np.concatenate(both)[order] for both in zip(*parts, strict=True))
    else:
        laid = parts[0]
    return _counted(columns, laid, units)


class _Laid(NamedTuple):
    """Effects before pools have numbers: keys are resource and holder, kinds apart."""

    flow: Whole
    came_kind: Whole
    came: Whole
    came_holder: Whole
    went_kind: Whole
    went: Whole
    went_holder: Whole
    into: Whole
    out_of: Whole


def _shapes(columns: Columns) -> tuple[Whole, list[list[Shape]]]:
    """Return the shape of each flow, and the effects of each shape."""
    here, there = columns.resource != 0, columns.to_resource != 0
    named = here + 2 * there + (here & (columns.resource == columns.to_resource))
    code = (columns.action * 2 + columns.crossed) * 5 + named
    shapes: list[list[Shape]] = [[] for _ in range(len(ACTIONS) * 10)]
    for one in np.flatnonzero(np.bincount(code, minlength=len(shapes))).tolist():
        shapes[one] = _asked(one)
    return code, shapes


INPUT, OUTPUT = 3, 4
_HOLDERS = {0: 0, INPUT: 1, OUTPUT: 2}


def _asked(code: int) -> list[Shape]:
    """Ask the plain builder what an event of this shape does."""
    rest, named = divmod(code, 5)
    action, crossed = divmod(rest, 2)
    resource = 1 if named in (1, 3, 4) else None
    other = {2: 2, 3: 2, 4: 1}.get(named)
    flow = Flowed(0, ACTIONS[action], 0, 1, "item", resource, other, INPUT, OUTPUT, bool(crossed))
    builder = _Building({1: "item", 2: "item"}, {}, False)
    found = []
    for row, here, there in _effects(flow, action_row(flow.action)):
        came, went = builder._from(flow, row, here), builder._to(flow, row, here, there)
        if came is None or came is not went:
            into, out_of = _process(row, flow, "input"), _process(row, flow, "output")
            found.append(Shape(_pool(came), _pool(went), into is not None, out_of is not None))
    return found


def _pool(pool: Pool | None) -> tuple[int, int, int]:
    if pool is None:
        return NONE, 0, 0
    kind, resource, holder = pool.key
    return kind, resource - 1, _HOLDERS[holder]


def _laid(columns: Columns, shape: Whole, shapes: list[list[Shape]]) -> _Laid:
    """Lay one effect of each shape over the flows of that shape."""
    there = np.array([bool(row) for row in shapes])[shape]
    flow = np.flatnonzero(there)
    shape = shape[flow]
    nothing = Shape((NONE, 0, 0), (NONE, 0, 0), False, False)
    told = [row[0] if row else nothing for row in shapes]
    sides = []
    for side in (np.array([one.came for one in told]), np.array([one.went for one in told])):
        kind = side[:, 0].astype(np.int8)[shape]
        resource = _chosen(side[:, 1][shape], columns.resource[flow], columns.to_resource[flow])
        entering, leaving = columns.input_of[flow], columns.output_of[flow]
        holder = _chosen(side[:, 2][shape], np.zeros_like(flow), entering, leaving)
        sides += [kind, np.where(kind == NONE, 0, resource), holder]
    into = np.where(np.array([one.into for one in told])[shape], columns.input_of[flow], 0)
    out_of = np.where(np.array([one.out_of for one in told])[shape], columns.output_of[flow], 0)
    return _Laid._make((flow, *sides, into, out_of))


def _chosen(which: Whole, *among: Whole) -> Whole:
    """Return, place by place, the one of these that is chosen; mostly it is the first."""
    found = among[0]
    for number, one in enumerate(among[1:], 1):
        chosen = which == number
        if chosen.any():
            found = np.where(chosen, one, found)
    return found


def _counted(columns: Columns, laid: _Laid, units: Mapping[int, str]) -> tuple[Moves, Pools]:
    came, went, pools = _numbered(laid, units)
    micro, unit = columns.micro[laid.flow], columns.unit[laid.flow]
    came_unit = np.where(came == NONE, unit, pools.unit[came])
    own_unit = np.where(went == NONE, came_unit, pools.unit[went])
    taken, total = _said_in(micro, unit, came_unit), _said_in(micro, unit, own_unit)
    if max(taken.sum(dtype=float), total.sum(dtype=float)) > LARGEST:
        raise TooLarge
    moves = Moves(laid.flow, came, went, laid.into, laid.out_of, taken, total, own_unit)
    somewhere = (came != NONE) | (went != NONE) | (laid.into != 0) | (laid.out_of != 0)
    return moves.only(somewhere), pools


def _numbered(laid: _Laid, units: Mapping[int, str]) -> tuple[Whole, Whole, Pools]:
    """Give the pools numbers: first the stocks, then what is in somebody's hands."""
    stocks = np.array(sorted(units), np.int64)
    codes = np.array([UNIT_CODES.index(units[pk]) for pk in stocks.tolist()], np.int64)
    sides = []
    hands: list[Whole] = []
    for kind, resource, holder in (laid[1:4], laid[4:7]):
        found = np.where(kind == NONE, NONE, placed(stocks, resource)[0])
        sides.append(found)
        held = kind == Kind.HANDS
        hands.append(np.stack([found[held], holder[held]], 1))
    pairs, number = np.unique(np.concatenate(hands), axis=0, return_inverse=True)
    first = len(hands[0])
    for side, (kind, numbers) in zip(
        sides,
        ((laid.came_kind, number[:first]), (laid.went_kind, number[first:])),
        strict=True,
    ):
        side[kind == Kind.HANDS] = len(stocks) + numbers
    kinds = np.repeat([int(Kind.STOCK), int(Kind.HANDS)], [len(stocks), len(pairs)])
    which = np.concatenate([np.arange(len(stocks)), pairs[:, 0]])
    nowhere = np.zeros(1, np.int64)  # what a pool of nobody would be, so that NONE finds something
    return (
        sides[0],
        sides[1],
        Pools(
            np.append(kinds, nowhere),
            np.append(stocks[which], nowhere),
            np.append(codes[which], nowhere),
        ),
    )


def placed(among: Whole, ids: Whole) -> tuple[Whole, NDArray[np.bool_]]:
    """Return where each id stands in a sorted column, and whether it does at all."""
    if not len(among):
        return np.zeros_like(ids), np.zeros(len(ids), np.bool_)
    last = max(int(among[-1]), int(ids.max(initial=0)))
    if last < 8 * (len(among) + len(ids)):  # the ids are close together: look up, not search
        table = np.zeros(last + 1, np.int64)
        table[among] = np.arange(len(among))
        place = table[ids]
    else:
        place = np.minimum(np.searchsorted(among, ids), len(among) - 1)
    return place, among[place] == ids


def _said_in(micro: Whole, source: Whole, target: Whole) -> Whole:
    """Convert exactly. Raises TooLarge where that cannot be done in 64 bits."""
    differ = source != target
    if not differ.any():
        return micro
    micro = micro.copy()
    pairs = source * len(UNIT_CODES) + target
    for pair in np.unique(pairs[differ]).tolist():
        one, other = (UNITS[UNIT_CODES[code]] for code in divmod(pair, len(UNIT_CODES)))
        chosen = pairs == pair
        factor = one.factor / other.factor
        much = micro[chosen]
        if one.dimension != other.dimension or float(much.max()) * factor.numerator > LARGEST:
            raise TooLarge
        much, rest = np.divmod(much * factor.numerator, factor.denominator)
        if rest.any():
            raise TooLarge
        micro[chosen] = much
    return micro


def weights_of(columns: Columns, moves: Moves, process: Whole) -> Whole:
    """Return what part of its activity each flow that comes out of one takes: whole numbers.

    ``process`` is the number of the activity, of each effect that comes out of one.
    """
    flow = moves.flow[moves.out_of != 0]
    dimension, factor = _scales()
    unit, micro = columns.unit[flow], columns.micro[flow]
    if len(flow) and float(micro.max()) * float(factor.max()) > LARGEST:
        raise TooLarge
    measured = np.array([UNITS[code].dimension in MEASURED for code in UNIT_CODES])[unit]
    counted = np.stack([dimension[unit], np.where(measured, 0, columns.kind[flow])], 1)
    much: Whole = micro * factor[unit]
    order = np.argsort(process, kind="stable")
    start = np.flatnonzero(np.diff(process[order], prepend=NONE))
    if not len(start):
        return much
    sizes = np.diff(start, append=len(order))
    common = np.repeat(np.gcd.reduceat(much[order], start), sizes)
    found: Whole = np.empty_like(much)
    found[order] = much[order] // common
    alike = (counted[order] == np.repeat(counted[order][start], sizes, axis=0)).all(1)
    for number in np.unique(process[order][~alike]).tolist():
        of = np.flatnonzero(process == number)
        found[of] = _equal_parts(counted[of], much[of])
    return found


def _equal_parts(counted: Whole, much: Whole) -> list[int]:
    kinds: dict[tuple[str, int], dict[int, Fraction]] = {}
    for at, (dimension, kind) in enumerate(counted.tolist()):
        kinds.setdefault((str(dimension), kind), {})[at] = Fraction(int(much[at]))
    found = _whole(kinds)
    if sum(found.values()) > LARGEST:
        raise TooLarge
    return [found[at] for at in range(len(much))]


def _scales() -> tuple[Whole, Whole]:
    """Return the dimension of each unit, and how many of the dimension's least parts it is."""
    dimensions = sorted({one.dimension for one in UNITS.values()})
    least = {
        name: lcm(*(one.factor.denominator for one in UNITS.values() if one.dimension == name))
        for name in dimensions
    }
    return (
        np.array([dimensions.index(one.dimension) for one in UNITS.values()], np.int64),
        np.array([int(one.factor * least[one.dimension]) for one in UNITS.values()], np.int64),
    )
