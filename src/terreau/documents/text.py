# SPDX-License-Identifier: AGPL-3.0-or-later
"""How wide a text is once drawn, and where to break it: for pictures, where nothing may be cut.

Widths come from the faces that the assets step prepared; without them, from a guess that errs on
the wide side, so that a text still holds in its box.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Iterator

from fontTools.ttLib import TTFont

from terreau.documents import fonts
from terreau.documents.characters import printable

SANS = "Atkinson Hyperlegible Next, Atkinson Hyperlegible, Verdana, sans-serif"
REGULAR, BOLD = "Atkinson-400.ttf", "Atkinson-700.ttf"
WIDE = set("MWmw@%—…ŒœÆæ&")
NARROW = set("iljtfrI.,;:!'|()[] \u00a0\u202f")
# A break may come after a space (an unbreakable one excepted), a hyphen, a slash.
PIECES = re.compile(r"[^ \t\r\n\-/‐]*(?:[\-/‐]+|[ \t\r\n]+|$)")


def is_exact() -> bool:
    """Tell whether widths are those of the true faces (after the assets step)."""
    return fonts.face(REGULAR) is not None


def measure(text: str, size: float, *, bold: bool = False) -> float:
    """Return the width of a text on one line, in the unit of ``size``."""
    widths = _widths(BOLD if bold else REGULAR)
    return sum(widths.get(ord(char)) or _guess(char, bold) for char in text) * size


def wrap(text: str, width: float, size: float, *, bold: bool = False) -> list[str]:
    """Return the lines of a text in a given width; a word too long is broken, nothing is cut.

    Spaces are folded; an empty text has no line. Raises ValueError when not even one character
    could stand on a line.
    """
    if width < 2 * size:
        raise ValueError(f"no text holds in {width}")
    lines: list[str] = []
    line = ""
    for piece in _pieces(text, width, size, bold):
        if line and measure((line + piece).rstrip(), size, bold=bold) > width:
            lines.append(line.rstrip())
            line = piece
        else:
            line += piece
    return [*lines, line.rstrip()] if line.strip() else lines


def _pieces(text: str, width: float, size: float, bold: bool) -> Iterator[str]:
    """Give the unbreakable pieces of a text; those wider than a line come in parts."""
    folded = re.sub(r"[ \t\r\n]+", " ", printable(text)).strip(" ")
    # French sets a space before these marks, at which no line may break.
    folded = re.sub(r" (?=[:;?!»])|(?<=«) ", "\u00a0", folded)
    for piece in PIECES.findall(folded):
        part = ""
        for char in piece:
            if part and measure((part + char).rstrip(), size, bold=bold) > width:
                yield part
                part = ""
            part += char
        if part:
            yield part


@functools.cache
def _widths(name: str) -> dict[int, float]:
    """Return the width of each character of a face, as a share of the size."""
    path = fonts.face(name)
    if path is None:
        return {}
    with TTFont(path, lazy=True) as font:
        unit = font["head"].unitsPerEm
        advances = font["hmtx"].metrics
        return {code: advances[glyph][0] / unit for code, glyph in font.getBestCmap().items()}


def _guess(char: str, bold: bool) -> float:
    """Return a careful width for a character that the face does not hold."""
    if unicodedata.combining(char):
        return 0.0
    if ord(char) > 0x2E80:
        return 1.3  # East Asian signs and pictures
    share = 1.0 if char in WIDE else 0.4 if char in NARROW else 0.76 if char.isupper() else 0.62
    return share * (1.08 if bold else 1.0)
