# SPDX-License-Identifier: AGPL-3.0-or-later
"""Where the statements count the events of a ledger, for books that must tell the same figures."""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from terreau.agreements.models import Contribution, ContributionChange
from terreau.agreements.models.contribution import rectified_key
from terreau.ecosystems.models import Ecosystem


class Counted(StrEnum):
    """What an event is on a statement: given, expenses paid back, or nothing that was told there.

    Beside it stand the moves of stocks, the work of activities and what was imported.
    """

    GIVEN = "given"
    REFUND = "refund"
    BESIDE = "beside"


class Told(NamedTuple):
    """Where an event is counted, and under which of the ten kinds (none beside the statements)."""

    counted: Counted
    kind: str


NOWHERE = Told(Counted.BESIDE, "")


class Statements:
    """Tells where the statements of one cooperation count an event; corrections go with theirs."""

    def __init__(self, ecosystem: Ecosystem) -> None:
        self.contributions = Contribution.objects.filter(ecosystem=ecosystem)
        changes = ContributionChange.objects.filter(contribution__ecosystem=ecosystem)
        rows = changes.values_list("key", "contribution__refund", "contribution__kind").iterator()
        self.rectified = {rectified_key(key): _told(refund, kind) for key, refund, kind in rows}

    def told(self, keys: Collection[UUID]) -> dict[UUID, Told]:
        """Return where events are counted, by their keys (one query); those beside are left out."""
        rows = self.contributions.filter(key__in=keys).values_list("key", "refund", "kind")
        first = {key: _told(refund, kind) for key, refund, kind in rows}
        return first | {key: self.rectified[key] for key in keys if key in self.rectified}


def _told(refund: bool, kind: str) -> Told:
    return Told(Counted.REFUND if refund else Counted.GIVEN, kind)
