# SPDX-License-Identifier: AGPL-3.0-or-later
"""The keys that a person gives to programs: made, revoked, recognised, counted (actions).

A secret is shown once and never kept. What a program may read and do is what its person may, no
more: the API asks ``visible_to`` and the same actions as the screens.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from django.db import connections, router
from django.db.models import QuerySet
from django.utils.crypto import constant_time_compare

from terreau.core import clock
from terreau.core.errors import Invalid, NotFound
from terreau.core.once import keep_once
from terreau.people.actions import check_texts, derived_token, token_digest
from terreau.people.enums import Scope
from terreau.people.models import AccessToken, TokenUse, User

LONGEST = timedelta(days=365)
AT_ONCE = 20
"""How many open keys one person may have."""
A_MINUTE = 120
"""How many requests a key may make in one minute of the clock."""
PREFIX = "terreau_"


def make_token(
    *, by: User, name: str, scopes: str, expires_on: date, key: UUID
) -> tuple[AccessToken, str]:
    """Make a key for a program. Returns it and its secret, which is not kept.

    The same key with the same content returns the same secret. Raises Invalid.
    """
    secret = derived_token(f"access token {by.pk}", key)
    wanted = {
        "user": by,
        "name": name.strip(),
        "scopes": scopes,
        "expires_on": expires_on,
        "token_hash": token_digest(secret),
    }
    _check(by, name.strip(), scopes, expires_on, key)
    check_texts(AccessToken, wanted)
    token, _ = keep_once(AccessToken, key=key, wanted=wanted)
    return token, f"{PREFIX}{key.hex}.{secret}"


def _check(by: User, name: str, scopes: str, expires_on: date, key: UUID) -> None:
    today = clock.today()
    if not name:
        raise Invalid("Donnez un nom au programme, pour le reconnaître plus tard.", field="name")
    if scopes not in Scope.values:
        raise Invalid("Dites ce que le programme peut faire.", field="scopes")
    if not today <= expires_on <= today + LONGEST:
        raise Invalid(
            "Choisissez un jour à venir, dans un an au plus tard : une clé oubliée doit s'éteindre "
            "d'elle-même.",
            field="expires_on",
        )
    if open_tokens(by).exclude(key=key).count() >= AT_ONCE:
        raise Invalid(
            f"Vous avez déjà {AT_ONCE} clés ouvertes. Retirez celles qui ne servent plus.",
            field="name",
        )


def open_tokens(user: User) -> QuerySet[AccessToken]:
    """Return the keys of a person that still open something, the newest first."""
    return AccessToken.objects.filter(
        user=user, revoked_at__isnull=True, expires_on__gte=clock.today()
    )


def last_days(tokens: Iterable[AccessToken]) -> dict[int, date]:
    """Return the day on which each key was last used (no row for those that never were)."""
    found = TokenUse.objects.filter(token_id__in=[token.pk for token in tokens])
    return {
        use.token_id: clock.day_of(datetime.fromtimestamp(use.minute * 60, UTC)) for use in found
    }


def revoke_token(*, by: User, token_id: int) -> None:
    """Revoke one of one's own keys: it opens nothing from now on. Twice changes nothing."""
    token = AccessToken.objects.filter(user=by, pk=token_id).first()
    if token is None:
        raise NotFound("Cette clé n'est pas l'une des vôtres.")
    token.revoked_at = token.revoked_at or clock.now()
    token.save(update_fields=["revoked_at"])


def recognised(text: str) -> AccessToken | None:
    """Return the key that a program shows, or None when it opens nothing (any more)."""
    handle, dot, secret = text.removeprefix(PREFIX).partition(".")
    if not (text.startswith(PREFIX) and dot and len(handle) == 32):
        return None
    try:
        key = UUID(hex=handle)
    except ValueError:
        return None
    token = AccessToken.objects.select_related("user__agent").filter(key=key).first()
    if token is None or not constant_time_compare(token.token_hash, token_digest(secret)):
        return None
    running = token.revoked_at is None and token.expires_on >= clock.today()
    return token if running and token.user.is_active else None


_COUNT = """
    INSERT INTO people_tokenuse (token_id, minute, count) VALUES (%s, %s, 1)
    ON CONFLICT (token_id) DO UPDATE SET
        count = CASE WHEN people_tokenuse.minute = excluded.minute
            THEN people_tokenuse.count + 1 ELSE 1 END,
        minute = excluded.minute
    RETURNING count
"""


def count_use(token: AccessToken) -> int:
    """Count one request; return how many seconds to wait first (0: none).

    One statement, so that all workers count together.
    """
    moment = int(clock.now().timestamp())
    minute, second = divmod(moment, 60)
    with connections[router.db_for_write(TokenUse)].cursor() as cursor:
        cursor.execute(_COUNT, (token.pk, minute))
        (count,) = cursor.fetchone()
    return 60 - second if count > A_MINUTE else 0
