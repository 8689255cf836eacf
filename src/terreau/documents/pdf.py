# SPDX-License-Identifier: AGPL-3.0-or-later
"""PDF by Typst. Templates are ours alone; what people typed comes in as data and stays text.

The compiler can hang or abort its process, so it runs in a child with limits of memory and time
and without network, which can be killed without harm.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from terreau.core.errors import Refusal
from terreau.documents import fonts
from terreau.documents.blocks import Document, as_data
from terreau.documents.characters import printable

PACKAGE = Path(__file__).resolve().parent.parent
TEMPLATES = "documents/templates"
CHILD = Path(__file__).with_name("typst_child.py")
STANDARDS = ("a-2a", "ua-1")
SECONDS = 30
MEMORY_BYTES = 2 * 1024**3


class Unprintable(Refusal):
    """The document could not be laid out. Nothing was changed."""


def render(
    template: str,
    data: Mapping[str, Any],
    *,
    seconds: int = SECONDS,
    standards: Sequence[str] = STANDARDS,
) -> bytes:
    """Return the PDF of a Typst template of ours filled with plain data (JSON).

    ``template`` is a name in ``documents/templates`` or a path inside the package that holds a
    slash (``agreements/typst/convention.typ``). It reads its data by
    ``json(bytes(sys.inputs.data))`` or ``#import "/documents/templates/house.typ": data``.
    Raises Unprintable when it fails or takes more than ``seconds``.
    """
    path = template if "/" in template else f"{TEMPLATES}/{template}"
    order = {
        "root": str(PACKAGE),
        "input": str(PACKAGE / path),
        "data": json.dumps(_clean(data), ensure_ascii=False),
        "fonts": [str(folder) for folder in fonts.folders()],
        "standards": list(standards),
        "seconds": seconds,
        "memory": MEMORY_BYTES,
    }
    return _compile(order, seconds)


def render_document(document: Document) -> bytes:
    """Return the PDF (A4, tagged) of a document made of blocks."""
    return render("document.typ", as_data(document))


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, Mapping):
        return {name: _clean(item) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_clean(item) for item in value]
    return value


@dataclass(frozen=True, slots=True)
class Page:
    """A sheet of paper in points, without its margins."""

    paper: str
    flipped: bool
    width: float
    height: float


PAGES = (
    Page("a4", True, 785, 515),
    Page("a4", False, 538, 765),
    Page("a3", True, 1134, 765),
    Page("a3", False, 785, 1110),
)


def render_picture(picture: str, page: Page, *, title: str, alt: str, footer: str = "") -> bytes:
    """Return the PDF of one SVG picture on one page; ``alt`` is the same in words."""
    data = {
        "svg": picture,
        "title": title or "Image",
        "alt": alt,
        "footer": footer,
        "paper": page.paper,
        "flipped": page.flipped,
    }
    return render("picture.typ", data)


def _compile(order: Mapping[str, Any], seconds: int) -> bytes:
    # Isolated (-I): nothing of the caller's environment reaches the compiler.
    child = subprocess.Popen(  # noqa: S603  # our own file, no shell, data on standard input
        [sys.executable, "-I", str(CHILD)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={"PATH": os.defpath, "LANG": "C.UTF-8"},
        cwd="/",
        start_new_session=True,
    )
    try:
        out, errors = child.communicate(json.dumps(order).encode(), timeout=seconds)
    except subprocess.TimeoutExpired:
        _kill(child)
        raise _unprintable("time is up") from None
    if child.returncode != 0 or not out.startswith(b"%PDF"):
        raise _unprintable(errors.decode(errors="replace")[-2000:])
    return out


def _kill(child: subprocess.Popen[bytes]) -> None:
    os.killpg(child.pid, signal.SIGKILL)
    child.communicate()


def _unprintable(reason: str) -> Unprintable:
    refusal = Unprintable(
        "Ce document n'a pas pu être mis en page. Vos textes sont intacts. "
        "Réessayez, ou prenez-le en document texte."
    )
    refusal.add_note(reason)
    return refusal
