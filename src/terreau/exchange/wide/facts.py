# SPDX-License-Identifier: AGPL-3.0-or-later
"""Writes ledgers as columns: numbers and codes alone, no name and no word of a person."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from terreau.agreements.queries import carried
from terreau.core.quantities import MICRO
from terreau.ecosystems.models import Ecosystem
from terreau.exchange.wide.columns import COLUMNS, microseconds
from terreau.ledger.moved import Shifts
from terreau.ledger.whole import Told, commitments, events

ROWS = 100_000  # in a group of the file, and in memory
Cells = tuple[Any, ...]


def write(folder: Path, ecosystems: Iterable[Ecosystem]) -> None:
    """Write the three files of these ecosystems' ledgers into a folder that exists."""
    with ExitStack() as open_files:
        files = {
            name: open_files.enter_context(_File(folder / f"{name}.parquet", columns))
            for name, columns in COLUMNS.items()
        }
        for ecosystem in ecosystems:
            for name, row in _rows(ecosystem):
                files[name].add(row)


class _File:
    """A Parquet file, written a group of rows at a time."""

    def __init__(self, file: Path, columns: Sequence[str]) -> None:
        told = (column.split(":") for column in columns)
        self.schema = pa.schema([(name, getattr(pa, kind)()) for name, kind in told])
        self.writer = pq.ParquetWriter(file, self.schema, compression="zstd")
        self.rows: list[Cells] = []

    def __enter__(self) -> _File:
        return self

    def add(self, row: Cells) -> None:
        self.rows.append(row)
        if len(self.rows) == ROWS:
            self._flush()

    def _flush(self) -> None:
        cells = zip(*self.rows, strict=True) if self.rows else ([] for _ in self.schema)
        self.writer.write_table(pa.table(list(map(list, cells)), schema=self.schema))
        self.rows.clear()

    def __exit__(self, *_: object) -> None:
        self._flush()
        self.writer.close()


def _rows(ecosystem: Ecosystem) -> Iterator[tuple[str, Cells]]:
    """Yield the rows of a ledger with the file that each goes into, in the order of recording."""
    ledger = ecosystem.space_id
    shifts = Shifts(ledger)
    agreements = {line: str(one.agreement) for line, one in carried.clauses(ecosystem).items()}
    promises = {one.pk: (one.measure, one.unit) for one in commitments(ledger)}
    for chunk in events(ledger):
        for told in chunk:
            event = told.event
            when = (told.id, ecosystem.slug, *_moment(told), event.action)
            around = (event.provider, event.receiver, event.input_of, event.output_of)
            for measure, micro, unit in event.measured():
                about = (event.specification, measure, unit)
                yield "flows", (*when, *about, *around, *divmod(micro, MICRO))
            for shift in shifts.of(told.id, event):
                moved = (shift.specification, shift.measure, shift.unit, shift.resource, shift.side)
                yield "moves", (*when, *moved, *divmod(shift.micro, MICRO))
            for link in event.links:
                measured, agreement = promises[link.promise], agreements.get(link.promise, "")
                kept = (event.specification, *measured, link.promise, agreement)
                yield "kept", (*when, *kept, *divmod(link.quantity, MICRO))


def _moment(told: Told) -> tuple[str, int]:
    return told.happened_on.isoformat(), microseconds(told.recorded_at)
