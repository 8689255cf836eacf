# SPDX-License-Identifier: AGPL-3.0-or-later
"""What must be possible, what it takes, what is missing: written, drawn, followed, taken away."""

import pytest
from django.urls import reverse
from docx import Document
from playwright.sync_api import expect
from pypdf import PdfReader

from terreau.people.enums import RoleKind
from tests.factories import join, make_ecosystem, make_organisation, make_user, represent

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

USE = "Tenir un rendez-vous de soin"


def what_it_must_allow(she):
    she.link("Dire ce que ça doit permettre")
    she.fill({"Ce que ça doit permettre": USE, "À qui": "qui ne conduit plus"})
    she.look("solution-use")
    she.button("Enregistrer")


def a_maillon(she, name, nature, state, holds, needs=()):
    she.add("Un maillon")
    she.fill({"Le maillon": name})
    she.pick("C'est", nature)
    she.pick("Où il en est", state)
    she.pick("Si on l'enlève, est-ce que ça tient ?", holds)
    she.pick("Il sert à", USE)
    if needs:
        she.pick("Il a besoin de", *needs)
    she.look("solution-maillon-form")
    she.button("Enregistrer")
    she.is_at(name)


def somebody_takes_charge(she):
    she.unfold("Dire qui s'en charge")
    she.fill({"Qui s'en charge": "La Halte"})
    she.button("S'en charge")
    expect(she.part("Qui s'en charge").get_by_role("listitem")).to_contain_text("La Halte, depuis")
    she.look("solution-maillon")


def it_is_drawn_and_followed(she):
    """Each card of the picture is a link, and the list says the same."""
    picture = she.main.get_by_role("figure")
    card = picture.get_by_role("link", name="Des créneaux groupés")
    she.press(card)
    she.is_at("Des créneaux groupés")
    she.sees("Un seul numéro de téléphone", "Non : il le faut.")
    she.link("Notre solution")
    she.link("Montrer ce dont chaque maillon a besoin")
    expect(she.main.get_by_role("link", name="Cacher ce dont")).to_be_visible()
    she.look("solution-needs")


def the_list_says_the_same(she):
    notice = she.main.get_by_role("listitem").filter(has_text="Des créneaux groupés")
    expect(notice.first).to_be_visible()
    she.sees("Il manque")
    twin = she.part("La même chose en liste")
    for said in (
        f"{USE}, pour qui ne conduit plus",
        "s'en charge : La Halte",
        "En plus, si on veut",
    ):
        expect(twin).to_contain_text(said)
    expect(she.item("Des créneaux groupés", "a besoin de")).to_contain_text(
        "Un seul numéro de téléphone"
    )
    she.look("solution")


def it_is_taken_away(she):
    svg = she.take(she.main.get_by_role("link", name="Image (SVG)"))
    assert "Des créneaux" in svg.read_text(encoding="utf-8")
    pdf = PdfReader(she.take(she.main.get_by_role("link", name="Une page à imprimer (PDF)")))
    assert (len(pdf.pages), "téléphone" in pdf.pages[0].extract_text()) == (1, True)
    docx = Document(str(she.take(she.main.get_by_role("link", name="Texte (DOCX)"))))
    assert any("Des créneaux groupés" in line.text for line in docx.paragraphs)


def test_a_solution_is_written_drawn_followed_and_taken_away(person):
    ecosystem = make_ecosystem()
    pilot = join(make_user("Prune"), ecosystem, RoleKind.PILOT)
    represent(pilot, make_organisation("La Halte"), ecosystem)
    she = person(pilot)
    she.open(reverse("solution_page", args=[ecosystem.slug]))
    what_it_must_allow(she)
    phone = "Un seul numéro de téléphone"
    a_maillon(she, phone, "service", "existe", "non, il le faut")
    somebody_takes_charge(she)
    a_maillon(she, "Des créneaux groupés", "règle", "manque", "non, il le faut", [phone])
    a_maillon(she, "Un fauteuil de plus", "bien", "à adapter", "oui, c'est en plus")
    she.sees("Oui : c'est en plus, si on veut.")
    she.go("Notre solution")
    the_list_says_the_same(she)
    it_is_drawn_and_followed(she)
    it_is_taken_away(she)
