# SPDX-License-Identifier: AGPL-3.0-or-later
"""One text changed in two browsers, wherever a text is changed: both are shown, none is lost."""

import pytest

from tests.e2e.conftest import lead
from tests.e2e.demonstration.test_axe import first_door, pages_of

pytestmark = pytest.mark.e2e

WORDS = "textarea, input[type=text]"
EDITS = f'main form[method=post]:has([name=version][value]:not([value=""])):has({WORDS})'

BOTH = ("Deux personnes ont écrit en même temps", "Écrit par elle.", "Écrit par lui.")


def add_words(page, words):
    """Add words at the end of the first text of the form."""
    text = page.locator(EDITS).first.locator(WORDS).first
    text.evaluate("(field, words) => { field.value += words; }", words)


def send(page):
    lead(page, lambda: page.locator(EDITS).first.evaluate("form => { form.requestSubmit(); }"))


def test_two_people_who_change_one_text_read_both(
    browser, browser_context_args, enter, demonstration
):
    contexts = [browser.new_context(**browser_context_args) for _ in range(2)]
    hers, his = (context.new_page() for context in contexts)
    for page in (hers, his):
        enter("pilote", page)
    met = {}
    for one in [one for one in pages_of(demonstration) if first_door(one) == "pilote"]:
        if one["name"] == "catalogue_page":  # its forms are examples: they keep nothing
            continue
        hers.goto(one["path"])
        if hers.locator(EDITS).count() == 0:
            continue
        his.goto(one["path"])
        add_words(hers, " Écrit par elle.")
        add_words(his, " Écrit par lui.")
        send(hers)
        if hers.get_by_role("alert").count():  # a text that is closed: it is refused, with why
            continue
        send(his)
        said = " ".join(his.get_by_role("alert").all_inner_texts())
        met[one["name"]] = [words for words in BOTH if words not in said]
    for context in contexts:
        context.close()

    assert {name: missing for name, missing in met.items() if missing} == {}
    assert len(met) >= 6
