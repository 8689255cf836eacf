# SPDX-License-Identifier: AGPL-3.0-or-later
"""Loads the official files; lets people draw a living area or a perimeter of their own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TypeAlias, TypeVar

from django.db import connection, transaction
from django.db.models import Q

from terreau.core.errors import Invalid
from terreau.territories import queries
from terreau.territories.enums import OFFICIAL, TerritoryKind
from terreau.territories.models import Containment, Territory
from terreau.territories.official import Official, read_official
from terreau.territories.rules import department_code, search_key

T = TypeVar("T")
Identity: TypeAlias = tuple[str, str]
BATCH = 800  # rows a statement: SQLite takes 32,766 parameters


@dataclass(frozen=True, slots=True)
class LoadReport:
    """What a load found in the files, and what it changed (rows) in the database."""

    vintage: int
    epci_vintage: int
    communes: int
    former: int
    epcis: int
    departments: int
    regions: int
    added: int
    changed: int
    removed: int

    def __str__(self) -> str:
        return (
            f"Territoires de {self.vintage} (intercommunalités de {self.epci_vintage}) : "
            f"{self.communes} communes, {self.epcis} intercommunalités, {self.departments} "
            f"départements, {self.regions} régions, {self.former} anciens noms. "
            f"Lignes ajoutées : {self.added}, changées : {self.changed}, retirées : {self.removed}."
        )


def load_official_files(folder: Path) -> LoadReport:
    """Read a folder of official files and bring the territories up to date with them.

    All is read and checked first, then written in one transaction by sets of rows. A second run
    with the same files changes nothing. What people drew is left alone. Raises Invalid when a file
    is missing, wrong, cut short or older than what is stored; nothing is written then.
    """
    official = read_official(folder)
    with transaction.atomic():
        _refuse_older(official.vintage)
        changes = _Changes()
        live = _write_live(official, changes)
        _write_former(official, live, changes)
        _write_containments(official, live, changes)
        _tell_planner()
    return LoadReport(
        vintage=official.vintage,
        epci_vintage=official.epci_vintage,
        communes=len(official.communes),
        former=len(official.former),
        epcis=len(official.epcis),
        departments=len(official.departments),
        regions=len(official.regions),
        added=changes.added,
        changed=changes.changed,
        removed=changes.removed,
    )


@transaction.atomic
def add_communes(communes: Mapping[str, tuple[str, int]]) -> int:
    """Write communes (code: name, inhabitants) inside their department and region.

    For a demonstration; those that are there already stay as they are. Without a vintage, so that
    official files of any year complete and correct them. Returns how many were added; raises
    Invalid for a code whose department is not known.
    """
    known = Territory.objects.filter(kind=TerritoryKind.COMMUNE, code__in=communes)
    missing = communes.keys() - set(known.values_list("code", flat=True))
    around = _around_communes(missing)
    added = Territory.objects.bulk_create(
        Territory(
            kind=TerritoryKind.COMMUNE,
            code=code,
            name=communes[code][0],
            search_key=search_key(communes[code][0]),
            inhabitants=communes[code][1],
        )
        for code in sorted(missing)
    )
    Containment.objects.bulk_create(
        Containment(inner=row, outer_id=outer, vintage=vintage)
        for row in added
        for outer, vintage in around[row.code]
    )
    return len(added)


def _around_communes(codes: Iterable[str]) -> dict[str, list[tuple[int, int]]]:
    """Return the department and the region of each code, with the vintage of what is known."""
    departments = {row.code: row for row in queries.departments()}
    regions = Containment.objects.filter(inner__in=departments.values())
    told = regions.values_list("inner_id", "outer_id", "vintage")
    of = {inner: (outer, vintage) for inner, outer, vintage in told}
    found = {}
    for code in codes:
        department = departments.get(department_code(code))
        if department is None:
            raise Invalid(f"Le département de la commune {code} n'est pas connu ici.")
        region, vintage = of[department.pk]
        found[code] = [(department.pk, vintage), (region, vintage)]
    return found


def _tell_planner() -> None:
    """Let PostgreSQL know that the tables have grown.

    Each link is checked at the end of the transaction: planned for the empty table, a check would
    read the whole table for each of the 35,000 rows.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            for model in (Territory, Containment):
                cursor.execute(f"ANALYZE {model._meta.db_table}")


@transaction.atomic
def draw_perimeter(*, kind: TerritoryKind, name: str, contents: Sequence[Territory]) -> Territory:
    """Create a living area or a perimeter of one's own from territories chosen by people.

    Merged communes are taken as today's. Raises Invalid for an official kind, a missing name or an
    empty choice.
    """
    if kind in OFFICIAL:
        raise Invalid("Seuls un bassin de vie ou un périmètre choisi se dessinent ici.")
    if not name.strip():
        raise Invalid("Donnez un nom à ce périmètre.", field="name")
    perimeter = Territory.objects.create(kind=kind, name=name.strip(), search_key=search_key(name))
    choose_contents(perimeter=perimeter, contents=contents)
    return perimeter


@transaction.atomic
def choose_contents(*, perimeter: Territory, contents: Sequence[Territory]) -> None:
    """Set what a living area or a perimeter is made of. Choosing the same again changes nothing."""
    if perimeter.kind in OFFICIAL:
        raise Invalid("Les territoires officiels ne se redessinent pas.")
    if not contents:
        raise Invalid("Choisissez au moins une commune ou un territoire.", field="contents")
    wanted = {place.successor_id or place.pk for place in contents}
    if perimeter.pk in wanted:
        raise Invalid("Un périmètre ne peut pas se contenir lui-même.", field="contents")
    drawn = Containment.objects.filter(outer=perimeter)
    drawn.exclude(inner_id__in=wanted).delete()
    present = set(drawn.values_list("inner_id", flat=True))
    vintage = max((place.vintage or 0 for place in contents), default=0)
    Containment.objects.bulk_create(
        Containment(inner_id=pk, outer=perimeter, vintage=vintage) for pk in wanted - present
    )


class _Changes:
    """How many rows a load touched."""

    def __init__(self) -> None:
        self.added = self.changed = self.removed = 0


def _chunks(items: Sequence[T]) -> Iterator[Sequence[T]]:
    return (items[start : start + BATCH] for start in range(0, len(items), BATCH))


def _refuse_older(vintage: int) -> None:
    newest = (
        Territory.objects.filter(kind=TerritoryKind.COMMUNE, vintage__isnull=False)
        .order_by("-vintage")
        .values_list("vintage", flat=True)
        .first()
    )
    if newest is not None and newest > vintage:
        raise Invalid(
            f"Ces fichiers sont de {vintage}, les territoires connus ici de {newest}. "
            "Rien n'a été changé."
        )


def _wanted_live(official: Official) -> dict[Identity, tuple[str, int | None, int]]:
    year = official.vintage
    wanted: dict[Identity, tuple[str, int | None, int]] = {}
    for code, name in official.regions.items():
        wanted[TerritoryKind.REGION, code] = (name, None, year)
    for code, part in official.departments.items():
        wanted[TerritoryKind.DEPARTMENT, code] = (part.name, None, year)
    for code, part in official.districts.items():
        wanted[TerritoryKind.DISTRICT, code] = (part.name, None, year)
    for code, commune in official.communes.items():
        inhabitants = official.inhabitants.get(code)
        wanted[TerritoryKind.COMMUNE, code] = (commune.name, inhabitants, year)
    for code, part in official.epcis.items():
        wanted[TerritoryKind.EPCI, code] = (part.name, part.inhabitants, official.epci_vintage)
    return wanted


def _write_live(official: Official, changes: _Changes) -> dict[Identity, int]:
    wanted = _wanted_live(official)
    stored = Territory.objects.filter(kind__in=OFFICIAL).exclude(code="")
    live = {(row.kind, row.code): row for row in stored.filter(ended_on__isnull=True)}
    _end_vanished(official, [row for key, row in live.items() if key not in wanted], changes)
    missing = [key for key in wanted if key not in live]
    _revive(missing, wanted, live, changes)
    new = [
        Territory(
            kind=kind,
            code=code,
            name=wanted[kind, code][0],
            search_key=search_key(wanted[kind, code][0]),
            inhabitants=wanted[kind, code][1],
            vintage=wanted[kind, code][2],
        )
        for kind, code in missing
        if (kind, code) not in live
    ]
    Territory.objects.bulk_create(new, batch_size=BATCH)
    changes.added += len(new)
    _update_live([(row, wanted[key]) for key, row in live.items() if key in wanted], changes)
    ids = stored.filter(ended_on__isnull=True).values_list("kind", "code", "pk")
    return {(kind, code): pk for kind, code, pk in ids}


def _end_vanished(official: Official, vanished: list[Territory], changes: _Changes) -> None:
    # The row of a merged commune stays, so that what points to it can be led to today's.
    ends = {(past.code, past.name): past.ended_on for past in official.former}
    for row in vanished:
        row.ended_on = ends.get((row.code, row.name), date(official.vintage, 1, 1))
    Territory.objects.bulk_update(vanished, ["ended_on"], batch_size=BATCH)
    changes.removed += len(vanished)


def _revive(
    missing: list[Identity],
    wanted: dict[Identity, tuple[str, int | None, int]],
    live: dict[Identity, Territory],
    changes: _Changes,
) -> None:
    # A commune made independent again takes back the row that it had.
    codes = {code for kind, code in missing if kind == TerritoryKind.COMMUNE}
    if not codes:
        return
    ended = Territory.objects.filter(kind=TerritoryKind.COMMUNE, ended_on__isnull=False)
    for row in ended:
        key = (row.kind, row.code)
        if row.code in codes and key not in live and wanted[key][0] == row.name:
            row.ended_on, row.successor = None, None
            row.save(update_fields=["ended_on", "successor"])
            live[key] = row
            changes.changed += 1


def _update_live(
    pairs: list[tuple[Territory, tuple[str, int | None, int]]], changes: _Changes
) -> None:
    renamed, aged = [], []
    for row, (name, inhabitants, vintage) in pairs:
        if (row.name, row.inhabitants) != (name, inhabitants):
            row.name, row.search_key = name, search_key(name)
            row.inhabitants, row.vintage = inhabitants, vintage
            renamed.append(row)
        elif row.vintage != vintage:
            aged.append((row.pk, vintage))
    Territory.objects.bulk_update(
        renamed, ["name", "search_key", "inhabitants", "vintage"], batch_size=BATCH // 4
    )
    for vintage in {year for _, year in aged}:
        for chunk in _chunks([pk for pk, year in aged if year == vintage]):
            Territory.objects.filter(pk__in=chunk).update(vintage=vintage)
    changes.changed += len(renamed) + len(aged)


def _write_former(official: Official, live: dict[Identity, int], changes: _Changes) -> None:
    ended = Territory.objects.filter(kind=TerritoryKind.COMMUNE, ended_on__isnull=False)
    stored = {(row.code, row.name): row for row in ended}
    new, moved = [], []
    for past in official.former:
        successor = live[TerritoryKind.COMMUNE, past.successor] if past.successor else None
        row = stored.get((past.code, past.name))
        if row is None:
            new.append(
                Territory(
                    kind=TerritoryKind.COMMUNE,
                    code=past.code,
                    name=past.name,
                    search_key=search_key(past.name),
                    vintage=official.vintage,
                    ended_on=past.ended_on,
                    successor_id=successor,
                )
            )
        elif (row.ended_on, row.successor_id, row.vintage) != (
            past.ended_on,
            successor,
            official.vintage,
        ):
            row.ended_on, row.successor_id = past.ended_on, successor
            row.vintage = official.vintage
            moved.append(row)
    Territory.objects.bulk_create(new, batch_size=BATCH)
    Territory.objects.bulk_update(
        moved, ["ended_on", "successor", "vintage"], batch_size=BATCH // 4
    )
    changes.added += len(new)
    changes.changed += len(moved)


def _wanted_containments(
    official: Official, live: dict[Identity, int]
) -> dict[tuple[int, int], int]:
    commune, epci = TerritoryKind.COMMUNE, TerritoryKind.EPCI
    district, department = TerritoryKind.DISTRICT, TerritoryKind.DEPARTMENT
    region, year = TerritoryKind.REGION, official.vintage
    pairs: dict[tuple[Identity, Identity], int] = {}
    for code, part in official.departments.items():
        pairs[(department, code), (region, part.inside)] = year
    for code, part in official.districts.items():
        pairs[(district, code), (department, part.inside)] = year
    for code, place in official.communes.items():
        pairs[(commune, code), (department, place.department)] = year
        pairs[(commune, code), (region, place.region)] = year
        if place.district:
            pairs[(commune, code), (district, place.district)] = year
    for code, siren in official.members.items():
        # An EPCI across two departments lies in both.
        place = official.communes[code]
        pairs[(commune, code), (epci, siren)] = official.epci_vintage
        pairs[(epci, siren), (department, place.department)] = official.epci_vintage
        pairs[(epci, siren), (region, place.region)] = official.epci_vintage
    return {(live[inner], live[outer]): when for (inner, outer), when in pairs.items()}


def _write_containments(official: Official, live: dict[Identity, int], changes: _Changes) -> None:
    wanted = _wanted_containments(official, live)
    official_only = Q(outer__kind__in=OFFICIAL)
    rows = Containment.objects.filter(official_only).values_list(
        "inner_id", "outer_id", "vintage", "pk"
    )
    stored = {(inner, outer): (vintage, pk) for inner, outer, vintage, pk in rows}
    gone = [pk for pair, (_, pk) in stored.items() if pair not in wanted]
    for chunk in _chunks(gone):
        Containment.objects.filter(pk__in=chunk).delete()
    new = [
        Containment(inner_id=inner, outer_id=outer, vintage=vintage)
        for (inner, outer), vintage in wanted.items()
        if (inner, outer) not in stored
    ]
    Containment.objects.bulk_create(new, batch_size=BATCH)
    aged = [
        (stored[pair][1], when)
        for pair, when in wanted.items()
        if pair in stored and stored[pair][0] != when
    ]
    for vintage in {year for _, year in aged}:
        for chunk in _chunks([pk for pk, year in aged if year == vintage]):
            Containment.objects.filter(pk__in=chunk).update(vintage=vintage)
    changes.added += len(new)
    changes.changed += len(aged)
    changes.removed += len(gone)
