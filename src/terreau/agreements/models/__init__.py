# SPDX-License-Identifier: AGPL-3.0-or-later
"""Promises, contributions and their totals, a file a subject."""

from terreau.agreements.models.agreement import (
    Agreement,
    AgreementVersion,
    Commitment,
    Party,
    Posting,
    Review,
)
from terreau.agreements.models.contribution import (
    Contribution,
    ContributionChange,
    Discussion,
    DiscussionNote,
)
from terreau.agreements.models.sharing import Sharing, SharingRule
from terreau.agreements.models.statement import Landmark, Tally
from terreau.agreements.models.valuation import Valuation, ValuationPrice

__all__ = [
    "Agreement",
    "AgreementVersion",
    "Commitment",
    "Contribution",
    "ContributionChange",
    "Discussion",
    "DiscussionNote",
    "Landmark",
    "Party",
    "Posting",
    "Review",
    "Sharing",
    "SharingRule",
    "Tally",
    "Valuation",
    "ValuationPrice",
]
