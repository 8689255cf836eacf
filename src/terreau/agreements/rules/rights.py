# SPDX-License-Identifier: AGPL-3.0-or-later
"""Who may write, accept, give, undo and confirm. Each takes a reach: no query here."""

from __future__ import annotations

from collections.abc import Collection

from terreau.agreements.enums import TO_ANSWER, ContributionState, VersionState
from terreau.agreements.models import (
    AgreementVersion,
    Commitment,
    Contribution,
    Discussion,
    Party,
)
from terreau.ecosystems.models import Ecosystem
from terreau.people.visibility import Reach


def can_take_part(reach: Reach, ecosystem: Ecosystem) -> bool:
    """Tell whether the reader belongs to the ecosystem, so may promise and give there."""
    return ecosystem.space_id in reach.roots


def can_write(reach: Reach, ecosystem: Ecosystem, party_ids: Collection[int]) -> bool:
    """Tell whether the reader may write a version: who speaks for a party, or keeps the keys."""
    return ecosystem.space_id in reach.stewarded or not reach.agents.isdisjoint(party_ids)


def can_answer(reach: Reach, party: Party) -> bool:
    """Tell whether the reader may accept or decline for this party."""
    return party.agent_id in reach.agents


def can_decline(reach: Reach, commitment: Commitment) -> bool:
    """Tell whether the reader may say « pas cette année » of this promise: who would hold it."""
    return commitment.provider_id in reach.agents


def can_still_decline(
    reach: Reach, version: AgreementVersion, commitment: Commitment, agreed: Collection[int]
) -> bool:
    """Tell whether « pas cette année » may be said or taken back now.

    ``agreed``: the parties that said yes already; under another's yes the text stays as it was.
    """
    still_open = version.state in (VersionState.DRAFT, VersionState.PROPOSED)
    return still_open and can_decline(reach, commitment) and set(agreed) <= {commitment.provider_id}


def can_review(reach: Reach, ecosystem: Ecosystem, commitment: Commitment) -> bool:
    """Tell whether the reader may look again at a promise: either side, or who keeps the keys."""
    sides = {commitment.provider_id, commitment.receiver_id}
    return ecosystem.space_id in reach.stewarded or not reach.agents.isdisjoint(sides)


def can_give(reach: Reach, giver_id: int) -> bool:
    """Tell whether the reader may record a contribution in the name of this agent."""
    return giver_id in reach.agents


def can_change(reach: Reach, contribution: Contribution) -> bool:
    """Tell whether the reader may undo or rectify: who speaks for the giver."""
    return contribution.author_id in reach.agents


def can_undo(reach: Reach, contribution: Contribution) -> bool:
    """Tell whether « Annuler » is still open: the other side never answered.

    An answer is for good: from « D'accord » or « En parler » on, no state leads back here.
    """
    return can_change(reach, contribution) and contribution.state == ContributionState.AWAITING


def can_rectify(reach: Reach, contribution: Contribution) -> bool:
    """Tell whether « Rectifier » is open: not while it is discussed, nor once undone."""
    closed = (ContributionState.DISCUSSED, ContributionState.UNDONE)
    return can_change(reach, contribution) and contribution.state not in closed


def speaks_for_receiver(reach: Reach, ecosystem: Ecosystem, receiver_id: int) -> bool:
    """Tell whether the reader answers for the receiver (for « nous tous »: who keeps the keys)."""
    if receiver_id == ecosystem.agent_id:
        return ecosystem.space_id in reach.stewarded
    return receiver_id in reach.agents


def has_a_side(reach: Reach, ecosystem: Ecosystem, contribution: Contribution) -> bool:
    """Tell whether the reader speaks for who gave or for who received."""
    gave = contribution.author_id in reach.agents
    return gave or speaks_for_receiver(reach, ecosystem, contribution.receiver_id)


def can_confirm(reach: Reach, ecosystem: Ecosystem, contribution: Contribution) -> bool:
    """Tell whether the reader may say « D'accord »: the receiving side, not who typed it.

    To a first value, or to the rectification of one that was agreed.
    """
    return (
        contribution.state in TO_ANSWER
        and contribution.recorded_by_id != reach.person
        and speaks_for_receiver(reach, ecosystem, contribution.receiver_id)
    )


def discussion_sides(reach: Reach, ecosystem: Ecosystem, discussion: Discussion) -> frozenset[str]:
    """Return as whom the reader takes part: giver, receiver, third (none: not a participant)."""
    contribution = discussion.contribution
    sides = set()
    if contribution.author_id in reach.agents:
        sides.add("giver")
    if speaks_for_receiver(reach, ecosystem, contribution.receiver_id):
        sides.add("receiver")
    if discussion.third_id in reach.agents:
        sides.add("third")
    return frozenset(sides)


def proposing_side(reach: Reach, ecosystem: Ecosystem, discussion: Discussion) -> str:
    """Return as whom the reader may propose how it ends: giver or receiver, or nothing."""
    sides = discussion_sides(reach, ecosystem, discussion)
    return "receiver" if "receiver" in sides else "giver" if "giver" in sides else ""


def may_agree_end(reach: Reach, ecosystem: Ecosystem, discussion: Discussion) -> bool:
    """Tell whether the reader may accept the proposed end: the other of the two sides."""
    if discussion.proposed_quantity is None or discussion.closed_on is not None:
        return False
    sides = discussion_sides(reach, ecosystem, discussion) & {"giver", "receiver"}
    other = bool(sides - {discussion.proposed_side})
    return other and discussion.proposed_by_id != reach.person


def is_in_circle(reach: Reach, ecosystem: Ecosystem) -> bool:
    """Tell whether the reader belongs to the first circle."""
    return ecosystem.circle_id in reach.spaces


def keeps_keys(reach: Reach, ecosystem: Ecosystem) -> bool:
    """Tell whether the reader notes what the group decided."""
    return ecosystem.space_id in reach.stewarded
