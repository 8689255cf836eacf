# SPDX-License-Identifier: AGPL-3.0-or-later
"""Text documents (DOCX) of the same blocks as the PDF, for those who will rework the words."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import docx
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Pt, RGBColor

from terreau.documents.blocks import Block, Bullets, Document, Facts, Grid, Heading, Paragraph
from terreau.documents.characters import printable

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
GREY = RGBColor(0x5C, 0x62, 0x57)
EARTH = RGBColor(0x5A, 0x3A, 0x29)


def render(document: Document) -> bytes:
    """Return the document as DOCX: true headings and table headers, French as its language."""
    file = docx.Document()
    _set_up(file, document)
    _add(file, "Title", document.title)
    if document.subtitle:
        _add(file, "Subtitle", document.subtitle)
    if document.banner:
        _add(file, "Intense Quote", document.banner)
    for block in document.blocks:
        _write(file, block)
    out = io.BytesIO()
    file.save(out)
    return out.getvalue()


def _add(file: Any, style: str, text: str) -> Any:
    return file.add_paragraph(printable(text), style=style)


def _set_up(file: Any, document: Document) -> None:
    file.core_properties.title = printable(document.title)[:255]
    file.core_properties.author = ""
    file.core_properties.comments = ""
    file.core_properties.language = "fr-FR"
    base = file.styles["Normal"]
    base.font.name, base.font.size = "Atkinson Hyperlegible Next", Pt(11)
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), "fr-FR")
    base.element.get_or_add_rPr().append(language)
    for name in ("Title", "Heading 1", "Heading 2", "Heading 3", "Heading 4"):
        file.styles[name].font.name = "Fraunces"
        file.styles[name].font.color.rgb = EARTH
    file.sections[0].footer.paragraphs[0].text = printable(document.footer)
    if document.wide:
        page = file.sections[0]
        page.page_width, page.page_height = page.page_height, page.page_width


def _write(file: Any, block: Block) -> None:
    match block:
        case Heading(text, level):
            _add(file, f"Heading {min(max(level, 1), 4)}", text)
        case Paragraph():
            _paragraph(file, block)
        case Bullets(items, numbered):
            for item in items:
                _add(file, "List Number" if numbered else "List Bullet", item)
        case Facts(pairs):
            _table(file, None, pairs)
        case Grid(headers, rows):
            _table(file, headers, rows)


def _paragraph(file: Any, block: Paragraph) -> None:
    line = file.add_paragraph()
    run = line.add_run(printable(block.text))
    run.bold = block.strong or None
    if block.quiet:
        run.font.size, run.font.color.rgb = Pt(9), GREY


def _table(file: Any, headers: Sequence[str] | None, rows: Sequence[Sequence[str]]) -> None:
    width = len(headers) if headers is not None else 2
    table = file.add_table(rows=0, cols=width, style="Table Grid")
    if headers is not None:
        line = table.add_row()
        _fill(line, headers, bold=True)
        # Repeated on each page, and read out as the header of its column.
        mark = OxmlElement("w:tblHeader")
        line._tr.get_or_add_trPr().append(mark)
    for row in rows:
        _fill(table.add_row(), row, bold=False)
    file.add_paragraph()


def _fill(line: Any, texts: Sequence[str], *, bold: bool) -> None:
    for cell, text in zip(line.cells, texts, strict=True):
        run = cell.paragraphs[0].add_run(printable(text))
        run.bold = bold or None
