# SPDX-License-Identifier: AGPL-3.0-or-later
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from terreau.core.texts import fold
from terreau.ecosystems.enums import ObstacleCode, Phase
from terreau.people.models import User
from terreau.publishing.actions import load_read_sheets, withdraw_sheet
from terreau.publishing.actions.reading import read_file
from terreau.publishing.enums import LegalFamily
from terreau.publishing.models import (
    Correction,
    Sheet,
    SheetObstacle,
    SheetTerm,
    SheetVersion,
)

ENTRIES = read_file("sheets.yaml")
SHARED = Path(__file__).parents[3] / "shared" / "seeds"
SEEDS = SHARED if SHARED.is_dir() else Path("/work/shared/seeds")
NAME_PATTERN = re.compile(
    r"[\w.]+ ?@|@[\w-]+\.|\b(?:M\.|Mme|Monsieur|Madame) [A-Z]|(?:souligne|explique) [A-Z]\w+ [A-Z]"
)


def texts(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for part in value:
            yield from texts(part)
    elif isinstance(value, str):
        yield value


def runs(words: list[str]) -> set[tuple[str, ...]]:
    return {tuple(words[start : start + 8]) for start in range(len(words) - 7)}


def rows() -> list[tuple]:
    return [
        row
        for model in (Sheet, SheetVersion, SheetObstacle, SheetTerm, Correction)
        for row in model.objects.order_by("pk").values_list()
    ]


def test_there_are_31_sheets_of_which_7_have_two_versions():
    years = [tuple(v["year"] for v in entry["versions"]) for entry in ENTRIES]

    assert len({entry["slug"] for entry in ENTRIES}) == 31
    assert sum(2024 in both for both in years) == 23
    assert sum(2021 in both for both in years) == 15
    assert sum(len(both) == 2 for both in years) == 7


def test_a_project_that_changed_says_what_it_learnt():
    for entry in ENTRIES:
        if len(entry["versions"]) == 2:
            assert entry["versions"][0]["change"], entry["slug"]


def test_codes_are_known():
    for entry in ENTRIES:
        assert entry["legal_family"] in LegalFamily.values
        assert entry["phase"] in Phase.values
        assert {d["code"] for d in entry.get("difficulties", [])} <= set(ObstacleCode.values)


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry["slug"])
def test_a_sheet_is_a_three_minute_read_without_a_persons_name_or_address(entry):
    said = list(texts(entry))
    words = sum(len(fold(text).split()) for text in said)

    assert 150 <= words <= 520
    assert [text for text in said if NAME_PATTERN.search(text)] == []
    assert [text for text in said if "!" in text] == []


@pytest.mark.skipif(not SEEDS.is_dir(), reason="the sources are not here")
def test_no_sentence_is_taken_from_the_sources_and_no_person_of_theirs_is_named():
    sources = [path.read_text(encoding="utf-8") for path in sorted(SEEDS.glob("*.txt"))]
    whole = [fold(re.sub(r"-\s*\n\s*", "", text)).split() for text in sources]
    known = set().union(*(runs(words) for words in whole))
    people = {
        fold(name)
        for text in sources
        for line in re.findall(
            r"(?:Responsables? d[eu] projet|Accompagnat\S*|Initiateur de projet)\s*: (.+)", text
        )
        for name in re.findall(r"[A-ZÉ][\wéèïë-]+ [A-ZÉ][\wéèïë-]+", line)
    } - {fold("Action Logement"), fold("Roissy Pays"), fold("Melting Popote")}

    ours = [text for name in ("sheets.yaml", "corrections.yaml") for text in texts(read_file(name))]

    assert [t for t in ours if runs(fold(t).split()) & known] == []
    assert len(people) > 25
    assert [(p, t) for p in people for t in ours if f" {p} " in f" {fold(t)} "] == []


@pytest.mark.django_db
def test_loading_writes_them_once_and_a_second_run_changes_nothing():
    report = load_read_sheets()
    before = rows()

    again = load_read_sheets()

    assert (report.sheets, report.written) == (31, 31)
    assert (again.written, again.left_withdrawn) == (0, 0)
    assert rows() == before


@pytest.mark.django_db
def test_a_sheet_is_headed_by_its_source_and_goussainville_is_in_the_val_d_oise():
    load_read_sheets()

    carma = Sheet.objects.get(slug="carma-pays-de-france")
    bondy = Sheet.objects.get(slug="l-epidebri-bondy")

    assert carma.heading == "Lu dans le Carnet 2024. Fiche non tenue par l'organisation"
    assert bondy.heading.startswith("Lu dans le communiqué de 2021")
    assert carma.department is not None and carma.department.code == "95"
    assert (
        carma.corrections.get().found == "«\N{NO-BREAK SPACE}Goussainville (93)\N{NO-BREAK SPACE}»"
    )


@pytest.mark.django_db
def test_a_withdrawn_sheet_stays_withdrawn():
    load_read_sheets()
    admin = User.objects.create_superuser("admin@exemple.invalid", name="Admin")
    withdraw_sheet(by=admin, sheet=Sheet.objects.get(slug="rejoue"), why="à leur demande")

    report = load_read_sheets()

    assert report.left_withdrawn == 1
    assert Sheet.objects.get(slug="rejoue").content == {}
