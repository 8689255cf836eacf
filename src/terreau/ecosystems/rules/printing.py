# SPDX-License-Identifier: AGPL-3.0-or-later
"""The picture of the solution on one sheet of paper, and the solution as a text document."""

from __future__ import annotations

from terreau.documents.blocks import Block, Bullets, Document, Heading, Paragraph
from terreau.documents.pdf import PAGES, Page, render_picture
from terreau.documents.svg import Markup
from terreau.ecosystems.rules.drawing import draw
from terreau.ecosystems.rules.picture import Piece, Plan, Scene, plan_for_page

READABLE = 0.58  # scale at which a name is still printed in 9 points


def heading_of(name: str) -> str:
    """Return the title of the picture of this ecosystem."""
    return f"{name}\u00a0: ce qu'il faut pour que ça marche"


def _drawn_title(scene: Scene, name: str) -> str:
    # A page with a title and nothing under it looks broken: say that it is only empty.
    if scene.uses or scene.pieces:
        return heading_of(name)
    return f"{name} : rien n'est encore écrit ici"


def drawn_alone(scene: Scene, name: str) -> Markup:
    """Return the picture as a file of its own: with its title, in the shape of a wide page."""
    found, _ = plan_for_page(scene, PAGES[0].width, PAGES[0].height)
    title = heading_of(name)
    return draw(found, title=title, heading=_drawn_title(scene, name))


def page_for(scene: Scene) -> tuple[Page, Plan]:
    """Return the smallest page on which the picture is readable: an A4, else the best A3."""
    tried = [(page, *plan_for_page(scene, page.width, page.height)) for page in PAGES]
    for page, found, scale in tried:
        if page.paper == "a4" and scale >= READABLE:
            return page, found
    page, found, _ = max((t for t in tried if t[0].paper == "a3"), key=lambda t: t[2])
    return page, found


def printed(scene: Scene, name: str, footer: str = "") -> bytes:
    """Return the picture as a PDF of one page."""
    page, found = page_for(scene)
    title = heading_of(name)
    drawing = draw(found, title=title, heading=_drawn_title(scene, name))
    return render_picture(drawing, page, title=title, alt=in_words(scene), footer=footer)


def in_words(scene: Scene) -> str:
    """Return the picture in sentences, for those who do not see it."""
    uses = [_use_in_words(use.statement, use.for_whom) for use in scene.uses]
    pieces = [f"{_piece_in_words(piece)}." for piece in scene.pieces]
    return " ".join(
        [
            "Ce que ça doit permettre :",
            *(uses or ["ce n'est pas encore dit."]),
            "Ce qu'il faut pour que ça marche :",
            *(pieces or ["ce n'est pas encore dit."]),
        ]
    )


def _use_in_words(statement: str, for_whom: str) -> str:
    return f"{statement} ({for_whom})." if for_whom else f"{statement}."


def _piece_in_words(piece: Piece) -> str:
    said = f"{piece.name} ({piece.nature}, {piece.state})"
    return f"{said}, s'en charge : {', '.join(piece.bearers)}" if piece.bearers else said


def as_document(scene: Scene, name: str, footer: str = "") -> Document:
    """Return the solution as text: what it must allow, the maillons by nature, the options."""
    names = {piece.key: piece.name for piece in scene.pieces}
    blocks: list[Block] = [Heading("Ce que ça doit permettre")]
    blocks.append(Bullets([_use_in_words(u.statement, u.for_whom) for u in scene.uses]))
    missing = [piece.name for piece in scene.pieces if piece.missing and not piece.option]
    if missing:
        blocks += [Heading("Il manque"), Bullets(missing)]
    blocks.append(Heading("Ce qu'il faut pour que ça marche"))
    blocks += _groups([piece for piece in scene.pieces if not piece.option], names)
    options = [piece for piece in scene.pieces if piece.option]
    if options:
        blocks.append(Heading("En plus, si on veut"))
        blocks += _groups(options, names)
    return Document(heading_of(name), blocks, footer=footer)


def _groups(pieces: list[Piece], names: dict[int, str]) -> list[Block]:
    if not pieces:
        return [Paragraph("Rien n'est encore écrit ici.", quiet=True)]
    blocks: list[Block] = []
    for nature in dict.fromkeys(piece.nature for piece in pieces):
        blocks.append(Heading(nature[:1].upper() + nature[1:], level=2))
        blocks.append(Bullets([_line(p, names) for p in pieces if p.nature == nature]))
    return blocks


def _line(piece: Piece, names: dict[int, str]) -> str:
    needs = [names[key] for key in piece.needs if key in names]
    said = _piece_in_words(piece)
    return f"{said} ; a besoin de : {', '.join(needs)}" if needs else said
