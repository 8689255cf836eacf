# SPDX-License-Identifier: AGPL-3.0-or-later
"""The golden path, from a first sign-in to the public sheet that a visitor reads.

On a phone, on a screen, with the keyboard alone, and without JavaScript.
"""

import re
from datetime import date

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from tests.e2e.hands import Keyboard, Mouse

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

CODE = re.compile(r"^([A-Z0-9-]{6,})\r?$", re.MULTILINE)


@pytest.fixture
def letters(settings, tmp_path):
    """Read the last letter sent to an address, written as a file as on a first instance."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = str(tmp_path)

    def last_to(address: str) -> str:
        found = [file.read_text() for file in sorted(tmp_path.glob("*.log"))]
        return [text for text in found if f"To: {address}" in text][-1]

    return last_to


WAYS = {
    "phone": (Mouse, 360, True),
    "screen": (Mouse, 1280, True),
    "keyboard": (Keyboard, 1280, True),
    "without-script": (Mouse, 360, False),
}


@pytest.fixture(params=WAYS)
def two_people(request, browser, browser_context_args):
    """Two people, each with a browser used in the same way."""
    hands, width, script = WAYS[request.param]
    size = {"width": width, "height": 800}
    like = {**browser_context_args, "viewport": size, "java_script_enabled": script}
    contexts = [browser.new_context(**like) for _ in range(2)]
    yield [hands(context.new_page()) for context in contexts]
    for context in contexts:
        context.close()


def open_account(hands, letters, name, address):
    """Open an account from its page, with the code that is sent."""
    hands.write(hands.page.get_by_label("Votre nom"), name)
    hands.write(hands.page.get_by_label("Adresse électronique"), address)
    hands.button("Ouvrir mon compte")
    expect(hands.page.get_by_label("Code")).to_be_visible()
    hands.write(hands.page.get_by_label("Code"), CODE.search(letters(address)).group(1))
    hands.press(hands.main.locator("form button[type=submit]").first)


def agree(hands, board):
    """Say yes for one's side, in the two steps."""
    hands.button("D'accord, côté équipe")
    hands.link("Validé par…")
    hands.write(hands.page.get_by_label("Validé par"), board)
    hands.write_day(hands.page.get_by_label("Le", exact=True), date(2026, 2, 2))
    hands.button("C'est validé")


def she_signs_up(she, letters):
    """Open an account."""
    she.page.goto(reverse("account_signup"))
    open_account(she, letters, "Nadège Roux", "nadege@exemple.invalid")
    expect(she.page.get_by_role("heading", name="Mes coopérations")).to_be_visible()


def she_starts(she):
    """She starts a cooperation: two fields, keys later."""
    she.page.goto("/demarrer/")
    she.write(she.page.get_by_label("Comment s'appelle-t-elle"), "Aller et revenir")
    she.write(she.page.get_by_label("En une phrase"), "Que personne ne renonce à un rendez-vous.")
    she.button("Démarrer")
    she.link("Plus tard")


def she_invites(she):
    """She notes an organisation, and keeps a seat for whoever speaks for it."""
    she.add("Quelqu'un")
    she.write(she.page.get_by_label("Nom", exact=True), "La Halte")
    she.button("Ajouter")
    expect(she.page.get_by_role("heading", name="La Halte", level=1)).to_be_visible()
    she.go("Qui")
    she.link("Inviter")
    she.write(she.page.get_by_label("Adresse électronique"), "basile@exemple.invalid")
    she.choose(she.page.get_by_label("Pour parler au nom de"), "La Halte")
    she.button("Inviter")
    return she.page.locator(".link-once").inner_text()


def he_joins(he, link, letters):
    """He takes it, with an account of his own."""
    he.page.goto(link)
    he.link("C'est ma première fois")
    open_account(he, letters, "Basile Petit", "basile@exemple.invalid")
    he.button("Prendre cette place")
    expect(he.menu()).to_be_visible()


def she_promises(she):
    """She promises."""
    she.add("Je m'engage")
    she.write(she.page.get_by_label("Ce qui est promis, en mots"), "Conduire le minibus le mardi")
    she.choose(she.page.get_by_label("Envers qui"), "La Halte")
    she.tick(she.page.get_by_role("radio", name="temps", exact=True))
    she.unfold("Combien")
    she.write(she.page.get_by_role("textbox", name="Combien (facultatif)", exact=True), "40")
    she.choose(she.page.get_by_role("combobox", name="En (facultatif)", exact=True), "heures")
    she.tick(she.page.get_by_label("Sans contrepartie"))
    she.unfold("Au nom de")
    she.write(she.page.get_by_label("Nom du nouvel accord"), "Le minibus")
    she.button("Écrire cet engagement")
    she.button("Proposer aux parties")
    agree(she, "elle-même")


def he_accepts(he):
    """He accepts."""
    he.go("Nos engagements")
    he.link("Le minibus")
    agree(he, "le bureau")
    expect(he.page.get_by_text("acceptée le").first).to_be_visible()


def she_gives_and_he_agrees(she, he):
    """She gives; he says it is so."""
    she.add("J'ai apporté…")
    she.press(she.main.get_by_role("link", name="temps").first)
    she.write(she.page.get_by_label("Combien"), "3,5")
    she.unfold("ajouter un mot")
    she.choose(she.page.get_by_label("À qui"), "La Halte")
    she.button("Enregistrer")
    expect(she.page.get_by_text("en attente d'un")).to_be_visible()
    expect(she.page.get_by_text("Conduire le minibus le mardi")).to_be_visible()
    he.page.goto("/c/aller-et-revenir/contributions/a-confirmer/")
    he.button("D'accord")
    expect(he.page.get_by_text("Rien n'attend votre")).to_be_visible()


def the_statement_says_it(she):
    """The statement says it: promised, given, left; nothing waits."""
    she.go("Contributions")
    row = she.page.get_by_role("row").filter(has_text="temps").first
    expect(row).to_contain_text(re.compile(r"40\sh"))
    expect(row).to_contain_text(re.compile(r"3,5\sh"))
    expect(row).to_contain_text(re.compile(r"36,5\sh"))
    expect(row).not_to_contain_text("en attente")


def she_publishes_and_a_visitor_reads(she, visitor):
    """She publishes; a visitor reads."""
    she.page.goto("/c/aller-et-revenir/fiche-publique/")
    she.button("Publier pour tout le monde")
    expect(she.page.get_by_text("Tout le monde peut lire la fiche")).to_be_visible()
    visitor.page.context.clear_cookies()
    visitor.page.goto("/cooperations/")
    visitor.link("Aller et revenir")
    expect(visitor.page.get_by_role("heading", level=1)).to_have_text("Aller et revenir")
    expect(visitor.main).to_contain_text("Que personne ne renonce à un rendez-vous.")
    for private in ("La Halte", "Nadège", "Basile", "minibus"):
        expect(visitor.main).not_to_contain_text(private)


def test_from_a_first_sign_in_to_the_public_sheet(two_people, letters):
    she, he = two_people
    she_signs_up(she, letters)
    she_starts(she)
    link = she_invites(she)
    he_joins(he, link, letters)
    she_promises(she)
    he_accepts(he)
    she_gives_and_he_agrees(she, he)
    the_statement_says_it(she)
    she_publishes_and_a_visitor_reads(she, he)
