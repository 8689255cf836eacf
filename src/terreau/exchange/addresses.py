# SPDX-License-Identifier: AGPL-3.0-or-later
"""The names that things bear in a graph: opaque, the same each time, and of this instance alone.

What has a key of its own is named by it. Agents, kinds of things and kinds of processes have none:
theirs is drawn from the number of the row and the secret key of the instance, so that a file says
nothing of how many there are, and another instance never takes one of them for its own.
"""

from hashlib import sha1
from uuid import NAMESPACE_URL, UUID

from django.utils.crypto import salted_hmac


def by_key(key: UUID) -> str:
    """Return the name of what has a key."""
    return f"urn:uuid:{key}"


def opaque(what: str, number: int | str) -> str:
    """Return the name of a thing that has no key."""
    digest = salted_hmac(f"terreau.exchange.{what}", str(number), algorithm="sha256").digest()
    return f"urn:uuid:{UUID(bytes=digest[:16], version=4)}"


def key_of(ledger: int, name: str, part: str = "") -> UUID:
    """Return the key under which a ledger takes in what a graph names.

    The same file taken in twice gives the same keys; taken in by two ledgers, different ones.
    """
    return UUID(int=key_number(ledger, name, part))


def key_number(ledger: int, name: str, part: str = "") -> int:
    """Return that key as the number that it is: a uuid5, without an object for each of millions."""
    told = sha1(_SPACE + f"terreau:{ledger}:{part}:{name}".encode(), usedforsecurity=False)
    return int.from_bytes(told.digest()[:16], "big") & _FREE | _VERSION_5


_SPACE = NAMESPACE_URL.bytes
_FREE = ~(0xF000 << 64 | 0xC000 << 48)
_VERSION_5 = 5 << 76 | 0x8000 << 48
