# SPDX-License-Identifier: AGPL-3.0-or-later
"""Text as people type it: without accents, capitals, ligatures or punctuation."""

import re
import unicodedata

APART = {"œ": "oe", "æ": "ae", "ß": "ss", "ø": "o", "\N{RIGHT SINGLE QUOTATION MARK}": " "}
LIGATURES = str.maketrans(
    APART | dict.fromkeys("\N{EN DASH}\N{EM DASH}\N{NON-BREAKING HYPHEN}", " ")
)
NOT_A_LETTER = re.compile(r"[^a-z0-9]+")


def fold(text: str) -> str:
    """Return lower-case ASCII words separated by one space (« L'Œil-d'Été » → "l oeil d ete")."""
    lowered = text.lower().translate(LIGATURES)
    plain = unicodedata.normalize("NFKD", lowered).encode("ascii", "ignore").decode()
    return NOT_A_LETTER.sub(" ", plain).strip()
