# SPDX-License-Identifier: AGPL-3.0-or-later
"""Where we are going, what is at stake, what was hard; and what a programme is shown of it."""

import pytest
from allauth.mfa.models import Authenticator
from django.urls import reverse
from playwright.sync_api import expect

from terreau.core import clock
from terreau.people.enums import RoleKind
from tests.factories import join, make_ecosystem, make_organisation, make_user, represent

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

FIRST = "Que personne ne renonce faute de pouvoir s'y rendre."
SECOND = "Que chacun puisse aller, revenir, et choisir son heure."
OTHERWISE = "Pour nous, l'équipe de cinq heures passe d'abord."


def a_version_is_proposed(who, text, why=""):
    who.go("Notre cap")
    who.link("Proposer une version")
    who.fill({"Notre cap": text, "Pourquoi cette version": why})
    who.look("aim-propose")
    who.button("Proposer")
    who.is_at("Notre cap")


def it_is_adopted(she, number, how):
    she.go("Notre cap")
    she.link(f"Noter son adoption de la version {number}")
    she.fill({"Comment": how})
    she.pick("Par", "La Halte", "Prune")
    she.look("aim-adopt")
    she.button("Noter cette adoption")


def he_sees_it_otherwise(he):
    he.go("Notre cap")
    he.link("Nous voyons autrement")
    he.fill({"Ce que nous voyons autrement": OTHERWISE, "Au nom de": "La Halte"})
    he.look("aim-otherwise")
    he.button("Le dire")
    he.sees("reste ouvert", OTHERWISE)


def the_history_says_what_changed(she):
    she.go("Notre cap")
    she.sees(SECOND, OTHERWISE, "après trois soirées", "par La Halte, Prune")
    she.look("aim")
    she.link("Comment il a changé")
    she.sees(FIRST, SECOND, "Trois familles nous l'ont appris.")
    she.unfold("Mot à mot")
    expect(she.main.get_by_role("deletion").first).to_be_visible()
    expect(she.main.get_by_role("insertion").first).to_be_visible()
    she.look("aim-history")


def it_is_settled_by_its_own_voice(he):
    he.go("Notre cap")
    he.link("C'est dépassé")
    he.fill({"Comment nous l'avons dépassé": "Deux départs, à cinq et à huit heures."})
    he.button("C'est dépassé")
    he.is_at("Notre cap")
    he.does_not_see(OTHERWISE)


def what_is_at_stake(she):
    she.go("Notre cap")
    she.link("Dire ce qui se joue")
    she.fill(
        {
            "Ce qui se joue": "Ne plus manquer un rendez-vous",
            "Pour qui": "les personnes sans voiture",
            "Qui l'a dit": "le secrétariat de la maison de santé",
        }
    )
    she.look("aim-stake")
    she.button("Enregistrer")
    she.go("Notre cap")
    she.sees(
        "Ne plus manquer un rendez-vous",
        "Pour les personnes sans voiture.",
        "Dit par le secrétariat de la maison de santé.",
    )


def where_we_are(she):
    """A pause and an end are said like the rest."""
    she.main.get_by_role("link", name="Où nous en sommes").click()
    for phase, words in (("en pause", "Le temps de souffler."), ("terminée", "C'est passé.")):
        she.fill({"Nous disons être": phase, "En quelques mots": words})
        she.button("Dire cette étape")
        she.sees(words, "Tout reste ici, lisible et daté.")
    she.look("aim-phase")
    expect(she.item("En pause", "Dit par Prune")).to_contain_text("Le temps de souffler.")
    expect(she.item("Terminée", "Dit par Prune")).to_contain_text("C'est passé.")


def a_difficulty_is_published(she, visitor, slug):
    she.go("Notre cap")
    she.link("Difficultés, et ce qu'on en a appris")
    she.main.get_by_role("link", name="difficulté").last.click()
    she.fill(
        {
            "Ce qui a coincé": "Trois pilotes en deux ans.",
            "Année": "2025",
            "À quoi cela ressemble": "départs et changements de personnes",
            "Ce qu'on en a appris": "Écrire avant de partir.",
            "Qui peut lire": "tout le monde",
        }
    )
    she.look("aim-difficulty")
    she.button("Enregistrer")
    she.sees("publiée", "Trois pilotes en deux ans.")
    she.open(reverse("public_manage", args=[slug]))
    she.button("Publier pour tout le monde")
    visitor.open("/cooperations/")
    visitor.field("Difficulté racontée").select_option(
        label="Départs et changements de personnes (1)"
    )
    visitor.link("Aller et revenir")
    visitor.sees("Trois pilotes en deux ans.", "Écrire avant de partir.", "2025")
    visitor.look("aim-difficulty-public")


def test_a_cap_with_its_versions_disagreements_stakes_phase_and_difficulty(person):
    ecosystem = make_ecosystem()
    pilot = join(make_user("Prune"), ecosystem, RoleKind.PILOT)
    basile = join(make_user("Basile"), ecosystem)
    represent(basile, make_organisation("La Halte"), ecosystem)
    she, he = person(pilot), person(basile)
    she.open(reverse("cap_page", args=[ecosystem.slug]))
    he.open(reverse("cap_page", args=[ecosystem.slug]))
    a_version_is_proposed(she, FIRST)
    it_is_adopted(she, 1, "après trois soirées d'écoute")
    he_sees_it_otherwise(he)
    a_version_is_proposed(he, SECOND, "Trois familles nous l'ont appris.")
    it_is_adopted(she, 2, "après trois soirées de plus")
    the_history_says_what_changed(she)
    it_is_settled_by_its_own_voice(he)
    what_is_at_stake(she)
    where_we_are(she)
    a_difficulty_is_published(she, person(), ecosystem.slug)


def a_programme_is_opened(admin, officer):
    admin.open(reverse("programmes_list"))
    admin.link("Ouvrir un programme")
    admin.fill(
        {
            "Nom du programme": "Territoires de soin",
            "Autre nom, ou sigle": "TS",
            "Organisation qui le porte": "La Région",
            "Finit le": f"{clock.today().year + 2}-06-30",
            "En quelques mots": "Huit coopérations accompagnées.",
            "Adresse de la personne qui le suit": officer.email,
        }
    )
    admin.look("programme-new")
    admin.button("Ouvrir ce programme")
    admin.sees("La Région", "Solène")


def somebody_coaches(admin, coach):
    admin.link("Noter un accompagnement")
    admin.fill(
        {
            "Coopération": "Aller et revenir",
            "Adresse de la personne qui l'accompagne": coach.email,
        }
    )
    admin.button("Noter cet accompagnement")
    admin.sees("Aller et revenir", "Colette")
    admin.look("programme-run")


def the_cooperation_shows_what_it_chooses(she):
    """Opening the link shows nothing; each text is raised on its own."""
    she.go("Programme")
    she.fill({"Programme": "Territoires de soin"})
    she.button("Ouvrir ce lien")
    she.sees("Porté par La Région")
    a_version_is_proposed(she, FIRST)
    it_is_adopted(she, 1, "ensemble")
    she.link("Choisir qui peut le lire")
    she.fill({"Qui peut lire": "la coopération et le programme"})
    she.look("programme-raise")
    she.button("Enregistrer")


def what_we_are_shown(officer):
    officer.open(reverse("programmes_list"))
    officer.link("Territoires de soin")
    officer.is_at("Ce qui nous est montré")


def test_a_programme_reads_what_it_is_shown_and_nothing_else(person):
    ecosystem = make_ecosystem()
    pilot = join(make_user("Prune"), ecosystem, RoleKind.PILOT)
    represent(pilot, make_organisation("La Halte"), ecosystem)
    chief = make_user("Inès", is_superuser=True)
    Authenticator.objects.create(user=chief, type="totp", data={})
    officer, coach = make_user("Solène"), make_user("Colette")
    she, reader, admin = person(pilot), person(officer), person(chief)
    a_programme_is_opened(admin, officer)
    what_we_are_shown(reader)
    reader.sees("Aucune coopération ne se montre encore")
    she.open(reverse("cap_page", args=[ecosystem.slug]))
    the_cooperation_shows_what_it_chooses(she)
    somebody_coaches(admin, coach)
    what_we_are_shown(reader)
    reader.sees("Aller et revenir", FIRST)
    reader.does_not_see("La Halte", "après")
    reader.look("programme-shown")
    she.go("Programme")
    she.sees("Colette, pour Territoires de soin")
    expect(she.item("La Région", "ce qui")).to_be_visible()
    she.look("programme-links")
    she.button("Ne plus rien montrer")
    reader.page.reload()
    reader.does_not_see(FIRST)
