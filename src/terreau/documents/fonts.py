# SPDX-License-Identifier: AGPL-3.0-or-later
"""The two faces of Terreau as files that Typst and the text measures can read.

The npm packages hold variable WOFF2, which Typst ignores. ``prepare`` (run by the assets step)
makes four plain TTF of them, once, in a folder that git ignores. Without them everything still
works: Typst falls back on its own faces and measures on a careful guess.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from fontTools.merge import Merger
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

FOLDER = Path(__file__).resolve().parent / "data" / "fonts"

# file made: (npm package, family, weight, style)
FACES = {
    "Atkinson-400.ttf": ("atkinson-hyperlegible-next", "Atkinson Hyperlegible Next", 400),
    "Atkinson-700.ttf": ("atkinson-hyperlegible-next", "Atkinson Hyperlegible Next", 700),
    "Fraunces-400.ttf": ("fraunces", "Fraunces", 400),
    "Fraunces-600.ttf": ("fraunces", "Fraunces", 600),
}
WEIGHT_NAMES = {400: "Regular", 600: "SemiBold", 700: "Bold"}
SUBSETS = ("latin", "latin-ext")


def folders() -> list[Path]:
    """Return the folders in which Typst looks for faces (none before the assets step)."""
    return [FOLDER] if any(FOLDER.glob("*.ttf")) else []


def face(name: str) -> Path | None:
    """Return the file of a face such as ``Atkinson-400.ttf``, or None before the assets step."""
    path = FOLDER / name
    return path if path.exists() else None


def prepare(node_modules: Path, target: Path = FOLDER) -> list[Path]:
    """Make the TTF files from ``@fontsource-variable/*`` under ``node_modules``; return them."""
    target.mkdir(parents=True, exist_ok=True)
    made = []
    for name, (package, family, weight) in FACES.items():
        folder = node_modules / "@fontsource-variable" / package / "files"
        parts = [folder / f"{package}-{subset}-wght-normal.woff2" for subset in SUBSETS]
        made.append(_make(parts, target / name, family, weight))
    return made


def _make(parts: Iterable[Path], target: Path, family: str, weight: int) -> Path:
    plain = []
    for number, part in enumerate(parts):
        font = instantiateVariableFont(TTFont(part), {"wght": weight}, inplace=False)
        font.flavor = None
        # Layout tables of two subsets do not merge; kerning is not needed to read.
        for table in ("GSUB", "GPOS", "GDEF", "STAT", "MVAR", "HVAR", "avar", "fvar", "gvar"):
            if table in font:
                del font[table]
        path = target.with_suffix(f".part{number}")
        font.save(path)
        plain.append(path)
    merged = Merger().merge([str(path) for path in plain])
    _name(merged, family, weight)
    merged.save(target)
    for path in plain:
        path.unlink()
    return target


def _name(font: TTFont, family: str, weight: int) -> None:
    style = WEIGHT_NAMES[weight]
    names = font["name"]
    names.names = []
    postscript = f"{family.replace(' ', '')}-{style}"
    for number, value in ((1, family), (2, style), (4, f"{family} {style}"), (6, postscript)):
        names.setName(value, number, 3, 1, 0x409)
    font["OS/2"].usWeightClass = weight
    if weight == 700:
        font["OS/2"].fsSelection = (font["OS/2"].fsSelection & ~0x40) | 0x20
        font["head"].macStyle |= 1
