# SPDX-License-Identifier: AGPL-3.0-or-later
"""Who reads what: a level changed, somebody told before being named, and all that is taken away."""

import csv
import io
import json
import re
from datetime import timedelta
from uuid import uuid4
from zipfile import ZipFile

import pytest
from django.urls import reverse
from odf import table as odf_table
from odf import teletype
from odf.opendocument import load
from openpyxl import load_workbook
from playwright.sync_api import expect

from terreau.core import clock
from terreau.ecosystems.actions.presence import add_actor
from tests.agreements.factories import give, make_place

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

WEEK = timedelta(days=7)
NAMES = "Organisations d'accord pour apparaître"


def save_button(who):
    return who.main.get_by_role("button", name=re.compile("^Enregistrer"))


def the_button_says_how_many_will_read(she):
    """Before anything is saved; the count follows the level."""
    she.add("Trois lignes")
    she.fill({"Trois lignes": "Le fourgon est en panne."})
    expect(save_button(she)).to_have_text(re.compile("4 personnes de 3 organisations le liront"))
    she.look("readers-circle")
    she.fill({"Qui peut lire": "tout le monde"})
    expect(save_button(she)).to_have_text(re.compile("tout le monde"))
    she.fill({"Qui peut lire": "moi seulement"})
    expect(save_button(she)).not_to_have_text(re.compile("4 personnes"))
    she.look("readers-me")
    she.button("Enregistrer")


def a_level_is_changed(she, he):
    """What was mine alone is read by the circle from the moment that I say so."""
    he.go("Journal de bord")
    he.does_not_see("Le fourgon est en panne.")
    she.link("Modifier")
    she.fill({"Qui peut lire": "le cercle"})
    she.button("Enregistrer")
    he.page.reload()
    he.sees("Le fourgon est en panne.")
    he.go("Qui voit quoi")
    he.look("readers")
    card = he.main.get_by_role("article").filter(
        has=he.page.get_by_role("heading", name="Le cercle", exact=True)
    )
    expect(card).to_contain_text("4 personnes de 3 organisations")
    he.press(card.get_by_role("link", name="journal"))
    he.sees("Le fourgon est en panne.")
    he.look("readers-records")


def she_notes_what_was_said(she, name):
    she.go("Qui")
    she.link(name)
    she.link("Noter son accord pour apparaître")
    she.fill({"Qui l'a dit, et comment": "sa directrice, à la réunion du 3 mars"})
    she.button("Noter cet accord")


def they_are_told(she, he):
    """The one is told by the note of its agreement, the other by a press. He says no."""
    she.go("Qui voit quoi")
    she.press(she.main.get_by_role("button", name="Prévenir Communauté de communes"))
    she.sees("jusqu'au")
    she.look("naming-told")
    he.go("Cette semaine")
    he.sees("Communauté de communes apparaisse sur la page publique")
    he.look("naming-asked")
    he.button("Non")
    he.does_not_see("apparaisse sur la page publique")


def the_public_sheet_names(she, slug):
    """Return the names that everybody would read today."""
    she.open(reverse("public_manage", args=[slug]))
    she.is_at("Notre fiche publique")
    part = she.part(NAMES)
    return part.get_by_role("listitem").all_inner_texts() if part.count() else []


def test_who_reads_is_told_before_and_nobody_is_named_without_seven_days(person, monkeypatch):
    place = make_place()
    for agent in (place.halte, place.council):
        add_actor(by=place.pilot, ecosystem=place.ecosystem, key=uuid4(), actor=agent)
    she, he = person(place.pilot), person(place.basile)
    for who in (she, he):
        who.open(reverse("visibility_page", args=[place.ecosystem.slug]))
    the_button_says_how_many_will_read(she)
    a_level_is_changed(she, he)
    she_notes_what_was_said(she, "La Halte")
    they_are_told(she, he)
    before = the_public_sheet_names(she, place.ecosystem.slug)
    later = clock.now() + WEEK
    monkeypatch.setattr(clock, "now", lambda: later)
    after = the_public_sheet_names(she, place.ecosystem.slug)
    she.look("naming-sheet")
    assert (before, after) == ([], ["La Halte"])


def cells_of_ods(content):
    rows = load(io.BytesIO(content)).spreadsheet.getElementsByType(odf_table.TableRow)
    return [
        teletype.extractText(cell)
        for row in rows
        for cell in row.getElementsByType(odf_table.TableCell)
    ]


def a_list_in_three_formats(he):
    he.go("Contributions")
    he.link("Une par une")
    he.look("exports-list")
    ods = cells_of_ods(he.take(he.main.get_by_role("link", name="Tableur (ODS)")).read_bytes())
    book = load_workbook(he.take(he.main.get_by_role("link", name="Excel (XLSX)")))
    xlsx = [str(cell.value) for row in book.active.iter_rows() for cell in row]
    text = he.take(he.main.get_by_role("link", name="CSV")).read_text(encoding="utf-8-sig")
    rows = list(csv.reader(io.StringIO(text), delimiter=";"))
    assert [len(rows), *("Le mardi" in cells for cells in (ods, xlsx, rows[1]))] == [2, *[True] * 3]


def all_in_one_file(he):
    he.go("Qui voit quoi")
    button = he.main.get_by_role("button", name="Emporter notre coopération")
    with ZipFile(he.take(button)) as archive:
        names = archive.namelist()
        told = json.loads(archive.read("tout.json"))
        paper = archive.read("documents/passage-de-relais.pdf")
        listed = cells_of_ods(archive.read("listes/contributions.ods"))
    assert [row["word"] for row in told["contributions"]] == ["Le mardi"]
    assert ("listes/contributions.csv" in names, paper[:5], "Le mardi" in listed) == (
        True,
        b"%PDF-",
        True,
    )
    he.page.reload()
    he.unfold("Qui l'a emporté, et quand")
    he.sees("Basile, le")
    he.look("exports-taken")


def test_a_list_and_then_all_of_it_are_taken_away_and_opened(person):
    place = make_place()
    give(place, 3, word="Le mardi")
    he = person(place.basile)
    he.open(reverse("week_page", args=[place.ecosystem.slug]))
    a_list_in_three_formats(he)
    all_in_one_file(he)
