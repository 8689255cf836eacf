# SPDX-License-Identifier: AGPL-3.0-or-later
"""Loads the sheets that were read in public documents, told in our own words, and corrections.

The facts come from the « Carnet des projets COOP'TER 2024 » and from the press release of 2021 of
its programme. No sentence is taken from them, and no person is named.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.db import transaction

from terreau.core import clock
from terreau.core.errors import Invalid
from terreau.ecosystems.models import LifeFunction
from terreau.publishing.actions.sheets import index_sheet, write_content
from terreau.publishing.content import KIND, READ, Content, Difficulty, Stage
from terreau.publishing.enums import Licence, Origin
from terreau.publishing.models import Correction, Sheet
from terreau.publishing.queries import regions_by_code
from terreau.territories.models import Territory

DATA = Path(__file__).resolve().parents[1] / "data"
LOOSE_SIGN = re.compile(r"« | [»:;?!%]")
HEADINGS = {
    2024: "Lu dans le Carnet 2024. Fiche non tenue par l'organisation",
    2021: "Lu dans le communiqué de 2021. Fiche non tenue par l'organisation",
}


@dataclass(frozen=True, slots=True)
class ReadReport:
    """How many sheets there are in the file, and how many were written or left withdrawn."""

    sheets: int
    written: int
    left_withdrawn: int
    corrections: int


@cache
def read_file(name: str) -> Any:
    """Return a data file of this app, once."""
    return yaml.load((DATA / name).read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)


@transaction.atomic
def load_read_sheets() -> ReadReport:
    """Write the sheets read in public documents. A second run changes nothing.

    A sheet that was withdrawn since stays withdrawn, one that was taken over stays with those who
    keep it. Raises Invalid for a function of life or a
    territory that does not exist.
    """
    entries = read_file("sheets.yaml")
    territories = regions_by_code()
    functions = {function.slug: function for function in LifeFunction.objects.all()}
    stored = _stored(entries)
    written = withdrawn = 0
    for entry in entries:
        sheet = stored.get(entry["slug"]) or Sheet(slug=entry["slug"], origin=Origin.READ)
        if sheet.withdrawn_at is not None:
            withdrawn += 1
        elif sheet.origin == Origin.READ and sheet.fingerprint != _fingerprint(entry):
            _write_entry(sheet, entry, territories, functions)
            written += 1
    return ReadReport(len(entries), written, withdrawn, _load_corrections(_stored(entries)))


def _stored(entries: list[Mapping[str, Any]]) -> dict[str, Sheet]:
    slugs = [entry["slug"] for entry in entries]
    return {sheet.slug: sheet for sheet in Sheet.objects.filter(slug__in=slugs)}


def _fingerprint(entry: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(entry, sort_keys=True).encode()).hexdigest()


def _write_entry(
    sheet: Sheet,
    entry: Mapping[str, Any],
    territories: Mapping[str, Territory],
    functions: Mapping[str, LifeFunction],
) -> None:
    content = _content(entry)
    latest = content.stages[0]
    sheet.title = _text(entry["title"])
    sheet.heading = HEADINGS[latest.year]
    sheet.source = latest.source
    sheet.site = entry.get("site", "")
    sheet.licence = Licence.OPEN
    sheet.region = _one_of(territories, f"region:{entry['region']}")
    department = entry.get("department")
    sheet.department = _one_of(territories, f"department:{department}") if department else None
    sheet.place = entry["place"]
    sheet.legal_family = entry["legal_family"]
    sheet.legal_form = entry["legal_form"]
    sheet.phase = entry.get("phase", "")
    sheet.published_at = sheet.published_at or clock.now()
    sheet.fingerprint = _fingerprint(entry)
    write_content(sheet, content, latest.aim)
    sheet.functions.set([_one_of(functions, slug) for slug in entry["functions"]])
    index_sheet(sheet)


def _one_of(known: Mapping[str, Any], wanted: str) -> Any:
    if wanted not in known:
        raise Invalid(f"La fiche renvoie à « {wanted} », qui n'existe pas ici.")
    return known[wanted]


def _content(entry: Mapping[str, Any]) -> Content:
    stages = sorted(entry["versions"], key=lambda version: -version["year"])
    return Content(
        story=_text(stages[0]["story"]),
        difficulties=tuple(
            Difficulty(
                key=f"read:{number}",
                words=_text(told["words"]),
                year=told["year"],
                code=told["code"],
                learnt=_text(told.get("learnt", "")),
            )
            for number, told in enumerate(entry.get("difficulties", ()), start=1)
        ),
        stages=tuple(
            Stage(
                key=f"read:{stage['year']}",
                year=stage["year"],
                day="",
                aim=_text(stage["aim"]),
                story=_text(stage["story"]),
                change=_text(stage.get("change", "")),
                source=_text(stage["source"]),
            )
            for stage in stages
        ),
        partners=(
            *((f"{READ}{name}", name) for name in entry.get("partners", ())),
            *((f"{KIND}{name}", name) for name in entry.get("others", ())),
        ),
        figures=tuple(map(_text, entry.get("figures", ()))),
    )


def _text(text: str) -> str:
    # Paragraphs stay apart; the lines inside one are joined. French signs keep to their word.
    joined = "\n\n".join(" ".join(block.split()) for block in text.strip().split("\n\n"))
    return LOOSE_SIGN.sub(lambda found: found[0].replace(" ", "\N{NO-BREAK SPACE}"), joined)


def _load_corrections(sheets: Mapping[str, Sheet]) -> int:
    entries = read_file("corrections.yaml")
    for entry in entries:
        Correction.objects.update_or_create(
            source=_text(entry["source"]),
            found=_text(entry["found"]),
            defaults={
                "sheet": sheets.get(entry.get("sheet", "")),
                "day": date.fromisoformat(str(entry["day"])),
                "written": _text(entry["written"]),
                "why": _text(entry.get("why", "")),
            },
        )
    return len(entries)
