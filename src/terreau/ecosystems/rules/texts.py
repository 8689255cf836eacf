# SPDX-License-Identifier: AGPL-3.0-or-later
"""Two versions of a text, side by side: what went, what came."""

import re
from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import Literal, NamedTuple

Change = Literal["same", "gone", "new"]


class Piece(NamedTuple):
    """A run of words of a comparison, with its spaces."""

    change: Change
    words: str


def compared(old: str, new: str) -> list[Piece]:
    """Return the pieces that lead from the old text to the new one, in reading order.

    The « same » and « gone » pieces joined give the old text, « same » and « new » the new one.
    """
    return list(_pieces(re.findall(r"\S+\s*", old.strip()), re.findall(r"\S+\s*", new.strip())))


def _pieces(old: list[str], new: list[str]) -> Iterator[Piece]:
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if tag == "equal":
            yield Piece("same", "".join(new[j1:j2]))
            continue
        if i2 > i1:
            yield Piece("gone", "".join(old[i1:i2]))
        if j2 > j1:
            yield Piece("new", "".join(new[j1:j2]))
