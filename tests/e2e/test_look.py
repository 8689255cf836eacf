# SPDX-License-Identifier: AGPL-3.0-or-later
"""The frame, the components, sign-in and account, as they are seen, printed and typed."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from terreau.people.enums import RoleKind
from tests.factories import join, make_ecosystem, make_organisation, make_user, represent

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

WITHOUT_ACCOUNT = ("account_login", "account_signup", "account_reset_password", "catalogue_page")
SIGNED_IN = (
    "home_mine",
    "account_page",
    "account_closure",
    "account_email",
    "account_set_password",
    "mfa_index",
    "account_logout",
)


@pytest.fixture
def alice():
    """Somebody with two cooperations and an organisation."""
    alice = make_user("Alice")
    join(alice, make_ecosystem("Aller et revenir, sur le plateau de Clairsault"), RoleKind.PILOT)
    represent(alice, make_organisation("La Halte"), make_ecosystem("Manger ici"))
    return alice


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_pages_hold_at_each_width_and_in_each_light(page, enter, faults_of, alice, width, scheme):
    page.set_viewport_size({"width": width, "height": 800})
    page.emulate_media(color_scheme=scheme)
    faults = {}
    for name in WITHOUT_ACCOUNT:
        page.goto(reverse(name))
        faults[name] = faults_of()
    enter(alice)
    for name in SIGNED_IN:
        page.goto(reverse(name))
        faults[name] = faults_of()
    slug = alice.agent.roles.get().space.parent.ecosystem.slug
    page.goto(reverse("home_add", args=[slug]))
    faults["home_add"] = faults_of()

    assert {name: found for name, found in faults.items() if found} == {}


def test_a_target_is_large_enough_for_a_thumb(page):
    page.goto(reverse("catalogue_page"))
    small = page.evaluate(
        """[...document.querySelectorAll('main .button, main select, main input, main summary')]
        .filter(e => !['checkbox', 'radio', 'hidden'].includes(e.type))
        .filter(e => e.getBoundingClientRect().height < 44)
        .map(e => e.outerHTML.slice(0, 90))"""
    )

    assert small == []


def test_a_printed_page_has_no_navigation(page, enter, alice):
    enter(alice)
    slug = alice.agent.roles.get().space.parent.ecosystem.slug
    page.goto(reverse("qui_page", args=[slug]))
    page.emulate_media(media="print")

    for selector in (".places", ".bottom-bar", ".top-links", ".foot", ".page-head .actions"):
        expect(page.locator(selector).first).to_be_hidden()
    expect(page.get_by_role("heading", name="Qui", exact=True)).to_be_visible()


def test_the_first_key_leads_to_the_content(page):
    page.goto(reverse("account_login"))
    page.keyboard.press("Tab")
    first = page.evaluate("document.activeElement.textContent")
    page.keyboard.press("Enter")

    assert first == "Aller au contenu"
    assert page.evaluate("document.activeElement.id") == "contenu"


def test_one_enters_by_code_with_the_keyboard_alone(page, mailoutbox):
    alice = make_user("Alice")
    page.goto(reverse("account_login"))
    page.get_by_label("Adresse électronique").first.focus()
    page.keyboard.type(alice.email)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Recopiez le code reçu par courriel")).to_be_visible()
    code = mailoutbox[0].body.split("\n\n")[2].strip()
    page.get_by_label("Code").focus()
    page.keyboard.type(code)
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", name="Mes coopérations")).to_be_visible()


def test_the_menus_open_without_script_and_close_with_escape(page, browser, enter, alice, context):
    enter(alice)
    slug = alice.agent.roles.get().space.parent.ecosystem.slug
    page.goto(reverse("home_add", args=[slug]))
    page.get_by_text("Plus", exact=True).click()
    menu = page.get_by_label("Raccourcis").get_by_role("link", name="Notre cap")
    expect(menu).to_be_visible()
    page.keyboard.press("Escape")
    expect(menu).to_be_hidden()

    bare = browser.new_context(
        java_script_enabled=False,
        viewport={"width": 360, "height": 740},
        storage_state=context.storage_state(),
    ).new_page()
    bare.goto(page.url)
    bare.locator(".bottom-bar .add-menu > summary").click()
    expect(bare.get_by_label("Raccourcis").get_by_role("link", name="Trois lignes")).to_be_visible()
    bare.context.close()
