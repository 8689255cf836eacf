# SPDX-License-Identifier: AGPL-3.0-or-later
"""The logbook with its photos and papers, this week, and the handing over of a role or of all."""

import io
from datetime import timedelta

import pikepdf
import pytest
from django.urls import reverse
from PIL import Image
from playwright.sync_api import expect
from pypdf import PdfReader

from terreau.core import clock
from terreau.people.enums import RoleKind
from terreau.people.models import Role
from tests.agreements.factories import give, make_place
from tests.documents.test_incoming import SECRET, photo_with_place
from tests.factories import LONG_AGO, join, make_user

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

GPS = 0x8825
NOTICE = timedelta(hours=72)


def a_paper() -> bytes:
    paper, out = pikepdf.new(), io.BytesIO()
    paper.add_blank_page()
    paper.docinfo["/Author"] = "Camille"
    paper.save(out)
    return out.getvalue()


def three_lines(she, text, name, mime, content, seen):
    she.add("Trois lignes")
    she.fill({"Trois lignes": text})
    she.unfold("Ajouter une photo ou un document")
    she.field("Une photo ou un document").set_input_files(
        {"name": name, "mimeType": mime, "buffer": content}
    )
    she.fill({"Ce qu'on y voit": seen})
    she.look("log-form")
    she.button("Enregistrer")
    she.sees(text)


def the_photo_served_has_no_place(he):
    """As it is shown to somebody else of the circle."""
    shown = he.main.get_by_role("img", name="Le fourgon devant la halle")
    expect(shown).to_be_visible()
    shown.scroll_into_view_if_needed()
    expect(shown).not_to_have_js_property("naturalWidth", 0)
    served = he.page.request.get(shown.get_attribute("src"))
    picture = Image.open(io.BytesIO(served.body()))
    assert (served.status, dict(picture.getexif().get_ifd(GPS))) == (200, {})
    assert SECRET not in served.body()


def the_paper_is_read(he):
    link = he.main.get_by_role("link", name="Le compte rendu de la visite")
    served = he.page.request.get(link.get_attribute("href"))
    paper = PdfReader(io.BytesIO(served.body()))
    assert (served.status, len(paper.pages)) == (200, 1)
    assert b"Camille" not in served.body()


def he_reads_his_week(he):
    he.go("Cette semaine")
    waits = he.part("Ce qui attend votre réponse")
    expect(waits).to_contain_text("La Halte dit avoir apporté : temps")
    moved = he.main.get_by_role("region", name="Ce qui a bougé")
    expect(moved).to_contain_text("Le fourgon est réparé.")
    he.sees("Une seule personne garde les clés", "Demandez-lui d'en choisir une deuxième.")
    he.look("week")
    he.button("J'ai lu")
    he.sees("Rien de nouveau")
    he.link("Répondre « D'accord » ou « En parler »")
    he.button("D'accord")
    he.go("Cette semaine")
    he.does_not_see("Ce qui attend votre réponse")
    he.look("week-read")


def test_three_lines_with_a_photo_and_a_paper_are_read_by_the_others(person):
    place = make_place()
    give(place, 3)
    she, he = person(place.alice), person(place.basile)
    for who in (she, he):
        who.open(reverse("logbook_list", args=[place.ecosystem.slug]))
    carried = photo_with_place()
    assert Image.open(io.BytesIO(carried)).getexif().get_ifd(GPS)
    seen = "Le fourgon devant la halle"
    three_lines(she, "Le fourgon est réparé.", "a.jpg", "image/jpeg", carried, seen)
    seen = "Le compte rendu de la visite"
    three_lines(she, "Visite de la vallée.", "v.pdf", "application/pdf", a_paper(), seen)
    he.go("Journal de bord")
    he.look("log")
    the_photo_served_has_no_place(he)
    the_paper_is_read(he)
    stranger = person(make_user("Ursule"))
    assert stranger.page.request.get(he.main.get_by_role("img").get_attribute("src")).status == 404
    he_reads_his_week(he)


def the_relay_is_read_and_printed(she):
    she.go("Passage de relais")
    expect(she.part("Qui appeler d'abord")).to_contain_text("Prune")
    expect(she.part("Les dernières lignes du journal")).to_contain_text("Rien n'est noté.")
    she.unfold("La Halte")
    she.look("relay")
    pdf = PdfReader(she.take(she.main.get_by_role("link", name="Imprimer (PDF)")))
    text = " ".join(page.extract_text() for page in pdf.pages)
    assert ("Prune" in text, "La Halte" in text) == (True, True)


def the_role_passes(she):
    passing = she.main.get_by_role("link", name="Passer ce rôle (pilote, Prune)")
    she.press(passing)
    she.fill({"À qui": "Alice"})
    she.look("relay-pass")
    she.button("Passer le relais")
    she.go("Qui")
    she.sees("Alice", f"pilote depuis le {clock.today().day} ")


def test_a_role_is_handed_over_with_all_that_its_taker_must_know(person):
    place = make_place()
    join(make_user("Nour"), place.ecosystem, RoleKind.KEY_HOLDER)
    she = person(place.pilot)
    she.open(reverse("week_page", args=[place.ecosystem.slug]))
    the_relay_is_read_and_printed(she)
    the_role_passes(she)


def two_organisations_name_somebody(she, he):
    she.go("Passage de relais")
    she.sees("Plus personne ne garde les clés", "quelqu'un pour garder les clés")
    she.fill({"Au nom de": "La Halte", "Qui assurerait l'intérim": "Chloé"})
    she.look("interim-ask")
    she.button("Demander cet intérim")
    she.sees("La Halte demande que Chloé assure l'intérim")
    he.go("Passage de relais")
    he.fill({"Au nom de": "Communauté de communes"})
    he.look("interim-second")
    he.button("Appuyer")
    he.sees("La Halte et Communauté de communes nomment Chloé", "L'intérim commence le")
    he.look("interim-notice")


def it_begins_after_three_days(they, monkeypatch):
    later = clock.now() + NOTICE
    monkeypatch.setattr(clock, "now", lambda: later)
    they.go("Passage de relais")
    they.button("Commencer l'intérim")
    they.go("Qui")
    they.sees("Chloé", "assure l'intérim")
    they.go("Journal de bord")
    they.sees("intérim", "Chloé")
    they.look("interim-begun")


def test_two_organisations_name_an_interim_where_nobody_keeps_the_keys(person, monkeypatch):
    place = make_place()
    Role.objects.filter(agent=place.pilot.agent).update(
        until=LONG_AGO + timedelta(days=900), end_reason="not_said"
    )
    she, he, they = person(place.alice), person(place.basile), person(place.chloe)
    for who in (she, he, they):
        who.open(reverse("week_page", args=[place.ecosystem.slug]))
    she.look("week-orphan")
    two_organisations_name_somebody(she, he)
    it_begins_after_three_days(they, monkeypatch)
