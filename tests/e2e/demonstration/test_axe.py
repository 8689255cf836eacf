# SPDX-License-Identifier: AGPL-3.0-or-later
"""Axe finds nothing serious on any page of the resolver, for who may open it."""

import pytest

from tests.e2e.demonstration.conftest import axe, overflow

pytestmark = pytest.mark.e2e

SIZES = ({"width": 360, "height": 740}, {"width": 1280, "height": 800})
# A door, and how many pages it opens at least: an address that no longer opens is noticed.
DOORS = {"pilote": 90, "membre": 70, "programme": 3, "instance": 2, "visiteur": 12}
DARK = (
    "week_page", "qui_page", "cap_page", "solution_page", "agreements_page", "agreements_print",
    "contributions_add", "contributions_statement", "effects_page", "handover_page",
    "visibility_page", "logbook_list",
)  # fmt: skip


def faults_at_both_sizes(page, address: str) -> list[str]:
    """Open a page once, and look at it on a phone then on a screen."""
    faults = []
    page.set_viewport_size(SIZES[0])
    page.goto(address)
    for size in SIZES:
        page.set_viewport_size(size)
        faults += [f"at {size['width']} px: {fault}" for fault in axe(page) + overflow(page)]
    return faults


def look_at(page, pages) -> dict[str, list[str]]:
    """Return what is wrong, by the name of the page."""
    found = {one["name"]: faults_at_both_sizes(page, one["path"]) for one in pages}
    return {name: faults for name, faults in found.items() if faults}


@pytest.mark.parametrize("door", DOORS)
def test_every_page_that_a_door_opens(page, enter, demonstration, door):
    mine = [one for one in demonstration.addresses if door in one["open_to"]]
    assert len(mine) >= DOORS[door]
    if door != "visiteur":
        enter(door)
    # Whoever is a member reads the same pages as the pilot: those of everyday are looked at twice.
    everyday = [
        one
        for one in mine
        if door in ("pilote", "visiteur") or "pilote" not in one["open_to"] or one["name"] in DARK
    ]

    assert look_at(page, everyday) == {}


def test_in_the_dark(page, enter, demonstration):
    page.emulate_media(color_scheme="dark")
    enter("pilote")
    pages = [one for one in demonstration.addresses if one["name"] in DARK]

    assert look_at(page, pages) == {}
    assert len(pages) == len(DARK)
