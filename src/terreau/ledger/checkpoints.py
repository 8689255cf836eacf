# SPDX-License-Identifier: AGPL-3.0-or-later
"""Checkpoints: where each chain stood at a moment, signed, to be kept by somebody else.

A chain shows that a part of it was changed, not that all of it was written anew by who holds the
database. A checkpoint kept elsewhere shows that too: the seal of that number must still be the
same. The signature (Ed25519) lets whoever keeps the file prove where it comes from; the key never
leaves the instance, and its public half stands in the file.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)
from django.conf import settings

from terreau.core import clock
from terreau.core.errors import Invalid
from terreau.ledger import chain
from terreau.ledger.difference import Difference
from terreau.ledger.models import Seal

FORMAT = "terreau-checkpoint-1"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """Each ledger with the number of its last seal and its digest; when, and whose key signed."""

    made_at: str
    ledgers: tuple[tuple[int, int, str], ...]
    public_key: str

    def signed_part(self) -> bytes:
        """Return the bytes that the signature covers."""
        told = [FORMAT, self.made_at, self.ledgers, self.public_key]
        return json.dumps(told, separators=(",", ":")).encode()


def write(path: Path) -> Checkpoint:
    """Write a checkpoint of every ledger. Raises Invalid when the file exists, or a chain breaks.

    What is signed was checked first: a checkpoint is a promise.
    """
    if path.exists():
        raise Invalid(f"{path} exists already; give a new name.")
    key = _own_key()
    made = Checkpoint(
        clock.now().isoformat(), tuple(_heads()), key.public_key().public_bytes_raw().hex()
    )
    for ledger, _, _ in made.ledgers:
        for broken in chain.breaks(ledger):
            raise Invalid(f"{broken}. Nothing was signed; run `terreau verify`.")
    signature = key.sign(made.signed_part()).hex()
    content = {
        "format": FORMAT,
        "made_at": made.made_at,
        "ledgers": made.ledgers,
        "public_key": made.public_key,
        "signature": signature,
    }
    path.write_text(json.dumps(content, indent=1) + "\n")
    return made


def read(path: Path) -> Checkpoint:
    """Read a checkpoint. Raises Invalid when it is none, or is not what was signed."""
    if not path.exists():
        raise Invalid(f"{path} does not exist.")
    try:
        given = json.loads(path.read_text())
        found, signature = _read(given), bytes.fromhex(given["signature"])
        signer = Ed25519PublicKey.from_public_bytes(bytes.fromhex(found.public_key))
    except (ValueError, KeyError, TypeError):
        raise Invalid(f"{path} is not a checkpoint that this version reads.") from None
    try:
        signer.verify(signature, found.signed_part())
    except InvalidSignature:
        raise Invalid(f"{path} is not what was signed: it was changed afterwards.") from None
    return found


def _read(given: dict[str, Any]) -> Checkpoint:
    if given["format"] != FORMAT:
        raise ValueError(given["format"])
    ledgers = tuple((int(one), int(count), str(digest)) for one, count, digest in given["ledgers"])
    return Checkpoint(str(given["made_at"]), ledgers, str(given["public_key"]))


def differences(checkpoint: Checkpoint) -> Iterator[Difference]:
    """Yield where the ledgers are no longer what the checkpoint says, or do not lead up to it."""
    for ledger, count, digest in checkpoint.ledgers:
        where = f"ledger {ledger}"
        seal = Seal.objects.filter(ledger_id=ledger, number=count).first()
        if seal is None:
            there = Seal.objects.filter(ledger_id=ledger).count()
            yield Difference(where, f"had {count} seals then, and has {there}: its end was cut off")
        elif bytes(seal.digest).hex() != digest:
            yield Difference(where, f"seal {count} is another one: the ledger was written anew")
        yield from chain.breaks(ledger)


def _heads() -> Iterator[tuple[int, int, str]]:
    for ledger in chain.ledgers():
        last = Seal.objects.filter(ledger_id=ledger).order_by("-number")[0]
        yield ledger, last.number, bytes(last.digest).hex()


def _own_key() -> Ed25519PrivateKey:
    """Return the instance's signing key, made the first time in a file of the data folder."""
    path = Path(settings.TERREAU.data_dir) / "seal.key"
    if not path.exists():
        key = Ed25519PrivateKey.generate()
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
            out.write(key.private_bytes_raw().hex() + "\n")
    try:
        return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(path.read_text().strip()))
    except ValueError:
        raise Invalid(f"{path} is not a signing key: it should hold 64 hex digits.") from None
