# SPDX-License-Identifier: AGPL-3.0-or-later
"""A small cooperation with two organisations and who speaks for them; promises and gifts."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID, uuid4

from terreau.agreements.actions import acceptance, agreements, commitments
from terreau.agreements.actions.commitments import Draft
from terreau.agreements.actions.contributions import contribute
from terreau.agreements.actions.gifts import Gift
from terreau.agreements.models import AgreementVersion, Commitment, Contribution
from terreau.core import clock
from terreau.core.quantities import MICRO
from terreau.ecosystems.models import Ecosystem
from terreau.people.enums import RoleKind
from terreau.people.models import Agent, User
from tests.factories import join, make_ecosystem, make_organisation, make_user, represent

LONG = date(2021, 3, 1)


@dataclass
class Place:
    """An ecosystem with La Halte (Alice), the council (Basile), a lab (Chloé) and its pilot."""

    ecosystem: Ecosystem
    halte: Agent
    council: Agent
    lab: Agent
    alice: User
    basile: User
    chloe: User
    pilot: User


def make_place() -> Place:
    ecosystem = make_ecosystem()
    people = [join(make_user(name), ecosystem) for name in ("Alice", "Basile", "Chloé")]
    agents = [
        represent(user, make_organisation(name), ecosystem)
        for user, name in zip(
            people, ("La Halte", "Communauté de communes", "Le Labo"), strict=True
        )
    ]
    pilot = join(make_user("Prune"), ecosystem, RoleKind.PILOT)
    return Place(ecosystem, *agents, *people, pilot)


def make_gift(place: Place, quantity: float = 3, **changes: object) -> Gift:
    """Time of La Halte for the council, today unless said otherwise."""
    values = {
        "giver_id": place.halte.pk,
        "receiver_id": place.council.pk,
        "kind": "time",
        "quantity": round(quantity * MICRO),
        "unit": "hour",
        "happened_on": clock.today(),
        **changes,
    }
    return Gift(**values)


def give(
    place: Place,
    quantity: float = 3,
    *,
    by: User | None = None,
    key: UUID | None = None,
    **changes: object,
) -> Contribution:
    return contribute(
        by=by or place.alice,
        ecosystem=place.ecosystem,
        key=key or uuid4(),
        gift=make_gift(place, quantity, **changes),
    )


def make_draft(place: Place, quantity: float | None = 10, **changes: object) -> Draft:
    """La Halte promises the council ten hours."""
    values = {
        "provider_id": place.halte.pk,
        "receiver_id": place.council.pk,
        "words": "Tenir le téléphone",
        "kind": "time",
        "quantity": None if quantity is None else round(quantity * MICRO),
        "unit": "hour",
        "free": True,
        **changes,
    }
    return Draft(**values)


def open_version(place: Place, name: str = "Notre accord", **changes: object) -> AgreementVersion:
    opening = agreements.Opening(
        name=name,
        author_id=place.halte.pk,
        parties=changes.pop("parties", [place.council.pk]),
        **changes,
    )
    return agreements.open_agreement(
        by=place.alice, ecosystem=place.ecosystem, key=uuid4(), opening=opening
    )


def add(place: Place, version: AgreementVersion, draft: Draft) -> Commitment:
    return commitments.add_commitment(by=place.alice, version=version, key=uuid4(), draft=draft)


def accept(place: Place, version: AgreementVersion, day: date = LONG) -> AgreementVersion:
    """Propose a version and have each of its parties go through its two steps."""
    agreements.propose(by=place.alice, version=version, day=day)
    voices = {place.halte: place.alice, place.council: place.basile, place.lab: place.chloe}
    for party in version.parties.select_related("agent"):
        by = voices[party.agent]
        acceptance.agree(by=by, party=party, day=day)
        validation = acceptance.Validation("conseil", day, "délibération 12")
        acceptance.validate(by=by, party=party, validation=validation)
    version.refresh_from_db()
    return version


def promise(
    place: Place, quantity: float | None = 10, *, day: date = LONG, **changes: object
) -> Commitment:
    """A promise that all accepted, that day."""
    version = open_version(place)
    commitment = add(place, version, make_draft(place, quantity, **changes))
    accept(place, version, day=day)
    return commitment
