# SPDX-License-Identifier: AGPL-3.0-or-later
import re

import pytest
from django.urls import reverse

from terreau.people.enums import RoleKind
from tests.factories import join, make_ecosystem, make_user
from tests.web.reading import folded

pytestmark = pytest.mark.django_db


@pytest.fixture
def ecosystem():
    return make_ecosystem("Aller et revenir")


@pytest.fixture
def page(client, ecosystem):
    client.force_login(join(make_user("Alice"), ecosystem))
    return folded(client.get(reverse("home_add", args=[ecosystem.slug])).content.decode())


def words(html: str) -> list[str]:
    return [part for part in re.sub(r"<[^>]*>", "\n", html).split("\n") if part.strip()]


def part(page: str, start: str, end: str) -> str:
    return page[page.index(start) : page.index(end, page.index(start))]


def test_a_phone_has_five_things_in_its_bar(page):
    bar = part(page, '<nav class="bottom-bar"', "</body>")
    bar = re.sub(r'<ul class="sheet">.*?</ul>', "", bar, flags=re.DOTALL)

    assert words(part(bar, "<nav", "</nav>")) == [
        "Cette semaine",
        "Journal",
        "Ajouter",
        "Engagements",
        "Plus",
    ]


def test_the_pages_of_a_cooperation_are_ten_and_its_programme(page):
    menu = part(page, '<nav class="places"', "</nav>")
    listed = re.findall(r'<a href="[^"]*"[^>]*>\s*<svg.*?</svg>\s*<span>([^<]+)</span></a>', menu)

    assert listed == [
        "Cette semaine",
        "Journal de bord",
        "Notre cap",
        "Qui",
        "Notre solution",
        "Nos engagements",
        "Contributions",
        "Ce que ça change",
        "Passage de relais",
        "Qui voit quoi",
        "Programme",
    ]


def test_who_keeps_the_keys_finds_the_settings_in_both_menus(client, ecosystem):
    client.force_login(join(make_user("Prune"), ecosystem, RoleKind.PILOT))

    page = client.get(reverse("week_page", args=[ecosystem.slug])).content.decode()

    assert page.count(reverse("start_settings", args=[ecosystem.slug])) == 2


def test_what_may_be_added_is_offered_everywhere_without_script(page):
    offered = re.findall(r"<strong>([^<]+)</strong><small>", part(page, "<details", "</details>"))

    assert offered == [
        "J&#x27;ai apporté…",
        "Je m&#x27;engage",
        "Trois lignes",
        "Un changement constaté",
        "Un maillon",
        "Quelqu&#x27;un",
    ]


def test_the_first_link_goes_to_the_content_and_there_is_one_title(page):
    body = page[page.index("<body") :]

    assert re.search(r'<a class="(\w+)" href="(#\w+)"', body).groups() == ("skip", "#contenu")
    assert (page.count("<h1"), page.count('id="contenu"')) == (1, 1)


def test_a_page_holds_nothing_inline_and_asks_nobody_else(page):
    assert re.findall(r"<script(?![^>]*src=)", page) == []
    assert re.findall(r"\sstyle=|\son\w+=|javascript:", page) == []
    assert re.findall(r'(?:src|href)="(?:https?:)?//', page) == []


def test_htmx_may_neither_evaluate_nor_inject(page):
    told = re.search(r"name=\"htmx-config\" content='([^']+)'", page).group(1)

    assert '"allowEval":false' in told
    assert '"includeIndicatorStyles":false' in told
    assert '"historyCacheSize":0' in told


def test_every_page_carries_the_strict_policy(client, ecosystem):
    policy = client.get(reverse("account_login")).headers["Content-Security-Policy"]

    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


def test_a_page_that_does_not_exist_says_so_kindly(client):
    answer = client.get("/nulle-part/")

    assert answer.status_code == 404
    assert "Nous ne trouvons pas cette page" in answer.content.decode()


def test_a_form_that_waited_too_long_says_that_nothing_was_saved():
    from django.test import Client

    answer = Client(enforce_csrf_checks=True).post(reverse("account_login"), {})

    assert answer.status_code == 403
    assert "Votre texte y est encore" not in answer.content.decode()
    assert "rien n'a été enregistré" in answer.content.decode()


def test_more_text_than_is_read_is_refused_with_a_sentence(client):
    answer = client.post(reverse("account_login"), {"login": "a" * 3 * 1024**2})

    assert answer.status_code == 400
    assert "trop gros ou abîmé, et rien n'a été enregistré" in answer.content.decode()


def test_a_failure_shows_a_page_that_needs_nothing():
    from django.template.loader import render_to_string

    page = render_to_string("500.html")

    assert "Une panne de notre côté" in page


def test_a_part_asked_for_after_the_session_ended_leads_the_page_to_sign_in(client, ecosystem):
    address = reverse("home_add", args=[ecosystem.slug])

    answer = client.get(
        address, headers={"HX-Request": "true", "HX-Current-URL": f"http://testserver{address}"}
    )

    assert answer.status_code == 200
    assert answer["HX-Redirect"] == f"/compte/login/?next={address.replace('/', '%2F')}"


def test_the_worker_and_the_token_are_served(client):
    worker = client.get(reverse("home_worker"))
    alone = client.get(reverse("home_token"))
    client.force_login(make_user())
    token = client.get(reverse("home_token"))

    assert worker["Content-Type"] == "text/javascript; charset=utf-8"
    assert (alone.status_code, token.status_code) == (302, 200)
    assert len(token.content) == 64
