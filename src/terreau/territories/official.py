# SPDX-License-Identifier: AGPL-3.0-or-later
"""Reads the official files (INSEE's COG, the EPCI list) and checks that they agree.

Files are told by their columns, not by their names, so that they may be used as downloaded. All is
read and checked before anything is written: a file cut short leaves a reference without its target,
and is refused.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import zip_longest
from pathlib import Path
from typing import TypeAlias

import openpyxl

from terreau.core.errors import Invalid
from terreau.territories.rules import search_key

Row: TypeAlias = dict[str, str]

COLUMNS: dict[str, set[str]] = {
    "mouvements": {"MOD", "DATE_EFF", "TYPECOM_AV", "COM_AV", "LIBELLE_AV", "TYPECOM_AP", "COM_AP"},
    "communes": {"TYPECOM", "COM", "REG", "DEP", "ARR", "LIBELLE", "COMPARENT"},
    "arrondissements": {"ARR", "DEP", "REG", "CHEFLIEU", "LIBELLE"},
    "départements": {"DEP", "REG", "CHEFLIEU", "LIBELLE"},
    "régions": {"REG", "CHEFLIEU", "LIBELLE"},
}
EPCI_COLUMNS = {"siren", "raison_sociale", "nb_membres", "total_pop_mun", "insee"}
FIRST_MOVEMENT_YEAR = 1943
POPULATION_COLUMN = re.compile(r"pmun_(\d{4})")


@dataclass(frozen=True, slots=True)
class Commune:
    name: str
    department: str
    region: str
    district: str


@dataclass(frozen=True, slots=True)
class Part:
    """A department, a district or an EPCI: its name and what it lies in (or its population)."""

    name: str
    inside: str = ""
    inhabitants: int | None = None


@dataclass(frozen=True, slots=True)
class Former:
    """A code and name no longer in use, since when, and today's commune there (if there is one)."""

    code: str
    name: str
    ended_on: date
    successor: str | None


@dataclass(frozen=True, slots=True)
class Official:
    """What the files say, once checked against each other. Keys are official codes."""

    vintage: int
    epci_vintage: int
    regions: dict[str, str]
    departments: dict[str, Part]
    districts: dict[str, Part]
    communes: dict[str, Commune]
    former: list[Former]
    epcis: dict[str, Part]
    members: dict[str, str]
    inhabitants: dict[str, int]


def read_official(folder: Path) -> Official:
    """Read a folder of official files. Raises Invalid with what is wrong and what to do."""
    tables, workbook = _find_files(folder)
    regions = {row["REG"]: row["LIBELLE"] for row in tables["régions"]}
    departments = {r["DEP"]: Part(r["LIBELLE"], r["REG"]) for r in tables["départements"]}
    districts = {r["ARR"]: Part(r["LIBELLE"], r["DEP"]) for r in tables["arrondissements"]}
    communes = {
        row["COM"]: Commune(row["LIBELLE"], row["DEP"], row["REG"], row["ARR"])
        for row in tables["communes"]
        if row["TYPECOM"] == "COM"
    }
    _check_lies_in(regions, departments, districts, communes)
    _check_seats(tables, communes)
    moves = _moves(tables["mouvements"])
    former = _former(moves, tables["communes"], communes)
    today = {code: code for code in communes}
    for past in former:
        if past.successor and past.code not in communes:
            today[past.code] = past.successor
    year, epcis, members, inhabitants = _read_epci(workbook, today)
    return Official(
        vintage=max(move.day for move in moves).year,
        epci_vintage=year,
        regions=regions,
        departments=departments,
        districts=districts,
        communes=communes,
        former=former,
        epcis=epcis,
        members=members,
        inhabitants=inhabitants,
    )


def _refuse(sentence: str) -> Invalid:
    return Invalid(f"{sentence} Rien n'a été changé.")


def _find_files(folder: Path) -> tuple[dict[str, list[Row]], Path]:
    if not folder.is_dir():
        raise _refuse(f"Le dossier « {folder} » n'existe pas.")
    tables: dict[str, list[Row]] = {}
    strangers: dict[str, set[str]] = {}
    for path in sorted(folder.glob("*.csv")):
        kind, rows, names = _read_table(path)
        if kind in tables:
            raise _refuse(f"Deux fichiers décrivent les {kind}, dont « {path.name} ».")
        if kind:
            tables[kind] = rows
        else:
            strangers[path.name] = names
    workbooks = sorted(folder.glob("*.xlsx"))
    missing = [kind for kind in COLUMNS if kind not in tables]
    for kind in missing:
        _refuse_almost(kind, strangers)
    if missing:
        raise _refuse(f"Il manque dans « {folder} » le fichier officiel des {', '.join(missing)}.")
    if len(workbooks) != 1:
        raise _refuse(f"Il faut dans « {folder} » un seul classeur .xlsx, celui des EPCI.")
    return tables, workbooks[0]


def _refuse_almost(kind: str, strangers: dict[str, set[str]]) -> None:
    """Refuse by name the file that was meant for this kind: it bears its columns, or its name."""
    wanted = COLUMNS[kind]
    for name, columns in strangers.items():
        if len(wanted & columns) * 2 > len(wanted) or search_key(name).startswith(search_key(kind)):
            lacking = ", ".join(sorted(wanted - columns))
            raise _refuse(
                f"« {name} » n'est pas le fichier officiel des {kind} : "
                f"il lui manque les colonnes {lacking}."
            )


def _read_table(path: Path) -> tuple[str, list[Row], set[str]]:
    """Return what kind of file it is (empty for none of ours), its rows and its columns."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise _refuse(f"« {path.name} » n'est pas un texte en UTF-8.") from error
    if not text.endswith("\n"):
        raise _refuse(f"« {path.name} » semble coupé : sa dernière ligne n'est pas finie.")
    reader = csv.DictReader(text.splitlines())
    names = set(reader.fieldnames or ())
    kind = next((kind for kind, columns in COLUMNS.items() if columns <= names), "")
    rows = list(reader) if kind else []
    for number, row in enumerate(rows, start=2):
        if None in row or None in row.values():
            raise _refuse(f"« {path.name} », ligne {number} : il n'y a pas le bon nombre de cases.")
    if kind and not rows:
        raise _refuse(f"« {path.name} » ne contient aucune ligne.")
    return kind, rows, names


def _check_lies_in(
    regions: dict[str, str],
    departments: dict[str, Part],
    districts: dict[str, Part],
    communes: dict[str, Commune],
) -> None:
    _check_known("département", ((c, d.inside) for c, d in departments.items()), regions, "région")
    _check_known("arrondissement", ((c, d.inside) for c, d in districts.items()), departments)
    _check_known("commune", ((c, d.department) for c, d in communes.items()), departments)
    _check_known("commune", ((c, d.region) for c, d in communes.items()), regions, "région")
    in_district = ((code, d.district) for code, d in communes.items() if d.district)
    _check_known("commune", in_district, districts, "arrondissement")


def _check_known(
    thing: str,
    pairs: Iterable[tuple[str, str]],
    known: Iterable[str],
    target: str = "département",
) -> None:
    codes = set(known)
    for code, reference in pairs:
        if reference not in codes:
            raise _refuse(
                f"Les fichiers ne vont pas ensemble : {thing} {code} renvoie à {target} "
                f"« {reference} », qui n'y est pas. L'un d'eux est coupé ou d'une autre année."
            )


def _check_seats(tables: dict[str, list[Row]], communes: dict[str, Commune]) -> None:
    for kind, code in (("régions", "REG"), ("départements", "DEP"), ("arrondissements", "ARR")):
        seats = ((row[code], row["CHEFLIEU"]) for row in tables[kind])
        _check_known(f"dans les {kind},", seats, communes, "la commune")
    parents = (
        (row["COM"], row["COMPARENT"]) for row in tables["communes"] if row["TYPECOM"] != "COM"
    )
    _check_known("ancienne commune", parents, communes, "la commune")


@dataclass(frozen=True, slots=True)
class _Move:
    day: date
    before: str
    name: str
    after: str


def _moves(rows: list[Row]) -> list[_Move]:
    # Only what happened to whole communes, oldest first; a delegated commune is read elsewhere.
    try:
        dated = [(date.fromisoformat(row["DATE_EFF"]), row) for row in rows]
    except ValueError as error:
        raise _refuse("Une date du fichier des mouvements n'est pas lisible.") from error
    if min(day for day, _ in dated).year > FIRST_MOVEMENT_YEAR:
        raise _refuse("Le fichier des mouvements semble coupé : il ne remonte pas à 1943.")
    moves = [
        _Move(day, row["COM_AV"], row["LIBELLE_AV"], row["COM_AP"])
        for day, row in dated
        if row["TYPECOM_AV"] == "COM" and row["TYPECOM_AP"] in ("COM", "")
    ]
    return sorted(moves, key=lambda move: move.day)


def _former(
    moves: list[_Move], communes_rows: list[Row], communes: dict[str, Commune]
) -> list[Former]:
    parents = {
        (row["COM"], row["LIBELLE"]): row["COMPARENT"]
        for row in communes_rows
        if row["TYPECOM"] in ("COMD", "COMA")
    }
    last_seen: dict[tuple[str, str], date] = {}
    for move in moves:
        if move.before in communes and communes[move.before].name == move.name:
            continue
        last_seen[move.before, move.name] = move.day
    successor_of = _follow(moves, communes)
    return [
        Former(code, name, day, parents.get((code, name)) or successor_of(code, day))
        for (code, name), day in sorted(last_seen.items())
    ]


def _follow(moves: list[_Move], communes: dict[str, Commune]) -> Callable[[str, date], str | None]:
    later: dict[str, list[_Move]] = defaultdict(list)
    for move in moves:
        later[move.before].append(move)

    def successor(code: str, day: date) -> str | None:
        # A commune shared out between several has no single successor: none is invented.
        again = date.min  # the day a commune kept its code: its next move comes after
        for _ in range(50):
            if code in communes:
                return code
            days = [move.day for move in later[code] if move.day >= day and move.day > again]
            if not days:
                return None
            day = min(days)
            targets = {move.after for move in later[code] if move.day == day}
            if len(targets) != 1:
                return None
            again = day if targets == {code} else date.min
            code = targets.pop()
        return None

    return successor


def _read_epci(
    path: Path, today: dict[str, str]
) -> tuple[int, dict[str, Part], dict[str, str], dict[str, int]]:
    rows = _workbook_rows(path)
    year = next((int(m[1]) for c in next(rows) if (m := POPULATION_COLUMN.fullmatch(c))), 0)
    epcis: dict[str, Part] = {}
    members: dict[str, str] = {}
    inhabitants: Counter[str] = Counter()
    announced: dict[str, int] = {}
    counted: Counter[str] = Counter()
    for row in rows:
        siren, insee = row["siren"], row["insee"]
        if insee not in today:
            raise _refuse(
                f"« {path.name} » cite la commune {insee}, inconnue du fichier des communes. "
                "L'un des deux est coupé ou d'une autre année."
            )
        epcis[siren] = Part(row["raison_sociale"], inhabitants=_number(row["total_pop_mun"]))
        members.setdefault(today[insee], siren)
        inhabitants[today[insee]] += _number(row[f"pmun_{year}"]) or 0
        announced[siren] = _number(row["nb_membres"]) or 0
        counted[siren] += 1
    wrong = next((siren for siren, number in announced.items() if counted[siren] != number), None)
    if wrong:
        raise _refuse(
            f"« {path.name} » semble coupé : {epcis[wrong].name} compte {announced[wrong]} "
            f"communes, le fichier n'en donne que {counted[wrong]}."
        )
    return year, epcis, members, dict(inhabitants)


def _workbook_rows(path: Path) -> Iterator[Row]:
    # The first row given is the header; all values come as text.
    try:
        content = io.BytesIO(path.read_bytes())
        workbook = openpyxl.load_workbook(content, read_only=True, data_only=True)
    except (zipfile.BadZipFile, KeyError, OSError, ValueError) as error:
        raise _refuse(f"« {path.name} » n'est pas un classeur lisible, ou il est coupé.") from error
    try:
        rows = workbook.worksheets[0].iter_rows(values_only=True)
        header = [str(cell or "") for cell in next(rows, ())]
        if not set(header) >= EPCI_COLUMNS or not any(map(POPULATION_COLUMN.fullmatch, header)):
            raise _refuse(f"« {path.name} » n'est pas la liste officielle des membres des EPCI.")
        yield {name: name for name in header}
        for cells in rows:
            if any(cell is not None for cell in cells):
                texts = ["" if cell is None else str(cell) for cell in cells]
                yield dict(zip_longest(header, texts[: len(header)], fillvalue=""))
    finally:
        workbook.close()


def _number(text: str) -> int | None:
    """Return a whole number, or None for an empty cell. Raises Invalid for anything else."""
    try:
        return int(text) if text.strip() else None
    except ValueError:
        raise _refuse(f"La liste des EPCI porte « {text[:40]} » à la place d'un nombre.") from None
