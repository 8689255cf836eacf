# SPDX-License-Identifier: AGPL-3.0-or-later
"""The keys are held by nobody: two organisations name somebody, 72 hours ahead."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from django.db import transaction

from terreau.core import clock, mail
from terreau.core.errors import Invalid, NotAllowed
from terreau.core.outbox import NotYet, enqueue
from terreau.ecosystems.actions.logbook import log_milestone
from terreau.ecosystems.actions.records import hold
from terreau.ecosystems.enums import Milestone
from terreau.ecosystems.models import Ecosystem, Interim
from terreau.ecosystems.queries import keys
from terreau.ecosystems.rules.interim import NOTICE, Standing, standing
from terreau.people.actions import give_role
from terreau.people.enums import RoleKind
from terreau.people.models import Agent, User

START_JOB = "terreau.ecosystems.actions.interim.start_job"
ASKING = (Standing.ASKED, Standing.NOTICE, Standing.DUE)


@transaction.atomic
def ask_interim(*, by: User, ecosystem: Ecosystem, organisation: Agent, person: Agent) -> Interim:
    """Ask that somebody hold the keys for a while, in the name of a first-circle organisation.

    Asking twice for the same person changes nothing. Raises Invalid while somebody holds the keys.
    """
    _must_speak_for(by, ecosystem, organisation)
    # One naming at a time: two organisations may ask at the same moment.
    hold(ecosystem)
    if keys.key_holders(ecosystem).exists():
        raise Invalid("Quelqu'un tient les clés : un intérim n'est pas nécessaire.")
    if not keys.eligible(ecosystem).filter(pk=person.pk).exists():
        raise Invalid("Choisissez une personne du premier cercle.", field="person")
    for open_one in keys.interims(ecosystem):
        if standing(open_one, clock.now()) in ASKING:
            return _same_naming(open_one, person)
    interim = Interim.objects.create(
        ecosystem=ecosystem, person=person, asked_by=organisation, asked_at=clock.now()
    )
    _log(interim, organisation, "asked", f"{organisation} demande que {person} assure l'intérim.")
    return interim


@transaction.atomic
def second_interim(
    *, by: User, interim: Interim, organisation: Agent, address: str = ""
) -> Interim:
    """Second a naming, in the name of another organisation: the 72 hours begin.

    ``address``: the page where one may oppose; everybody of the first circle is told by mail.
    """
    _must_speak_for(by, interim.ecosystem, organisation)
    locked = _locked(interim)
    if locked.asked_by_id == organisation.pk:
        raise Invalid("Il faut une deuxième organisation : la vôtre l'a déjà demandé.")
    if standing(locked, clock.now()) is not Standing.ASKED:
        return locked
    locked.seconded_by = organisation
    locked.seconded_at = clock.now()
    locked.starts_at = locked.seconded_at + NOTICE
    locked.save(update_fields=["seconded_by", "seconded_at", "starts_at"])
    when = clock.local(locked.starts_at)
    _log(
        locked,
        organisation,
        "seconded",
        f"{organisation} appuie. {locked.person} assurera l'intérim à partir du "
        f"{when:%d/%m/%Y à %H h %M}, sauf si quelqu'un s'y oppose d'ici là.",
    )
    if address:
        _tell_circle(locked, address)
    enqueue(name=START_JOB, payload={"interim": locked.pk}, key=f"interim:{locked.pk}:start")
    return locked


def _tell_circle(interim: Interim, address: str) -> None:
    assert interim.starts_at is not None
    when = clock.local(interim.starts_at)
    circle = keys.eligible(interim.ecosystem)
    for user in User.objects.filter(agent__in=circle.order_by().values("pk"), is_active=True):
        mail.send(
            to=user.email,
            subject=f"« {interim.ecosystem} » : un intérim commence dans 72 heures",
            text=(
                f"Bonjour,\n\nPlus personne ne garde les clés de « {interim.ecosystem} ». "
                f"{interim.asked_by} et {interim.seconded_by} nomment {interim.person} pour "
                f"assurer l'intérim à partir du {when:%d/%m/%Y à %H h %M}.\n\nSi vous voyez les "
                f"choses autrement, vous pouvez vous y opposer d'ici là :\n\n{address}\n"
            ),
            key=f"interim:{interim.pk}:{user.pk}",
        )


@transaction.atomic
def oppose_interim(*, by: User, interim: Interim, voice: Agent) -> Interim:
    """Oppose a naming before it starts: it stops, and the circle talks."""
    _must_be_of_the_circle(by, interim.ecosystem, voice)
    locked = _locked(interim)
    state = standing(locked, clock.now())
    if state is Standing.STARTED:
        raise Invalid(
            "L'intérim a commencé : parlez-en, puis passez le relais à quelqu'un d'autre."
        )
    if state is Standing.OPPOSED:
        return locked
    locked.opposed_at = clock.now()
    locked.opposed_by = voice
    locked.save(update_fields=["opposed_at", "opposed_by"])
    _log(locked, voice, "opposed", f"{voice} s'oppose à cet intérim : nous en parlons d'abord.")
    return locked


@transaction.atomic
def start_interim(*, interim: Interim) -> Interim:
    """Give the role when the 72 hours are over and nobody opposed. Repeating changes nothing."""
    locked = _locked(interim)
    if standing(locked, clock.now()) is not Standing.DUE:
        return locked
    if keys.key_holders(locked.ecosystem).exists():
        locked.opposed_at = clock.now()  # the keys were found again: nothing is taken over
        locked.save(update_fields=["opposed_at"])
        return locked
    give_role(
        agent=locked.person,
        space=locked.ecosystem.circle,
        kind=RoleKind.INTERIM,
        given_by=locked.asked_by,
    )
    locked.started_at = clock.now()
    locked.save(update_fields=["started_at"])
    _log(locked, locked.asked_by, "started", f"{locked.person} assure l'intérim.")
    return locked


def start_due_interims() -> int:
    """Start every interim whose 72 hours are over; returns how many began."""
    due = Interim.objects.filter(
        starts_at__lte=clock.now(), started_at__isnull=True, opposed_at__isnull=True
    )
    return sum(start_interim(interim=one).started_at is not None for one in due)


def start_job(*, payload: Mapping[str, Any], key: str) -> None:
    """Start one interim from the background, at its hour (see ``core.outbox``)."""
    interim = Interim.objects.filter(pk=payload["interim"]).first()
    if interim is None:
        return
    if standing(interim, clock.now()) is Standing.NOTICE and interim.starts_at is not None:
        raise NotYet(interim.starts_at)
    start_interim(interim=interim)


def _locked(interim: Interim) -> Interim:
    return (
        Interim.objects.select_for_update(of=("self",))
        .select_related("ecosystem__circle", "ecosystem__space", "person", "asked_by")
        .get(pk=interim.pk)
    )


def _must_speak_for(by: User, ecosystem: Ecosystem, organisation: Agent) -> None:
    if not keys.organisations_of(by, ecosystem).filter(pk=organisation.pk).exists():
        raise NotAllowed("Il faut parler pour une organisation du premier cercle.")


def _must_be_of_the_circle(by: User, ecosystem: Ecosystem, voice: Agent) -> None:
    person = voice.pk == by.agent_id and keys.eligible(ecosystem).filter(pk=voice.pk).exists()
    if not person:
        _must_speak_for(by, ecosystem, voice)


def _same_naming(interim: Interim, person: Agent) -> Interim:
    if interim.person_id != person.pk:
        raise Invalid(
            f"Une demande est déjà en cours pour {interim.person}. Appuyez-la, ou opposez-vous-y."
        )
    return interim


def _log(interim: Interim, voice: Agent, step: str, text: str) -> None:
    log_milestone(
        by=voice,
        ecosystem=interim.ecosystem,
        milestone=Milestone.ROLE,
        text=text,
        key=uuid5(NAMESPACE_URL, f"terreau:interim:{interim.pk}:{step}"),
    )
