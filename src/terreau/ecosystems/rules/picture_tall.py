# SPDX-License-Identifier: AGPL-3.0-or-later
"""The picture of the solution on a phone: one column, and lines as on the map of an underground.

Each performance has its line, which runs down the left edge and branches to the maillons it needs.
"""

from __future__ import annotations

from collections.abc import Sequence

from terreau.ecosystems.rules.picture import OPTIONS_TITLE
from terreau.ecosystems.rules.picture_cards import (
    NAME,
    ROW_GAP,
    TITLE,
    Box,
    Curve,
    Frame,
    Line,
    Piece,
    Placed,
    Plan,
    Scene,
    place_pieces,
    put,
    use_box,
)

WIDTH = 360.0
EDGE = 7.0
RAIL_GAP = 7.0
RAILS_MOST = 6  # later performances share the last rails
RIGHT = 26.0  # where the arrows of needs bulge


def plan_tall(scene: Scene) -> Plan:
    """Place everything in one column as wide as a phone."""
    rails = min(max(len(scene.uses), 1), RAILS_MOST)
    left = EDGE + rails * RAIL_GAP + 8
    frame = Frame(left, WIDTH - left - RIGHT)
    uses, titles, y = _place_uses(scene, frame)
    main = [piece for piece in scene.pieces if not piece.option]
    options = [piece for piece in scene.pieces if piece.option]
    placed, y = _place(main, frame, y, "Ce qu'il faut pour que ça marche")
    extra, y = _place(options, frame, y, OPTIONS_TITLE)
    boxes = (*placed.boxes, *extra.boxes)
    return Plan(
        width=WIDTH,
        height=y,
        boxes=(*uses, *boxes),
        titles=(*titles, *placed.titles, *extra.titles),
        curves=tuple(_rails(scene, uses, boxes)),
        needs=tuple(_needs(scene, boxes)),
        rule=None,
    )


def _place_uses(scene: Scene, frame: Frame) -> tuple[list[Box], list[Line], float]:
    titles: list[Line] = []
    boxes: list[Box] = []
    y = 10.0
    if scene.uses:
        titles.append(Line("Ce que ça doit permettre", frame.left, 24, NAME, True, "column"))
        y = 40.0
    for use in scene.uses:
        boxes.append(put(use_box(use, frame.width, with_people=True), frame.left, y))
        y = boxes[-1].bottom + ROW_GAP
    return boxes, titles, y


def _place(pieces: Sequence[Piece], frame: Frame, y: float, title: str) -> tuple[Placed, float]:
    if not pieces:
        return Placed(), y
    line = Line(title, frame.left, y + 26, NAME, True, "column")
    placed = place_pieces(pieces, frame, 1, y + 42)
    return Placed(placed.boxes, (line, *placed.titles)), placed.boxes[-1].bottom + TITLE


def _rails(scene: Scene, uses: Sequence[Box], pieces: Sequence[Box]) -> list[Curve]:
    """Return, for each performance, its way down the edge to each maillon that it needs."""
    boxes = {box.key: box for box in pieces}
    found = []
    for number, (use, start) in enumerate(zip(scene.uses, uses, strict=True)):
        x = EDGE + min(number, RAILS_MOST - 1) * RAIL_GAP
        aside = (number % 4 - 1.5) * 4
        for piece in scene.pieces:
            if use.key in piece.uses:
                end = boxes[piece.key]
                y = end.middle + aside
                points = ((start.x, start.middle), (x, start.middle), (x, y), (end.x, y))
                found.append(Curve(start.key, end.key, points, number, rail=True))
    return found


def _needs(scene: Scene, pieces: Sequence[Box]) -> list[Curve]:
    boxes = {box.key: box for box in pieces}
    found = []
    for piece in scene.pieces:
        for key in piece.needs:
            if key in boxes and key != piece.key:
                start, end = boxes[piece.key], boxes[key]
                points = ((start.right, start.middle + 7), (end.right, end.middle - 7))
                found.append(Curve(start.key, end.key, points))
    return found
