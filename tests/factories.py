# SPDX-License-Identifier: AGPL-3.0-or-later
"""Plain functions that make what a test needs, through the actions wherever there is one."""

from datetime import date
from itertools import count

from terreau.ecosystems.models import Ecosystem
from terreau.people.actions import add_agent, give_mandate, give_role, open_space
from terreau.people.enums import AgentKind, RoleKind, SpaceKind
from terreau.people.models import Agent, User

LONG_AGO = date(2020, 1, 1)
_numbers = count(1)


def reached() -> int:
    """Return a number that is above all that were given."""
    return next(_numbers)


def go_on_after(number: int) -> None:
    """Give no number any more that another process gave in what is put in here."""
    while next(_numbers) < number:
        pass


def make_user(name: str = "Alice", **fields: object) -> User:
    """A person with an account; the address is made up from a running number."""
    return User.objects.create_user(
        f"personne{next(_numbers)}@exemple.invalid", name=name, **fields
    )


def make_organisation(name: str = "La Halte", **fields: object) -> Agent:
    return add_agent(kind=AgentKind.ORGANISATION, name=name, **fields)


def make_ecosystem(name: str = "Aller et revenir", **fields: object) -> Ecosystem:
    """An ecosystem with its agent, its space and its first circle, and nobody in it."""
    number = next(_numbers)
    agent = add_agent(kind=AgentKind.ECOSYSTEM, name=name)
    space = open_space(kind=SpaceKind.ECOSYSTEM, name=name)
    circle = open_space(kind=SpaceKind.CIRCLE, name="Premier cercle", parent=space)
    return Ecosystem.objects.create(
        slug=f"cooperation-{number}",
        name=name,
        sentence="Que personne ne renonce faute de pouvoir s'y rendre.",
        agent=agent,
        space=space,
        circle=circle,
        **fields,
    )


def join(user: User, ecosystem: Ecosystem, kind: RoleKind = RoleKind.CORE_MEMBER) -> User:
    """Give a person a role in the first circle of an ecosystem."""
    give_role(agent=user.agent, space=ecosystem.circle, kind=kind, since=LONG_AGO)
    return user


def represent(user: User, organisation: Agent, ecosystem: Ecosystem | None = None) -> Agent:
    """Let a person speak for an organisation, which joins the first circle when one is given."""
    give_mandate(person=user.agent, organisation=organisation, since=LONG_AGO)
    if ecosystem is not None:
        give_role(
            agent=organisation,
            space=ecosystem.circle,
            kind=RoleKind.CORE_MEMBER,
            since=LONG_AGO,
        )
    return organisation
