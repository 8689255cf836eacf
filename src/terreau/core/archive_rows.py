# SPDX-License-Identifier: AGPL-3.0-or-later
"""Rows of any model as lines of JSON, the same whatever the database, and back."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from itertools import islice
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import connections, router
from django.db.models import BinaryField, DurationField, Field, JSONField, Model

LEFT_OUT = frozenset({"sessions.session"})
READ_AT_ONCE = 2000
MODULUS = 1 << 256


@dataclass
class Rows:
    """How many rows a table has, and their fingerprint, which does not depend on their order.

    (Two databases do not sort texts alike.)
    """

    table: str
    count: int = 0
    digest: str = "0"

    def add(self, line: bytes) -> None:
        """Count one line in."""
        self.count += 1
        total = int(self.digest, 16) + int.from_bytes(hashlib.sha256(line).digest(), "big")
        self.digest = f"{total % MODULUS:x}"


def models() -> list[type[Model]]:
    """Return every model with a table of its own, many-to-many tables included."""
    return [
        model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy and model._meta.label_lower not in LEFT_OUT
    ]


def home_of(model: type[Model]) -> str:
    """Return the alias of the database that holds a model."""
    return router.db_for_write(model)


def columns(model: type[Model]) -> list[Field[Any, Any]]:
    """Return the fields of a model's own table."""
    return [field for field in model._meta.local_concrete_fields if not field.generated]


def lines(model: type[Model], alias: str) -> Iterator[bytes]:
    """Yield the rows of a table, a line each, in the order of the primary key."""
    fields = columns(model)
    encoders = [_encoder(field) for field in fields]
    rows = model._base_manager.using(alias).order_by("pk")
    names = [field.attname for field in fields]
    for row in rows.values_list(*names).iterator(chunk_size=READ_AT_ONCE):
        cells = [
            None if value is None else encode(value)
            for encode, value in zip(encoders, row, strict=True)
        ]
        text = json.dumps(cells, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        yield text.encode() + b"\n"


def insert(model: type[Model], alias: str, source: Iterable[bytes]) -> None:
    """Write rows back exactly as they were: no default, no automatic date."""
    fields = columns(model)
    decoders = [_decoder(field) for field in fields]
    size = max(connections[alias].ops.bulk_batch_size(fields, range(READ_AT_ONCE)), 1)
    stream = iter(source)
    manager: Any = model._base_manager.using(alias)
    while batch := list(islice(stream, size)):
        rows = [_row(model, fields, decoders, json.loads(line)) for line in batch]
        manager._insert(rows, fields=fields, using=alias, raw=True)


def empty(model: type[Model], alias: str) -> None:
    """Delete what a migration planted (never what people wrote: the instance is empty)."""
    model._base_manager.using(alias)._raw_delete(alias)


def _row(
    model: type[Model],
    fields: list[Field[Any, Any]],
    decoders: list[Callable[[Any], Any]],
    cells: list[Any],
) -> Model:
    values = zip(fields, decoders, cells, strict=True)
    return model(
        **{field.attname: None if cell is None else decode(cell) for field, decode, cell in values}
    )


def _encoder(field: Field[Any, Any]) -> Callable[[Any], Any]:
    return _as_it_is if isinstance(field, JSONField) else encode


def _decoder(field: Field[Any, Any]) -> Callable[[Any], Any]:
    if isinstance(field, JSONField):
        return _as_it_is
    if isinstance(field, BinaryField):
        return base64.b64decode
    if isinstance(field, DurationField):
        return lambda cell: timedelta(microseconds=cell)
    target = getattr(field, "target_field", field)  # a foreign key holds its target's value
    return target.to_python


def _as_it_is(value: Any) -> Any:
    return value


def encode(value: Any) -> Any:
    """Return a value as JSON holds it; times in UTC, bytes in base 64, durations in µs."""
    if isinstance(value, bool | int | str):
        return value
    if isinstance(value, datetime):
        return (value.astimezone(UTC) if value.tzinfo else value).isoformat()
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value // timedelta(microseconds=1)
    if isinstance(value, UUID | Decimal):
        return str(value)
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(bytes(value)).decode()
    raise TypeError(f"no way to archive a {type(value).__name__}")
