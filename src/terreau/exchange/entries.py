# SPDX-License-Identifier: AGPL-3.0-or-later
"""The events of a cooperation as books tell them: a line, and where the statements count it."""

from __future__ import annotations

from collections.abc import Generator
from datetime import date
from itertools import islice
from typing import NamedTuple

from terreau.agreements.queries.counted import NOWHERE, Statements, Told
from terreau.ecosystems.models import Ecosystem
from terreau.ledger.lines import CHUNK, Line, lines


class Entry(NamedTuple):
    """One event of a book."""

    line: Line
    told: Told

    @property
    def of(self) -> str:
        """What was given: the kind of the statement that counts it, else what the ledger says."""
        return self.told.kind or self.line.specification


def entries(
    ecosystem: Ecosystem, since: date | None = None, until: date | None = None
) -> Generator[Entry, None, None]:
    """Yield the events of a cooperation in the order of their days, both bounds included.

    Read as they are asked for. A correction is counted where what it corrects is.
    """
    statements, told = Statements(ecosystem), lines(ecosystem.space, since, until)
    while chunk := list(islice(told, CHUNK)):
        told_of = statements.told({line.corrects_key or line.key for line in chunk})
        for line in chunk:
            yield Entry(line, told_of.get(line.corrects_key or line.key, NOWHERE))
