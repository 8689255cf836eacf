# SPDX-License-Identifier: AGPL-3.0-or-later
"""Who follows a programme, and who may change it."""

from terreau.people.models import User
from terreau.people.visibility import Reader, reach_of
from terreau.programmes.models import Programme


def can_follow(reader: Reader, programme: Programme) -> bool:
    """Tell whether the reader has a running role in the programme: officer, mostly."""
    return programme.space_id in reach_of(reader).roots


def can_run(user: User, programme: Programme) -> bool:
    """Tell whether the person may name officers and coaches: officers, and the administrator.

    The administrator runs the record and reads nothing of what ecosystems show.
    """
    return user.is_superuser or can_follow(user, programme)
