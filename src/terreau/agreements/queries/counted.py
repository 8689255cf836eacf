# SPDX-License-Identifier: AGPL-3.0-or-later
"""Where the statements count the events of a ledger, for books that must tell the same figures."""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum
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


class Statements:
    """Tells where the statements of one cooperation count an event; corrections go with theirs."""

    def __init__(self, ecosystem: Ecosystem) -> None:
        self.contributions = Contribution.objects.filter(ecosystem=ecosystem)
        changes = ContributionChange.objects.filter(contribution__ecosystem=ecosystem)
        rows = changes.values_list("key", "contribution__refund").iterator()
        self.rectified = {rectified_key(key): _as(refund) for key, refund in rows}

    def counted(self, keys: Collection[UUID]) -> dict[UUID, Counted]:
        """Return where events are counted, by their keys (one query); those beside are left out."""
        rows = self.contributions.filter(key__in=keys).values_list("key", "refund")
        first = {key: _as(refund) for key, refund in rows}
        return first | {key: self.rectified[key] for key in keys if key in self.rectified}


def _as(refund: bool) -> Counted:
    return Counted.REFUND if refund else Counted.GIVEN
