# SPDX-License-Identifier: AGPL-3.0-or-later
"""The photos and documents of the story: drawn here, since nobody of it was ever photographed."""

from __future__ import annotations

import io
from typing import Any

from PIL import Image, ImageDraw, ImageFont

from terreau.demo.timeline import read
from terreau.documents.blocks import Document, Grid, Paragraph
from terreau.documents.fonts import face
from terreau.documents.pdf import render_document
from terreau.ecosystems.actions.logbook import Incoming

INK, PAPER, SKY, GRASS, ROAD = "#22281F", "#FBF8F1", "#DCE8EC", "#C9D8BE", "#B9B6AC"
WOOD, SIGN = "#8A5A00", "#1D5C78"
NOTES = ("#F3E3A8", "#DCE8EC", "#E9D5C6", "#DBE6D2")
SIZE = (1200, 800)


def file_of(name: str) -> Incoming:
    """Return a file of the journal by the name that the data give it."""
    told = read("logbook")["files"][name]
    draw = {"wall": _wall, "stop": _stop, "rates": _rates}[told["draw"]]
    return Incoming(draw(told), told["name"], told["description"])


def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    path = face("Atkinson-400.ttf")
    return ImageFont.truetype(path, size) if path else ImageFont.load_default(size)


def _png(picture: Image.Image) -> bytes:
    content = io.BytesIO()
    picture.save(content, "PNG", optimize=True)
    return content.getvalue()


def _wall(told: dict[str, Any]) -> bytes:
    """A wall of notes, as it was photographed after an evening."""
    picture = Image.new("RGB", SIZE, PAPER)
    pen = ImageDraw.Draw(picture)
    pen.text((60, 40), told["title"], fill=INK, font=_font(44))
    for number, words in enumerate(told["notes"]):
        row, column = divmod(number, 3)
        left, top = 60 + 370 * column + 12 * (row % 2), 130 + 215 * row
        pen.rectangle((left, top, left + 330, top + 180), fill=NOTES[number % len(NOTES)])
        pen.multiline_text((left + 20, top + 24), words, fill=INK, font=_font(30), spacing=10)
    return _png(picture)


def _stop(told: dict[str, Any]) -> bytes:
    """A carpool stop: a bench, a sign, a number to call."""
    picture = Image.new("RGB", SIZE, SKY)
    pen = ImageDraw.Draw(picture)
    pen.polygon(((0, 470), (420, 380), (830, 450), (1200, 360), (1200, 800), (0, 800)), fill=GRASS)
    pen.polygon(((0, 640), (1200, 590), (1200, 760), (0, 800)), fill=ROAD)
    for top in (470, 530):
        pen.rectangle((230, top, 620, top + 26), fill=WOOD)
    for left in (260, 570):
        pen.rectangle((left, 470, left + 20, 640), fill=WOOD)
    pen.rectangle((800, 180, 818, 640), fill=INK)
    pen.rounded_rectangle((680, 120, 940, 300), radius=18, fill=SIGN)
    pen.multiline_text(
        (810, 210), told["title"], fill=PAPER, font=_font(32), anchor="mm", align="center"
    )
    return _png(picture)


def _rates(told: dict[str, Any]) -> bytes:
    """The common rates, as they are pinned beside the telephone."""
    blocks = (Paragraph(told["words"]), Grid(told["headers"], told["rows"]))
    return render_document(Document(told["title"], blocks, footer=told["name"]))
