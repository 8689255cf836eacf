# SPDX-License-Identifier: AGPL-3.0-or-later
"""The ledger's tables. What happened is never changed; what follows from it is kept beside.

*Facts* (Event, EventLink, Commitment, CommitmentEnd, Claim, ClaimEnd, Settlement, Satisfaction,
Specification, ProcessSpecification, BatchLotRecord, Seal): written once, the database refuses any
change (see ``apps.FACTS``). Plan, Process, Place and Resource keep what they were opened with; only
names may be edited. *Wishes* (Intent, Proposal, ProposalList) are private records that may change;
what an Intent asks is a fact from its first Satisfaction on. *Kept* (Resource's figures,
CommitmentState, ClaimState, Correction, Balance): derived from the facts by the engine, in the same
transaction; ``terreau verify`` derives them again and compares. Recipes are
neither: what people know of how things are made. Quantities are millionths of their unit in 64
bits. Indexes are listed one by one: a key has none of its own unless something reads by
it.
"""

from terreau.ledger.models.claims import Claim, ClaimEnd, ClaimState, Settlement
from terreau.ledger.models.happenings import Correction, Event, EventLink
from terreau.ledger.models.kept import Balance, Seal
from terreau.ledger.models.lots import BatchLotRecord
from terreau.ledger.models.plans import Plan
from terreau.ledger.models.promises import Commitment, CommitmentEnd, CommitmentState
from terreau.ledger.models.recipes import Recipe, RecipeFlow, RecipeProcess
from terreau.ledger.models.things import (
    Place,
    Process,
    ProcessSpecification,
    Resource,
    Specification,
)
from terreau.ledger.models.wishes import (
    Intent,
    Proposal,
    ProposalList,
    Publication,
    Satisfaction,
)

__all__ = [
    "Balance",
    "BatchLotRecord",
    "Claim",
    "ClaimEnd",
    "ClaimState",
    "Commitment",
    "CommitmentEnd",
    "CommitmentState",
    "Correction",
    "Event",
    "EventLink",
    "Intent",
    "Place",
    "Plan",
    "Process",
    "ProcessSpecification",
    "Proposal",
    "ProposalList",
    "Publication",
    "Recipe",
    "RecipeFlow",
    "RecipeProcess",
    "Resource",
    "Satisfaction",
    "Seal",
    "Settlement",
    "Specification",
]
