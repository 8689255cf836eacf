# SPDX-License-Identifier: AGPL-3.0-or-later
"""From the form to the row: « J'ai apporté… » sent by a browser, against the bare rows."""

from collections.abc import Iterator
from io import BytesIO
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import connection
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import get_random_string
from tests.factories import join, make_ecosystem, make_organisation, make_user, represent

from benchmarks.figures import Figure, in_turns
from benchmarks.posting import ADD_SEAL, ADD_TO_BALANCE, INSERT_EVENT
from benchmarks.raw import ID, Raw
from terreau.agreements.models import Contribution
from terreau.core import clock
from terreau.ecosystems.models import Ecosystem
from terreau.ledger.models import Specification
from terreau.ledger.sql import stamp
from terreau.people.models import User

BATCH = 20
ROUNDS = 12
TALLY = (
    "INSERT INTO agreements_tally (ecosystem_id, agent_id, side, kind, unit, month, read_by, "
    "given, fulfilled, confirmed, discussed, refunded) VALUES "
    + ", ".join(["(%s, %s, %s, %s, %s, %s, 'circle', %s, 0, 0, 0, 0)"] * 3)
    + " ON CONFLICT (ecosystem_id, agent_id, side, kind, unit, month, read_by) "
    "DO UPDATE SET given = agreements_tally.given + excluded.given"
)


class Door:
    """The application as a server calls it, for one person with a session, in one place."""

    def __init__(self, address: str, user: User) -> None:
        self.application = get_wsgi_application()
        client = Client()
        client.force_login(user)
        self.token = get_random_string(32)
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        cookies = {settings.SESSION_COOKIE_NAME: session, settings.CSRF_COOKIE_NAME: self.token}
        self.environ = RequestFactory()._base_environ(
            PATH_INFO=address,
            REQUEST_METHOD="POST",
            CONTENT_TYPE="application/x-www-form-urlencoded",
            HTTP_X_CSRFTOKEN=self.token,
            HTTP_COOKIE="; ".join(f"{name}={value}" for name, value in cookies.items()),
        )

    def __call__(self, body: bytes) -> str:
        """Send a form and return the status. Cookies that come back are dropped, as if read."""
        told: list[str] = []
        sent = {"CONTENT_LENGTH": str(len(body)), "wsgi.input": BytesIO(body)}
        answer = self.application(self.environ | sent, lambda status, headers: told.append(status))
        list(answer)
        answer.close()
        return told[0]


class Ground:
    """A person of one organisation, who gives time to another."""

    def __init__(self) -> None:
        self.ecosystem: Ecosystem = make_ecosystem("Formulaire")
        self.user = join(make_user("Alice"), self.ecosystem)
        self.giver = represent(self.user, make_organisation("La Halte"), self.ecosystem)
        self.taker = make_organisation("Le Garage")
        represent(make_user("Basile"), self.taker, self.ecosystem)
        address = reverse("contributions_add", args=[self.ecosystem.slug])
        self.door = Door(address, self.user)

    def send(self, count: int) -> int:
        """Send the form that many times, each with a key of its own."""
        for _ in range(count):
            status = self.door(urlencode(self.typed()).encode())
            assert status.startswith("302"), status
        return count

    def typed(self) -> dict[str, Any]:
        return {
            "kind": "time",
            "key": uuid4(),
            "quantity": "3",
            "unit": "hour",
            "giver": self.giver.pk,
            "receiver": self.taker.pk,
            "happened_on": clock.today().isoformat(),
            "commitment": "guess",
            "level": "circle",
            "word": "Trois heures",
        }


def figures() -> Iterator[Figure]:
    """Measure the rate of the form beside that of the same rows."""
    ground = Ground()
    ground.send(3)
    raw, likeness = Raw(), _like(Contribution.objects.latest("pk"))
    raw_rate, rate = in_turns(
        ROUNDS,
        lambda: _write_rows(raw, ground, likeness, BATCH),
        lambda: ground.send(BATCH),
    )
    raw.close()
    told = f"{rate:.0f}/s(raw:{raw_rate:.0f}/s)"
    yield Figure("form_to_row", told, rate / raw_rate, 1 / 10)


def _like(row: Contribution) -> tuple[str, dict[str, Any]]:
    """Return the statement that inserts a row like this one, and its values by column."""
    values = {
        field.column: field.get_db_prep_save(getattr(row, field.attname), connection)
        for field in row._meta.concrete_fields
        if not field.primary_key
    }
    names = ", ".join(values)
    return (
        f"INSERT INTO agreements_contribution ({names}) VALUES ({', '.join(['%s'] * len(values))})",
        values,
    )


def _write_rows(raw: Raw, ground: Ground, likeness: tuple[str, dict[str, Any]], count: int) -> int:
    ledger = ground.ecosystem.space_id
    kind = Specification.objects.get(ledger_id=ledger, code="time").pk
    giver, taker, person = ground.giver.pk, ground.taker.pk, ground.user.agent_id
    mandate = ground.user.agent.mandates.get().pk
    day = clock.today()
    month = day.replace(day=1).isoformat()
    sql, values = likeness
    parties = ((giver, "given"), (taker, "received"), (ground.ecosystem.agent_id, "all"))
    tallies = [
        value
        for agent, side in parties
        for value in (ground.ecosystem.pk, agent, side, "time", "hour", month, 3_000_000)
    ]
    for _ in range(count):
        event = (ledger, uuid4().hex, "work", giver, taker, kind, None, "", 3_000_000, "hour")
        event += (None, None, None, day.isoformat(), stamp(timezone.now()), person, giver, mandate)
        event += (None, None, None, "", "")
        row = {**values, "key": uuid4().hex, "event_id": ID}
        raw.write(
            [
                (INSERT_EVENT, event),
                (
                    ADD_TO_BALANCE,
                    (ledger, month, giver, taker, "work", kind, "effort", "hour", 3_000_000),
                ),
                (ADD_SEAL, (ledger, ledger, ID, bytes(32))),
                (sql, tuple(row.values())),
                (TALLY, tuple(tallies)),
            ]
        )
    return count
