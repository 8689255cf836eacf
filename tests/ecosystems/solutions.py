# SPDX-License-Identifier: AGPL-3.0-or-later
"""Makes performances, maillons and effects, through their actions."""

from uuid import uuid4

from terreau.ecosystems.actions.records import Filing
from terreau.ecosystems.actions.solution import (
    MaillonLinks,
    MaillonText,
    PerformanceText,
    add_maillon,
    add_performance,
)
from terreau.ecosystems.enums import MaillonNature, MaillonState
from terreau.ecosystems.models import Ecosystem, Maillon, Performance
from terreau.people.enums import Level
from terreau.people.models import User


def filing(level: str = Level.CIRCLE) -> Filing:
    return Filing(key=uuid4(), level=level)


def make_performance(
    by: User, ecosystem: Ecosystem, statement: str = "Arriver à 5 h", level: str = Level.CIRCLE
) -> Performance:
    text = PerformanceText(statement, for_whom="les équipes du matin")
    return add_performance(by=by, ecosystem=ecosystem, filing=filing(level), text=text)


def make_maillon(
    by: User,
    ecosystem: Ecosystem,
    name: str = "Voitures partagées",
    *,
    level: str = Level.CIRCLE,
    performances: tuple[Performance, ...] = (),
    depends_on: tuple[Maillon, ...] = (),
    **text: object,
) -> Maillon:
    wanted = {"nature": MaillonNature.GOOD, "state": MaillonState.EXISTS, **text}
    return add_maillon(
        by=by,
        ecosystem=ecosystem,
        filing=filing(level),
        text=MaillonText(name, **wanted),
        links=MaillonLinks(performances, depends_on),
    )
