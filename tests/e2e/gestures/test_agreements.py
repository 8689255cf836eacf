# SPDX-License-Identifier: AGPL-3.0-or-later
"""Two promises that answer each other, accepted in two steps, changed, printed."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from docx import Document
from playwright.sync_api import expect
from pypdf import PdfReader

from terreau.core import clock
from tests.agreements.factories import make_place

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

PHONE = "Tenir le téléphone le matin"
ROOM = "Prêter la salle du conseil"
VALIDATED = date(2026, 2, 2)


def she_opens_an_agreement(she):
    she.go("Nos engagements")
    she.link("Ouvrir un accord")
    she.fill(
        {
            "Nom de l'accord": "Le téléphone et la salle",
            "Ce qui nous réunit": "Que quelqu'un réponde.",
            "Pour combien de temps": "un an, à renouveler ensemble",
        }
    )
    she.pick("Avec qui", "Communauté de communes")
    she.look("agreement-open")
    she.button("Ouvrir l'accord")
    she.sees("Rien n'est encore promis dans ce texte.")


def she_promises(she):
    """With its quantity, its unit, its period, the day to speak of it again."""
    she.link("Ajouter un engagement")
    she.fill({"Ce qui est promis, en mots": PHONE, "Envers qui": "Communauté de communes"})
    she.pick("De quoi s'agit-il", "temps")
    she.unfold("Combien, si cela se compte")
    she.fill({"Combien": "12", "En": "heures", "Compté": "par semaine"})
    she.unfold("Au nom de")
    she.pick("On promet", "des moyens")
    review = clock.today() + timedelta(days=90)
    she.fill({"À revoir ensemble le": review.isoformat()})
    she.look("agreement-promise")
    she.button("Enregistrer l'engagement")
    she.sees(PHONE, "En retour, rien n'est dit.")


def and_says_what_comes_back(she):
    she.link("Dire ce qui est promis en retour")
    she.fill({"Ce qui est promis, en mots": ROOM})
    she.pick("De quoi s'agit-il", "lieu")
    expect(she.group("En retour de").get_by_role("checkbox")).to_be_checked()
    she.look("agreement-return")
    she.button("Enregistrer l'engagement")
    expect(she.item(ROOM, "En retour de")).to_contain_text(PHONE)
    expect(she.item(PHONE, "En retour, il est promis")).to_contain_text(ROOM)


def say_yes(who, body, document):
    """The team first; then by whom, when, with which document."""
    who.button("D'accord, côté équipe")
    who.link("Validé par…")
    who.fill({"Validé par": body, "Le": VALIDATED.isoformat(), "Pièce": document})
    who.look("agreement-validate")
    who.button("C'est validé")
    who.sees(f"par {body} le 2 février 2026, {document}")


def the_paper(she):
    """Read again, then taken away as PDF and as text to be worked on."""
    she.link("Relire et imprimer")
    she.look("agreement-paper")
    pdf = PdfReader(she.take(she.main.get_by_role("link", name="PDF", exact=True)))
    docx = Document(str(she.take(she.main.get_by_role("link", name="Document à retravailler"))))
    cells = [cell.text for table in docx.tables for row in table.rows for cell in row.cells]
    she.link("L'accord")
    return [" ".join(page.extract_text() for page in pdf.pages), " ".join(cells)]


def a_change_is_accepted_again(she, he):
    she.link("Changer cet accord")
    she.fill({"Ce qui change, en un mot": "Le mercredi aussi"})
    she.button("Ouvrir une nouvelle version")
    she.sees("Version 2", "en cours d'écriture", "1 (acceptée)")
    she.main.get_by_role("listitem").filter(has_text=PHONE).first.get_by_role(
        "link", name="Modifier"
    ).click()
    she.fill({"Ce qui est promis, en mots": f"{PHONE}, et le mercredi"})
    she.button("Enregistrer l'engagement")
    she.button("Proposer aux parties")
    she.look("agreement-second")
    say_yes(she, "le bureau", "procès-verbal 4")
    he.go("Nos engagements")
    he.sees("Une réponse est attendue de vous")
    he.look("agreements-awaited")
    he.link("Le téléphone et la salle")
    say_yes(he, "le conseil", "délibération 9")
    he.sees("acceptée le", "Version 2", "et le mercredi", "1 (remplacée)")


def test_two_promises_answer_each_other_and_are_accepted_in_two_steps(person):
    place = make_place()
    she, he = person(place.alice), person(place.basile)
    she.open(reverse("agreements_list", args=[place.ecosystem.slug]))
    he.open(reverse("agreements_list", args=[place.ecosystem.slug]))
    she_opens_an_agreement(she)
    she_promises(she)
    and_says_what_comes_back(she)
    she.button("Proposer aux parties")
    say_yes(she, "le bureau", "procès-verbal 3")
    he.go("Nos engagements")
    he.link("Le téléphone et la salle")
    he.sees("Projet")
    he.look("agreement-proposed")
    say_yes(he, "le conseil", "délibération 2026-31")
    he.sees("acceptée le", "Version 1")
    he.look("agreement-accepted")
    for text in the_paper(he):
        read = " ".join(text.split())
        assert (PHONE in read, ROOM in read) == (True, True)
    she.page.reload()
    a_change_is_accepted_again(she, he)
    she.go("Nos engagements")
    she.sees("12", "par semaine", "à revoir ensemble le")
    she.look("agreements")
