# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a printed document is made of: the same blocks go to PDF and to a text document.

Text is only ever text: no markup is read in it, on either side.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; level 1 stands under the title of the document."""

    text: str
    level: int = 1


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph; ``quiet`` is set smaller (a remark), ``strong`` in bold (a warning)."""

    text: str
    quiet: bool = False
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list of sentences; ``numbered`` when their order matters."""

    items: Sequence[str]
    numbered: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """Pairs of a word and what it says (« Reçu par », « La Halte »)."""

    pairs: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Grid:
    """A table of text; each row is as long as ``headers``."""

    headers: Sequence[str]
    rows: Sequence[Sequence[str]]


Block: TypeAlias = Heading | Paragraph | Bullets | Facts | Grid


@dataclass(frozen=True, slots=True)
class Document:
    """A title, a line under it, the blocks, and what stands at the foot of every page.

    ``banner`` is printed framed on top (« Projet, sous réserve de validation par … »).
    """

    title: str
    blocks: Sequence[Block]
    subtitle: str = ""
    banner: str = ""
    footer: str = ""
    wide: bool = False


def as_data(document: Document) -> dict[str, Any]:
    """Return the document as plain data, ready for JSON."""
    return {
        "title": document.title,
        "subtitle": document.subtitle,
        "banner": document.banner,
        "footer": document.footer,
        "wide": document.wide,
        "blocks": [_block(block) for block in document.blocks],
    }


def _block(block: Block) -> dict[str, Any]:
    match block:
        case Heading(text, level):
            return {"kind": "heading", "text": text, "level": min(max(level, 1), 4)}
        case Paragraph(text, quiet, strong):
            return {"kind": "paragraph", "text": text, "quiet": quiet, "strong": strong}
        case Bullets(items, numbered):
            return {"kind": "bullets", "items": list(items), "numbered": numbered}
        case Facts(pairs):
            return {"kind": "facts", "pairs": [list(pair) for pair in pairs]}
        case Grid(headers, rows):
            return {
                "kind": "grid",
                "headers": list(headers),
                "rows": [list(row) for row in rows],
            }
