# SPDX-License-Identifier: AGPL-3.0-or-later
"""The cards of the picture of the solution: what is on them, and maillons stacked in columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from terreau.documents.text import wrap

ROW_GAP, GROUP_GAP = 14.0, 20.0
PADDING = 12.0
NAME, SMALL, TITLE = 16.0, 13.5, 14.0
LEADING = 1.28


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
    """A line through points, from one card to another: curved, or as ``rail`` at right angles."""

    start: int
    end: int
    points: tuple[tuple[float, float], ...]
    tint: int = -1
    rail: bool = False


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


# Cards


@dataclass(frozen=True, slots=True)
class Frame:
    """Where the columns of maillons stand: the left of the first, their width, what is between."""

    left: float
    width: float
    gutter: float = 0.0

    def column_left(self, column: int) -> float:
        return self.left + column * (self.width + self.gutter)

    def right_of(self, columns: int) -> float:
        """Return the right end of so many columns and of the gutter after the last."""
        return self.left + columns * (self.width + self.gutter)


def stack(parts: Sequence[tuple[str, float, bool, str]], width: float) -> list[Line]:
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


def box_of(kind: str, key: int, width: float, lines: Sequence[Line]) -> Box:
    """Return a card as high as its lines, at the corner (0, 0)."""
    height = max((line.y for line in lines), default=PADDING) + PADDING + 2
    return Box(kind, key, 0, 0, width, height, tuple(lines))


def put(box: Box, x: float, y: float) -> Box:
    """Return the card moved from the corner to a place."""
    lines = tuple(replace(line, x=line.x + x, y=line.y + y) for line in box.lines)
    return replace(box, x=x, y=y, lines=lines)


def piece_box(piece: Piece, width: float) -> Box:
    """Return the card of a maillon: its name, its state, who takes charge of it."""
    bearers = ", ".join(piece.bearers)
    said = f"s'en charge\u00a0: {bearers}" if bearers else "personne ne s'en charge encore"
    state_tone = "missing" if piece.missing else "state"
    parts = [
        (piece.name, NAME, True, ""),
        (piece.state, SMALL, piece.missing, state_tone),
        ("" if piece.missing and not bearers else said, SMALL, False, "quiet"),
    ]
    box = box_of("piece", piece.key, width, stack(parts, width))
    return replace(box, href=piece.href, missing=piece.missing)


def use_box(use: Use, width: float, *, with_people: bool = False) -> Box:
    """Return the card of a performance; ``with_people`` says on it to whom."""
    whom = f"pour {use.for_whom}" if with_people and use.for_whom else ""
    parts = [(use.statement, NAME, True, ""), (whom, SMALL, False, "quiet")]
    box = box_of("use", use.key, width, stack(parts, width))
    return replace(box, href=use.href)


# The maillons, in columns


@dataclass(frozen=True, slots=True)
class Placed:
    """Cards in their places, with the words over their groups."""

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
        self.boxes.append(put(box, self.left, self.y))
        self.y += box.height
        self.nature = piece.nature


def _step(before: str, now: str, *, empty: bool) -> float:
    if before == now:
        return ROW_GAP
    return TITLE + 10 if empty else GROUP_GAP + TITLE + 10


def place_pieces(pieces: Sequence[Piece], frame: Frame, columns: int, top: float) -> Placed:
    """Fill the columns in order, as evenly as whole cards allow."""
    cards = [(piece_box(piece, frame.width), piece) for piece in pieces]
    low = max((box.height for box, _ in cards), default=0.0) + TITLE + 10
    high = sum(box.height + GROUP_GAP + TITLE + 10 for box, _ in cards) + low
    while high - low > 1:
        middle = (low + high) / 2
        if len(_fill(cards, frame, top, middle)) <= columns:
            high = middle
        else:
            low = middle
    filled = _fill(cards, frame, top, high)
    return Placed(
        tuple(box for column in filled for box in column.boxes),
        tuple(title for column in filled for title in column.titles),
    )


def _fill(
    cards: Sequence[tuple[Box, Piece]], frame: Frame, top: float, height: float
) -> list[_Column]:
    filled: list[_Column] = []
    last = ""
    for box, piece in cards:
        if not filled or (
            filled[-1].boxes and filled[-1].room_for(box, piece) > top + height + 0.01
        ):
            filled.append(_Column(frame.column_left(len(filled)), top))
        column = filled[-1]
        column.add(box, piece, goes_on=not column.boxes and piece.nature == last)
        last = piece.nature
    return filled
