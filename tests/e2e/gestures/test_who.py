# SPDX-License-Identifier: AGPL-3.0-or-later
"""A cooperation starts, its keys are shared; who is here, in four lines, with which role."""

from datetime import timedelta

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from terreau.core import clock
from terreau.people.enums import RoleKind
from tests.factories import join, make_ecosystem, make_organisation, make_user, represent

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

LINES = {
    "Ce qui nous tient à cœur": "Les soins et les visites avant tout",
    "Ce qu'on sait faire": "Écouter, conduire, réparer",
    "Nos contraintes": "Quatre salariées",
    "Ne pas nous demander": "Des statistiques de plus",
}


def she_starts(she):
    """Name, sentence, functions of life, place: nothing else is asked."""
    she.open(reverse("start_new"))
    she.fill(
        {
            "Comment s'appelle-t-elle": "Aller et revenir",
            "En une phrase, ce que vous voulez rendre possible": "Que chacun puisse aller.",
            "Où": "La vallée, de part et d'autre du pont",
        }
    )
    she.unfold("Ce que cela touche dans la vie des gens")
    she.fill({"Autre chose, avec vos mots": "ne pas rester seul"})
    she.look("start")
    she.button("Démarrer")
    she.is_at("Qui garde les clés avec vous ?")


def she_shares_the_keys(she):
    """Two addresses; two links, shown once."""
    she.fill(
        {
            "Adresse électronique d'une deuxième personne": "basile@exemple.invalid",
            "Et d'une troisième": "chloe@exemple.invalid",
        }
    )
    she.look("start-keys")
    she.button("Inviter")
    links = she.main.get_by_role("definition").all_inner_texts()
    she.look("start-keys-sent")
    she.link("Continuer")
    she.is_at("Qui")
    assert len(links) == 2
    return [link.strip() for link in links]


def the_invited_take_their_place(they, link):
    they.open(link)
    they.sees("Alice", "garde les clés", "inviter, régler, et passer le relais")
    they.look("start-invited")
    they.button("Prendre cette place")
    they.is_at("Qui")


def test_a_cooperation_starts_in_two_minutes_and_its_keys_are_three(person):
    she = person(make_user("Alice"))
    she_starts(she)
    links = she_shares_the_keys(she)
    for name, link in zip(("Basile", "Chloé"), links, strict=True):
        they = person(make_user(name))
        the_invited_take_their_place(they, link)
        they.open(link)
        they.sees("Ce lien d'invitation a déjà servi")

    she.page.reload()
    she.sees("Basile", "Chloé")
    she.does_not_see("Une seule personne garde les clés")
    she.go("Réglages")
    she.link("Qui garde les clés")
    she.sees("3 personnes ou organisations gardent déjà les clés.")


def she_notes_somebody(she):
    """Who is already known is shown while the name is typed."""
    she.add("Quelqu'un")
    she.field("Nom").press_sequentially("La Hal")
    expect(she.main.get_by_text("Peut-être déjà connu")).to_be_visible()
    she.look("who-alike")
    she.fill({"Nom": "Le Centre social"})
    she.unfold("Ses quatre lignes")
    she.fill(LINES)
    she.unfold("Qui pourra lire")
    she.fill({"SIREN": "123456789", "Lieu, avec vos mots": "Au bourg"})
    she.look("who-add")
    she.button("Ajouter")
    she.is_at("Le Centre social")
    expect(she.page.get_by_role("status").first).to_contain_text("SIREN")
    she.sees(*LINES.values(), "Pressentie")


def from_expected_to_agreed(she):
    """Each step is a press, and is dated."""
    she.button("Le contact est pris")
    she.sees("Contactée")
    she.link("Noter son accord pour apparaître")
    she.fill({"Qui l'a dit, et comment": "sa directrice, à la réunion du 3 mars"})
    she.look("who-agree")
    she.button("Noter cet accord")
    she.sees("D'accord pour apparaître", "sa directrice, à la réunion du 3 mars")
    she.look("who-actor")


def a_circle_and_a_role_with_dates(she, today):
    she.go("Qui")
    she.look("who")
    she.link("Ouvrir un cercle")
    she.fill({"Nom du cercle": "Groupe miroir"})
    she.button("Ouvrir ce cercle")
    she.sees("Groupe miroir", "Personne encore dans ce cercle.")
    she.link("Donner un rôle")
    began = today - timedelta(days=40)
    she.fill(
        {
            "À qui": "Le Centre social",
            "Quel rôle": "groupe miroir",
            "Dans quel cercle": "Groupe miroir",
            "Depuis le": began.isoformat(),
        }
    )
    she.look("who-role")
    she.button("Noter ce rôle")
    she.link("Mettre fin au rôle de Le Centre social, groupe miroir")
    she.fill({"Pourquoi": "autres engagements"})
    she.look("who-role-end")
    she.button("Noter la fin")
    row = she.main.get_by_role("row").filter(has_text="Le Centre social")
    for said in (f"{began:%d/%m/%Y}", f"{today:%d/%m/%Y}", "autres engagements"):
        expect(row).to_contain_text(said)
    she.look("who-roles")


def he_presents_himself_and_steps_back(he, today):
    """Only oneself says « en retrait »."""
    he.button("Présenter La Halte")
    he.fill(LINES)
    he.look("who-lines")
    he.button("Enregistrer")
    he.link("En retrait jusqu'au…")
    until = today.replace(year=today.year + 1, month=3, day=2)
    he.fill({"En retrait jusqu'au": until.isoformat()})
    he.look("who-away")
    he.button("Le dire aux autres")
    he.sees(f"Jusqu'au 2 mars {until.year}")
    he.look("who-own")


def a_word_is_ours(she):
    she.go("Notre cap")
    she.link("Nos mots, toute la liste")
    she.main.get_by_role("link", name="mot").last.click()
    she.fill({"Mot": "Fourgon", "Ce que nous voulons dire": "Celui du mardi, partagé par trois."})
    she.look("who-word")
    she.button("Enregistrer")
    she.go("Notre cap")
    she.sees("Fourgon", "Celui du mardi, partagé par trois.")


def the_piloting_passes(she, today):
    she.go("Qui")
    she.link("Passer un rôle")
    she.press(she.main.get_by_role("link", name="Passer ce rôle (pilote, Prune)"))
    she.fill({"À qui": "Basile"})
    she.button("Passer le relais")
    she.go("Qui")
    she.link("Tous les rôles, avec leurs dates")
    rows = she.main.get_by_role("row").filter(has_text="pilote")
    expect(rows.filter(has_text="Prune")).to_contain_text("relais passé")
    expect(rows.filter(has_text="Basile")).to_contain_text(f"{today:%d/%m/%Y}")


def test_who_is_here_in_four_lines_with_roles_and_dates(person):
    ecosystem = make_ecosystem()
    pilot = join(make_user("Prune"), ecosystem, RoleKind.PILOT)
    join(make_user("Chloé"), ecosystem, RoleKind.KEY_HOLDER)
    basile = join(make_user("Basile"), ecosystem)
    represent(basile, make_organisation("La Halte"), ecosystem)
    today = clock.today()
    she, he = person(pilot), person(basile)
    she.open(reverse("qui_page", args=[ecosystem.slug]))
    she_notes_somebody(she)
    from_expected_to_agreed(she)
    a_circle_and_a_role_with_dates(she, today)
    he.open(reverse("qui_page", args=[ecosystem.slug]))
    he_presents_himself_and_steps_back(he, today)
    she.go("Qui")
    she.sees("en retrait jusqu'au 2 mars")
    a_word_is_ours(she)
    the_piloting_passes(she, today)
