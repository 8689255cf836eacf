# SPDX-License-Identifier: AGPL-3.0-or-later
"""What must have happened for every button and form to be offered to somebody.

The demonstration ends well: its discussion is closed, its agreements are accepted, its keys are
held. Here is what is still under way, made through the actions.
"""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

from terreau.agreements.actions import agreements, commitments
from terreau.agreements.actions.acceptance import agree
from terreau.agreements.actions.contributions import contribute
from terreau.agreements.actions.discussions import Opening, open_discussion, propose_end
from terreau.agreements.actions.gifts import Gift
from terreau.agreements.enums import VersionState
from terreau.agreements.models import AgreementVersion
from terreau.core import clock
from terreau.core.quantities import MICRO
from terreau.ecosystems.actions.aim import propose_aim
from terreau.ecosystems.actions.records import Filing
from terreau.ecosystems.enums import EffectNature
from terreau.ecosystems.models import Ecosystem, Effect, EffectLink, Interim
from terreau.people.enums import RoleKind
from terreau.people.models import Agent, User
from terreau.programmes.actions import Said, assign_coach, create_programme
from terreau.programmes.models import Programme
from terreau.publishing.actions import drop_hidden
from tests.ecosystems.factories import note_actor
from tests.factories import join, make_ecosystem, make_organisation, make_user, represent
from tests.web.world import World


def arrange(world: World) -> list[Ecosystem]:
    """Bring about what is still under way. Returns the other ecosystems whose pages to open."""
    samir, tristan = world.users["steward"], world.users["member"]
    assert isinstance(samir, User) and isinstance(tristan, User)
    _discussion(world.here, samir, tristan)
    _agreements(world.here, samir)
    _proposal(world.here, samir)
    note_actor(samir, world.here, "Encore à rencontrer")
    harm = Effect.objects.filter(ecosystem=world.here, nature=EffectNature.DESTROYED)
    EffectLink.objects.create(effect=harm.order_by("pk")[0], agent=_agent("La Halte"), kind="named")
    _programmes(world)
    orphan, due = _without_keys(samir)
    join(samir, make_ecosystem("Sans fiche encore"), RoleKind.PILOT)  # a sheet may be taken over
    # The sheet of the demonstration meets what the world added by hand: once, not at each sending.
    drop_hidden(ecosystem=world.here)
    return [orphan, due]


def _agent(name: str) -> Agent:
    return Agent.objects.get(name=name)


def _discussion(here: Ecosystem, samir: User, tristan: User) -> None:
    gift = Gift(
        giver_id=_agent("Menuiserie Courtalin").pk,
        receiver_id=_agent("La Halte").pk,
        kind="time",
        quantity=120 * MICRO,
        unit="hour",
        happened_on=clock.today(),
    )
    talked = contribute(by=tristan, ecosystem=here, key=uuid4(), gift=gift)
    contribute(by=tristan, ecosystem=here, key=uuid4(), gift=gift)  # still to be undone
    note = open_discussion(
        by=samir, contribution=talked, key=uuid4(), opening=Opening("Que couvrent-elles ?", None)
    )
    propose_end(by=tristan, discussion=note, quantity=70 * MICRO, lesson="On compte ensemble.")


def _agreements(here: Ecosystem, samir: User) -> None:
    """One being changed, with a promise not made this year; one being written; one to validate."""
    halte = _agent("La Halte")
    standing = AgreementVersion.objects.filter(
        agreement__ecosystem=here, state=VersionState.ACCEPTED, parties__agent=halte
    )
    agreements.change(by=samir, agreement=standing.order_by("pk")[0].agreement)
    row = _open(here, samir, "En cours").commitments.order_by("pk").last()
    commitments.decline_commitment(by=samir, commitment=row, words="")
    asked = _proposed(here, samir, "Encore à valider")
    agree(by=samir, party=asked.parties.get(agent=halte))


def _proposed(here: Ecosystem, by: User, name: str) -> AgreementVersion:
    return agreements.propose(by=by, version=_open(here, by, name))


def _open(here: Ecosystem, by: User, name: str) -> AgreementVersion:
    halte, joinery = _agent("La Halte"), _agent("Menuiserie Courtalin")
    opening = agreements.Opening(name=name, author_id=halte.pk, parties=[joinery.pk])
    version = agreements.open_agreement(by=by, ecosystem=here, key=uuid4(), opening=opening)
    for words in ("Prêter la salle", "Tenir le téléphone"):
        draft = commitments.Draft(
            provider_id=halte.pk, receiver_id=joinery.pk, words=words, kind="time", free=True
        )
        commitments.add_commitment(by=by, version=version, key=uuid4(), draft=draft)
    return version


def _proposal(here: Ecosystem, samir: User) -> None:
    filing = Filing(key=uuid4(), level="circle", author=samir.agent)
    propose_aim(by=samir, ecosystem=here, filing=filing, text="Que chacun revienne.", why="")


def _programmes(world: World) -> None:
    by = world.users["administrator"]
    assert isinstance(by, User)
    said = Said(name="Un autre programme", host="Une région", starts_on=clock.today())
    create_programme(by=by, key=uuid4(), said=said)
    programme = Programme.objects.order_by("pk")[0]
    coach = make_user("Colette").agent
    assign_coach(by=by, programme=programme, ecosystem=world.here, coach=coach)


def _without_keys(samir: User) -> tuple[Ecosystem, Ecosystem]:
    """Two cooperations whose keys nobody holds: an interim to ask for, another to begin."""
    orphan, due = make_ecosystem("Sans clés"), make_ecosystem("Bientôt")
    for ecosystem in (orphan, due):
        join(samir, ecosystem)
        represent(samir, make_organisation(f"Chez {ecosystem.name}"), ecosystem)
    asked = clock.now() - timedelta(days=4)
    Interim.objects.create(
        ecosystem=due,
        person=samir.agent,
        asked_by=make_organisation("Une"),
        asked_at=asked,
        seconded_by=make_organisation("Deux"),
        seconded_at=asked,
        starts_at=clock.now() - timedelta(days=1),
    )
    return orphan, due
