# SPDX-License-Identifier: AGPL-3.0-or-later
"""Secrets planted in a world: a record of each kind at each level, and who may read which."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.apps import apps
from django.db import models

from terreau.agreements.models import Agreement, AgreementVersion, Contribution, DiscussionNote
from terreau.core import clock
from terreau.ecosystems.models import Ecosystem, Effect, Presence
from terreau.people.enums import Level
from terreau.people.models import Agent, Record
from tests.factories import make_organisation, make_user, represent
from tests.ledger.wishing import wished
from tests.web.world import INSIDE, ROLES, World


def secret(model: type[Record], level: str) -> str:
    """Return the mark of a planted record."""
    return f"Zq{model.__name__}{level.capitalize()}Qz"


def records() -> list[type[Record]]:
    """Return every kind of private record but notes of a discussion, which have a space apart."""
    found = [model for model in apps.get_models() if issubclass(model, Record)]
    return [model for model in found if model is not DiscussionNote]


def plant(world: World, text: Callable[[type[Record], Level], str] = secret) -> None:
    """Plant a record of each kind at each level, by somebody who is nobody else here.

    ``text``: what each of its texts says.
    """
    author = represent(make_user("Zoé"), make_organisation("Zénith"), world.here)
    for model in records():
        for level in Level:
            _plant(world, model, level, author, text(model, level))


def _plant(world: World, model: type[Record], level: Level, author: Agent, mark: str) -> Record:
    values: dict[str, Any] = {
        "space": world.here.circle,
        "author": author,
        "recorded_by": author,
        "level": level,
        **wished(model, world.here.space, author),
    }
    for column in model._meta.concrete_fields:
        if column.name in values or column.primary_key:
            continue
        if isinstance(column, (models.CharField, models.TextField)) and not column.choices:
            if column.name not in ("said_by", "guest_name", "unit", "agreement_said_by"):
                values[column.name] = mark
        elif not column.null and not column.has_default():
            values[column.name] = _filled(world, column, level)
    if any(one.name == "ecosystem" for one in model._meta.get_fields()):
        values["ecosystem"] = world.here
    if model is Contribution:
        values.update(unit="hour", kind="time", receiver=world.here.agent, quantity=1_000_000)
    if model is Presence:
        values["agent"] = make_organisation(mark)
    if model is Effect:
        values["said_by"] = "quelqu'un"
    planted = model._default_manager.create(**values)
    if isinstance(planted, Agreement):
        AgreementVersion.objects.create(agreement=planted, number=1, drafted_by=author)
    return planted


def _filled(world: World, column: models.Field[Any, Any], level: Level) -> Any:
    if isinstance(column, models.DateField):
        return clock.today()
    if isinstance(column, models.ForeignKey):
        return _related(world, column.related_model, level)
    if isinstance(column, (models.IntegerField, models.BigIntegerField)):
        far = {"event_id": 10**12}.get(column.name, 900)  # no event of the ledger has that number
        return {"year": 2024}.get(column.name, far + list(Level).index(level))
    return column.choices[0][0] if column.choices else None


def _related(world: World, model: Any, level: Level) -> Any:
    if model is Agent:
        return world.here.agent
    if model is Ecosystem:
        return world.here
    return model.objects.filter(ecosystem=world.here, level=Level.PUBLIC).first()


# What each role may read of a record planted in the first circle, by its level.
EVERYBODY = frozenset(ROLES)
WITH_A_PLACE = frozenset({"steward elsewhere", "programme officer"}) | INSIDE
MAY_READ: dict[Level, frozenset[str]] = {
    Level.AUTHOR: frozenset(),
    Level.PAIR: frozenset({"member", "steward"}),
    Level.CIRCLE: frozenset({"member", "steward"}),
    Level.ECOSYSTEM: INSIDE,
    Level.PROGRAMME: INSIDE | {"programme officer"},
    Level.COMMUNITY: WITH_A_PLACE,
    Level.NOTICE: INSIDE,
    Level.PUBLIC: EVERYBODY,
}
