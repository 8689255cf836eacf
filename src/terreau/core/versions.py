# SPDX-License-Identifier: AGPL-3.0-or-later
"""What somebody read before they wrote, as a number: another one when others wrote in between.

A record that is edited as a whole counts its versions in a column. Here are the versions of a few
fields of any row: worked out from what they hold, so that nobody is stopped by a change elsewhere
in the same row.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from hashlib import sha256
from typing import Any

from django.db import models

from terreau.core.errors import EditConflict

MEANWHILE = (
    "Quelqu'un a enregistré ce texte pendant que vous écriviez. Rien n'est perdu : "
    "voici les deux versions. Gardez ce qui convient, puis enregistrez."
)


LARGEST_VERSION = 2**48


def field_version(record: models.Model, names: Iterable[str]) -> int:
    """Return the version of some fields of a record: the same one as long as they say the same."""
    held = [_stored(record, name) for name in sorted(names)]
    said = repr([value if value is None else str(value) for value in held])
    return int.from_bytes(sha256(said.encode()).digest()[:6]) + 1


def differs(record: models.Model, said: Mapping[str, Any]) -> bool:
    """Tell whether a record holds anything else than what is said."""
    return any(_stored(record, name) != _plain(value) for name, value in said.items())


def conflict(
    record: models.Model,
    yours: Mapping[str, Any],
    *,
    named: Mapping[str, str] | None = None,
    message: str = MEANWHILE,
) -> EditConflict:
    """Return the conflict between what a record holds and what somebody sent.

    ``named``: under which name the form asks for a field, where it is not its own.
    """
    asked = {name: (named or {}).get(name, name) for name in yours}
    return EditConflict(
        message,
        stored={asked[name]: in_words(getattr(record, name)) for name in yours},
        yours={asked[name]: in_words(value) for name, value in yours.items()},
        version=field_version(record, yours),
    )


def must_be_as_read(
    record: models.Model,
    version: int | None,
    changes: Mapping[str, Any],
    *,
    named: Mapping[str, str] | None = None,
) -> None:
    """Raise EditConflict when these fields are no longer as they were read (None: nobody read).

    Saying what stands already is no conflict. The caller holds the row.
    """
    meanwhile = version not in (None, field_version(record, changes))
    if meanwhile and differs(record, changes):
        raise conflict(record, changes, named=named)


def must_stand(
    record: models.Model,
    said: Mapping[str, Any],
    *,
    what: str,
    named: Mapping[str, str] | None = None,
) -> None:
    """Raise EditConflict when what was done once is said again in other words (``what`` was done).

    Saying nothing more, or the same again, loses nothing.
    """
    more = {name: value for name, value in said.items() if value}
    if differs(record, more):
        message = f"{what}, avec d'autres mots : voici les deux. Ce qui est noté reste."
        raise conflict(record, more, named=named, message=message)


def in_words(value: object) -> str:
    """Return a value as a page shows it beside another."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "oui" if value else "non"
    return f"{value:%d/%m/%Y}" if isinstance(value, date) else str(value)


def _stored(record: models.Model, name: str) -> object:
    return record._meta.get_field(name).value_from_object(record)  # type: ignore[union-attr]


def _plain(value: object) -> object:
    return value.pk if isinstance(value, models.Model) else value
