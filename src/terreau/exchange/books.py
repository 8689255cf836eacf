# SPDX-License-Identifier: AGPL-3.0-or-later
"""A ledger as a file for other tools: a journal, a table, or columns for analysis."""

from __future__ import annotations

import csv
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from pathlib import Path

from terreau.core.durable import settle, settle_folder
from terreau.core.errors import Refusal
from terreau.core.quantities import to_decimal
from terreau.documents import tables
from terreau.exchange import journals
from terreau.ledger.lines import Line

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
    """A column of the table: its name, its type for analysis, what a line puts there."""

    name: str
    kind: str
    of: Callable[[Line], tables.Cell]


def _decimal(micro: int | None) -> tables.Cell:
    return None if micro is None else to_decimal(micro)


COLUMNS = (
    Column("id", "BIGINT", lambda line: line.id),
    Column("key", "UUID", lambda line: str(line.key)),
    Column("happened_on", "DATE", lambda line: line.happened_on),
    Column("recorded_at", "TIMESTAMPTZ", lambda line: line.recorded_at),
    Column("action", "VARCHAR", lambda line: line.action),
    Column("provider_id", "BIGINT", lambda line: line.provider.id),
    Column("provider", "VARCHAR", lambda line: line.provider.name),
    Column("receiver_id", "BIGINT", lambda line: line.receiver.id),
    Column("receiver", "VARCHAR", lambda line: line.receiver.name),
    Column("specification", "VARCHAR", lambda line: line.specification),
    Column("quantity", "DECIMAL(19,6)", lambda line: _decimal(line.quantity)),
    Column("unit", "VARCHAR", lambda line: line.unit),
    Column("effort", "DECIMAL(19,6)", lambda line: _decimal(line.effort)),
    Column("effort_unit", "VARCHAR", lambda line: line.effort_unit),
    Column("resource", "VARCHAR", lambda line: line.resource),
    Column("to_resource", "VARCHAR", lambda line: line.to_resource),
    Column("input_of", "VARCHAR", lambda line: line.input_of),
    Column("output_of", "VARCHAR", lambda line: line.output_of),
    Column("place", "VARCHAR", lambda line: line.place),
    Column("state", "VARCHAR", lambda line: line.state),
    Column("corrects", "BIGINT", lambda line: line.corrects),
)
HEADERS = tuple(column.name for column in COLUMNS)


def write(lines: Iterable[Line], book: Book, file: Path) -> None:
    """Write these lines to a file, which appears whole or not at all.

    Raises Refusal when the file is there already, or when the format does not hold so much.
    """
    if file.exists():
        raise Refusal(f"{file} exists already: choose another name.")
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
    os.close(handle)
    draft = Path(name)
    try:
        WRITERS[book](lines, draft)
        with draft.open("rb+") as written:
            settle(written)
        draft.rename(file)
        settle_folder(file.parent)
    finally:
        draft.unlink(missing_ok=True)


def _journal(said: Callable[[Iterable[Line]], Iterator[str]]) -> Callable[..., None]:
    def write_journal(lines: Iterable[Line], file: Path) -> None:
        with file.open("w", encoding="utf-8", newline="\n") as out:
            out.writelines(f"{one}\n" for one in said(lines))

    return write_journal


def _cells(lines: Iterable[Line]) -> Iterator[list[tables.Cell]]:
    return ([column.of(line) for column in COLUMNS] for line in lines)


def _csv(lines: Iterable[Line], file: Path) -> None:
    with file.open("wb") as out:
        out.write(tables.BYTE_ORDER_MARK)
        out.writelines(tables.csv_lines(HEADERS, _cells(lines)))


def _ods(lines: Iterable[Line], file: Path) -> None:
    rows = list(islice(_cells(lines), SHEET_MAX + 1))
    if len(rows) > SHEET_MAX:
        raise Refusal(
            f"More than {SHEET_MAX} events do not go into one sheet: choose a period with --since "
            "and --until, or the formats csv or parquet."
        )
    file.write_bytes(tables.write("ods", [tables.Sheet("Registre", HEADERS, rows)]))


def _parquet(lines: Iterable[Line], file: Path) -> None:
    try:
        import duckdb  # noqa: PLC0415  (only for who analyses)
    except ImportError:
        raise Refusal("Parquet files need DuckDB: pip install duckdb.") from None
    with tempfile.NamedTemporaryFile(
        "w", dir=file.parent, suffix=".csv", encoding="utf-8", newline=""
    ) as flat:
        csv.writer(flat).writerows(_cells(lines))
        flat.flush()
        with duckdb.connect() as engine:
            engine.execute(_copying(file), {"source": flat.name})


def _copying(file: Path) -> str:
    types = ", ".join(f"'{column.name}': '{column.kind}'" for column in COLUMNS)
    words = ", ".join(f"'{column.name}'" for column in COLUMNS if column.kind == "VARCHAR")
    there = str(file).replace("'", "''")
    return (
        f"COPY (FROM read_csv($source, header = false, columns = {{{types}}}, "  # noqa: S608
        f"force_not_null = [{words}])) TO '{there}' (FORMAT parquet, COMPRESSION zstd)"
    )


WRITERS: dict[Book, Callable[[Iterable[Line], Path], None]] = {
    Book.HLEDGER: _journal(journals.hledger),
    Book.BEANCOUNT: _journal(journals.beancount),
    Book.CSV: _csv,
    Book.ODS: _ods,
    Book.PARQUET: _parquet,
}
