# SPDX-License-Identifier: AGPL-3.0-or-later
"""Finds places by what people type, and what lies in what."""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.db.models import Case, F, IntegerField, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce

from terreau.territories.enums import TerritoryKind
from terreau.territories.models import Containment, Territory
from terreau.territories.rules import label, search_key

SUGGESTIONS = 10
SHORTEST = 2
SPARE = 6  # rows read for one shown: former names and homonyms fall out afterwards
NOTE = re.compile(r"^(?P<name>.*?)\s*\((?P<note>[^()]*)\)\s*$")
DESIGNATIONS = (
    TerritoryKind.REGION,
    TerritoryKind.DEPARTMENT,
    TerritoryKind.LIVING_AREA,
    TerritoryKind.AD_HOC,
    TerritoryKind.COMMUNE,
    TerritoryKind.EPCI,
)


@dataclass(frozen=True, slots=True)
class Place:
    """A place to choose: today's territory, and how to write it so that it is the only one."""

    pk: int
    kind: str
    code: str
    label: str
    former: str = ""


def search_places(
    text: str, *, kinds: tuple[str, ...] = DESIGNATIONS, limit: int = SUGGESTIONS
) -> list[Place]:
    """Return the places whose name (today's or a former one) begins with, or holds, what is typed.

    Exact names first, then those that begin so; the most inhabited first among equals. A former
    name gives today's commune, with the name that was typed. One query.
    """
    typed = NOTE.match(text.strip())
    key = search_key(typed["name"] if typed else text)
    if len(key) < SHORTEST:
        return []
    found = (
        Territory.objects.filter(kind__in=kinds)
        .filter(Q(ended_on__isnull=True) | Q(successor__isnull=False))
        .filter(Q(search_key__startswith=key) | Q(search_key__contains=f" {key}") | _code(text))
        .annotate(
            nearness=Case(
                When(search_key=key, then=Value(0)),
                When(search_key__startswith=key, then=Value(1)),
                default=Value(2),
                output_field=IntegerField(),
            ),
            rank=_kind_rank(),
            size=Coalesce("successor__inhabitants", "inhabitants", Value(0)),
        )
        .select_related("successor")
        .order_by("nearness", F("ended_on").asc(nulls_first=True), "rank", "-size", "name", "code")
    )
    note = typed["note"].lower() if typed else ""
    places = _once(found[: limit * SPARE])
    return [place for place in places if note in place.label.lower()][:limit]


def _code(text: str) -> Q:
    typed = text.strip().upper()
    return Q(code=typed, ended_on__isnull=True) if typed else Q(pk__in=())


def _kind_rank() -> Case:
    return Case(
        *(When(kind=kind, then=Value(rank)) for rank, kind in enumerate(DESIGNATIONS)),
        default=Value(len(DESIGNATIONS)),
        output_field=IntegerField(),
    )


def _once(found: QuerySet[Territory]) -> list[Place]:
    places: dict[int, Place] = {}
    for row in found:
        today = row.successor or row
        former = row.name if row.successor and row.name != today.name else ""
        named = label(today.kind, today.code, today.name)
        places.setdefault(today.pk, Place(today.pk, today.kind, today.code, named, former))
    return list(places.values())


def exactly(text: str) -> list[Place]:
    """Return the places that a typed text may mean: one when it is clear, several for homonyms.

    « Saint-Denis (93) » means one; « Saint-Denis » several; a former name its commune of today.
    """
    typed = NOTE.match(text.strip())
    key = search_key(typed["name"] if typed else text)
    return [
        place
        for place in search_places(text, limit=50)
        if key == search_key(place.former) or key == search_key(NOTE.sub(r"\g<name>", place.label))
    ]


def regions() -> QuerySet[Territory]:
    """Return the regions, by name."""
    return Territory.objects.filter(kind=TerritoryKind.REGION, ended_on__isnull=True)


def departments() -> QuerySet[Territory]:
    """Return the departments, by code."""
    found = Territory.objects.filter(kind=TerritoryKind.DEPARTMENT, ended_on__isnull=True)
    return found.order_by("code")


def around(places: list[int], kind: TerritoryKind) -> QuerySet[Territory]:
    """Return the territories of a kind that these places are, or lie in."""
    inside = Q(pk__in=Containment.objects.filter(inner__in=places).values("outer"))
    return Territory.objects.filter(Q(pk__in=places) | inside, kind=kind).order_by("code", "name")
