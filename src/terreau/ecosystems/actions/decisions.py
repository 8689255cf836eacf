# SPDX-License-Identifier: AGPL-3.0-or-later
"""Dated decisions of the circle, in words."""

from __future__ import annotations

from datetime import date

from terreau.core import clock
from terreau.core.errors import Invalid, NotAllowed
from terreau.core.versions import must_stand
from terreau.ecosystems.actions.records import Filing, keep
from terreau.ecosystems.models import CircleDecision, Ecosystem
from terreau.ecosystems.rules.days import happened
from terreau.ecosystems.rules.records import can_steer
from terreau.people.models import User


def decide(
    *,
    by: User,
    ecosystem: Ecosystem,
    filing: Filing,
    day: date,
    text: str,
    opens_statements: bool = False,
) -> CircleDecision:
    """Note what the circle decided on a day. Opening the statements to each other takes a steward.

    Terreau notes a decision, it takes none.
    """
    if not text.strip():
        raise Invalid("Écrivez ce que vous avez décidé.", field="text")
    day = happened(day, field="day", what="Notez la décision quand elle est prise")
    if opens_statements and not can_steer(by, ecosystem):
        raise NotAllowed(
            "Ouvrir les relevés est noté par les personnes qui gardent les clés.",
            field="opens_statements",
        )
    content = {
        "day": day,
        "text": text.strip(),
        "opens_statements": opens_statements,
    }
    return keep(CircleDecision, by=by, ecosystem=ecosystem, filing=filing, fields=content)[0]


def end_decision(*, by: User, decision: CircleDecision, on: date | None = None) -> CircleDecision:
    """Say that a decision no longer holds from a day on. It stays in the list."""
    if not can_steer(by, decision.ecosystem):
        raise NotAllowed("La fin d'une décision est notée par les personnes qui gardent les clés.")
    if decision.ended_on is not None:
        said, named = {"ended_on": on}, {"ended_on": "on"}
        must_stand(decision, said, named=named, what="Cette fin est déjà notée")
        return decision
    day = on or clock.today()
    if not decision.day <= day <= clock.today():
        raise Invalid("Cette date doit tomber entre la décision et aujourd'hui.", field="on")
    decision.ended_on = day
    decision.save(update_fields=["ended_on", "updated_at"])
    return decision
