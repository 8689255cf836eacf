# SPDX-License-Identifier: AGPL-3.0-or-later
"""A small French analyser: what a text is found by, whatever the accents, plurals and endings.

The same in every database, since it runs before the index. It folds first, so « énergie »,
« energie » and « ÉNERGIES » are one. It only shortens: two words that share a stem are found by
each other, and nothing is guessed beyond that.
"""

from __future__ import annotations

import re

from terreau.core.texts import fold

ELISION = re.compile(r"\b(?:[cdjlmnst]|qu|jusqu|lorsqu|puisqu|quelqu)['’](?=\w)", re.IGNORECASE)
JOINED = re.compile(r"\b\w+(?:-\w+)+\b")
SHORTEST_STEM = 4
LONGEST_TERM = 40

STOP_WORDS = frozenset(
    "a afin ainsi alors apres au aucun aussi autre autres aux avant avec avoir car ce ceci cela "
    "celle celles celui ces cet cette ceux chaque ci comme comment d dans de depuis des donc dont "
    "du elle elles en encore entre est et etait etre eux fait ici il ils j je l la le les leur "
    "leurs lors lui m ma mais me meme mes moi mon n ne ni non nos notre nous on ont ou par parce "
    "pas peu peut plus pour pourquoi puis qu quand que quel quelle quelles quels qui s sa sans se "
    "selon ses si son sont sous sur t ta te tes toi ton tous tout toute toutes tres tu un une vers "
    "vos votre vous y".split()
)

# Kept whole: their stem is another word of the field.
WHOLE = frozenset(
    "commune communes ferme fermes partie parties village villages ville villes".split()
)

# Longest first. What is put back keeps words of one family together (local, locaux).
ENDINGS: tuple[tuple[str, str], ...] = tuple(
    sorted(
        {
            **dict.fromkeys(("issements", "issement", "ements", "ement"), ""),
            **dict.fromkeys(("atrices", "atrice", "ateurs", "ateur", "ations", "ation"), ""),
            **dict.fromkeys(("atives", "ative", "atifs", "atif"), ""),
            **dict.fromkeys(("euses", "euse", "eurs", "eur", "iers", "ieres", "ier", "iere"), ""),
            **dict.fromkeys(("antes", "ante", "ants", "ant", "ables", "able", "ages", "age"), ""),
            **dict.fromkeys(("iques", "ique", "istes", "iste", "ismes", "isme"), ""),
            **dict.fromkeys(("ites", "ite", "ees", "ee", "es", "er", "ez", "e", "s", "x"), ""),
            **dict.fromkeys(("ers", "eres", "ere", "aires", "aire", "ats", "at"), ""),
            **dict.fromkeys(("iels", "iel", "ielles", "ielle"), "ial"),
            **dict.fromkeys(("eaux",), "eau"),
            **dict.fromkeys(("aux", "ales", "ale", "als"), "al"),
            **dict.fromkeys(("ives", "ive", "ifs"), "if"),
            **dict.fromkeys(("elles", "elle", "els"), "el"),
        }.items(),
        key=lambda pair: -len(pair[0]),
    )
)


def stem(word: str) -> str:
    """Return the stem of one folded word (« coopératives » → "cooper")."""
    if word in WHOLE:
        return word.removesuffix("s")
    if len(word) <= SHORTEST_STEM or word.isdigit():
        return word.removesuffix("s").removesuffix("x") if len(word) == SHORTEST_STEM else word
    for ending, kept in ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) + len(kept) >= SHORTEST_STEM:
            return word[: len(word) - len(ending)] + kept
    return word


def terms(text: str) -> list[str]:
    """Return the terms of a text, in order, with repeats; joined words also as one."""
    apart = ELISION.sub(" ", text)
    found = [stem(word) for word in fold(apart).split() if word not in STOP_WORDS]
    joined = ["".join(fold(match).split()) for match in JOINED.findall(apart)]
    return [term[:LONGEST_TERM] for term in (*found, *map(stem, joined)) if term]
