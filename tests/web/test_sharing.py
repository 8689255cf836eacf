# SPDX-License-Identifier: AGPL-3.0-or-later
"""« Notre règle de partage », its counts, and the convention of the accounts, as pages."""

from __future__ import annotations

import re
from html import unescape
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from terreau.agreements.models import Sharing, SharingRule, Valuation
from terreau.core import clock
from terreau.ledger.models import Event
from terreau.ledger.sharing.rule import Counted, How, Part, Rule
from terreau.people.models import User
from tests.agreements.factories import Place, give, make_place
from tests.agreements.test_sharing import (
    ONE,
    adopted,
    bake,
    counted,
    money,
    wanted_of,
    written,
)
from tests.agreements.test_valuation import agreed, noted

pytestmark = pytest.mark.django_db


def opened(user: User, place: Place, name: str, *numbers: int, **query: str):
    client = Client()
    client.force_login(user)
    return client.get(reverse(name, args=[place.ecosystem.slug, *numbers]), query)


def sent(user: User, place: Place, page: str, /, *numbers: int, query: str = "", **fields: object):
    client = Client()
    client.force_login(user)
    path = reverse(page, args=[place.ecosystem.slug, *numbers]) + query
    return client.post(path, {"key": str(uuid4()), **fields})


def text_of(answer) -> str:
    bare = unescape(re.sub(r"<[^>]+>", " ", answer.content.decode()))
    return " ".join(bare.replace("\u00a0", " ").replace("\u202f", " ").split())


RULE = {
    "words": "La moitié aux heures.",
    "name1": "Le travail", "percent1": "50", "how1": "points",
    "what1_1": "time|hour", "points1_1": "1,5", "action1_1": "work",
    "name2": "Les lieux", "percent2": "12,5", "how2": "equal", "what2_1": "place|day",
    "most2": "40",
}  # fmt: skip


def test_a_version_is_written_then_adopted_and_read_in_words():
    place = make_place()

    answer = sent(place.alice, place, "sharing_write", **RULE)
    rule = SharingRule.objects.get()

    assert answer.status_code == 302
    assert rule.rule == Rule(
        (
            Part("Le travail", 5_000, How.POINTS, (Counted("time", "hour", 1_500_000, "work"),)),
            Part("Les lieux", 1_250, How.EQUAL, (Counted("place", "day", ONE),), 4_000),
        )
    )
    shown = text_of(opened(place.alice, place, "sharing_rule", rule.pk))
    for words in (
        "pas encore adoptée : elle ne compte pour rien", "Le travail : 50 %",
        "temps, en heures (seulement le travail) : 1,5 point pour 1 heure",
        "Les lieux : 12,5 %", "à parts égales", "40 % de cette part au plus", "En commun : 37,5 %",
    ):  # fmt: skip
        assert words in shown
    sent(
        place.pilot, place, "sharing_adopt", rule.pk, adopted_by="l'assemblée",
        adopted_on=clock.today().isoformat(), document="compte rendu",
    )  # fmt: skip
    assert "Adoptée par l'assemblée" in text_of(opened(place.alice, place, "sharing_page"))


def test_a_rule_that_cannot_be_counted_comes_back_with_its_words_and_the_reason():
    place = make_place()

    answer = sent(place.alice, place, "sharing_write", **{**RULE, "percent1": "88"})

    assert answer.status_code == 422
    assert "Les parts dépassent 100 % (de 0,5 %)" in text_of(answer)
    assert "La moitié aux heures." in text_of(answer)
    fine = sent(place.alice, place, "sharing_write", **{**RULE, "percent1": "33,333"})
    assert "Deux chiffres après la virgule au plus." in text_of(fine)


def test_the_next_version_begins_from_the_one_before():
    place = make_place()
    sent(place.alice, place, "sharing_write", **RULE)

    form = opened(place.alice, place, "sharing_write").context["form"]

    assert (form["percent2"].value(), form["what1_1"].value()) == ("12,5", "time|hour")
    assert 'value="12,5"' in opened(place.alice, place, "sharing_write").content.decode()


def test_who_contributed_is_told_by_name_in_own_units_then_shared():
    baking = bake()
    place = baking.place
    gift, rule = money(place), adopted(place)
    query = f"?etape={baking.sold}"

    way = opened(place.pilot, place, "resources_event", baking.sold).content.decode()
    page = opened(place.pilot, place, "sharing_count", etape=str(baking.sold))

    assert f"/partage/calculer/{query}" in way
    assert page.context["contributors"] == [
        ("La Halte", "temps", "hour", 2_400_000), ("Le Labo", "temps", "hour", 800_000),
    ]  # fmt: skip
    answer = sent(
        place.pilot, place, "sharing_count", query=query, title="Les pains", gift=gift.pk,
        rule=rule.pk, quantity="",
    )  # fmt: skip
    sharing = Sharing.objects.get()
    assert answer["Location"] == reverse("sharing_one", args=[place.ecosystem.slug, sharing.pk])
    shown = text_of(opened(place.pilot, place, "sharing_one", sharing.pk))
    for words in ("100 € à partager", "La Halte 75 €", "Le travail : 75 € (2,4 points)",
                  "Le Labo 25 €", "En tout 100 €"):  # fmt: skip
        assert words in shown
    line = opened(place.pilot, place, "sharing_line", sharing.pk, de=str(place.lab.pk))
    assert "temps 0,8 h Le travail : 0,8 point" in text_of(line)
    assert "etape/" in line.content.decode()


def test_reading_a_count_writes_nothing_and_counting_again_says_that_it_is_the_same():
    place = make_place()
    give(place, 3)
    sharing = counted(place, wanted_of(adopted(place), money(place)))
    before = list(Event.objects.values_list("pk", flat=True))

    shown = text_of(opened(place.pilot, place, "sharing_one", sharing.pk, refaire=""))

    assert "Le calcul est le même" in shown
    assert list(Event.objects.values_list("pk", flat=True)) == before
    assert Sharing.objects.get().digest == sharing.digest


def test_a_member_reads_their_own_line_and_may_not_count():
    place = make_place()
    give(place, 3)
    give(place, 1, by=place.chloe, giver_id=place.lab.pk, receiver_id=place.halte.pk)
    sharing = counted(place, wanted_of(adopted(place), money(place)))

    shown = opened(place.chloe, place, "sharing_one", sharing.pk)

    assert "Le Labo 25 €" in text_of(shown)
    assert "Les autres, ensemble 75 €" in text_of(shown)
    assert "La Halte" not in text_of(shown).partition("Les noms")[0].partition("Qui")[2]
    other = opened(place.chloe, place, "sharing_line", sharing.pk, de=str(place.halte.pk))
    assert other.status_code == 404
    assert "ouvrir les relevés" in text_of(opened(place.chloe, place, "sharing_count"))
    file = opened(place.chloe, place, "sharing_one", sharing.pk, format="csv").content.decode()
    assert "La Halte" not in file and "Le Labo" in file


def test_without_adopted_rule_nothing_is_shared():
    place = make_place()
    written(place)
    money(place)

    assert "Aucune règle n'est adoptée" in text_of(opened(place.pilot, place, "sharing_count"))
    assert "Aucune règle n'est adoptée" in text_of(opened(place.pilot, place, "sharing_page"))


@pytest.mark.parametrize("query", ({"etape": "9999999"}, {"stock": "x"}, {"stock": "77777"}))
def test_what_is_followed_must_be_there(query):
    place = make_place()

    assert opened(place.pilot, place, "sharing_count", **query).status_code == 404


def annex_of(place: Place, **query: str):
    today = clock.today()
    asked = {"de": str(place.council.pk), "annee": str(today.year), **query}
    return opened(place.basile, place, "contributions_annex", **asked)


def test_the_annex_says_plainly_that_there_is_no_convention():
    place = make_place()
    agreed(place, 3)

    shown = text_of(annex_of(place))

    assert "Aucune convention adoptée ne vaut pour cette année" in shown
    assert "864" not in shown
    assert "Comptes 87" not in annex_of(place, format="csv").content.decode()


def test_under_a_convention_both_accounts_are_equal_and_each_figure_opens():
    place = make_place()
    noted(place)
    agreed(place, 3)
    agreed(place, 2, giver_id=place.alice.agent_id)

    page = annex_of(place)
    shown = text_of(page)

    for words in (
        "871 Prestations en nature 35,64 €", "875 Bénévolat 23,76 €",
        "Ressources (87), en tout 59,40 €", "862 Prestations 35,64 €",
        "864 Personnel bénévole 23,76 €", "Emplois (86), en tout 59,40 €",
        "11,88 € pour 1 heure (salaire minimum horaire)",
    ):  # fmt: skip
        assert words in shown
    link = re.search(r'href="([^"]+venant=benevoles)"', page.content.decode())
    assert link is not None
    client = Client()
    client.force_login(place.basile)
    behind = text_of(client.get(link[1].replace("&amp;", "&")))
    assert "a reçu 2 h (temps)" in behind and "collectifs sans statut" in behind
    file = annex_of(place, format="csv").content.decode()
    assert "875" in file and "864" in file


def test_a_convention_is_noted_and_withdrawn_on_its_page():
    place = make_place()
    today = clock.today()
    fields = {
        "method": "Au salaire minimum.", "since": f"{today.year}-01-01",
        "until": f"{today.year}-12-31", "adopted_by": "le conseil",
        "adopted_on": today.isoformat(), "document": "procès-verbal",
        "what1": "time|hour", "price1": "11,88", "source1": "salaire minimum",
    }  # fmt: skip

    answer = sent(place.pilot, place, "contributions_valuation_note", **fields)

    assert answer.status_code == 302
    page = text_of(opened(place.alice, place, "contributions_valuations"))
    assert "temps : 11,88 € pour 1 heure (salaire minimum)" in page
    assert "Retirer cette convention" not in page
    twice = sent(place.pilot, place, "contributions_valuation_note", **fields)
    assert twice.status_code == 422
    row = Valuation.objects.get()
    sent(place.pilot, place, "contributions_valuation_withdraw", row.pk)
    assert "elle ne compte plus" in text_of(opened(place.alice, place, "contributions_valuations"))
