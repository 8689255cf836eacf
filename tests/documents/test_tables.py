# SPDX-License-Identifier: AGPL-3.0-or-later
"""Lists as files: types kept, nothing ever a formula."""

import csv
import io
import time
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from odf.opendocument import load
from odf.table import Table, TableRow
from odf.teletype import extractText
from odf.text import P
from openpyxl import load_workbook

from terreau.documents import tables
from terreau.documents.characters import printable
from terreau.documents.tables import Sheet

OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
HOSTILE = [
    "=cmd|' /C calc'!A0",
    "+1+1",
    "-2+3",
    "@SUM(A1)",
    "\t=1",
    "  =1",
    "\u00a0=1",
    "＝1",
    "<b>gras</b>",
    "x" * 5000,
]


def sheet_of(*cells: tables.Cell) -> Sheet:
    return Sheet("Liste", ["colonne"], [[cell] for cell in cells])


def read_csv(content: bytes) -> list[list[str]]:
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))


def ods_cells(content: bytes) -> list[ElementTree.Element]:
    root = ElementTree.fromstring(zipfile.ZipFile(io.BytesIO(content)).read("content.xml"))
    return list(root.iter(f"{TABLE}table-cell"))[1:]  # the first is the header


def read_ods(content: bytes) -> list[list[str]]:
    """The rows of the first sheet as another library reads them."""
    table = load(io.BytesIO(content)).spreadsheet.getElementsByType(Table)[0]
    return [
        ["\n".join(map(extractText, cell.getElementsByType(P))) for cell in row.childNodes]
        for row in table.getElementsByType(TableRow)
    ]


def test_xlsx_keeps_numbers_and_dates():
    row = [12, Decimal("1234.5"), date(2026, 10, 24), "texte", True, None]

    content = tables.write("xlsx", [Sheet("Liste", list("abcdef"), [row])])

    stored = [cell.value for cell in list(load_workbook(io.BytesIO(content)).active)[1]]
    assert stored == [12, 1234.5, datetime(2026, 10, 24), "texte", "oui", None]  # noqa: DTZ001


def test_ods_keeps_numbers_and_dates():
    content = tables.write("ods", [sheet_of(Decimal("1234.5"), date(2026, 10, 24), "texte")])

    cells = ods_cells(content)
    assert [cell.get(f"{OFFICE}value-type") for cell in cells] == ["float", "date", "string"]
    assert cells[0].get(f"{OFFICE}value") == "1234.5"
    assert cells[1].get(f"{OFFICE}date-value") == "2026-10-24"


def test_csv_has_a_mark_semicolons_and_a_decimal_comma():
    content = tables.write(
        "csv", [Sheet("L", ["a", "b"], [[Decimal("1234.5"), date(2026, 10, 24)], [-3, "é;è"]])]
    )

    assert content == '\ufeffa;b\r\n1234,5;2026-10-24\r\n-3;"é;è"\r\n'.encode()


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_never_a_formula(text):
    ods = ods_cells(tables.write("ods", [sheet_of(text)]))[0]
    xlsx = load_workbook(io.BytesIO(tables.write("xlsx", [sheet_of(text)]))).active["A2"]
    plain = read_csv(tables.write("csv", [sheet_of(text)]))[1][0]

    assert (ods.get(f"{OFFICE}value-type"), ods.get(f"{TABLE}formula")) == ("string", None)
    assert (xlsx.data_type, xlsx.value) == ("s", text)
    assert not plain.lstrip(" \t\r\n\u00a0").startswith(tables.FORMULA_STARTS)
    assert plain.removeprefix("'") == text


@given(st.lists(st.text(max_size=40), min_size=1, max_size=6))
def test_any_text_comes_back_as_text(texts):
    kept = [printable(text).replace("\r\n", "\n") for text in texts]
    sheet = sheet_of(*texts)

    rows = read_csv(tables.write("csv", [sheet]))[1:]
    book = load_workbook(io.BytesIO(tables.write("xlsx", [sheet]))).active

    other = read_ods(tables.write("ods", [sheet]))
    assert other == [["colonne"], *([text.replace("\r", "\n")] for text in kept)]
    for text, row, number in zip(kept, rows, range(2, 99), strict=False):
        cell = book.cell(number, 1)
        assert cell.data_type in ("s", "n")  # an empty text is an empty cell
        assert row == [] or row[0].replace("\r\n", "\n") == tables.neutral(text)
        assert not (row and row[0].startswith(tables.FORMULA_STARTS))


def test_sheets_get_legal_and_distinct_names():
    title = "Contributions de l'année : 2025/2026 [toutes]"

    content = tables.write("xlsx", [Sheet(title, ["a"], []), Sheet(title, ["a"], [])])

    names = load_workbook(io.BytesIO(content)).sheetnames
    assert len(set(names)) == 2
    assert all(len(name) <= 31 and not set(name) & set("[]:*?/\\'") for name in names)


def test_an_unknown_format_is_refused():
    with pytest.raises(ValueError, match="exe"):
        tables.write("exe", [])


def test_a_moment_is_written_as_the_clocks_here_show_it():
    """23:30 in London on New Year's Eve is 00:30 in Paris, the year after."""
    list_ = [sheet_of(datetime(2025, 12, 31, 23, 30, tzinfo=UTC))]

    cells = ods_cells(tables.write("ods", list_))
    book = load_workbook(io.BytesIO(tables.write("xlsx", list_)))

    assert read_csv(tables.write("csv", list_))[1] == ["2026-01-01 00:30"]
    assert [cell.get(f"{OFFICE}date-value") for cell in cells] == ["2026-01-01T00:30:00"]
    assert book.active["A2"].value == datetime(2026, 1, 1, 0, 30)  # noqa: DTZ001


@pytest.mark.parametrize("text", ["  deux", "a  b   c", " ", "fin  ", "a" + " " * 31_000 + "b"])
def test_spaces_are_kept_in_ods_and_cost_no_more_than_letters(text):
    begun = time.process_time()

    content = tables.write("ods", [sheet_of(text)])

    assert time.process_time() - begun < 1  # it took seven seconds
    assert read_ods(content)[1] == [text]
