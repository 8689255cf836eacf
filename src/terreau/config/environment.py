# SPDX-License-Identifier: AGPL-3.0-or-later
"""Every setting an instance can change, read once from the environment and checked.

Each is an environment variable ``TERREAU_<NAME>``, or a file named by ``TERREAU_<NAME>_FILE``;
nonsense stops the start with the name of the variable and what was expected.
``docs/reference/settings.md`` lists them all (a test compares).
"""

from __future__ import annotations

import difflib
import os
from email.utils import parseaddr
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured
from django.core.exceptions import ValidationError as NotValid
from django.core.validators import validate_email
from django.http.request import validate_host
from pydantic import AfterValidator, Field, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from terreau.config.databases import IN_CLEAR

PREFIX = "TERREAU_"
PROJECT_ROOT = Path(__file__).resolve().parents[3]
DEFAULT_SECRET = "development-only-not-a-secret"  # noqa: S105  (production refuses it)
SECRET_LENGTH_MIN = 24
OTHERS = (f"{PREFIX}TEST_", f"{PREFIX}BENCH_", f"{PREFIX}TRACE")
"""Names that are not settings of an instance: of tests, of benchmarks, of a trace on errors."""
KEPT_SILENT = frozenset(
    # Their addresses may hold a password, and what is refused ends in a log.
    ("secret_key", "oidc_client_secret", "database_url", "side_database_url", "mail_url")
)


def _address(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise ValueError("expected an address such as https://terreau.example.org")
    return text.rstrip("/")


def _scheme(*schemes: str) -> AfterValidator:
    def check(text: str) -> str:
        if text and urlsplit(text).scheme not in schemes:
            raise ValueError(f"expected an address that begins with one of {', '.join(schemes)}")
        return text

    return AfterValidator(check)


def _never_a_password_in_clear(text: str) -> str:
    parts = urlsplit(text)
    if parts.query and (parts.query != IN_CLEAR or parts.username or parts.scheme == "smtps"):
        raise ValueError(
            f"expected nothing after the host but ?{IN_CLEAR}, for a server without TLS that asks "
            "for no password"
        )
    return text


def _sender(text: str) -> str:
    try:
        validate_email(parseaddr(text)[1] if text.isprintable() else "")
    except NotValid:
        raise ValueError(
            "expected an address, or a name and an address: Terreau <terreau@example.org>"
        ) from None
    return text


DatabaseAddress = Annotated[str, _scheme("postgres", "postgresql", "sqlite")]
MailAddress = Annotated[str, _scheme("smtp", "smtps"), AfterValidator(_never_a_password_in_clear)]
WebAddress = Annotated[str, AfterValidator(_address)]


class Environment(BaseSettings):
    """What an instance is told from outside."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="ignore", frozen=True)

    mode: Literal["development", "demonstration", "production", "test"] = Field(
        "development", description="What the instance is for; `production` checks everything."
    )
    secret_key: str = Field(
        DEFAULT_SECRET,
        min_length=SECRET_LENGTH_MIN,
        description="Signs sessions and links. Long, random, kept out of backups.",
    )
    hosts: Annotated[list[str], NoDecode] = Field(
        ["localhost", "127.0.0.1", "[::1]"], description="Host names served, separated by commas."
    )
    base_url: WebAddress = Field(
        "http://localhost:8000", description="The address people type; used in mails and feeds."
    )
    data_dir: Path = Field(
        PROJECT_ROOT / "var", description="Folder of the SQLite databases, files and mails."
    )
    database_url: DatabaseAddress = Field(
        "",
        description="`postgres://user:password@host:port/name` or `sqlite:///path`. "
        "Empty: SQLite in the data folder.",
    )
    side_database_url: DatabaseAddress = Field(
        "",
        description="Tasks and the log of outside reads. Empty: a second SQLite file, or the main "
        "database when that is PostgreSQL.",
    )
    listen: str = Field("127.0.0.1", description="Network address the web server listens on.")
    port: int = Field(8000, ge=1, le=65535, description="Port the web server listens on.")
    web_workers: int = Field(
        default=max(1, os.cpu_count() or 1), ge=1, le=64, description="Web processes."
    )
    task_interval: float = Field(
        1.0, gt=0, le=60, description="Seconds the worker waits when it has nothing to do."
    )
    behind_proxy: bool = Field(
        False, description="A reverse proxy terminates TLS and sets X-Forwarded-Proto."
    )
    hsts_seconds: int = Field(
        31536000, ge=0, description="How long browsers insist on HTTPS (production only)."
    )
    mail_url: MailAddress = Field(
        "",
        description="`smtp://user:password@host:587` (STARTTLS, which the server must have) or "
        "`smtps://…:465`. `smtp://host:25?tls=no`: a server without TLS, and without password. "
        "Empty: mails are written as files in the data folder; production asks for a server, "
        "OpenID Connect, or `TERREAU_MAIL_AS_FILES`.",
    )
    mail_from: Annotated[str, AfterValidator(_sender)] = Field(
        "Terreau <terreau@localhost>", description="Sender of mails."
    )
    mail_as_files: bool = Field(
        False,
        description="In production without a mail server nor OpenID Connect: mails, and the codes "
        "to sign in, are only written as files, for somebody there to hand over.",
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        "INFO", description="What the log keeps."
    )
    publisher: str = Field("", description="Legal notice: who publishes this site, with address.")
    publication_director: str = Field("", description="Legal notice: director of publication.")
    hosting_company: str = Field("", description="Legal notice: who hosts it, with address.")
    data_controller: str = Field("", description="Privacy: who answers for personal data.")
    data_contact: str = Field("", description="Privacy: how to reach them.")
    accessibility_contact: str = Field("", description="Accessibility: whom to tell.")
    retention_years: int = Field(
        5, ge=1, le=30, description="Privacy: years without activity before accounts are closed."
    )
    oidc_name: str = Field("", description="OpenID Connect: the name on the sign-in button.")
    oidc_server_url: str = Field("", description="OpenID Connect: address of the provider.")
    oidc_client_id: str = Field("", description="OpenID Connect: identifier of this instance.")
    oidc_client_secret: str = Field("", description="OpenID Connect: its secret.")

    @field_validator("hosts", mode="before")
    @classmethod
    def _split(cls, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        return [part.strip() for part in value.split(",") if part.strip()]

    @model_validator(mode="after")
    def _oidc_whole(self) -> Environment:
        fields = ("oidc_name", "oidc_server_url", "oidc_client_id", "oidc_client_secret")
        given = [name for name in fields if getattr(self, name)]
        lacking = [_variable(name) for name in fields if name not in given]
        if given and lacking:
            raise ValueError(f"OpenID Connect needs also {', '.join(lacking)}")
        return self

    @model_validator(mode="after")
    def _address_is_served(self) -> Environment:
        name = urlsplit(self.base_url).hostname or ""
        host = f"[{name}]" if ":" in name else name
        if not validate_host(host, self.hosts):
            raise ValueError(
                f"{_variable('base_url')}: expected an address of one of {_variable('hosts')} "
                f"({', '.join(self.hosts)}); « {host} » would be refused"
            )
        return self

    @model_validator(mode="after")
    def _codes_arrive(self) -> Environment:
        ways = self.mail_url or self.oidc_name or self.mail_as_files
        if self.mode == "production" and not ways:
            raise ValueError(
                f"{_variable('mail_url')}: expected a mail server, for nobody would receive a code "
                f"to sign in; or say {_variable('mail_as_files')}=true to hand over the files "
                "yourself"
            )
        return self

    @model_validator(mode="after")
    def _production_is_safe(self) -> Environment:
        if self.mode != "production":
            return self
        if self.secret_key == DEFAULT_SECRET or len(set(self.secret_key)) < 5:
            raise ValueError(
                f"{_variable('secret_key')}: expected a secret of this instance alone; the default "
                "is refused in production"
            )
        if "*" in self.hosts or not self.hosts:
            raise ValueError(f"{_variable('hosts')}: expected the host names of this instance")
        if not self.base_url.startswith("https://"):
            raise ValueError(f"{_variable('base_url')}: expected an https:// address in production")
        return self


def _variable(field: str) -> str:
    return f"{PREFIX}{field.upper()}"


def _from_files() -> dict[str, Any]:
    """Read the settings that are given as the name of a file (secrets of systemd or containers)."""
    found = {}
    for name in Environment.model_fields:
        path = os.environ.get(f"{_variable(name)}_FILE")
        if path:
            try:
                found[name] = Path(path).read_text(encoding="utf-8").strip()
            except OSError as error:
                raise ImproperlyConfigured(
                    f"{_variable(name)}_FILE: expected a file that can be read ({error.strerror})."
                ) from None
    return found


def _refuse_unknown() -> None:
    """Raise ImproperlyConfigured for names that no setting bears: a slip would go unseen."""
    known = [_variable(name) for name in Environment.model_fields]
    known += [f"{name}_FILE" for name in known]
    given = [name for name in sorted(os.environ) if name.upper().startswith(PREFIX)]
    unknown = [n for n in given if n.upper() not in known and not n.upper().startswith(OTHERS)]
    if unknown:
        raise ImproperlyConfigured("\n".join(_unknown(name, known) for name in unknown))


def _unknown(name: str, known: list[str]) -> str:
    nearest = difflib.get_close_matches(name.upper(), known, n=1, cutoff=0)[0]
    return f"{name}: no setting has this name; did you mean {nearest}?"


def read_environment() -> Environment:
    """Read and check the environment. Raises ImproperlyConfigured, with a line a fault."""
    _refuse_unknown()
    try:
        return Environment(**_from_files())
    except ValidationError as error:
        raise ImproperlyConfigured("\n".join(map(_sentence, error.errors()))) from None


def _sentence(fault: Any) -> str:
    words = str(fault["msg"]).removeprefix("Value error, ")
    if not fault["loc"]:
        return words
    name = str(fault["loc"][0])
    given = "" if name in KEPT_SILENT else f" (found: {str(fault['input'])[:60]!r})"
    return f"{_variable(name)}: {words}{given}"


@cache
def environment() -> Environment:
    """Read the environment once."""
    return read_environment()
