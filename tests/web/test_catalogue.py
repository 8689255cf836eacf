# SPDX-License-Identifier: AGPL-3.0-or-later
import re

import pytest

from tests.web.reading import folded

pytestmark = pytest.mark.django_db


def main_of(page: str) -> str:
    """The contents of the page, a line an element."""
    return re.search(r"<main.*</main>", folded(page)).group().replace("><", ">\n<")


def test_each_component_looks_as_it_did(client, snapshot):
    page = client.get("/composants/").content.decode()

    assert main_of(page) == snapshot


def test_every_component_is_in_the_catalogue(client):
    from terreau.ui.templatetags import ui, ui_forms
    from terreau.web.catalogue import views

    source = (views.__file__.rsplit("/", 2)[0]) + "/templates/catalogue/page.html"
    with open(source, encoding="utf-8") as page:
        shown = set(re.findall(r"{% (\w+)", page.read()))

    assert {*ui.register.tags, *ui_forms.register.tags} - {"save"} <= shown


def test_the_catalogue_is_not_there_in_production(client, settings):
    settings.TERREAU_MODE = "production"

    assert client.get("/composants/").status_code == 404


def test_after_a_conflict_the_next_save_builds_on_what_is_stored(client):
    page = client.get("/composants/").content.decode()

    assert page.count('<input type="hidden" name="version" value="3">') == 1


def test_a_field_is_tied_to_its_help_and_its_error(client):
    page = client.get("/composants/").content.decode()
    described = re.findall(r'aria-describedby="([^"]+)"', page)

    assert "oubli_words_helptext oubli_words_error" in described
    assert all(f'id="{one}"' in page for ids in described for one in ids.split())
