# SPDX-License-Identifier: AGPL-3.0-or-later
"""What is given in ten kinds, agreed, talked over, undone, put right, and read as a statement."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from terreau.agreements.kinds import KINDS
from terreau.core import clock
from tests.agreements.factories import give, make_place

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

TOWN = "Communauté de communes"
GIVEN = {
    "argent": ("4 500", "euros", "4 500 €"),
    "temps": ("3,5", "heures", "3,5 h"),
    "lieu": ("1", "demi-journées", "1 demi-journée"),
    "matériel": ("42", "kilomètres", "42 km"),
    "bien": ("9", "pièces", "9 pièces"),
    "savoir": ("2", "demi-journées", "2 demi-journées"),
    "animation": ("2", "heures", "2 h"),
    "mise en relation": ("7", "personnes", "7 personnes"),
    "légitimité": ("1", "fois", "1 fois"),
    "risque": ("1", "fois", "1 fois"),
}


def she_gives(she, kind, quantity, unit, shown):
    """Choose what it was, say how many; on behalf of an organisation, to a named one."""
    she.add("J'ai apporté…")
    she.press(she.main.get_by_role("link", name=re.compile(rf"^\s*{kind}")))
    she.fill({"Combien": quantity})
    if she.group("En").count():
        she.pick("En", unit)
    she.unfold("ajouter un mot")
    she.fill({"À qui": TOWN, "Qui apporte": "La Halte", "Un mot": f"Pour le {kind}"})
    she.look(f"gift-{kind}")
    she.button("Enregistrer")
    she.is_at(kind.capitalize())
    she.sees(shown, "La Halte", TOWN, "Alice, le", f"Pour le {kind}", "en attente")


def test_the_ten_kinds_are_given_on_behalf_of_an_organisation(person):
    place = make_place()
    she = person(place.alice)
    she.open(reverse("contributions_statement", args=[place.ecosystem.slug]))
    for kind, (quantity, unit, shown) in GIVEN.items():
        she_gives(she, kind, quantity, unit, shown)
    she.look("gift-one")
    she.link("Contributions")
    rows = she.main.get_by_role("row").filter(has_text=f"La Halte → {TOWN}")
    expect(rows).to_have_count(len(KINDS))
    she.look("gifts")
    for kind, (*_, shown) in GIVEN.items():
        row = rows.filter(has=she.page.get_by_role("link", name=kind, exact=True))
        expect(row).to_contain_text(shown)
        expect(row).to_contain_text("en attente")
    assert sorted(GIVEN) == sorted(rule.kind.label for rule in KINDS.values())


def of(quantity):
    """Match the lines that say this quantity."""
    return re.compile(rf"(^|\s){quantity}\sh")


def he_answers(he):
    """« D'accord » to one; « En parler » of another, with a third that both trust."""
    he.go("Contributions")
    he.link("3 contributions attendent votre « D'accord »")
    he.look("gifts-awaiting")
    he.press(he.item("Le lundi").get_by_role("button", name="D'accord", exact=True))
    expect(he.main.get_by_role("listitem").filter(has_text="Le lundi")).to_have_count(0)
    he.press(he.item("Le jeudi").get_by_role("link", name="En parler"))
    he.fill(
        {
            "Votre mot": "Nous avons compté 60 heures. Que couvrent les 120 ?",
            "Un tiers pour nous aider": "Le Labo",
        }
    )
    he.look("talk-open")
    he.button("Ouvrir la note")
    he.sees("Que couvrent les 120 ?", "Tiers : Le Labo")


def they_talk_to_its_end(she, he, third):
    note = he.page.url
    third.open(note)
    third.fill({"Répondre": "Les trajets étaient comptés deux fois."})
    third.button("Écrire")
    she.open(note)
    she.sees("Chloé, le", "comptés deux fois")
    she.fill(
        {"Quantité convenue": "60", "Ce que nous en retenons": "On compte les trajets une fois."}
    )
    she.look("talk")
    she.button("Proposer cette fin")
    she.sees("L'autre côté dira « d'accord »")
    he.page.reload()
    he.sees("Proposé par Alice", "60 h")
    he.look("talk-proposed")
    he.button("D'accord")
    he.sees("C'est convenu", "60 h", "On compte les trajets une fois.")
    he.look("talk-end")
    he.link("La contribution")
    he.sees("120 h → 60 h", "convenu après en avoir parlé", "On compte les trajets une fois.")


def she_undoes_one_and_puts_another_right(she, slug):
    she.open(reverse("contributions_list", args=[slug]))
    she.press(she.main.get_by_role("row").filter(has_text="Le mardi").get_by_role("link"))
    she.button("Annuler")
    expect(she.main.get_by_role("row").filter(has_text="Le mardi")).to_contain_text("annulé")
    she.look("gifts-undone")
    she.press(she.main.get_by_role("row").filter(has_text="Le lundi").get_by_role("link"))
    expect(she.main.get_by_role("button", name="Annuler")).to_have_count(0)
    she.link("Rectifier")
    she.sees("Aujourd'hui : 3 h")
    she.fill({"La bonne quantité": "2,5"})
    she.look("gift-rectify")
    she.button("Rectifier")
    she.sees("une rectification attend", "Rectification demandée par Alice : 3 h → 2,5 h")
    she.look("gift-rectify-asked")


def he_agrees_to_what_is_right(he, she):
    """What both had agreed counts until then."""
    he.go("Contributions")
    he.link("Une contribution attend votre « D'accord »")
    he.sees("Rectification demandée par Alice : 3 h → 2,5 h")
    he.look("gifts-rectified")
    he.button("D'accord")
    he.sees("Rien n'attend votre « D'accord »")
    she.page.reload()
    she.sees("rectification demandée par Alice", "rectification acceptée par Basile")
    she.does_not_see("attend")
    she.look("gift-rectified")


def the_statement(she):
    """Mine, then ours; over a period, then over another in which nothing was given."""
    she.go("Contributions")
    she.fill({"Relevé de": "La Halte"})
    since = clock.today() - timedelta(days=7)
    she.fill({"Du": since.isoformat(), "Au": clock.today().isoformat()})
    she.button("Voir")
    mine = she.main.get_by_role("region", name="Relevé de La Halte")
    row = mine.get_by_role("row").filter(has_text="temps")
    expect(row).to_contain_text(re.compile(r"62,5\sh"))
    she.does_not_see("en attente")
    ours = she.main.get_by_role("region", name="Relevé de Nous tous")
    expect(ours.get_by_role("row").filter(has_text="temps")).to_contain_text(of("62,5"))
    she.does_not_see("182")
    she.look("statement")
    she.fill({"Du": "2020-01-01", "Au": "2020-12-31"})
    she.button("Voir")
    she.sees("Rien sur cette période", "Rien n'est encore noté sur cette période.")
    she.look("statement-empty")
    she.press(she.main.get_by_role("list", name="Périodes").get_by_role("link").first)
    expect(mine.get_by_role("row").filter(has_text="temps")).to_contain_text(of("62,5"))


def test_what_is_given_is_agreed_talked_over_undone_and_put_right(person):
    place = make_place()
    for quantity, word in ((3, "Le lundi"), (5, "Le mardi"), (120, "Le jeudi")):
        give(place, quantity, word=word)
    she, he, third = person(place.alice), person(place.basile), person(place.chloe)
    slug = place.ecosystem.slug
    for who in (she, he):
        who.open(reverse("contributions_statement", args=[slug]))
    he_answers(he)
    they_talk_to_its_end(she, he, third)
    she_undoes_one_and_puts_another_right(she, slug)
    he_agrees_to_what_is_right(he, she)
    the_statement(she)
