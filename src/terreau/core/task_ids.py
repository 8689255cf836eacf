# SPDX-License-Identifier: AGPL-3.0-or-later
"""Ids of background tasks: from the key of the job that asks for one, so that it exists once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from uuid import UUID, uuid4, uuid5

NAMESPACE = UUID("5f0c6f6e-4f2e-4f2b-9a43-6a2f5f1f7b11")
_next: ContextVar[UUID | None] = ContextVar("next task id", default=None)


def id_of(key: str) -> UUID:
    """Return the id that follows from a key."""
    return uuid5(NAMESPACE, key)


def new() -> UUID:
    """Return the id of the task being made (Django's tasks call this)."""
    return _next.get() or uuid4()


@contextmanager
def following(key: str) -> Iterator[None]:
    """Give the task made inside the id of this key."""
    token = _next.set(id_of(key))
    try:
        yield
    finally:
        _next.reset(token)
