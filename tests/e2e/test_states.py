# SPDX-License-Identifier: AGPL-3.0-or-later
"""What one meets at the edges: a cooperation in which nothing is written yet, and refusals."""

import re

import pytest
from django.urls import NoReverseMatch, get_resolver, reverse
from playwright.sync_api import expect

from tests.factories import make_user

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

WIDTHS = (360, 1280)
WORDS_MIN = 12
PARTS = 2  # so that two workers share the pages


def with_a_slug_alone(slug) -> dict[str, str]:
    """Return the addresses inside a cooperation that hold no other thing, by their name."""
    found = {}
    for name in filter(lambda name: isinstance(name, str), get_resolver().reverse_dict):
        try:
            path = reverse(name, kwargs={"slug": slug})
        except NoReverseMatch:
            continue
        if path.startswith("/c/"):
            found[name] = path
    return found


def is_page(page, path) -> bool:
    answer = page.request.get(path)
    return answer.status == 200 and answer.text().lstrip()[:9].lower() == "<!doctype"


def at_both_widths(page, faults_of) -> list[str]:
    faults = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        faults += [f"at {width} px: {fault}" for fault in faults_of()]
    return faults


@pytest.mark.parametrize("part", range(PARTS))
def test_a_cooperation_of_this_morning_holds_on_every_page(page, enter, faults_of, part):
    enter(make_user("Alice"))
    page.goto(reverse("start_new"))
    page.get_by_label("Comment s'appelle-t-elle").fill("Le Rucher")
    page.get_by_label("En une phrase").fill("Que chacun mange à sa faim.")
    page.get_by_role("main").get_by_role("button", name="Démarrer").click()
    expect(page.get_by_role("heading", name="Qui garde les clés avec vous")).to_be_visible()
    slug = re.search(r"/c/([\w-]+)/", page.url).group(1)
    pages = {name: path for name, path in with_a_slug_alone(slug).items() if is_page(page, path)}
    faults = {}
    for name, path in list(pages.items())[part::PARTS]:
        page.goto(path)
        faults[name] = at_both_widths(page, faults_of)
        main = page.get_by_role("main")
        if main.get_by_role("heading", level=1).count() != 1:
            faults[name].append("no title, or several")
        if len(main.inner_text().split()) < WORDS_MIN:
            faults[name].append(f"says nothing: {main.inner_text()!r}")

    assert {name: found for name, found in faults.items() if found} == {}
    assert len(pages) >= 40


REFUSALS = {
    "/nulle-part/": 404,
    "/c/nulle-part/": 404,
    "/cooperations/?q=%00": 400,
    "/essai/fermee/": 403,
    "/essai/refusee/": 422,
    "/essai/patience/": 429,
    "/essai/panne/": 500,
}


def test_a_refusal_is_a_page_like_another(page, enter, settings, faults_of):
    settings.ROOT_URLCONF = "tests.e2e.broken"
    enter(make_user("Alice"))
    faults, statuses = {}, {}
    for path in REFUSALS:
        statuses[path] = page.goto(path).status
        faults[path] = at_both_widths(page, faults_of)
        expect(page.get_by_role("heading", level=1)).to_be_visible()

    assert statuses == REFUSALS
    assert {path: found for path, found in faults.items() if found} == {}


def test_a_page_open_for_too_long_says_that_nothing_was_saved(
    page, context, enter, settings, faults_of
):
    enter(make_user("Alice"))
    page.goto(reverse("start_new"))
    page.get_by_label("Comment s'appelle-t-elle").fill("Le Rucher")
    page.get_by_label("En une phrase").fill("Que chacun mange à sa faim.")
    context.clear_cookies(name=settings.CSRF_COOKIE_NAME)
    page.get_by_role("main").get_by_role("button", name="Démarrer").click()

    expect(page.get_by_role("heading", level=1)).to_have_text(
        "Cette page était ouverte depuis trop longtemps"
    )
    assert faults_of() == []
    page.go_back()
    expect(page.get_by_label("Comment s'appelle-t-elle")).to_have_value("Le Rucher")
