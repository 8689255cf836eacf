# SPDX-License-Identifier: AGPL-3.0-or-later
"""« Emporter notre coopération »: one ZIP of all that one may read, under safe names."""

import csv
import io
import json
import zipfile
from pathlib import PurePosixPath

import pytest
from django.urls import reverse
from odf.opendocument import load

from terreau.core import clock
from terreau.ecosystems.actions.logbook import Incoming
from terreau.ecosystems.models import CircleDecision, TakingAway
from terreau.overview.columns import HEADINGS, place_of
from terreau.overview.kinds import KINDS
from terreau.overview.tables import tables_of
from terreau.people.enums import Level, RoleKind
from terreau.people.visibility import reach_of
from tests.agreements.factories import give, make_place, promise
from tests.ecosystems.factories import make_entry, photo_bytes
from tests.factories import join, make_ecosystem, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def store(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def taken(client, user, ecosystem) -> zipfile.ZipFile:
    client.force_login(user)
    answer = client.post(reverse("exports_all", args=[ecosystem.slug]))
    assert answer["Content-Type"] == "application/zip"
    return zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))


def everything(archive: zipfile.ZipFile) -> bytes:
    """All the bytes inside, with those of the spreadsheets unfolded."""
    found = []
    for name in archive.namelist():
        content = archive.read(name)
        if name.endswith((".ods", ".xlsx")):
            inner = zipfile.ZipFile(io.BytesIO(content))
            content = b"".join(inner.read(part) for part in inner.namelist())
        found.append(name.encode() + content)
    return b"\n".join(found)


@pytest.fixture
def place():
    place = make_place()
    promise(place)
    give(place, word="SHARED gift")
    return place


def test_the_archive_holds_lists_documents_files_and_one_json(client, place):
    make_entry(place.alice, place.ecosystem, "SHARED line", file=Incoming(photo_bytes(), "a.jpg"))

    archive = taken(client, place.basile, place.ecosystem)

    names = archive.namelist()
    kinds = {kind.code for kind in KINDS}
    assert {f"listes/{code}.{ext}" for code in kinds for ext in ("ods", "xlsx", "csv")} <= set(
        names
    )
    assert "documents/passage-de-relais.pdf" in names
    assert len([name for name in names if name.startswith("documents/engagement-")]) == 1
    assert len([name for name in names if name.startswith("fichiers/")]) == 1
    data = json.loads(archive.read("tout.json"))
    assert [row["text"] for row in data["journal"]] == ["SHARED line"]
    assert [row["word"] for row in data["contributions"]] == ["SHARED gift"]
    rows = list(
        csv.reader(
            io.StringIO(archive.read("listes/journal.csv").decode("utf-8-sig")), delimiter=";"
        )
    )
    assert len(rows) == 2
    assert load(io.BytesIO(archive.read("listes/journal.ods"))).spreadsheet is not None


def test_secrets_planted_first_leave_with_nobody_else(client, place):
    make_entry(
        place.alice,
        place.ecosystem,
        "PLANTED words",
        level=Level.AUTHOR,
        file=Incoming(photo_bytes(color="red"), "PLANTED.jpg", "PLANTED description"),
    )
    elsewhere = make_ecosystem("Ailleurs")
    make_entry(join(make_user("Denis"), elsewhere), elsewhere, "PLANTED elsewhere")

    mine = everything(taken(client, place.alice, place.ecosystem))
    others = [
        everything(taken(client, who, place.ecosystem)) for who in (place.basile, place.pilot)
    ]

    assert (mine.count(b"PLANTED words") > 0, mine.count(b"PLANTED elsewhere")) == (True, 0)
    assert [found.lower().count(b"planted") for found in others] == [0, 0]


def test_the_gifts_of_others_leave_only_once_the_circle_opened_its_statements(client, place):
    lists = reverse(
        "visibility_records", args=[place.ecosystem.slug, Level.CIRCLE, "contributions"]
    )

    def seen(user):
        client.force_login(user)
        tables = {one.name: one.rows for one in tables_of(place.ecosystem, reach_of(user))}
        return tables["contributions"].count(), len(client.get(lists).context["page"])

    assert [seen(who) for who in (place.chloe, place.basile, place.pilot)] == [
        (0, 0),
        (1, 1),
        (1, 1),
    ]

    CircleDecision.objects.create(
        ecosystem=place.ecosystem,
        space=place.ecosystem.circle,
        author=place.pilot.agent,
        recorded_by=place.pilot.agent,
        day=clock.today(),
        text="Chacun lit le relevé des autres.",
        opens_statements=True,
    )
    assert seen(place.chloe) == (1, 1)


def test_no_address_of_anybody_leaves(client, place):
    archive = everything(taken(client, place.pilot, place.ecosystem))

    assert archive.count(b"@exemple.invalid") == 0


def test_hostile_names_make_no_path(client, place):
    for name in ("../../etc/passwd", "..\\..\\x", "C:\\x", "/abs", "a" * 300, "\u202efdp.exe", ""):
        make_entry(place.alice, place.ecosystem, file=Incoming(photo_bytes(), name))

    archive = taken(client, place.alice, place.ecosystem)

    for name in archive.namelist():
        path = PurePosixPath(name)
        assert (path.is_absolute(), ".." in path.parts, "\\" in name) == (False, False, False)
        assert name.isascii() and len(name) < 120


def test_formulas_are_neutral_in_the_lists(client, place):
    make_entry(place.alice, place.ecosystem, '=HYPERLINK("http://x")')

    archive = taken(client, place.alice, place.ecosystem)

    assert archive.read("listes/journal.csv").decode().count("'=HYPERLINK") == 1


def test_a_file_that_is_gone_does_not_hold_back_the_rest(client, place, store):
    make_entry(place.alice, place.ecosystem, file=Incoming(photo_bytes(), "a.jpg"))
    for path in store.rglob("*.jpg"):
        path.unlink()

    archive = taken(client, place.alice, place.ecosystem)

    (name,) = [name for name in archive.namelist() if name.startswith("fichiers/")]
    assert archive.read(name).decode() == "Ce fichier n'est plus sur le serveur."


def test_each_taking_is_read_on_who_sees_what(client, place):
    taken(client, place.basile, place.ecosystem)
    client.force_login(place.alice)

    page = client.get(reverse("visibility_page", args=[place.ecosystem.slug]))

    assert [taking.agent for taking in page.context["takings"]] == [place.basile.agent]


def test_a_stranger_takes_nothing(client, place):
    client.force_login(join(make_user("Denis"), make_ecosystem("Ailleurs"), RoleKind.PILOT))

    answer = client.post(reverse("exports_all", args=[place.ecosystem.slug]))

    assert (answer.status_code, TakingAway.objects.count()) == (404, 0)


def test_a_page_that_is_only_opened_takes_nothing(client, place):
    client.force_login(place.alice)

    answer = client.get(reverse("exports_all", args=[place.ecosystem.slug]))

    assert (answer.status_code, TakingAway.objects.count()) == (405, 0)


def test_every_column_has_words_in_french(place):
    english = [
        (table.name, field.name)
        for table in tables_of(place.ecosystem, reach_of(place.pilot))
        for field in table.columns
        if str(field.verbose_name).lower() == field.name.replace("_", " ")
        and not {field.name, place_of(field)} & {*HEADINGS, "siren", "siret", "rna", "site"}
    ]

    assert english == []
