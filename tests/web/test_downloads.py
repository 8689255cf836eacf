# SPDX-License-Identifier: AGPL-3.0-or-later
"""The file that a list becomes: its name, its type, and no format but ours."""

from datetime import date

import pytest
from django.test import RequestFactory

from terreau.core import clock
from terreau.core.errors import Invalid
from terreau.documents.tables import CONTENT_TYPES, Format, Sheet
from terreau.web.downloads import attachment, download, exports_of

SHEET = Sheet("Liste", ["colonne"], [["valeur"]])


def asked(query: str):
    return RequestFactory().get(f"/liste/{query}")


@pytest.mark.parametrize("fmt", list(Format))
def test_each_format_has_its_type_and_its_extension(fmt, monkeypatch):
    monkeypatch.setattr(clock, "today", lambda: date(2026, 10, 24))

    answer = download(asked(f"?format={fmt}"), SHEET, "Qui s'en charge ?")

    assert answer["Content-Type"] == CONTENT_TYPES[fmt]
    assert answer["Content-Disposition"] == (
        f'attachment; filename="qui-sen-charge-2026-10-24.{fmt}"'
    )
    assert (answer["X-Content-Type-Options"], answer["Cache-Control"]) == (
        "nosniff",
        "private, no-store",
    )


def test_a_page_is_wanted_when_no_format_is():
    assert exports_of(asked(""), SHEET, "liste") is None


@pytest.mark.parametrize("query", ["?format=exe", "?format=../etc/passwd", "?format=CSV"])
def test_another_format_is_refused(query):
    with pytest.raises(Invalid, match="ODS, XLSX ou CSV"):
        exports_of(asked(query), SHEET, "liste")


@pytest.mark.parametrize("name", ['a"; x="', "a\r\nSet-Cookie: b=1", "../../etc/passwd", "é" * 500])
def test_a_hostile_name_makes_a_plain_file_name(name):
    header = attachment(b"", "text/plain", name, "txt")["Content-Disposition"]

    kept = header.removeprefix('attachment; filename="').removesuffix('"')
    assert len(kept) <= 100
    assert set(kept) <= set("abcdefghijklmnopqrstuvwxyz0123456789-._")


def test_a_name_without_letters_still_has_one():
    assert "terreau-" in attachment(b"", "text/plain", "???", "txt")["Content-Disposition"]
