# SPDX-License-Identifier: AGPL-3.0-or-later
"""« Notre cap »: where it stands, how it changed, what is said beside it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import zip_longest
from typing import TypeVar

from django.db.models import QuerySet

from terreau.ecosystems.enums import AimState
from terreau.ecosystems.models import (
    Aim,
    AimDisagreement,
    CircleDecision,
    Ecosystem,
    Obstacle,
    Stake,
    Word,
)
from terreau.ecosystems.rules.texts import Piece, compared
from terreau.people.visibility import Reader

R = TypeVar("R", Stake, Word, Obstacle, CircleDecision)


def aims(ecosystem: Ecosystem, reader: Reader) -> QuerySet[Aim]:
    """Return the versions that this reader may read, with who adopted them, newest first."""
    return (
        Aim.objects.visible_to(reader)
        .filter(ecosystem=ecosystem)
        .select_related("author", "recorded_by", "space")
        .prefetch_related("adopted_by")
        .order_by("-number")
    )


def adopted(ecosystem: Ecosystem, reader: Reader) -> QuerySet[Aim]:
    """Return the adopted versions, the one that stands today first."""
    found = aims(ecosystem, reader).filter(state=AimState.ADOPTED)
    return found.order_by("-adopted_on", "-number")


def proposals(ecosystem: Ecosystem, reader: Reader) -> QuerySet[Aim]:
    """Return the versions proposed and not adopted, newest first."""
    return aims(ecosystem, reader).filter(state=AimState.PROPOSED)


@dataclass(frozen=True, slots=True)
class Step:
    """An adopted version, and what changed in its words since the one before (none: the first)."""

    aim: Aim
    pieces: tuple[Piece, ...] = ()


def steps(ecosystem: Ecosystem, reader: Reader) -> list[Step]:
    """Return the adopted versions, newest first, each compared with the one before. Two queries."""
    versions = list(adopted(ecosystem, reader))
    return [
        Step(aim, tuple(compared(old.text, aim.text)) if old else ())
        for aim, old in zip_longest(versions, versions[1:])
    ]


def disagreements(ecosystem: Ecosystem, reader: Reader) -> QuerySet[AimDisagreement]:
    """Return what is seen otherwise: the open ones first, oldest first."""
    return (
        AimDisagreement.objects.visible_to(reader)
        .filter(aim__ecosystem=ecosystem)
        .select_related("agent", "aim", "space")
        .order_by("settled_on", "pk")
    )


def open_disagreements(ecosystem: Ecosystem, reader: Reader) -> QuerySet[AimDisagreement]:
    """Return the disagreements that nobody has settled."""
    return disagreements(ecosystem, reader).filter(settled_on__isnull=True)


def stakes(ecosystem: Ecosystem, reader: Reader) -> QuerySet[Stake]:
    """Return what is at stake, as this reader may read it."""
    return _kept_here(Stake, ecosystem, reader).order_by("pk")


def words(ecosystem: Ecosystem, reader: Reader) -> QuerySet[Word]:
    """Return « nos mots », by word."""
    return _kept_here(Word, ecosystem, reader).order_by("word", "pk")


def obstacles(ecosystem: Ecosystem, reader: Reader) -> QuerySet[Obstacle]:
    """Return the difficulties told, the latest year first."""
    return _kept_here(Obstacle, ecosystem, reader).order_by("-year", "-pk")


def decisions(ecosystem: Ecosystem, reader: Reader) -> QuerySet[CircleDecision]:
    """Return the decisions of the circle, newest first."""
    return _kept_here(CircleDecision, ecosystem, reader).order_by("-day", "-pk")


def _kept_here(model: type[R], ecosystem: Ecosystem, reader: Reader) -> QuerySet[R]:
    rows: QuerySet[R] = model.objects.visible_to(reader).filter(ecosystem=ecosystem)
    return rows.select_related("author", "space")
