# SPDX-License-Identifier: AGPL-3.0-or-later
"""The door of the API: a key of a person in the header, its scope, and so many requests a minute.

No cookie opens it: what a browser would send by itself has no effect, so there is nothing to forge.
"""

from __future__ import annotations

from django.http import HttpRequest
from ninja.security.base import AuthBase

from terreau.api.problems import Refused
from terreau.people.enums import Scope
from terreau.people.models import AccessToken, User
from terreau.people.tokens import A_MINUTE, count_use, recognised


class KeyRequest(HttpRequest):
    """A request whose key was recognised."""

    auth: AccessToken


class Bearer(AuthBase):
    """``Authorization: Bearer terreau_…``, for one scope."""

    openapi_type = "http"
    openapi_scheme = "bearer"

    def __init__(self, scope: Scope) -> None:
        super().__init__()
        self.scope = scope

    def __call__(self, request: HttpRequest) -> AccessToken | None:
        kind, _, text = request.headers.get("Authorization", "").partition(" ")
        token = recognised(text.strip()) if kind.lower() == "bearer" else None
        if token is None:
            return None
        wait = count_use(token)
        if wait:
            sentence = f"{A_MINUTE} demandes par minute au plus. Attendez {wait} s."
            raise Refused(429, sentence, **{"Retry-After": str(wait)})
        if not token.allows(self.scope):
            asked = f'Bearer error="insufficient_scope", scope="{self.scope}"'
            sentence = f"Cette clé ne permet pas de : {self.scope.label}."
            raise Refused(403, sentence, **{"WWW-Authenticate": asked})
        return token


def person(request: HttpRequest) -> User:
    """Return in whose name a request with a recognised key acts."""
    token: AccessToken = request.auth  # type: ignore[attr-defined]
    return token.user
