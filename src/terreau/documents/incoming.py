# SPDX-License-Identifier: AGPL-3.0-or-later
"""Photos and documents that come in: judged by their content, cleaned, or refused in plain words.

Nothing that was sent is kept as it came. A photo is decoded and written anew, without place, date
or device; a PDF loses its scripts, its automatic actions, what is embedded in it and its metadata.
The work is done in a child process with limits, which can be killed without harm.
"""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from terreau.core.errors import Invalid

MAX_BYTES = 10 * 1024**2
MAX_PIXELS = 50_000_000
MAX_PAGES = 300
SECONDS = 20
MEMORY_BYTES = 1536 * 1024**2
CHILD = Path(__file__).with_name("incoming_child.py")

MIMES = {"jpg": "image/jpeg", "png": "image/png", "webp": "image/webp", "pdf": "application/pdf"}
KEPT = "Rien n'a été enregistré ; votre texte est toujours là."
SENTENCES = {
    "empty": "Ce fichier est vide.",
    "large": "Ce fichier pèse plus de 10 Mo. Prenez-le en plus petit.",
    "kind": "Ce fichier n'est ni une photo (JPEG, PNG, WebP) ni un PDF, quel que soit son nom.",
    "pixels": "Cette photo compte trop de points (plus de 50 millions). Prenez-la en plus petit.",
    "broken": "Ce fichier est abîmé ou n'est pas ce que dit son nom : il ne s'ouvre pas.",
    "locked": "Ce PDF est protégé par un mot de passe. Enregistrez-le sans protection.",
    "pages": "Ce PDF compte plus de 300 pages. Gardez celles qui comptent.",
    "heavy": "Ce fichier demande trop de travail pour être vérifié.",
}


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A file fit to be kept. ``extension`` is one of jpg, png, webp, pdf."""

    content: bytes
    extension: str

    @property
    def mime(self) -> str:
        return MIMES[self.extension]

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


def clean(content: bytes) -> Cleaned:
    """Return the file cleaned. Raises Invalid, on the field ``file``, with what to do instead."""
    if not content:
        raise _refusal("empty")
    if len(content) > MAX_BYTES:
        raise _refusal("large")
    kind = kind_of(content)
    if not kind:
        raise _refusal("kind")
    cleaned = Cleaned(_in_child(content, kind), kind)
    if len(cleaned.content) > 2 * MAX_BYTES:
        raise _refusal("heavy")
    return cleaned


def kind_of(content: bytes) -> str:
    """Return jpg, png, webp or pdf by the first bytes, or an empty string."""
    if content.startswith(b"\xff\xd8\xff"):
        return "jpg"
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "webp"
    return "pdf" if content.startswith(b"%PDF-") else ""


def _in_child(content: bytes, kind: str) -> bytes:
    # Isolated (-I): nothing of the caller's environment reaches the decoders.
    order = {
        "kind": kind,
        "pixels": MAX_PIXELS,
        "pages": MAX_PAGES,
        "seconds": SECONDS,
        "memory": MEMORY_BYTES,
    }
    child = subprocess.Popen(  # noqa: S603  # our own file, no shell, data on standard input
        [sys.executable, "-I", str(CHILD), json.dumps(order)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={"PATH": os.defpath, "LANG": "C.UTF-8"},
        cwd="/",
        start_new_session=True,
    )
    try:
        out, errors = child.communicate(content, timeout=SECONDS + 5)
    except subprocess.TimeoutExpired:
        os.killpg(child.pid, signal.SIGKILL)
        child.communicate()
        raise _refusal("heavy") from None
    if child.returncode == 0 and out:
        return out
    reason = errors.decode(errors="replace").strip().rpartition("\n")[2]
    raise _refusal(reason if reason in SENTENCES else "heavy")


def _refusal(reason: str) -> Invalid:
    return Invalid(f"{SENTENCES[reason]} {KEPT}", field="file")
