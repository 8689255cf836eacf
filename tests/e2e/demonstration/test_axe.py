# SPDX-License-Identifier: AGPL-3.0-or-later
"""Axe finds nothing serious on any page of the resolver, for who may open it."""

import pytest

from tests.e2e.demonstration.conftest import axe, overflow

pytestmark = pytest.mark.e2e

FILES = (".pdf", ".docx", ".svg", ".csv", ".json", ".xml", ".txt", ".js")
# What answers a part of a page, a file, or only a script.
NO_PAGE = {"exports_all", "account_data", "home_token", "home_readers", "qui_similar"} | {
    "places_search", "logbook_file", "public_health",
}  # fmt: skip
SMALL, WIDE = 360, 1280
WHO = {"pilote": ("steward", "member"), "membre": ("member", "signed_in")}
LOOKED_AT_IN_THE_DARK = (
    "week_page", "qui_page", "cap_page", "solution_page", "agreements_page", "agreements_print",
    "contributions_add", "contributions_statement", "effects_page", "handover_page",
    "visibility_page", "logbook_list",
)  # fmt: skip


def pages_of(site, *policies) -> list[dict[str, str]]:
    """Return what those policies open by a GET, a file or a part of a page apart."""
    return [
        page
        for page in site.addresses
        if page["policy"] in policies
        and not page["path"].endswith(FILES)
        and page["name"] not in NO_PAGE
    ]


def look_at(page, pages) -> tuple[int, dict[str, list[str]]]:
    """Open each; return how many were pages, and what is wrong with them by name."""
    seen, faults = 0, {}
    for one in pages:
        answer = page.goto(one["path"])
        if answer.status == 405 or "text/html" not in answer.headers.get("content-type", ""):
            continue
        seen += 1
        found = [] if answer.ok else [f"answers {answer.status}"]
        found += axe(page) + overflow(page)
        if found:
            faults[one["name"]] = found
    return seen, faults


@pytest.mark.parametrize("width", [SMALL, WIDE])
def test_every_page_of_the_pilot(page, enter, demonstration, width):
    page.set_viewport_size({"width": width, "height": 800})
    enter("pilote")

    seen, faults = look_at(page, pages_of(demonstration, "member", "steward", "signed_in"))

    assert faults == {}
    assert seen >= 60


@pytest.mark.parametrize("width", [SMALL, WIDE])
def test_every_page_of_a_visitor(page, demonstration, width):
    page.set_viewport_size({"width": width, "height": 800})

    seen, faults = look_at(page, pages_of(demonstration, "public", "guest", "demonstration"))

    assert faults == {}
    assert seen >= 12
