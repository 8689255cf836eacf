# SPDX-License-Identifier: AGPL-3.0-or-later
"""A rule is written, adopted and counted under; a stock is opened, counted anew and lent."""

import pytest
from django.urls import reverse

from terreau.core import clock
from tests.agreements.factories import give, make_place
from tests.agreements.test_sharing import money

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


def test_a_rule_is_written_then_adopted_then_counted_under(person):
    place = make_place()
    give(place, 3)
    give(place, 1, by=place.chloe, giver_id=place.lab.pk, receiver_id=place.halte.pk)
    money(place)
    she = person(place.alice)
    she.open(reverse("contributions_statement", args=[place.ecosystem.slug]))
    she.link("Notre règle de partage")
    she.link("Écrire une première version")
    she.fill({"Notre règle, en quelques phrases": "Tout va au travail, selon les heures."})
    she.fill(
        {
            "Nom de la part 1": "Le travail",
            "Part 1 : combien sur 100 de ce qui est arrivé": "100",
        }
    )
    line = she.main.get_by_role("group", name="Part 1, ce qui compte (1)")
    line.get_by_label("Quoi").select_option("temps, en heures")
    line.get_by_label("Points pour un").fill("1")
    she.look("rule-written")
    she.button("Enregistrer cette version")
    she.sees("pas encore adoptée", "Le travail", "1 point pour 1 heure")

    he = person(place.pilot)
    he.open(she.page.url)
    he.link("Noter son adoption")
    today = clock.today().isoformat()
    he.fill({"Adoptée par": "l'assemblée", "La pièce qui le dit": "compte rendu", "Le": today})
    he.button("Noter cette adoption")
    he.link("Notre règle de partage")
    he.link("Calculer un partage")
    he.fill({"Ce que vous partagez, en quelques mots": "La vente de mars"})
    he.look("sharing-asked")
    he.button("Calculer")
    he.is_at("La vente de mars")
    he.sees("La Halte", "75 €", "Le Labo", "25 €", "En tout", "100 €")
    he.look("sharing-counted")
    he.link("Refaire le calcul maintenant, et comparer")
    he.sees("Le calcul est le même")
    he.link("Le Labo")
    he.sees("1 point")


def test_a_stock_is_opened_counted_anew_and_lent(person):
    place = make_place()
    she = person(place.alice)
    she.open(reverse("resources_list", args=[place.ecosystem.slug]))
    she.link("Suivre une ressource")
    she.fill({"Son nom": "Vélos donnés", "Ce qu'il contient": "vélo", "Combien il y en a": "7"})
    she.look("stock-opened")
    she.button("Suivre cette ressource")
    she.sees("Vélos donnés", "7 pièces")
    she.link("Compter de nouveau")
    she.fill({"Combien il y en a": "5"})
    she.button("Noter ce compte")
    she.link("Prêter ou rendre")
    she.fill({"À qui": "Communauté de communes"})
    she.button("Noter")
    she.sees("Vélos donnés", "5 pièces", "Communauté de communes")
    she.look("stock-lent")
