# SPDX-License-Identifier: AGPL-3.0-or-later
"""With the keyboard alone, and without JavaScript."""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import lead

pytestmark = pytest.mark.e2e

TABS_MAX = 120


def tab_to(page, target):
    """Press Tab until the target has the focus: what the eye cannot reach is not reached."""
    for _ in range(TABS_MAX):
        page.keyboard.press("Tab")
        if target.evaluate("e => e === document.activeElement"):
            return
    raise AssertionError(f"not reached by Tab: {target}")


def test_what_i_gave_is_noted_with_the_keyboard_alone(page, enter):
    page.set_viewport_size({"width": 1280, "height": 800})
    enter("membre")
    page.reload()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Aller au contenu")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#contenu")).to_be_focused()

    page.reload()
    menu = page.get_by_role("navigation", name="Pages de la coopération")
    tab_to(page, menu.get_by_role("link", name="Contributions", exact=True))
    lead(page, lambda: page.keyboard.press("Enter"))
    expect(page).to_have_url(re.compile("/contributions/$"))
    tab_to(page, menu.locator("summary"))
    page.keyboard.press("Enter")
    tab_to(page, menu.get_by_role("link", name="J'ai apporté…"))
    lead(page, lambda: page.keyboard.press("Enter"))
    main = page.get_by_role("main")
    tab_to(page, main.locator("a.kind", has_text="temps").first)
    lead(page, lambda: page.keyboard.press("Enter"))
    tab_to(page, page.get_by_label("Combien"))
    page.keyboard.type("2,5")
    page.keyboard.press("Tab")
    expect(page.locator("input[name=unit]:checked")).to_be_focused()
    page.keyboard.press("Space")
    tab_to(page, main.locator(".more > summary"))
    page.keyboard.press("Enter")
    tab_to(page, page.get_by_label("À qui"))
    page.keyboard.type("La Halte")
    tab_to(page, page.get_by_label("Un mot"))
    page.keyboard.type("Au clavier")
    tab_to(page, main.get_by_role("button", name="Enregistrer"))
    page.keyboard.press("Space")

    expect(main).to_contain_text("en attente d'un")
    expect(main).to_contain_text("2,5")
    expect(main).to_contain_text("La Halte")
    expect(main).to_contain_text("Au clavier")


@pytest.fixture
def bare(browser, browser_context_args):
    """A browser whose JavaScript is off."""
    context = browser.new_context(**browser_context_args, java_script_enabled=False)
    yield context.new_page()
    context.close()


def test_without_script_one_gives_the_other_agrees(bare, enter):
    enter("membre", bare)
    bare.get_by_role("navigation", name="Raccourcis").locator(".add-menu > summary").click()
    bare.get_by_role("link", name="J'ai apporté…").click()
    main = bare.get_by_role("main")
    main.locator("a.kind", has_text="temps").first.click()
    bare.get_by_label("Combien").fill("1,5")
    main.locator(".more > summary").click()
    bare.get_by_label("À qui").select_option("La Halte")
    bare.get_by_label("Un mot").fill("Sans script")
    main.get_by_role("button", name="Enregistrer").click()
    expect(main).to_contain_text("en attente d'un")
    one = bare.url

    enter("pilote", bare)
    bare.goto(one)
    lead(bare, main.get_by_role("button", name="D'accord").click)
    bare.goto(one)

    expect(main.get_by_role("button", name="D'accord")).to_have_count(0)
    expect(main).not_to_contain_text("en attente d'un")
    expect(main.locator(".badge").first).to_have_text("d'accord")


def test_without_script_three_lines_are_written(bare, enter, demonstration):
    enter("membre", bare)
    bare.goto(demonstration.path("logbook_add"))
    bare.get_by_label("Trois lignes").fill("Le fourgon est réparé, écrit sans script.")
    lead(bare, bare.get_by_role("button", name="Enregistrer").click)
    bare.goto(demonstration.path("logbook_list"))

    expect(bare.get_by_text("Le fourgon est réparé, écrit sans script.")).to_be_visible()


def test_without_script_the_directory_is_filtered(bare):
    bare.goto("/cooperations/")
    count = bare.get_by_role("status").locator("strong")
    before = int(count.inner_text())
    bare.get_by_label("Chercher").fill("REVENIR")
    lead(bare, bare.get_by_role("button", name="Chercher").click)
    found = int(count.inner_text())

    assert 1 <= found < before
    expect(
        bare.get_by_role("main").get_by_role("link", name="Aller et revenir").first
    ).to_be_visible()
