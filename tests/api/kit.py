# SPDX-License-Identifier: AGPL-3.0-or-later
"""A program with a key, and what it asks."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from django.test import Client

from terreau.core import clock
from terreau.people.models import User
from terreau.people.tokens import make_token

BASE = "/api/v1/cooperations"
BOTH = "read contribute"


def secret_of(user: User, scopes: str = BOTH) -> str:
    """Return the secret of a key that this person gives to a program."""
    made = make_token(by=user, name="Tableur", scopes=scopes, expires_on=clock.today(), key=uuid4())
    return made[1]


@dataclass
class Program:
    """What holds a key, and asks with it."""

    secret: str
    client: Client = field(default_factory=lambda: Client(raise_request_exception=False))

    def get(self, path: str, **asked: Any) -> Any:
        return self.client.get(path, asked or None, headers=self.headers())

    def post(self, path: str, body: Any, key: Any = None, **more: Any) -> Any:
        wanted = {"content_type": "application/json"} | more
        headers = self.headers() | {"Idempotency-Key": str(key or uuid4())}
        return self.client.post(path, body, headers=headers, **wanted)

    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.secret}"}


def program_of(user: User, scopes: str = BOTH) -> Program:
    return Program(secret_of(user, scopes))


def nodes(answer: Any) -> list[dict[str, Any]]:
    """Return the nodes of a list that was answered."""
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/ld+json")
    return answer.json()["@graph"]


def problem(answer: Any) -> tuple[int, list[str]]:
    """Return the status of a problem, and the properties that it names."""
    told = answer.json()
    assert answer.headers["Content-Type"] == "application/problem+json", answer.headers
    assert (told["status"], bool(told["detail"])) == (answer.status_code, True)
    return answer.status_code, [error["field"] for error in told["errors"]]
