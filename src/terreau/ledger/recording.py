# SPDX-License-Identifier: AGPL-3.0-or-later
"""In which ledger something is written, and by whom, for whom, by which mandate."""

from terreau.core.errors import NotAllowed
from terreau.ledger.posting import Who
from terreau.people.models import Space, User
from terreau.people.queries import standing


def root(ledger: Space) -> int:
    """Return the ledger of a space: that of the outermost one."""
    return ledger.root_id or ledger.pk


def may_record(by: User, ledger: Space) -> None:
    """Raise NotAllowed for somebody who does not belong here."""
    who(by, ledger, None)


def who(by: User, ledger: Space, on_behalf_of: int | None) -> Who:
    """Return who records, or raise NotAllowed."""
    other = None if on_behalf_of == by.agent_id else on_behalf_of
    found = standing(by, root(ledger), other)
    if not found.belongs:
        raise NotAllowed("Seules les personnes de cette coopération peuvent y noter quelque chose.")
    if other is not None and found.mandate is None:
        raise NotAllowed("Vous ne pouvez pas noter au nom de cette organisation.")
    return Who(by.agent_id, other, found.mandate)
