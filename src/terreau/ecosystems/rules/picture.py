# SPDX-License-Identifier: AGPL-3.0-or-later
"""Where everything stands in the picture of the solution. Pure: no database, no drawing.

Left the people, in the middle what it must make possible, right the maillons grouped by nature, in
as many columns as asked; options below a line. A line from a performance to a maillon of a later
column passes through the gaps between the cards before it, so that it never crosses a card.
``picture_tall`` places the same for a phone.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from terreau.ecosystems.rules.picture_cards import (
    NAME,
    ROW_GAP,
    SMALL,
    TITLE,
    Box,
    Curve,
    Frame,
    Line,
    Piece,
    Placed,
    Plan,
    Scene,
    Use,
    box_of,
    place_pieces,
    put,
    stack,
    use_box,
)

__all__ = [
    "HEADING",
    "Box",
    "Curve",
    "Line",
    "Piece",
    "Plan",
    "Scene",
    "Use",
    "columns_for",
    "plan",
    "plan_for_page",
]

PEOPLE_WIDTH, USE_WIDTH, PIECE_WIDTH = 176.0, 236.0, 252.0
PEOPLE_LEFT = 10.0
USE_LEFT = PEOPLE_LEFT + PEOPLE_WIDTH + 56
PIECES_LEFT = USE_LEFT + USE_WIDTH + 84
FRAME = Frame(PIECES_LEFT, PIECE_WIDTH, 46.0)
MARGIN = 10.0
HEADING = 46.0  # room for the name of the ecosystem, where the picture stands alone
HEAD = 64.0  # room for the titles of the columns
OPTIONS_TITLE = "en plus, si on veut"


def plan(scene: Scene, columns: int = 1) -> Plan:
    """Place everything with the maillons in so many columns (1 or more)."""
    main = [piece for piece in scene.pieces if not piece.option]
    options = [piece for piece in scene.pieces if piece.option]
    placed = place_pieces(main, FRAME, columns, HEAD)
    bottom = max((box.bottom for box in placed.boxes), default=HEAD)
    rule = None
    if options:
        rule = bottom + 26
        extra = place_pieces(options, FRAME, columns, rule + 30)
        placed = Placed(placed.boxes + extra.boxes, placed.titles + extra.titles)
    uses, people = _place_left(scene.uses, bottom)
    boxes = [*people, *uses, *placed.boxes]
    return Plan(
        width=FRAME.right_of(columns) + MARGIN,
        height=max((box.bottom for box in boxes), default=HEAD) + 18,
        boxes=tuple(boxes),
        titles=(*_column_titles(scene, rule), *placed.titles),
        curves=tuple(_curves(scene, people, uses, placed.boxes)),
        needs=tuple(_need_curves(scene, placed.boxes)),
        rule=rule,
    )


def columns_for(scene: Scene) -> int:
    """Return how many columns of maillons a screen shows: two from ten on."""
    return 2 if len(scene.pieces) > 9 else 1


def plan_for_page(scene: Scene, width: float, height: float) -> tuple[Plan, float]:
    """Return the plan whose text is largest on a page of this size, and its scale there."""
    plans = [plan(scene, columns) for columns in (1, 2, 3, 4)]

    def scale(found: Plan) -> float:
        return min(width / found.width, height / (found.height + HEADING), 1.0)

    best = max(plans, key=scale)
    return best, scale(best)


# People and performances


def _place_left(uses: Sequence[Use], bottom: float) -> tuple[list[Box], list[Box]]:
    """Place performances and people, spread over the height of the maillons."""
    placed = _spread([use_box(use, USE_WIDTH) for use in uses], USE_LEFT, bottom)
    words = list(dict.fromkeys(use.for_whom for use in uses if use.for_whom))
    people = [
        box_of("people", number, PEOPLE_WIDTH, stack([(word, SMALL, False, "")], PEOPLE_WIDTH))
        for number, word in enumerate(words)
    ]
    return placed, _spread(people, PEOPLE_LEFT, max([bottom, *(box.bottom for box in placed)]))


def _spread(boxes: Sequence[Box], left: float, bottom: float) -> list[Box]:
    total = sum(box.height for box in boxes)
    free = max(bottom - HEAD - total, 0.0)
    gap = min(max(free / (len(boxes) + 1), 18.0), 90.0)
    y = HEAD + max(0.0, (bottom - HEAD - total - gap * (len(boxes) - 1)) / 2)
    placed = []
    for box in boxes:
        placed.append(put(box, left, y))
        y += box.height + gap
    return placed


def _column_titles(scene: Scene, rule: float | None) -> list[Line]:
    titles = []
    if any(use.for_whom for use in scene.uses):
        titles.append(Line("Les personnes", PEOPLE_LEFT, 26, NAME, True, "column"))
    if scene.uses:
        titles.append(Line("Ce que ça doit permettre", USE_LEFT, 26, NAME, True, "column"))
    if scene.pieces:
        words = "Ce qu'il faut pour que ça marche"
        titles.append(Line(words, PIECES_LEFT, 26, NAME, True, "column"))
    if rule is not None:
        titles.append(Line(OPTIONS_TITLE, PIECES_LEFT, rule + 20, TITLE, True, "column"))
    return titles


# Lines between cards


def _curves(
    scene: Scene, people: Sequence[Box], uses: Sequence[Box], pieces: Sequence[Box]
) -> list[Curve]:
    by_use = {box.key: box for box in uses}
    names = list(dict.fromkeys(use.for_whom for use in scene.uses if use.for_whom))
    found = [
        Curve(person.key, use.key, ((person.right, person.middle), (end.x, end.middle)))
        for use in scene.uses
        if use.for_whom
        for person, end in ((people[names.index(use.for_whom)], by_use[use.key]),)
    ]
    for number, use in enumerate(scene.uses):
        wanted = {piece.key for piece in scene.pieces if use.key in piece.uses}
        ends = sorted((box for box in pieces if box.key in wanted), key=lambda box: box.middle)
        found += _fan(by_use[use.key], ends, pieces, number)
    return found


def _fan(start: Box, ends: Sequence[Box], pieces: Sequence[Box], tint: int) -> list[Curve]:
    """Return the lines of one performance: they leave it one under the other, in their order."""
    room = min(start.height - 16, 9.0 * len(ends))
    found = []
    for number, end in enumerate(ends):
        y = start.middle + room * ((number + 0.5) / len(ends) - 0.5)
        # Lines of several performances in one gap run beside each other.
        aside = (tint % 4 - 1.5) * 2.4
        between = [(x, gap + aside) for x, gap in _gaps(pieces, start.x, end.x, end.middle)]
        points = ((start.right, y), *between, (end.x, end.middle))
        found.append(Curve(start.key, end.key, points, tint))
    return found


def _gaps(pieces: Sequence[Box], left: float, right: float, y: float) -> list[tuple[float, float]]:
    """Return where a line passes the columns that stand between two places, left to right."""
    points: list[tuple[float, float]] = []
    for x in sorted({box.x for box in pieces if left + 1 < box.x < right - 1}):
        gap = _gap_near([box for box in pieces if box.x == x], y)
        points += [(x, gap), (x + PIECE_WIDTH, gap)]
    return points


def _gap_near(column: Sequence[Box], y: float) -> float:
    """Return the height nearest to ``y`` at which a line passes between the cards of a column."""
    boxes = sorted(column, key=lambda box: box.y)
    gaps = [(a.bottom + min(a.bottom + ROW_GAP, b.y)) / 2 for a, b in pairwise(boxes)]
    gaps += [boxes[-1].bottom + ROW_GAP / 2]
    return min(gaps, key=lambda gap: abs(gap - y))


def _need_curves(scene: Scene, pieces: Sequence[Box]) -> list[Curve]:
    """Return a line for each dependency, from the card that needs to the card that is needed."""
    boxes = {box.key: box for box in pieces}
    return [
        _need(boxes[piece.key], boxes[key], pieces)
        for piece in scene.pieces
        for key in piece.needs
        if key in boxes and key != piece.key
    ]


def _need(start: Box, end: Box, pieces: Sequence[Box]) -> Curve:
    # Leaves and arrives a little off the middle, where the other lines do not end.
    y0, y1 = start.middle + 7, end.middle - 7
    if start.x == end.x:
        points = [(start.right, y0), (end.right, y1)]
    elif start.x < end.x:
        points = [(start.right, y0), *_gaps(pieces, start.x, end.x, y1), (end.x, y1)]
    else:
        back = _gaps(pieces, end.x, start.x, y0)[::-1]
        points = [(start.x, y0), *back, (end.right, y1)]
    return Curve(start.key, end.key, tuple(points))
