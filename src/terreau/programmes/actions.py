# SPDX-License-Identifier: AGPL-3.0-or-later
"""Create a programme, name its officers and coaches; an ecosystem shows itself to it, or stops."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.db import transaction

from terreau.core import clock
from terreau.core.errors import Invalid, NotAllowed, NotFound
from terreau.core.once import kept, must_be_same, once
from terreau.ecosystems.models import Ecosystem
from terreau.ecosystems.rules.days import happened, plausible
from terreau.ecosystems.rules.records import can_steer
from terreau.people.actions import (
    add_agent,
    check_texts,
    end_role,
    give_role,
    link_spaces,
    open_space,
)
from terreau.people.enums import AgentKind, EndReason, RoleKind, SpaceKind
from terreau.people.models import Agent, Role, SpaceLink, User
from terreau.people.queries import running_on
from terreau.programmes import queries, rules
from terreau.programmes.models import Coaching, Programme


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a programme is. ``host``: the organisation that bears it, known or by its name."""

    name: str
    host: Agent | str
    starts_on: date
    ends_on: date | None = None
    alias: str = ""
    words: str = ""
    invented: bool = False


@transaction.atomic
def create_programme(*, by: User, key: UUID, said: Said) -> Programme:
    """Create a programme and its space. The administrator of the instance does it; once a key."""
    if not by.is_superuser:
        raise NotAllowed("Seul l'administrateur de cette instance ouvre un programme.")
    texts = {name: getattr(said, name).strip() for name in ("name", "alias", "words")}
    dates = {"starts_on": said.starts_on, "ends_on": said.ends_on}
    content = {**texts, **dates, "invented": said.invented}
    if not texts["name"]:
        raise Invalid("Donnez le nom du programme.", field="name")
    for field, day in dates.items():
        if day is not None:
            plausible(day, field=field)
    if said.ends_on is not None and said.ends_on < said.starts_on:
        raise Invalid("Il ne peut pas finir avant d'avoir commencé.", field="ends_on")
    check_texts(Programme, texts)

    def make() -> Programme:
        space = open_space(kind=SpaceKind.PROGRAMME, name=texts["name"])
        return Programme.objects.create(key=key, **content, host=_host(said), space=space)

    return once(lambda: _created(key, content, said), make)[0]


def _created(key: UUID, content: Mapping[str, object], said: Said) -> Programme | None:
    stored = kept(Programme, key=key, wanted=content)
    if stored is not None and isinstance(said.host, Agent):
        must_be_same(stored, {"host": said.host})
    elif stored is not None:
        must_be_same(stored.host, {"name": str(said.host).strip()})
    return stored


def _host(said: Said) -> Agent:
    if isinstance(said.host, Agent):
        return said.host
    check_texts(Agent, {"name": said.host})
    if not said.host.strip():
        raise Invalid("Dites quelle organisation le porte.", field="host")
    return add_agent(kind=AgentKind.ORGANISATION, name=said.host.strip(), invented=said.invented)


def name_officer(
    *, by: User, programme: Programme, officer: Agent, since: date | None = None
) -> Role:
    """Say who follows the programme, from a day on. Once while the role runs."""
    _must_run(by, programme)
    if not officer.is_person:
        raise Invalid("Une personne suit le programme, pas une organisation.", field="officer")
    return give_role(
        agent=officer,
        space=programme.space,
        kind=RoleKind.PROGRAMME_OFFICER,
        given_by=by.agent,
        since=since,
    )


def end_officer(*, by: User, programme: Programme, role: Role) -> Role:
    """End an officer's role today. Ended already, it stays so."""
    _must_run(by, programme)
    if role.space_id != programme.space_id:
        raise NotFound("Ce rôle n'est pas celui de ce programme.")
    return role if role.until else end_role(role=role, reason=EndReason.NOT_SAID)


def show_to(
    *, by: User, ecosystem: Ecosystem, programme: Programme, since: date | None = None
) -> SpaceLink:
    """Let an ecosystem show a programme what it raises to that level, and nothing else."""
    _must_steer(by, ecosystem)
    return link_spaces(source=ecosystem.space, target=programme.space, since=since)


def stop_showing(*, by: User, ecosystem: Ecosystem, programme: Programme) -> None:
    """Stop: from this moment the programme reads nothing more. Done twice, it changes nothing."""
    _must_steer(by, ecosystem)
    # A link runs through its last day, so it ends yesterday.
    SpaceLink.objects.filter(
        running_on(clock.today()), source=ecosystem.space, target=programme.space
    ).update(until=clock.today() - timedelta(days=1))


def assign_coach(
    *,
    by: User,
    programme: Programme,
    ecosystem: Ecosystem,
    coach: Agent,
    since: date | None = None,
) -> Coaching:
    """Say who accompanies an ecosystem for the programme. It opens nothing to them.

    Only the ecosystem opens its doors, by giving them the role « accompagne ».
    """
    _must_run(by, programme)
    if not queries.followed(programme).filter(pk=ecosystem.pk).exists():
        raise NotFound("Cette coopération ne se montre pas à ce programme.")
    day = happened(since, field="since", what="Notez l'accompagnement quand il commence")
    coaching, _ = Coaching.objects.get_or_create(
        programme=programme,
        ecosystem=ecosystem,
        coach=coach,
        until=None,
        defaults={"since": day},
    )
    return coaching


def end_coaching(*, by: User, coaching: Coaching, until: date | None = None) -> Coaching:
    """Say that somebody no longer accompanies an ecosystem. Ended already, it stays so."""
    _must_run(by, coaching.programme)
    if coaching.until is not None:
        return coaching
    day = until or clock.today()
    if not coaching.since <= day <= clock.today():
        raise Invalid("Cette date doit tomber entre le début et aujourd'hui.", field="until")
    coaching.until = day
    coaching.save(update_fields=["until"])
    return coaching


def _must_run(by: User, programme: Programme) -> None:
    if not rules.can_run(by, programme):
        raise NotAllowed("Seules les personnes qui suivent ce programme le peuvent.")


def _must_steer(by: User, ecosystem: Ecosystem) -> None:
    if not can_steer(by, ecosystem):
        raise NotAllowed("Seules les personnes qui gardent les clés choisissent à qui se montrer.")
