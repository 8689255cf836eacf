# SPDX-License-Identifier: AGPL-3.0-or-later
"""The golden path, on a phone and on a screen: from a first sign-in to the public sheet."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

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


@pytest.fixture
def other_phone(browser, browser_context_args):
    """Somebody else's phone."""
    context = browser.new_context(**browser_context_args)
    yield context.new_page()
    context.close()


def press(page, name, exact=True):
    page.get_by_role("main").get_by_role("button", name=name, exact=exact).click()


def follow(page, name):
    page.get_by_role("main").get_by_role("link", name=name, exact=True).click()


def menu(page):
    """Return the menu of the cooperation: at the bottom of a phone, on the left of a screen."""
    on_a_phone = page.viewport_size["width"] < 1000
    name = "Raccourcis" if on_a_phone else "Pages de la coopération"
    return page.get_by_role("navigation", name=name)


def add(page, what):
    """Open « Ajouter » and choose."""
    menu(page).locator(".add-menu > summary").click()
    menu(page).locator(".add-menu").get_by_role("link", name=what).click()


def go(page, place):
    """Open a page of the cooperation from its menu."""
    if page.viewport_size["width"] < 1000:
        menu(page).get_by_text("Plus", exact=True).click()
        menu(page).locator(".more-menu").get_by_role("link", name=place, exact=True).click()
    else:
        menu(page).get_by_role("link", name=place, exact=True).click()


def first_time(page, letters, name, address):
    """Open an account from its page, with the code that is sent."""
    page.get_by_label("Votre nom").fill(name)
    page.get_by_label("Adresse électronique").fill(address)
    press(page, "Ouvrir mon compte")
    expect(page.get_by_label("Code")).to_be_visible()
    enter_code(page, letters(address))


def enter_code(page, letter):
    page.get_by_label("Code").fill(CODE.search(letter).group(1))
    page.get_by_role("main").locator("form button[type=submit]").first.click()


def agree(page, board):
    """Say yes for one's side, in the two steps."""
    press(page, "D'accord, côté équipe")
    follow(page, "Validé par…")
    page.get_by_label("Validé par").fill(board)
    page.get_by_label("Le", exact=True).fill("2026-01-12")
    press(page, "C'est validé")


def she_signs_up(page, letters):
    """Open an account."""
    page.goto(reverse("account_signup"))
    first_time(page, letters, "Nadège Roux", "nadege@exemple.invalid")
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def she_starts(page):
    """She starts a cooperation: two fields, keys later."""
    page.goto("/demarrer/")
    page.get_by_label("Comment s'appelle-t-elle").fill("Aller et revenir")
    page.get_by_label("En une phrase").fill("Que personne ne renonce à un rendez-vous.")
    press(page, "Démarrer")
    follow(page, "Plus tard")


def she_invites(page):
    """She notes an organisation, and keeps a seat for whoever speaks for it."""
    add(page, "Quelqu'un")
    page.get_by_label("Nom", exact=True).fill("La Halte")
    press(page, "Ajouter", exact=False)
    expect(page.get_by_role("heading", name="La Halte", level=1)).to_be_visible()
    go(page, "Qui")
    follow(page, "Inviter")
    page.get_by_label("Adresse électronique").fill("basile@exemple.invalid")
    page.get_by_label("Pour parler au nom de").select_option("La Halte")
    press(page, "Inviter")
    return page.locator(".link-once").inner_text()


def he_joins(other_phone, link, letters):
    """He takes it, with an account of his own."""
    other_phone.goto(link)
    follow(other_phone, "C'est ma première fois")
    first_time(other_phone, letters, "Basile Petit", "basile@exemple.invalid")
    press(other_phone, "Prendre cette place")
    expect(menu(other_phone)).to_be_visible()


def she_promises(page):
    """She promises."""
    add(page, "Je m'engage")
    page.get_by_label("Ce qui est promis, en mots").fill("Conduire le minibus le mardi")
    page.get_by_label("Envers qui").select_option("La Halte")
    page.get_by_role("radio", name="temps", exact=True).check()
    page.locator(".more > summary", has_text="Combien").click()
    page.locator("#id_quantity").fill("40")
    page.locator("#id_unit").select_option(label="heures")
    page.get_by_label("Sans contrepartie").check()
    page.locator(".more > summary", has_text="Au nom de").click()
    page.get_by_label("Nom du nouvel accord").fill("Le minibus")
    press(page, "Écrire cet engagement")
    press(page, "Proposer aux parties")
    agree(page, "elle-même")


def he_accepts(other_phone):
    """He accepts."""
    go(other_phone, "Nos engagements")
    other_phone.get_by_role("main").get_by_role("link", name="Le minibus").first.click()
    agree(other_phone, "le bureau")
    expect(other_phone.get_by_text("acceptée le").first).to_be_visible()


def she_gives_and_he_agrees(page, other_phone):
    """She gives; he says it is so."""
    add(page, "J'ai apporté…")
    page.get_by_role("main").get_by_role("link", name="temps").first.click()
    page.get_by_label("Combien").fill("3,5")
    page.locator(".more > summary", has_text="ajouter un mot").click()
    page.get_by_label("À qui").select_option("La Halte")
    press(page, "Enregistrer", exact=False)
    expect(page.get_by_text("en attente d'un")).to_be_visible()
    expect(page.get_by_text("Conduire le minibus le mardi")).to_be_visible()
    other_phone.goto("/c/aller-et-revenir/contributions/a-confirmer/")
    press(other_phone, "D'accord")
    expect(other_phone.get_by_text("Rien n'attend votre")).to_be_visible()


def the_statement_says_it(page):
    """The statement says it: promised, given, left; nothing waits."""
    go(page, "Contributions")
    row = page.get_by_role("row").filter(has_text="temps").first
    expect(row).to_contain_text(re.compile(r"40\sh"))
    expect(row).to_contain_text(re.compile(r"3,5\sh"))
    expect(row).to_contain_text(re.compile(r"36,5\sh"))
    expect(row).not_to_contain_text("en attente")


def she_publishes_and_a_visitor_reads(page, other_phone):
    """She publishes; a visitor reads."""
    page.goto("/c/aller-et-revenir/fiche-publique/")
    press(page, "Publier pour tout le monde")
    expect(page.get_by_text("Tout le monde peut lire la fiche")).to_be_visible()
    other_phone.context.clear_cookies()
    other_phone.goto("/cooperations/")
    other_phone.get_by_role("main").get_by_role("link", name="Aller et revenir").first.click()
    expect(other_phone.get_by_role("heading", level=1)).to_have_text("Aller et revenir")
    sheet = other_phone.get_by_role("main")
    expect(sheet).to_contain_text("Que personne ne renonce à un rendez-vous.")
    for private in ("La Halte", "Nadège", "Basile", "minibus"):
        expect(sheet).not_to_contain_text(private)


@pytest.mark.parametrize("width", [360, 1280])
def test_from_a_first_sign_in_to_the_public_sheet(page, other_phone, letters, width):
    page.set_viewport_size({"width": width, "height": 800})
    she_signs_up(page, letters)
    she_starts(page)
    link = she_invites(page)
    he_joins(other_phone, link, letters)
    she_promises(page)
    he_accepts(other_phone)
    she_gives_and_he_agrees(page, other_phone)
    the_statement_says_it(page)
    she_publishes_and_a_visitor_reads(page, other_phone)
