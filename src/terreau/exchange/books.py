# SPDX-License-Identifier: AGPL-3.0-or-later
"""A ledger as a file for other tools: a journal, a table, or columns for analysis."""

from __future__ import annotations

import csv
import errno
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from pathlib import Path

from terreau.core.durable import whole, whole_or_out
from terreau.core.errors import Refusal
from terreau.core.quantities import to_decimal
from terreau.documents import tables
from terreau.exchange import journals
from terreau.exchange.entries import Entry

Stream = Callable[[Iterable[Entry]], Iterator[str]]
SHEET_MAX = 200_000  # what a spreadsheet opens, and a small machine holds


class Book(StrEnum):
    """What a ledger may be written as."""

    HLEDGER = "hledger"
    BEANCOUNT = "beancount"
    CSV = "csv"
    ODS = "ods"
    PARQUET = "parquet"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the table: its name, its type for analysis, what an event puts there."""

    name: str
    kind: str
    of: Callable[[Entry], tables.Cell]


def _decimal(micro: int | None) -> tables.Cell:
    return None if micro is None else to_decimal(micro)


COLUMNS = (
    Column("id", "BIGINT", lambda one: one.line.id),
    Column("key", "UUID", lambda one: str(one.line.key)),
    Column("happened_on", "DATE", lambda one: one.line.happened_on),
    Column("recorded_at", "TIMESTAMPTZ", lambda one: one.line.recorded_at),
    Column("action", "VARCHAR", lambda one: one.line.action),
    Column("provider_id", "BIGINT", lambda one: one.line.provider.id),
    Column("provider", "VARCHAR", lambda one: one.line.provider.name),
    Column("receiver_id", "BIGINT", lambda one: one.line.receiver.id),
    Column("receiver", "VARCHAR", lambda one: one.line.receiver.name),
    Column("specification", "VARCHAR", lambda one: one.line.specification),
    Column("quantity", "DECIMAL(19,6)", lambda one: _decimal(one.line.quantity)),
    Column("unit", "VARCHAR", lambda one: one.line.unit),
    Column("effort", "DECIMAL(19,6)", lambda one: _decimal(one.line.effort)),
    Column("effort_unit", "VARCHAR", lambda one: one.line.effort_unit),
    Column("resource", "VARCHAR", lambda one: one.line.resource),
    Column("to_resource", "VARCHAR", lambda one: one.line.to_resource),
    Column("input_of", "VARCHAR", lambda one: one.line.input_of),
    Column("output_of", "VARCHAR", lambda one: one.line.output_of),
    Column("place", "VARCHAR", lambda one: one.line.place),
    Column("state", "VARCHAR", lambda one: one.line.state),
    Column("corrects", "BIGINT", lambda one: one.line.corrects),
    Column("statement", "VARCHAR", lambda one: one.told.counted.value),
    Column("kind", "VARCHAR", lambda one: one.of),
)
HEADERS = tuple(column.name for column in COLUMNS)


def write(entries: Iterable[Entry], book: Book, file: Path) -> None:
    """Write these events to a file, which appears whole or not at all; its owner alone reads it.

    What is one stream of text may go to standard output (``-``). Raises Refusal when the file is
    there already, when it cannot be written, or when the format does not hold so much.
    """
    if book in STREAMS:
        with whole_or_out(file) as out:
            out.writelines(STREAMS[book](entries))
    else:
        with whole(file) as draft:
            WRITERS[book](entries, draft)


def _journal(said: Callable[[Iterable[Entry]], Iterator[str]]) -> Stream:
    return lambda entries: (f"{one}\n" for one in said(entries))


def _cells(entries: Iterable[Entry]) -> Iterator[list[tables.Cell]]:
    return ([column.of(entry) for column in COLUMNS] for entry in entries)


def _csv(entries: Iterable[Entry]) -> Iterator[str]:
    yield tables.BYTE_ORDER_MARK.decode()
    for line in tables.csv_lines(HEADERS, _cells(entries)):
        yield line.decode()


def _ods(entries: Iterable[Entry], file: Path) -> None:
    rows = list(islice(_cells(entries), SHEET_MAX + 1))
    if len(rows) > SHEET_MAX:
        raise Refusal(
            f"More than {SHEET_MAX} events do not go into one sheet: choose a period with --since "
            "and --until, or the formats csv or parquet."
        )
    file.write_bytes(tables.write("ods", [tables.Sheet("Registre", HEADERS, rows)]))


def _parquet(entries: Iterable[Entry], file: Path) -> None:
    try:
        import duckdb  # noqa: PLC0415  (only for who analyses)
    except ImportError:
        raise Refusal("Parquet files need DuckDB: pip install duckdb.") from None
    flat = file.with_suffix(".csv")
    with flat.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows(_cells(entries))
    try:
        with duckdb.connect() as engine:
            engine.execute(_copying(file), {"source": str(flat)})
    except duckdb.IOException as error:  # its way to say that the disk is full
        full = errno.ENOSPC if "No space left" in str(error) else None
        raise OSError(full, str(error)) from error


def _copying(file: Path) -> str:
    types = ", ".join(f"'{column.name}': '{column.kind}'" for column in COLUMNS)
    words = ", ".join(f"'{column.name}'" for column in COLUMNS if column.kind == "VARCHAR")
    there = str(file).replace("'", "''")
    # Nothing is guessed from what happens to stand in the first rows.
    return (
        f"COPY (FROM read_csv($source, header = false, columns = {{{types}}}, "  # noqa: S608
        "auto_detect = false, delim = ',', quote = '\"', escape = '\"', new_line = '\\r\\n', "
        f"force_not_null = [{words}])) TO '{there}' (FORMAT parquet, COMPRESSION zstd)"
    )


STREAMS: dict[Book, Stream] = {
    Book.HLEDGER: _journal(journals.hledger),
    Book.BEANCOUNT: _journal(journals.beancount),
    Book.CSV: _csv,
}
WRITERS: dict[Book, Callable[[Iterable[Entry], Path], None]] = {
    Book.ODS: _ods,
    Book.PARQUET: _parquet,
}
