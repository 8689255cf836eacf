# SPDX-License-Identifier: AGPL-3.0-or-later
"""A visitor looks for a problem like theirs, reads, writes, and says « C'est nous »."""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import lead
from tests.e2e.gestures.hands import Hands

pytestmark = pytest.mark.e2e

WIDTHS = (360, 1280)


@pytest.fixture(params=WIDTHS)
def visitor(page, request):
    page.set_viewport_size({"width": request.param, "height": 800})
    return Hands(page)


def count(visitor) -> int:
    return int(re.search(r"\d+", visitor.main.get_by_role("status").inner_text()).group())


def choose(visitor, question, answer):
    """Choose in a facet; return how many sheets it announced and how many came."""
    field = visitor.field(question)
    option = field.get_by_role("option", name=re.compile(f"^{answer}")).inner_text()
    field.select_option(label=option.strip())
    told = int(re.search(r"\((\d+)\)", option).group(1))
    chosen = visitor.main.get_by_role("list", name="Ce que vous avez choisi")
    expect(chosen).to_contain_text(answer, ignore_case=True)
    return told, count(visitor)


def the_facets_narrow(visitor, everything):
    """Each says how many sheets it leads to, and leads to as many."""
    told, came = choose(visitor, "Région", "Occitanie")
    assert told == came < everything
    visitor.look("directory-region")
    visitor.unfold("Choisir plus finement")
    told, came = choose(visitor, "Forme juridique", "Association")
    assert 1 <= told == came
    visitor.look("directory-form")
    visitor.link("Tout effacer")
    expect(visitor.main.get_by_role("status")).to_contain_text(str(everything))
    told, came = choose(visitor, "Difficulté racontée", "Des bénévoles fatigués")
    assert 1 <= told == came
    visitor.link("Tout effacer")
    expect(visitor.main.get_by_role("status")).to_contain_text(str(everything))


def the_map_leads_to_a_department(visitor, everything):
    mark = visitor.main.get_by_role("figure").get_by_role("link", name="Aude : 1 coopération")
    lead(visitor.page, mark.click)
    expect(visitor.main.get_by_role("list", name="Ce que vous avez choisi")).to_contain_text("Aude")
    assert count(visitor) == 1
    visitor.look("directory-map")
    visitor.link("Tout effacer")
    expect(visitor.main.get_by_role("status")).to_contain_text(str(everything))


def accents_do_not_matter(visitor, everything):
    found = {}
    for word in ("energie", "ÉNERGIE"):
        visitor.field("Chercher").fill(word)
        visitor.button("Chercher")
        chosen = visitor.main.get_by_role("list", name="Ce que vous avez choisi")
        expect(chosen).to_contain_text(word)
        found[word] = count(visitor)
        visitor.look(f"directory-{word}")
    assert 1 <= found["energie"] == found["ÉNERGIE"] < everything


def test_the_facets_the_map_and_a_search_without_accents_find_a_sheet(visitor):
    visitor.open("/cooperations/")
    everything = count(visitor)
    visitor.look("directory")
    the_facets_narrow(visitor, everything)
    the_map_leads_to_a_department(visitor, everything)
    accents_do_not_matter(visitor, everything)
    first = visitor.main.get_by_role("article").first.get_by_role("link")
    title = first.inner_text()
    lead(visitor.page, first.click)
    visitor.is_at(title)
    visitor.look("sheet-read")


def test_who_writes_from_a_sheet_is_read_by_who_keeps_it(visitor, enter):
    visitor.open("/cooperations/aller-et-revenir/")
    visitor.sees("Exemple inventé pour la démonstration", "Licence du texte", "Mise à jour ici")
    visitor.look("sheet")
    visitor.link("Écrire à la coopération")
    width = visitor.page.viewport_size["width"]
    message = f"Nous avons le même trajet, lu sur {width} pixels."
    visitor.fill(
        {
            "Qui êtes-vous ?": "Une voisine",
            "Comment vous répondre ?": "06 00 00 00 00",
            "Votre message": message,
        }
    )
    visitor.look("sheet-write")
    visitor.button("Envoyer")
    visitor.is_at("Aller et revenir")
    enter("pilote")
    visitor.open("/c/aller-et-revenir/fiche-publique/")
    received = visitor.main.get_by_role("article").filter(has_text=message)
    expect(received).to_contain_text("Une voisine")
    visitor.look("sheet-messages")
    received.get_by_role("button", name="J'ai répondu").click()
    expect(received).to_contain_text("Traité le")


def test_it_is_us_says_whoever_a_read_sheet_is_about(visitor, enter):
    visitor.open("/cooperations/?origine=lue")
    lead(visitor.page, visitor.main.get_by_role("article").last.get_by_role("link").click)
    visitor.sees("Fiche non tenue par l'organisation")
    title = visitor.main.get_by_role("heading", level=1).inner_text()
    visitor.link("C'est nous : reprendre / faire retirer")
    visitor.pick("Que voulez-vous ?", "Signaler une erreur")
    width = visitor.page.viewport_size["width"]
    visitor.fill(
        {
            "Qui êtes-vous ?": "La présidente",
            "Votre adresse électronique": "nous@exemple.invalid",
            "Quelques mots": f"Le bourg est en face, lu sur {width} pixels.",
        }
    )
    visitor.look("sheet-ours")
    visitor.button("Envoyer")
    visitor.is_at(title)
    visitor.sees("Fiche non tenue par l'organisation")
    enter("instance")
    visitor.open("/demandes/")
    visitor.look("sheet-requests")
    asked = visitor.main.get_by_role("article").filter(has_text=title)
    asked.filter(has_text="Signaler une erreur").first.get_by_role("link").click()
    visitor.sees("La présidente", f"lu sur {width} pixels")
