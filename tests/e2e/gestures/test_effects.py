# SPDX-License-Identifier: AGPL-3.0-or-later
"""What changes, for whom, who says it; then the rest, and who has something to do with it."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from tests.agreements.factories import make_place

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

ASKED = "On ose demander un trajet pour une visite."
NOISE = "Le minibus réveille la rue à cinq heures."


def a_change(she, statement, for_whom, said_by):
    """Three fields, nothing more: the rest is offered, and may wait."""
    she.add("Un changement constaté")
    she.fill({"Ce qui change": statement, "Pour qui": for_whom, "Qui le dit": said_by})
    she.look("change-new")
    she.button("Enregistrer")
    she.is_at("En dire plus")
    she.link("Ce changement")
    she.is_at(statement)


def more_is_said(she):
    she.link("En dire plus, modifier")
    she.pick("C'est", "ce que ça change de bien")
    she.pick("Sur quoi on s'appuie", "plusieurs témoignages qui concordent")
    she.pick("Est-ce grâce à la coopération, ou à cause d'elle ?", "en partie")
    she.pick("Quand on le voit", "tout de suite")
    she.fill(
        {
            "En quelques mots": "Deux habitantes, puis le secrétariat.",
            "Qu'est-ce qui d'autre a joué ?": "La ligne du mardi.",
        }
    )
    she.look("change-more")
    she.button("Enregistrer")
    she.sees(
        "Plusieurs témoignages qui concordent",
        "Deux habitantes, puis le secrétariat.",
        "En partie",
        "La ligne du mardi.",
        "tout de suite",
    )


def somebody_has_to_do_with_it(she, who, how):
    she.unfold("Ajouter quelqu'un")
    she.fill({"Qui": who})
    she.pick("Comment", how)
    she.look("change-tie")
    she.button("Noter ce lien")
    expect(she.part("Qui y est pour quelque chose")).to_contain_text(f"{who} {how}")


def who_is_named_answers(he):
    he.go("Ce que ça change")
    he.sees("On attend votre réponse", NOISE)
    he.look("changes-awaited")
    he.link("Répondre au nom de Communauté de communes")
    he.fill({"Communauté de communes": "Le départ passe à six heures dès lundi."})
    he.look("change-answer")
    he.button("Écrire cette réponse")
    he.sees("Le départ passe à six heures", "Réponse de Communauté de communes")


def test_a_change_in_three_fields_then_the_rest_and_who_is_tied_to_it(person):
    place = make_place()
    she, he = person(place.alice), person(place.basile)
    for who in (she, he):
        who.open(reverse("effects_page", args=[place.ecosystem.slug]))
    a_change(she, ASKED, "Les personnes âgées", "deux habitantes")
    she.sees("deux habitantes", "Une intuition", "On ne sait pas")
    more_is_said(she)
    somebody_has_to_do_with_it(she, "La Halte", "y contribue")
    somebody_has_to_do_with_it(she, "Le Labo", "en bénéficie, rien ne lui a été demandé")
    she.look("change")
    a_change(she, NOISE, "Les riverains", "un voisin")
    she.link("En dire plus, modifier")
    she.pick("C'est", "ce que ça abîme")
    she.button("Enregistrer")
    somebody_has_to_do_with_it(she, "Communauté de communes", "est nommé et peut répondre")
    she.sees("Une réponse est attendue")
    who_is_named_answers(he)
    she.go("Ce que ça change")
    she.look("changes")
    expect(she.part("Les personnes âgées")).to_contain_text("Y contribue : La Halte")
    expect(she.part("Les riverains")).to_contain_text("Le départ passe à six heures")
    expect(she.part("En bénéficie, rien ne lui a été demandé")).to_contain_text("Le Labo")
