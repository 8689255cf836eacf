# SPDX-License-Identifier: AGPL-3.0-or-later
"""Who may say, read and change wishes and proposals, and where these stand."""

from __future__ import annotations

from typing import Any, TypeVar

from terreau.core.errors import Invalid, NotAllowed, NotFound
from terreau.ledger.models import Intent, Place, Proposal, ProposalList
from terreau.ledger.wishes import queries, rules
from terreau.people.models import Space, User
from terreau.people.rules import can_enter
from terreau.people.visibility import reach_of

R = TypeVar("R", Intent, Proposal, ProposalList)


def ledger_of(space: Space) -> int:
    """Return the ledger of an audience."""
    return space.root_id or space.pk


def may_say(by: User, space: Space, side: int | None) -> None:
    """Raise NotAllowed for who is not of this audience, or does not speak for this side."""
    if not can_enter(by, space):
        raise NotAllowed("Seules les personnes de cette coopération peuvent y noter quelque chose.")
    if side not in reach_of(by).agents:
        raise NotAllowed("Vous ne pouvez pas le dire au nom de cette organisation.")


def readable(by: User, model: type[R], pk: int) -> R:
    """Return what this person reads. Raises NotFound."""
    found: R | None = (
        queries.readable_records(by, model).filter(pk=pk).select_related("space").first()
    )
    if found is None or not can_enter(by, found.space):
        raise NotFound("Nous ne trouvons pas cela ici, ou vous ne pouvez plus le lire.")
    return found


def changeable(by: User, model: type[R], pk: int) -> R:
    """Return what this person may change. Raises NotFound, NotAllowed."""
    found = readable(by, model, pk)
    if not rules.can_change(by, found):
        raise NotAllowed("Seul qui l'a dit, ou qui garde les clés, peut y changer quelque chose.")
    return found


def filing(space: Space, author_id: int | None, level: str) -> dict[str, Any]:
    """Return whose it is and who reads it."""
    return {"space_id": space.pk, "author_id": author_id, "level": level}


def check_place(root: int, pk: int | None) -> None:
    """Raise Invalid for a place that this ledger does not have."""
    if pk is not None and not Place.objects.filter(pk=pk, ledger_id=root).exists():
        raise Invalid("Ce lieu n'existe pas dans cette coopération.", field="place")
