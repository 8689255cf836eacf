# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the outside sees: the public sheet, the sheets read in public documents, the requests."""

from __future__ import annotations

from functools import partial

from terreau.core import clock
from terreau.demo.cast import Cast
from terreau.demo.roles import DOMAIN
from terreau.demo.timeline import Timeline, key, read
from terreau.people.actions import add_agent
from terreau.people.enums import AgentKind
from terreau.people.models import User
from terreau.programmes.actions import (
    Said,
    assign_coach,
    create_programme,
    name_officer,
    show_to,
)
from terreau.publishing.actions import load_read_sheets, publish_sheet, write_message
from terreau.publishing.enums import MessageKind, Origin
from terreau.publishing.models import Sheet

REQUESTS = (
    (
        MessageKind.TAKE_OVER,
        "Une personne inventée",
        "Nous aimerions tenir cette fiche nous-mêmes. À qui écrire pour commencer ?",
    ),
    (
        MessageKind.REMOVE,
        "Une autre personne inventée",
        "Ce projet s'est arrêté l'an dernier. Pouvez-vous l'indiquer sur la fiche ?",
    ),
)


def show(timeline: Timeline, cast: Cast) -> None:
    """Note on the timeline what is shown to the programme and to everybody."""
    administrator = _account("instance", "Administration de la démonstration", superuser=True)
    officer = _account("solene", read("story")["programme"]["officer"]["name"])
    timeline.add(
        read("story")["programme"]["ago"], partial(_programme, cast, administrator, officer)
    )
    timeline.add(370, partial(_publish, cast))
    timeline.add(22, partial(_publish, cast))
    timeline.add(6, _ask)


def _account(name: str, full_name: str, *, superuser: bool = False) -> User:
    agent = add_agent(kind=AgentKind.PERSON, name=full_name, invented=True)
    create = User.objects.create_superuser if superuser else User.objects.create_user
    return create(f"{name}@{DOMAIN}", agent=agent)


def _programme(cast: Cast, administrator: User, officer: User) -> None:
    told = read("story")["programme"]
    said = Said(
        name=told["name"],
        host=told["host"],
        starts_on=clock.today(),
        words="Tout est inventé dans ce programme.",
    )
    programme = create_programme(by=administrator, key=key("programme"), said=said)
    name_officer(by=administrator, programme=programme, officer=officer.agent)
    show_to(by=cast.steward(), ecosystem=cast.place, programme=programme)
    for name in told["coaches"]:
        coach = add_agent(kind=AgentKind.PERSON, name=name, invented=True)
        assign_coach(by=administrator, programme=programme, ecosystem=cast.place, coach=coach)


def _publish(cast: Cast) -> None:
    publish_sheet(by=cast.steward(), ecosystem=cast.place)


def _ask() -> None:
    """Read the public documents, then ask two things about the first sheets read there."""
    load_read_sheets()
    sheets = Sheet.objects.filter(origin=Origin.READ).order_by("title")
    for number, (sheet, (kind, sender, text)) in enumerate(zip(sheets, REQUESTS, strict=False)):
        words = {"sender": sender, "answer_to": f"personne@{DOMAIN}", "text": text}
        write_message(
            sheet=sheet, kind=kind, words=words, key=key("request", number), address="127.0.0.1"
        )
