# SPDX-License-Identifier: AGPL-3.0-or-later
"""Once for a key: what a form, a phone or a worker sends twice is written once.

The caller chooses the key. It came before with the same content: what is stored is returned, and
nothing is written. It came with other content: KeyReused. Two requests at the same moment: one
writes, the other returns what the first wrote.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, TypeVar
from uuid import UUID

from django.db import IntegrityError, models, transaction

from terreau.core.errors import KeyReused

R = TypeVar("R")
M = TypeVar("M", bound=models.Model)

TRIES = 12  # as many requests that chose one name at the same moment each get their own


def once(find: Callable[[], R | None], make: Callable[[], R]) -> tuple[R, bool]:
    """Return what ``find`` finds, else what ``make`` makes, and whether it was made now.

    ``make`` writes a row with a unique key. When another request wrote it in between, or took a
    name that ``make`` had seen free, what it began is rolled back; ``find`` is asked again, then
    ``make``.
    """
    for _ in range(TRIES):
        found = find()
        if found is not None:
            return found, False
        with suppress(IntegrityError), transaction.atomic():
            return make(), True
    return make(), True  # what is still refused is no race: let it be seen


def kept(model: type[M], *, key: UUID, wanted: Mapping[str, Any]) -> M | None:
    """Return the record under this key, or None when the key is new.

    Raises KeyReused when it does not hold what is ``wanted``.
    """
    record = model._default_manager.filter(key=key).first()
    if record is not None:
        must_be_same(record, wanted)
    return record


def must_be_same(record: models.Model, wanted: Mapping[str, Any]) -> None:
    """Raise KeyReused unless the record holds all that is ``wanted``."""
    if any(getattr(record, name) != value for name, value in wanted.items()):
        raise KeyReused


def keep_once(
    model: type[M], *, key: UUID, wanted: Mapping[str, Any], fresh: Mapping[str, Any] | None = None
) -> tuple[M, bool]:
    """Create a record, or return the one already kept under this key (False then).

    ``fresh``: what is written with it and may differ when it comes again (a moment, who typed).
    Raises KeyReused when the key came before with other content.
    """
    return once(
        lambda: kept(model, key=key, wanted=wanted),
        lambda: model._default_manager.create(key=key, **wanted, **(fresh or {})),
    )
