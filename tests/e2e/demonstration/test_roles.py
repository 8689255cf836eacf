# SPDX-License-Identifier: AGPL-3.0-or-later
"""Pilot, member, visitor and every door of the demonstration walk through what is theirs."""

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import lead, overflow

pytestmark = pytest.mark.e2e

WIDTHS = (360, 1280)
WORDS_MIN = 30
INSIDE = ("pilote", "deuxieme-cle", "membre", "elue")
OUTSIDE = ("habitante", "visiteur", "programme", "instance")
EMPTY = "main .empty"


def faults_of(page) -> list[str]:
    """Return what is wrong with a page as it stands."""
    faults = overflow(page)
    main = page.locator("main")
    if len(main.inner_text().split()) < WORDS_MIN:
        faults.append(f"almost nothing to read: {main.inner_text()[:80]!r}")
    faults += [f"empty: {text}" for text in page.locator(EMPTY).all_inner_texts()]
    if page.locator("main h1").count() != 1:
        faults.append("no title, or several")
    return faults


def menu_of(page, width):
    """Return the menu of the pages of the cooperation, open."""
    if width >= 1000:
        return page.get_by_role("navigation", name="Pages de la coopération")
    bar = page.get_by_role("navigation", name="Raccourcis")
    bar.get_by_text("Plus", exact=True).click()
    return bar.locator(".more-menu")


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("code", INSIDE)
def test_who_is_inside_opens_every_page_from_the_menu(page, enter, code, width):
    page.set_viewport_size({"width": width, "height": 800})
    enter(code)
    names = [name.strip() for name in menu_of(page, width).get_by_role("link").all_inner_texts()]
    faults = {"where one lands": faults_of(page)}
    page.reload()
    for name in names:
        lead(page, menu_of(page, width).get_by_role("link", name=name, exact=True).click)
        faults[name] = faults_of(page)
        if name == "Mes coopérations":
            page.go_back()

    assert len(names) >= 10
    assert {name: found for name, found in faults.items() if found} == {}


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("code", OUTSIDE)
def test_who_is_outside_lands_on_something(page, enter, code, width):
    page.set_viewport_size({"width": width, "height": 800})
    enter(code)

    assert faults_of(page) == []


@pytest.mark.parametrize("width", WIDTHS)
def test_what_may_be_added_is_offered_from_every_page(page, enter, width):
    page.set_viewport_size({"width": width, "height": 800})
    enter("membre")
    where = "Raccourcis" if width < 1000 else "Pages de la coopération"
    menu = page.get_by_role("navigation", name=where).locator(".add-menu")
    menu.locator("summary").click()
    links = [link.get_attribute("href") for link in menu.get_by_role("link").all()]
    faults = {}
    for href in links:
        page.goto(href)
        faults[href] = overflow(page)
        forms = page.locator("main form[method=post], main .kinds a")
        if forms.count() == 0:
            faults[href].append("nothing to fill in")

    assert len(links) == 6
    assert {name: found for name, found in faults.items() if found} == {}


@pytest.mark.parametrize("width", WIDTHS)
def test_a_visitor_finds_a_cooperation_and_reads_it(page, width):
    page.set_viewport_size({"width": width, "height": 800})
    faults = {}
    page.goto("/")
    faults["home"] = faults_of(page)
    lead(page, page.get_by_role("banner").get_by_role("link", name="Coopérations").click)
    faults["directory"] = faults_of(page)
    page.get_by_label("Chercher").fill("aller et REVENIR")
    page.get_by_label("Chercher").press("Enter")
    chosen = page.get_by_role("list", name="Ce que vous avez choisi")
    expect(chosen).to_contain_text("aller et REVENIR")
    faults["found"] = faults_of(page)
    # Exactly: the word that was searched stands above the list too, as a choice to take back.
    found = page.get_by_role("main").get_by_role("link", name="Aller et revenir", exact=True)
    lead(page, found.click)
    expect(page.get_by_role("heading", level=1)).to_contain_text("Aller et revenir")
    faults["sheet"] = faults_of(page)
    for name in ("Mentions légales", "Données personnelles", "Accessibilité"):
        lead(page, page.get_by_role("contentinfo").get_by_role("link", name=name).click)
        faults[name] = overflow(page)

    assert {name: found for name, found in faults.items() if found} == {}


def test_a_visitor_does_not_enter(page, demonstration):
    page.goto(demonstration.path("week_page"))

    assert "/compte/" in page.url
