# SPDX-License-Identifier: AGPL-3.0-or-later
"""What is printed from a page: its content whole, without what is only for the screen."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.e2e

PAPER = {"width": 673, "height": 970}  # an A4 without its margins, in CSS pixels
ONLY_ON_SCREEN = (
    ".places", ".bottom-bar", ".top-links", ".foot", ".skip", ".actions", ".exports", ".pages",
    "main form", "main .button",
)  # fmt: skip
CUT = """() => [...document.querySelectorAll('main, main *')].filter(e => {
  const style = getComputedStyle(e);
  if (style.display === 'none' || !e.getClientRects().length || e.closest('svg, .visually-hidden'))
    return false;
  const box = e.getBoundingClientRect();
  const hides = style.overflowX !== 'visible' && e.scrollWidth > e.clientWidth + 1;
  return hides || box.right > innerWidth + 1 || box.left < -1;
}).map(e => e.outerHTML.slice(0, 100))"""
CLOSED = """() => [...document.querySelectorAll('main details')].filter(e => {
  const inside = [...e.children].find(child => child.tagName !== 'SUMMARY');
  return inside && getComputedStyle(inside).display !== 'none' && !inside.closest('form, .no-print')
    && inside.textContent.trim() && !inside.checkVisibility({contentVisibilityAuto: true});
}).map(e => e.outerHTML.slice(0, 100))"""
PAGES = {
    "week_page": 1,
    "contributions_statement": 1,
    "contributions_annex": 1,
    "contributions_list": 1,
    "contributions_one": 1,
    "contributions_valuations": 1,
    "sharing_page": 1,
    "sharing_one": 1,
    "resources_list": 1,
    "resources_one": 1,
    "resources_event": 1,
    "agreements_print": 1,
    "agreements_page": 1,
    "handover_page": 1,
    "solution_page": 1,
    "logbook_list": 1,
}


def check_printed(page):
    page.emulate_media(media="print")
    page.set_viewport_size(PAPER)
    page.evaluate("document.fonts.ready")
    for selector in ONLY_ON_SCREEN:
        shown = [e for e in page.locator(selector).all() if e.is_visible()]
        assert shown == [], f"{selector} is printed"
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert page.evaluate(CUT) == []
    assert page.evaluate(CLOSED) == []
    paper = page.pdf(format="A4")
    assert paper.startswith(b"%PDF-")
    return len(re.findall(rb"/Type\s*/Page\b", paper))


@pytest.mark.parametrize("name", PAGES)
def test_a_page_of_the_cooperation_prints_whole(page, enter, demonstration, name):
    page.set_viewport_size({"width": 1280, "height": 800})
    enter("pilote")
    page.goto(demonstration.path(name))

    assert 1 <= check_printed(page) <= 20


def test_a_printed_statement_says_its_days_and_a_part_of_a_list_says_so(page, enter, demonstration):
    enter("pilote")
    page.goto(demonstration.path("contributions_statement") + "?du=2025-01-01&au=2025-12-31")
    days = page.get_by_text("Période : du 1 janvier 2025 au 31 décembre 2025")
    expect(days).to_be_hidden()
    page.emulate_media(media="print")
    expect(days).to_be_visible()

    page.goto(demonstration.path("contributions_list"))
    expect(page.get_by_text("Page 1 sur")).to_have_count(2)
    expect(page.get_by_text("de cette liste")).to_be_visible()


def test_whom_to_call_stays_on_the_screen(page, enter, demonstration):
    enter("pilote")
    suggestion = page.get_by_role("heading", name="Qui appeler", exact=True)
    expect(suggestion).to_be_visible()
    page.emulate_media(media="print")
    expect(suggestion).to_be_hidden()

    page.emulate_media(media="screen")
    enter("membre")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(suggestion).to_have_count(0)


def test_the_public_sheet_prints_whole(page, demonstration):
    page.goto(demonstration.path("public_sheet"))

    assert 1 <= check_printed(page) <= 6
