# SPDX-License-Identifier: AGPL-3.0-or-later
"""Which roles are passed on, and by whom."""

from terreau.ecosystems.models import Ecosystem
from terreau.people import rules
from terreau.people.enums import RoleKind
from terreau.people.models import Role
from terreau.people.visibility import Reader

HANDED = (RoleKind.PILOT, RoleKind.KEY_HOLDER, RoleKind.ANIMATOR, RoleKind.INTERIM)


def is_handed_on(role: Role, ecosystem: Ecosystem) -> bool:
    """Tell whether a role of this cooperation goes from one to another on the relay page."""
    return role.kind in HANDED and role.space_id in (ecosystem.circle_id, ecosystem.space_id)


def can_hand_over(reader: Reader, ecosystem: Ecosystem, role: Role) -> bool:
    """Tell whether this person may pass the role on: it is theirs, or they steward here."""
    return rules.can_speak_for(reader, role.agent) or rules.can_steward(reader, ecosystem.space)
