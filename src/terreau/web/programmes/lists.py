# SPDX-License-Identifier: AGPL-3.0-or-later
"""What cooperations show outside, as a list to take away."""

from __future__ import annotations

from collections.abc import Iterable

from terreau.documents.tables import Cell, Sheet
from terreau.overview.shown import Shown

HEADERS = ("Coopération", "Quoi", "Ce qui est dit", "Au nom de", "Écrit le", "Qui peut lire")


def sheet_of(shown: Iterable[Shown]) -> Sheet:
    """Return one line a record, by cooperation and kind."""
    rows: list[list[Cell]] = [
        [one.ecosystem.name, label, told.text, told.author, told.on, told.level]
        for one in shown
        for label, records in one.told.items()
        for told in records
    ]
    return Sheet("Ce qui nous est montré", HEADERS, rows)
