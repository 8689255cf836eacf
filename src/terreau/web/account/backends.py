# SPDX-License-Identifier: AGPL-3.0-or-later
"""How an account is found again at each request."""

from allauth.account.auth_backends import AuthenticationBackend

from terreau.core.plain import first
from terreau.people.models import User


class AccountBackend(AuthenticationBackend):  # type: ignore[misc]
    """Allauth's own, but for how the account of a session is read."""

    def get_user(self, user_id: int) -> User | None:
        """Return the account of a session, unless it is closed."""
        user = first(User, "id = %s", [user_id])
        return user if user is not None and self.user_can_authenticate(user) else None
