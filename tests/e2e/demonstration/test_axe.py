# SPDX-License-Identifier: AGPL-3.0-or-later
"""Axe finds nothing serious on any page of the resolver, nor where a form was refused."""

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import axe, overflow
from tests.e2e.demonstration.prepare import DOORS

pytestmark = pytest.mark.e2e

PHONE, SCREEN = {"width": 360, "height": 740}, {"width": 1280, "height": 800}
PARTS = 4  # of the pages that a door opens, so that two workers share them
# Looked at through a second door, in the dark, and with the colours of the reader's system.
EVERYDAY = (
    "week_page", "qui_page", "cap_page", "solution_page", "agreements_page", "agreements_print",
    "contributions_add", "contributions_statement", "contributions_annex", "resources_list",
    "resources_one", "sharing_page", "sharing_one", "sharing_write", "effects_page",
    "handover_page", "visibility_page", "logbook_list",
)  # fmt: skip
PUBLIC = ("public_home", "public_directory", "public_sheet", "public_write", "public_ours")
# Send, with nothing in it, the first form of the page that asks for something; say if there is one.
EMPTIED = """() => {
  const asked = 'input:not([type=hidden])[required], textarea[required], select[required]';
  const form = [...document.querySelectorAll('main form[method=post]')].find(
    one => one.elements.csrfmiddlewaretoken && one.querySelector(asked));
  if (!form) return false;
  form.noValidate = true;
  for (const field of form.querySelectorAll(asked)) {
    field.checked = false;
    if (!['radio', 'checkbox'].includes(field.type)) field.value = '';
  }
  setTimeout(() => form.requestSubmit());
  return true;
}"""


def pages_of(demonstration):
    """Return the addresses that are pages for somebody."""
    return [one for one in demonstration.addresses if "page" in one["found"].values()]


def first_door(page) -> str:
    return next(door for door in DOORS if page["found"][door] == "page")


def looked_at(page, sizes=(PHONE, SCREEN)) -> list[str]:
    """Return what axe and the width of the screen say of a page as it stands."""
    faults = []
    for size in sizes:
        page.set_viewport_size(size)
        faults += [f"at {size['width']} px: {fault}" for fault in axe(page) + overflow(page)]
    return faults


def look_at(page, wanted, sizes=(PHONE, SCREEN)) -> dict[str, list[str]]:
    """Open each page in each of its states, and return what is wrong by address."""
    found = {}
    for path in [path for one in wanted for path in one["states"]]:
        page.set_viewport_size(sizes[0])
        page.goto(path)
        found[path] = looked_at(page, sizes)
    return {path: faults for path, faults in found.items() if faults}


def test_no_address_of_the_resolver_is_left_aside(demonstration):
    shut = [
        one["name"] for one in demonstration.addresses if set(one["found"].values()) == {"shut"}
    ]
    doors = {first_door(one) for one in pages_of(demonstration)}

    assert shut == []
    assert doors == set(DOORS) - {"visiteur"}  # who opens nothing that who pilots does not
    assert len(pages_of(demonstration)) >= 100


@pytest.mark.parametrize("part", range(PARTS))
def test_every_page_that_who_pilots_opens(page, enter, demonstration, part):
    enter("pilote")
    mine = [one for one in pages_of(demonstration) if first_door(one) == "pilote"]

    assert look_at(page, mine[part::PARTS]) == {}


@pytest.mark.parametrize("door", [door for door in DOORS if door != "pilote"])
def test_every_page_that_another_door_opens(page, enter, demonstration, door):
    if door != "visiteur":
        enter(door)
    # What who pilots was shown already is looked at again only where one passes every day.
    again = EVERYDAY if door == "membre" else PUBLIC if door == "visiteur" else ()
    mine = [
        one
        for one in pages_of(demonstration)
        if one["found"][door] == "page" and (first_door(one) == door or one["name"] in again)
    ]

    assert look_at(page, mine) == {}
    assert mine


@pytest.mark.parametrize("part", range(PARTS))
def test_every_form_sent_empty_says_what_it_lacks(page, enter, demonstration, part):
    enter("pilote")
    mine = [one for one in pages_of(demonstration) if first_door(one) == "pilote"]
    faults, refused = {}, 0
    for one in mine[part::PARTS]:
        page.goto(one["path"])
        if page.evaluate(EMPTIED):
            refused += 1
            expect(page.get_by_role("alert").first).to_be_visible()
            faults[one["name"]] = looked_at(page, (PHONE,))

    assert {name: found for name, found in faults.items() if found} == {}
    assert refused >= 5


@pytest.mark.parametrize("media", [{"color_scheme": "dark"}, {"forced_colors": "active"}], ids=str)
def test_in_the_dark_and_in_the_colours_of_the_system(page, enter, demonstration, media):
    page.emulate_media(**media)
    enter("pilote")
    pages = [one for one in demonstration.addresses if one["name"] in EVERYDAY]

    assert look_at(page, pages, (PHONE,)) == {}
    assert len(pages) == len(EVERYDAY)
