# SPDX-License-Identifier: AGPL-3.0-or-later
import io
import json
import zipfile
from datetime import date

import pytest

from terreau.ecosystems.models import LogEntry, Presence
from terreau.overview.my_data import (
    ABOUT_ME,
    LEFT_OUT,
    columns,
    is_own_record,
    my_data,
    my_data_file,
)
from terreau.people.enums import Level
from tests.factories import join, make_ecosystem, make_organisation, make_user, represent

pytestmark = pytest.mark.django_db


def make_note(user, ecosystem, text, level=Level.AUTHOR):
    return LogEntry.objects.create(
        ecosystem=ecosystem,
        space=ecosystem.circle,
        author=user.agent,
        recorded_by=user.agent,
        level=level,
        day=date(2025, 3, 1),
        text=text,
    )


def test_every_column_that_may_point_to_a_person_is_classified_once():
    found = {name for name, field in columns() if not is_own_record(field)}

    assert found == ABOUT_ME.keys() | LEFT_OUT.keys(), "classify it in overview/my_data.py"
    assert ABOUT_ME.keys() & LEFT_OUT.keys() == set()


def test_the_file_holds_my_rows_and_no_one_else_s():
    ecosystem = make_ecosystem()
    alice, bob = join(make_user("Alice"), ecosystem), join(make_user("Bob"), ecosystem)
    represent(alice, make_organisation("La Halte"))
    for user, words in ((alice, "mot d'Alice"), (bob, "mot de Bob")):
        Presence.objects.create(
            ecosystem=ecosystem,
            agent=user.agent,
            cares=words,
            space=ecosystem.circle,
            author=user.agent,
            recorded_by=user.agent,
        )

    told = my_data(alice)

    assert told["compte"]["adresse"] == alice.email
    assert [row["cares"] for row in told["lignes"]["Vos quatre lignes"]] == ["mot d'Alice"]
    assert [row["kind"] for row in told["lignes"]["Vos rôles"]] == ["membre du premier cercle"]
    assert len(told["lignes"]["Organisations pour lesquelles vous parlez"]) == 1
    assert "mot de Bob" not in json.dumps(told, default=str)


def test_the_file_holds_no_secret():
    alice = make_user("Alice", password="une phrase assez longue")
    alice.authenticator_set.create(type="totp", data={"secret": "graine-secrète"})

    told = json.dumps(my_data(alice), default=str, ensure_ascii=False)

    assert "graine-secrète" not in told
    assert alice.password not in told


def test_the_file_is_a_zip_of_json():
    alice = make_user("Alice")

    with zipfile.ZipFile(io.BytesIO(my_data_file(alice))) as archive:
        names = archive.namelist()
        told = json.loads(archive.read("mes-donnees.json"))

    assert names == ["mes-donnees.json", "LISEZ-MOI.txt"]
    assert told["compte"]["fiche"]["name"] == "Alice"


def test_a_private_note_of_mine_is_in_my_file():
    ecosystem = make_ecosystem()
    alice = join(make_user("Alice"), ecosystem)
    make_note(alice, ecosystem, "à garder pour moi")

    told = my_data(alice)["lignes"]["Écrit en votre nom : journal de bord"]

    assert [row["text"] for row in told] == ["à garder pour moi"]
