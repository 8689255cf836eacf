# SPDX-License-Identifier: AGPL-3.0-or-later
"""The picture in a real browser: what was measured is what is drawn, on both widths."""

from pathlib import Path

import pytest
from django.urls import reverse

from terreau.ecosystems.actions.solution import take_charge
from terreau.ecosystems.enums import MaillonNature
from tests.e2e.conftest import lead
from tests.ecosystems.solutions import make_maillon, make_performance
from tests.factories import join, make_ecosystem, make_user

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

AXE = Path(__file__).resolve().parents[2] / "node_modules/axe-core/axe.min.js"
WIDTHS = [(360, "picture-tall"), (1280, "picture-wide")]
LONG = "Rendez-vous regroupés sur deux jours avec la maison de santé et le transport solidaire"
OVERFLOWING = """root => [...root.querySelectorAll('.picture-card')].flatMap(card => {
  const box = card.querySelector('rect').getBBox();
  return [...card.querySelectorAll('text')].filter(text => {
    const ink = text.getBBox();
    return ink.x < box.x + 4 || ink.x + ink.width > box.x + box.width - 4
      || ink.y < box.y - 1 || ink.y + ink.height > box.y + box.height + 1;
  }).map(text => text.textContent);
})"""
STRETCHED = """root => Math.max(...[...root.querySelectorAll('text[textLength]')].map(text => {
  const asked = Number(text.getAttribute('textLength'));
  text.removeAttribute('textLength');
  const natural = text.getComputedTextLength();
  return Math.abs(natural - asked) / asked;
}))"""


@pytest.fixture
def solution(enter):
    """Twenty-five maillons with long names, and a reader who is signed in."""
    ecosystem = make_ecosystem()
    alice = join(make_user("Alice Roche"), ecosystem)
    uses = tuple(make_performance(alice, ecosystem, f"{LONG} {n}") for n in range(3))
    natures = list(MaillonNature)
    for number in range(25):
        maillon = make_maillon(
            alice,
            ecosystem,
            f"{LONG} {number}" if number % 2 else f"Maillon {number}",
            nature=natures[number % 6],
            holds_without=number % 9 == 0,
            performances=uses[: 1 + number % 3],
        )
        take_charge(by=alice, maillon=maillon, agent=alice.agent)
    enter(alice)
    return reverse("solution_page", args=[ecosystem.slug])


@pytest.mark.parametrize(("width", "shown"), WIDTHS)
def test_no_text_leaves_its_card_as_drawn(page, solution, width, shown):
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(solution)
    page.evaluate("document.fonts.ready")

    drawing = page.locator(f".{shown} svg")
    hidden = [other for _, other in WIDTHS if other != shown][0]

    assert page.locator(f".{hidden}").is_visible() is False
    assert drawing.locator("a").count() == 28
    assert drawing.evaluate(OVERFLOWING) == []
    assert drawing.evaluate(STRETCHED) < 0.03  # measured with the very faces that are drawn
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize(("width", "shown"), WIDTHS)
def test_nothing_serious_for_axe(page, solution, width, shown):
    page.set_viewport_size({"width": width, "height": 800})
    for address in (solution, solution.replace("/solution/", "/effets/"), f"{solution}maillon/"):
        page.goto(address)
        page.evaluate(AXE.read_text())

        found = page.evaluate("axe.run()")

        serious = [fault for fault in found["violations"] if fault["impact"] != "minor"]
        assert [(fault["id"], fault["nodes"][0]["html"][:120]) for fault in serious] == []


def test_a_card_is_reached_and_opened_by_keyboard(page, solution):
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto(solution)
    page.locator(".picture-wide").focus()
    for _ in range(4):  # three performances, then the first maillon
        page.keyboard.press("Tab")
    name = page.evaluate("document.activeElement.querySelector('text').textContent")
    lead(page, lambda: page.keyboard.press("Enter"))

    assert name == "Maillon 6"  # the first that is no option
    assert page.locator("h1").inner_text() == "Maillon 6"


def test_adding_a_change_takes_three_fields_without_script(browser, live_server, solution, context):
    plain = browser.new_context(java_script_enabled=False, base_url=live_server.url, locale="fr-FR")
    plain.add_cookies(context.cookies())
    page = plain.new_page()
    page.goto(solution.replace("/solution/", "/effets/nouveau/"))

    page.get_by_label("Ce qui change").fill("On ose demander un trajet.")
    page.get_by_label("Pour qui").fill("Les personnes âgées")
    page.get_by_label("Qui le dit").fill("deux habitantes")
    lead(page, page.get_by_role("button", name="Enregistrer").click)
    page.goto(solution.replace("/solution/", "/effets/"))

    assert page.get_by_role("link", name="On ose demander un trajet.").is_visible()
    assert "Le dit : deux habitantes" in page.inner_text("main").replace("\u00a0", " ")
    plain.close()
