# SPDX-License-Identifier: AGPL-3.0-or-later
"""From the addresses of the environment to Django's settings of databases and mail."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

SQLITE = "terreau.core.sqlite"
POSTGRESQL = "django.db.backends.postgresql"
CONNECTION_AGE_SECONDS_MAX = 60
IN_CLEAR = "tls=no"


def databases(main: str, side: str, folder: Path) -> dict[str, Any]:
    """Return Django's ``DATABASES``: ``default``, and ``side`` unless PostgreSQL holds both."""
    found = {"default": database(main, folder / "terreau.sqlite3")}
    if side or found["default"]["ENGINE"] == SQLITE:
        found["side"] = database(side, folder / "side.sqlite3")
    return found


def database(address: str, default: Path) -> dict[str, Any]:
    """Return the settings of one database; a SQLite file at ``default`` without address."""
    parts = urlsplit(address)
    if parts.scheme in ("postgres", "postgresql"):
        return _postgresql(address)
    path = Path("/" + unquote(parts.path).lstrip("/")) if address else default
    return {
        "ENGINE": SQLITE,
        "NAME": path,
        # Opening the file anew for each request would cost more than most requests.
        "CONN_MAX_AGE": CONNECTION_AGE_SECONDS_MAX,
        "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 20},
        "TEST": {"NAME": str(path.with_name(f"test-{path.name}"))},
    }


def _postgresql(address: str) -> dict[str, Any]:
    parts = urlsplit(address)
    options: dict[str, Any] = dict(parse_qsl(parts.query))
    return {
        "ENGINE": POSTGRESQL,
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or options.pop("host", ""),
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": CONNECTION_AGE_SECONDS_MAX,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": options,
    }


@dataclass(frozen=True)
class Mail:
    """How mails leave: by SMTP, or as files in a folder when no host is given."""

    host: str = ""
    port: int = 587
    user: str = ""
    password: str = ""
    ssl: bool = False
    starttls: bool = False

    @property
    def backend(self) -> str:
        """Return the path of Django's class."""
        return f"django.core.mail.backends.{'smtp' if self.host else 'filebased'}.EmailBackend"


HERE = ("localhost", "127.0.0.1", "::1")


def mail(address: str) -> Mail:
    """Read ``smtp://user:password@host:587`` or ``smtps://…:465``; empty means files.

    ``smtp`` asks for STARTTLS, and sends nothing to a server without it; unless the server is on
    this machine and wants no password, or the address ends in ``?tls=no``.
    """
    if not address:
        return Mail()
    parts = urlsplit(address)
    ssl = parts.scheme == "smtps"
    host, in_clear = parts.hostname or HERE[0], parts.query == IN_CLEAR
    return Mail(
        host=host,
        port=parts.port or (465 if ssl else 587),
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        ssl=ssl,
        starttls=not ssl and not in_clear and (bool(parts.username) or host not in HERE),
    )
