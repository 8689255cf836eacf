# SPDX-License-Identifier: AGPL-3.0-or-later
"""Lists as spreadsheets: ODS, XLSX and CSV. What somebody typed never becomes a formula.

Numbers stay numbers and dates stay dates, so that a list can be worked on at once. Text is written
as text: in ODS and XLSX the type of the cell says so; CSV has no types, so what a spreadsheet could
take for a formula gets an apostrophe in front.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, TypeAlias

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

from terreau.core import clock
from terreau.documents import ods
from terreau.documents.characters import printable

Cell: TypeAlias = str | int | float | Decimal | date | datetime | bool | None

FORMULA_STARTS = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
CELL_LIMIT = 32_000  # a spreadsheet cell holds 32,767 characters
NOT_IN_TITLE = re.compile(r"[\[\]:*?/\\'\n\r\t]")
CUT = " […]"
BYTE_ORDER_MARK = "\ufeff".encode()  # Excel reads UTF-8 only after this mark


class Format(StrEnum):
    """The formats of a list."""

    ODS = "ods"
    XLSX = "xlsx"
    CSV = "csv"


CONTENT_TYPES = {
    Format.ODS: "application/vnd.oasis.opendocument.spreadsheet",
    Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Format.CSV: "text/csv; charset=utf-8",
}


@dataclass(frozen=True, slots=True)
class Sheet:
    """One list: a title, the names of the columns, the rows (each as long as ``headers``)."""

    title: str
    headers: Sequence[str]
    rows: Sequence[Sequence[Cell]]


def write(fmt: str, sheets: Sequence[Sheet]) -> bytes:
    """Return one file of these lists. ``fmt`` is ods, xlsx or csv; raises ValueError otherwise.

    A CSV file holds one table: several lists follow each other there, each under its title.
    """
    writers = {Format.ODS: _ods, Format.XLSX: _xlsx, Format.CSV: _csv}
    return writers[Format(fmt)](sheets)


def neutral(text: str) -> str:
    """Return the text with an apostrophe in front where a spreadsheet could run it."""
    bare = text.lstrip(" \t\r\n\u00a0\u202f\ufeff")
    risky = bare.startswith(FORMULA_STARTS) or text.startswith(("\t", "\r", "\n"))
    return f"'{text}" if risky else text


def _plain(text: str) -> str:
    clean = printable(text)
    return clean if len(clean) <= CELL_LIMIT else clean[: CELL_LIMIT - len(CUT)] + CUT


def _titles(sheets: Sequence[Sheet]) -> list[str]:
    """Return one legal and distinct name for each sheet (31 characters at most)."""
    found: list[str] = []
    for sheet in sheets:
        base = NOT_IN_TITLE.sub(" ", _plain(sheet.title)).strip()[:31] or "Liste"
        name, number = base, 2
        while name.lower() in {other.lower() for other in found}:
            name, number = f"{base[:27]} {number}", number + 1
        found.append(name)
    return found


# CSV


def _csv(sheets: Sequence[Sheet]) -> bytes:
    parts = [BYTE_ORDER_MARK]
    for number, sheet in enumerate(sheets):
        if number:
            parts.append(b"\r\n")
        if len(sheets) > 1:
            parts.append(_csv_line([sheet.title]))
        parts.extend(csv_lines(sheet.headers, sheet.rows))
    return b"".join(parts)


def csv_lines(headers: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[bytes]:
    """Yield the lines of one list as CSV, without the mark that opens a file.

    For a list too long to hold at once: write ``BYTE_ORDER_MARK`` first, then the lines.
    """
    yield _csv_line(headers)
    for row in rows:
        yield _csv_line(row)


def _csv_line(row: Sequence[Cell]) -> bytes:
    out = io.StringIO()
    csv.writer(out, delimiter=";", lineterminator="\r\n").writerow(
        [_csv_text(cell) for cell in row]
    )
    return out.getvalue().encode()


def _csv_text(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return _yes_no(cell)
    if isinstance(cell, (int, float, Decimal)):
        return format(cell, "f" if isinstance(cell, Decimal) else "").replace(".", ",")
    if isinstance(cell, datetime):
        return _on_the_clock(cell).isoformat(sep=" ", timespec="minutes")
    if isinstance(cell, date):
        return cell.isoformat()
    return neutral(_plain(cell))


def _on_the_clock(moment: datetime) -> datetime:
    """Return a moment as the clocks of the instance show it: a spreadsheet knows no time zone."""
    return moment if moment.tzinfo is None else clock.local(moment).replace(tzinfo=None)


def _yes_no(value: bool) -> str:
    return "oui" if value else "non"


# XLSX


def _xlsx(sheets: Sequence[Sheet]) -> bytes:
    book = Workbook(write_only=True)
    for title, sheet in zip(_titles(sheets), sheets, strict=True):
        _fill_xlsx(book.create_sheet(title), sheet)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _fill_xlsx(page: Any, sheet: Sheet) -> None:
    for number, width in enumerate(_widths(sheet)):
        page.column_dimensions[_letter(number)].width = width
    page.freeze_panes = "A2"
    page.append([_xlsx_header(page, header) for header in sheet.headers])
    for row in sheet.rows:
        page.append([_xlsx_cell(page, cell) for cell in row])


def _xlsx_header(page: Any, text: str) -> Any:
    cell = _xlsx_cell(page, text)
    cell.font = Font(bold=True)
    return cell


def _xlsx_cell(page: Any, value: Cell) -> Any:
    if isinstance(value, bool):
        value = _yes_no(value)
    if isinstance(value, datetime):
        value = _on_the_clock(value)
    if not isinstance(value, str):
        cell: Any = WriteOnlyCell(page, value=value)  # type: ignore[arg-type]
        if isinstance(value, date):
            with_time = isinstance(value, datetime)
            cell.number_format = "dd/mm/yyyy hh:mm" if with_time else "dd/mm/yyyy"
        return cell
    text = _plain(value)
    cell = WriteOnlyCell(page, value=text or None)
    if not text:
        return cell
    cell.data_type = "s"  # openpyxl would make a formula of « =… »
    if neutral(text) != text:
        cell.quotePrefix = True  # and it stays text when somebody edits the cell
    return cell


def _letter(number: int) -> str:
    name = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        name = chr(65 + rest) + name
    return name


def _widths(sheet: Sheet) -> list[int]:
    """Return a width in characters for each column: enough for the first rows, 60 at most."""
    widths = [len(header) for header in sheet.headers]
    for row in sheet.rows[:50]:
        for number, cell in enumerate(row[: len(widths)]):
            size = 11 if isinstance(cell, date) else len(str(cell or ""))
            widths[number] = max(widths[number], size)
    return [min(60, max(8, width + 2)) for width in widths]


# ODS


def _ods(sheets: Sequence[Sheet]) -> bytes:
    found = [
        (title, sheet.headers, map(_ods_row, sheet.rows), _widths(sheet))
        for title, sheet in zip(_titles(sheets), sheets, strict=True)
    ]
    return ods.write(sheets[0].title if sheets else "Liste", found)


def _ods_row(row: Sequence[Cell]) -> list[ods.Value]:
    return [_ods_value(cell) for cell in row]


def _ods_value(cell: Cell) -> ods.Value:
    if isinstance(cell, bool):
        return _yes_no(cell)
    if isinstance(cell, datetime):
        return _on_the_clock(cell)
    return _plain(cell) if isinstance(cell, str) else cell


__all__ = [
    "BYTE_ORDER_MARK",
    "CONTENT_TYPES",
    "Cell",
    "Format",
    "Sheet",
    "csv_lines",
    "neutral",
    "write",
]
