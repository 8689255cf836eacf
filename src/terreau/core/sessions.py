# SPDX-License-Identifier: AGPL-3.0-or-later
"""Sessions in the database, as Django keeps them, read by a statement that is written once."""

from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.utils import timezone

from terreau.core.plain import first


class SessionStore(db.SessionStore):
    """Django's own, but for how a running session is found."""

    def _get_session_from_db(self) -> Session | None:
        asked = [self.session_key, timezone.now()]
        session = first(Session, "session_key = %s AND expire_date > %s", asked)
        if session is None:
            self._session_key = None
        return session
