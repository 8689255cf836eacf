# SPDX-License-Identifier: AGPL-3.0-or-later
"""The picture of a way: where each step stands, for a wide screen and for a phone. Pure.

The nearest steps are drawn; the table beside the picture has them all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from terreau.documents.svg import Markup
from terreau.ecosystems.rules.drawing import draw
from terreau.ecosystems.rules.picture_cards import (
    NAME,
    ROW_GAP,
    SMALL,
    Box,
    Curve,
    Plan,
    box_of,
    put,
    stack,
)
from terreau.ledger.tracing.sets import Thing
from terreau.overview.step_words import Told

COLUMNS, ROWS = 4, 7
WIDTH, GUTTER, MARGIN = 214.0, 52.0, 10.0
PHONE, INDENT = 360.0, 16.0
DESCRIPTION = (
    "Chaque carte est une étape ; les traits vont de ce qui vient avant à ce qui vient après. La "
    "même chose est écrite dans le tableau, sous l'image."
)


def nearest(told: Sequence[Told]) -> list[list[Told]]:
    """Return the steps that are drawn, a row for each distance from the start."""
    rows: list[list[Told]] = []
    for depth in range(COLUMNS):
        row = [one for one in told if one.step.depth == depth]
        if not row:
            break
        rows.append(row[:ROWS])
    return rows


def both(told: Sequence[Told], title: str, *, backwards: bool) -> dict[str, Markup]:
    """Return the two drawings; nothing for a thing that stands alone."""
    rows = nearest(told)
    if len(rows) < 2:
        return {}
    wide, tall = plan_wide(rows, backwards=backwards), plan_tall(rows)
    return {
        "wide": draw(wide, title=title, description=DESCRIPTION, ident="image-chemin"),
        "tall": draw(tall, title=title, description=DESCRIPTION, ident="image-chemin-haute"),
    }


def plan_wide(rows: Sequence[Sequence[Told]], *, backwards: bool) -> Plan:
    """Place a column for each distance: time goes from left to right."""
    height = max(_height(row) for row in rows)
    boxes: dict[Thing, Box] = {}
    for number, row in enumerate(rows):
        column = len(rows) - 1 - number if backwards else number
        x, y = MARGIN + column * (WIDTH + GUTTER), MARGIN + (height - _height(row)) / 2
        for one in row:
            box = put(_box(one, len(boxes), WIDTH), x, y)
            boxes[one.step.thing] = box
            y = box.bottom + ROW_GAP
    curves = []
    for thing, led in _pairs(rows, boxes):
        left, right = sorted((boxes[thing], boxes[led]), key=lambda box: box.x)
        points = ((left.right, left.middle), (right.x, right.middle))
        if left.x == right.x:
            points = ((left.right, left.middle), (right.right, right.middle))
        curves.append(Curve(left.key, right.key, points))
    width = 2 * MARGIN + len(rows) * (WIDTH + GUTTER) - GUTTER
    return _plan(width, height + 2 * MARGIN, boxes, curves)


def plan_tall(rows: Sequence[Sequence[Told]]) -> Plan:
    """Place the steps one under the other, each a little to the right of what it leads to."""
    boxes: dict[Thing, Box] = {}
    y = MARGIN
    for one in _in_depth([one for row in rows for one in row]):
        x = MARGIN + one.step.depth * INDENT
        box = put(_box(one, len(boxes), PHONE - x - MARGIN), x, y)
        boxes[one.step.thing] = box
        y = box.bottom + ROW_GAP
    curves = []
    for thing, led in _pairs(rows, boxes, first=True):
        above, below = boxes[led], boxes[thing]
        rail = above.x + INDENT / 2 - 2
        points = ((rail, above.bottom), (rail, above.bottom), (rail, below.middle))
        curves.append(Curve(above.key, below.key, (*points, (below.x, below.middle)), rail=True))
    return _plan(PHONE, y, boxes, curves)


def _plan(width: float, height: float, boxes: dict[Thing, Box], curves: list[Curve]) -> Plan:
    placed = tuple(boxes.values())
    return Plan(width, height, placed, titles=(), curves=tuple(curves), needs=(), rule=None)


def _in_depth(told: Sequence[Told]) -> list[Told]:
    """Return each step followed by those that lead to it."""
    below: dict[Thing, list[Told]] = {}
    for one in told[1:]:
        below.setdefault(one.step.led[0], []).append(one)
    ordered, path = [], [told[0]]
    while path:
        one = path.pop()
        ordered.append(one)
        path += reversed(below.get(one.step.thing, []))
    return ordered


def _pairs(
    rows: Sequence[Sequence[Told]], boxes: dict[Thing, Box], *, first: bool = False
) -> list[tuple[Thing, Thing]]:
    """Return the steps that are next to each other, both drawn; only the nearest if ``first``."""
    return [
        (one.step.thing, led)
        for row in rows
        for one in row
        for led in (one.step.led[:1] if first else one.step.led)
        if led in boxes
    ]


def _height(row: Sequence[Told]) -> float:
    return sum(_box(one, 0, WIDTH).height + ROW_GAP for one in row) - ROW_GAP


def _box(told: Told, key: int, width: float) -> Box:
    above = told.day.strftime("%d/%m/%Y") if told.day else _KINDS[told.step.thing.what]
    parts = [
        ("" if told.step.hidden else above, SMALL, False, "quiet"),
        (told.name, NAME, told.step.depth == 0, ""),
        (told.amount, SMALL, True, "state"),
    ]
    box = box_of("step", key, width, stack(parts, width))
    return replace(box, href=told.href, missing=told.step.hidden)


_KINDS = {"event": "", "resource": "stock", "process": "activité"}
