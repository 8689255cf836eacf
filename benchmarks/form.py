# SPDX-License-Identifier: AGPL-3.0-or-later
"""From the form to the row: « J'ai apporté… » sent by a browser, against the bare rows."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from tests.factories import join, make_ecosystem, make_organisation, make_user, represent

from benchmarks.figures import Figure, in_turns
from benchmarks.posting import ADD_TO_BALANCE, INSERT_EVENT
from benchmarks.raw import ID, Raw
from terreau.agreements.models import Contribution
from terreau.core import clock
from terreau.ecosystems.models import Ecosystem
from terreau.ledger.kernel import stamp
from terreau.ledger.models import Specification

FORM = "application/x-www-form-urlencoded"  # as a browser sends a form without a file
BATCH = 20
ROUNDS = 12
TALLY = (
    "INSERT INTO agreements_tally (ecosystem_id, agent_id, side, kind, unit, month, read_by, "
    "given, fulfilled, confirmed, discussed, refunded) VALUES "
    + ", ".join(["(%s, %s, %s, %s, %s, %s, 'circle', %s, 0, 0, 0, 0)"] * 3)
    + " ON CONFLICT (ecosystem_id, agent_id, side, kind, unit, month, read_by) "
    "DO UPDATE SET given = agreements_tally.given + excluded.given"
)


class Ground:
    """A person of one organisation, who gives time to another."""

    def __init__(self) -> None:
        self.ecosystem: Ecosystem = make_ecosystem("Formulaire")
        self.user = join(make_user("Alice"), self.ecosystem)
        self.giver = represent(self.user, make_organisation("La Halte"), self.ecosystem)
        self.taker = make_organisation("Le Garage")
        represent(make_user("Basile"), self.taker, self.ecosystem)
        self.client = Client()
        self.client.force_login(self.user)
        self.address = reverse("contributions_add", args=[self.ecosystem.slug])

    def send(self, count: int) -> int:
        """Send the form that many times, each with a key of its own."""
        for _ in range(count):
            answer = self.client.post(self.address, urlencode(self.typed()), FORM)
            assert answer.status_code == 302, answer.content.decode()[:2000]
            # The page that follows would have shown the sentence; unread, they pile up.
            self.client.cookies.pop("messages", None)
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
        event += (None, None, None, "")
        row = {**values, "key": uuid4().hex, "event_id": ID}
        raw.write(
            [
                (INSERT_EVENT, event),
                (
                    ADD_TO_BALANCE,
                    (ledger, month, giver, taker, "work", kind, "effort", "hour", 3_000_000),
                ),
                (sql, tuple(row.values())),
                (TALLY, tuple(tallies)),
            ]
        )
    return count
