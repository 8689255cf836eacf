# SPDX-License-Identifier: AGPL-3.0-or-later
"""Where everything stands in the picture of the solution. Pure: no database, no drawing.

Left the people, in the middle what it must make possible, right the maillons grouped by nature, in
as many columns as asked; options below a line. A line from a performance to a maillon of a later
column passes through the gaps between the cards before it, so that it never crosses a card.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from terreau.documents.text import wrap

PEOPLE_WIDTH, USE_WIDTH, PIECE_WIDTH = 176.0, 236.0, 252.0
PEOPLE_LEFT = 10.0
USE_LEFT = PEOPLE_LEFT + PEOPLE_WIDTH + 56
PIECES_LEFT = USE_LEFT + USE_WIDTH + 84
GUTTER, MARGIN = 46.0, 10.0
ROW_GAP, GROUP_GAP = 14.0, 20.0
PADDING = 12.0
NAME, SMALL, TITLE = 16.0, 13.5, 14.0
LEADING = 1.28
HEADING = 46.0  # room for the name of the ecosystem, where the picture stands alone
HEAD = 64.0  # room for the titles of the columns
OPTIONS_TITLE = "en plus, si on veut"


@dataclass(frozen=True, slots=True)
class Use:
    """A performance of use: what it must allow, and to whom."""

    key: int
    statement: str
    for_whom: str
    href: str


@dataclass(frozen=True, slots=True)
class Piece:
    """A maillon as drawn. ``nature`` is the word over its group; ``state`` the word on the card."""

    key: int
    name: str
    nature: str
    state: str
    missing: bool
    option: bool
    bearers: tuple[str, ...]
    uses: tuple[int, ...]
    needs: tuple[int, ...]
    href: str


@dataclass(frozen=True, slots=True)
class Scene:
    """All that the picture shows; pieces come in the order of their groups."""

    uses: tuple[Use, ...]
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of text, its left end and its baseline."""

    text: str
    x: float
    y: float
    size: float
    bold: bool = False
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Box:
    """A card. ``kind`` is people, use or piece; ``x, y`` its upper left corner."""

    kind: str
    key: int
    x: float
    y: float
    width: float
    height: float
    lines: tuple[Line, ...]
    href: str = ""
    missing: bool = False
    label: str = ""

    @property
    def middle(self) -> float:
        return self.y + self.height / 2

    @property
    def right(self) -> float:
        return self.x + self.width

    @property
    def bottom(self) -> float:
        return self.y + self.height


@dataclass(frozen=True, slots=True)
class Curve:
    """A line through points: from the right of a card to the left of another."""

    start: int
    end: int
    points: tuple[tuple[float, float], ...]
    tint: int = -1


@dataclass(frozen=True, slots=True)
class Plan:
    """The finished picture: its size, cards, titles, curves, and the line over the options."""

    width: float
    height: float
    boxes: tuple[Box, ...]
    titles: tuple[Line, ...]
    curves: tuple[Curve, ...]
    needs: tuple[Curve, ...]
    rule: float | None


def plan(scene: Scene, columns: int = 1) -> Plan:
    """Place everything with the maillons in so many columns (1 or more)."""
    main = [piece for piece in scene.pieces if not piece.option]
    options = [piece for piece in scene.pieces if piece.option]
    placed = _place_pieces(main, columns, HEAD)
    bottom = max((box.bottom for box in placed.boxes), default=HEAD)
    rule = None
    if options:
        rule = bottom + 26
        extra = _place_pieces(options, columns, rule + 30)
        placed = _Placed(placed.boxes + extra.boxes, placed.titles + extra.titles)
    uses, people = _place_left(scene.uses, bottom)
    boxes = [*people, *uses, *placed.boxes]
    return Plan(
        width=_right_of(columns) + MARGIN,
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


# Cards


def _right_of(columns: int) -> float:
    return PIECES_LEFT + columns * PIECE_WIDTH + (columns - 1) * GUTTER + GUTTER


def _column_left(column: int) -> float:
    return PIECES_LEFT + column * (PIECE_WIDTH + GUTTER)


def _stack(parts: Sequence[tuple[str, float, bool, str]], width: float) -> list[Line]:
    """Return wrapped lines one under the other, from the corner (0, 0) of a card."""
    lines: list[Line] = []
    y = PADDING
    for text, size, bold, tone in parts:
        if lines and text:
            y += 4
        for line in wrap(text, width - 2 * PADDING, size, bold=bold):
            y += size * LEADING
            lines.append(Line(line, PADDING, y - size * (LEADING - 1), size, bold, tone))
    return lines


def _box(kind: str, key: int, width: float, lines: Sequence[Line]) -> Box:
    height = max((line.y for line in lines), default=PADDING) + PADDING + 2
    return Box(kind, key, 0, 0, width, height, tuple(lines))


def _at(box: Box, x: float, y: float) -> Box:
    lines = tuple(replace(line, x=line.x + x, y=line.y + y) for line in box.lines)
    return replace(box, x=x, y=y, lines=lines)


def _piece_box(piece: Piece) -> Box:
    bearers = ", ".join(piece.bearers)
    said = f"s'en charge\u00a0: {bearers}" if bearers else "personne ne s'en charge encore"
    state_tone = "missing" if piece.missing else "state"
    parts = [
        (piece.name, NAME, True, ""),
        (piece.state, SMALL, piece.missing, state_tone),
        ("" if piece.missing and not bearers else said, SMALL, False, "quiet"),
    ]
    box = _box("piece", piece.key, PIECE_WIDTH, _stack(parts, PIECE_WIDTH))
    label = f"{piece.name} ({piece.nature}, {piece.state})"
    return replace(box, href=piece.href, missing=piece.missing, label=label)


def _use_box(use: Use) -> Box:
    box = _box("use", use.key, USE_WIDTH, _stack([(use.statement, NAME, True, "")], USE_WIDTH))
    return replace(box, href=use.href, label=use.statement)


# The maillons, in columns


@dataclass(frozen=True, slots=True)
class _Placed:
    boxes: tuple[Box, ...] = ()
    titles: tuple[Line, ...] = ()


@dataclass(slots=True)
class _Column:
    """A column being filled; ``nature`` is the group that its last card belongs to."""

    left: float
    y: float
    nature: str = ""
    boxes: list[Box] = field(default_factory=list)
    titles: list[Line] = field(default_factory=list)

    def room_for(self, box: Box, piece: Piece) -> float:
        """Return where the column would end with this card."""
        return self.y + _step(self.nature, piece.nature, empty=not self.boxes) + box.height

    def add(self, box: Box, piece: Piece, *, goes_on: bool) -> None:
        self.y += _step(self.nature, piece.nature, empty=not self.boxes)
        if piece.nature != self.nature:
            word = f"{piece.nature} (suite)" if goes_on else piece.nature
            self.titles.append(Line(word, self.left, self.y - 8, TITLE, True, "group"))
        self.boxes.append(_at(box, self.left, self.y))
        self.y += box.height
        self.nature = piece.nature


def _step(before: str, now: str, *, empty: bool) -> float:
    if before == now:
        return ROW_GAP
    return TITLE + 10 if empty else GROUP_GAP + TITLE + 10


def _place_pieces(pieces: Sequence[Piece], columns: int, top: float) -> _Placed:
    """Fill the columns in order, as evenly as whole cards allow."""
    cards = [(_piece_box(piece), piece) for piece in pieces]
    low = max((box.height for box, _ in cards), default=0.0) + TITLE + 10
    high = sum(box.height + GROUP_GAP + TITLE + 10 for box, _ in cards) + low
    while high - low > 1:
        middle = (low + high) / 2
        if len(_fill(cards, top, middle)) <= columns:
            high = middle
        else:
            low = middle
    filled = _fill(cards, top, high)
    return _Placed(
        tuple(box for column in filled for box in column.boxes),
        tuple(title for column in filled for title in column.titles),
    )


def _fill(cards: Sequence[tuple[Box, Piece]], top: float, height: float) -> list[_Column]:
    filled: list[_Column] = []
    last = ""
    for box, piece in cards:
        if not filled or (
            filled[-1].boxes and filled[-1].room_for(box, piece) > top + height + 0.01
        ):
            filled.append(_Column(_column_left(len(filled)), top))
        column = filled[-1]
        column.add(box, piece, goes_on=not column.boxes and piece.nature == last)
        last = piece.nature
    return filled


# People and performances


def _place_left(uses: Sequence[Use], bottom: float) -> tuple[list[Box], list[Box]]:
    """Place performances and people, spread over the height of the maillons."""
    placed = _spread([_use_box(use) for use in uses], USE_LEFT, bottom)
    words = list(dict.fromkeys(use.for_whom for use in uses if use.for_whom))
    people = [
        _box("people", number, PEOPLE_WIDTH, _stack([(word, SMALL, False, "")], PEOPLE_WIDTH))
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
        placed.append(_at(box, left, y))
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
