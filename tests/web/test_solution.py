# SPDX-License-Identifier: AGPL-3.0-or-later
"""« Notre solution » on screen: the picture and its twin, the forms, the ways out."""

import io
import re
from uuid import uuid4
from xml.etree import ElementTree

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook
from pypdf import PdfReader

from terreau.ecosystems.actions.solution import take_charge
from terreau.ecosystems.enums import MaillonNature, MaillonState
from terreau.ecosystems.models import Bearer, Maillon, Performance
from terreau.people.enums import Level
from tests.ecosystems.solutions import make_maillon, make_performance
from tests.factories import join, make_ecosystem, make_organisation, make_user, represent
from tests.web.reading import folded

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = "=cmd|' /C calc'!A0 <script>alert(1)</script>"


@pytest.fixture
def ecosystem(db):
    return make_ecosystem()


@pytest.fixture
def alice(ecosystem):
    return join(make_user("Alice"), ecosystem)


@pytest.fixture
def here(client, ecosystem, alice):
    """The address of the page, for a reader who is signed in."""
    client.force_login(alice)
    return reverse("solution_page", args=[ecosystem.slug])


def svg_of(page: str) -> ElementTree.Element:
    wide, tall = re.findall(r'<svg [^>]*class="picture".*?</svg>', page, flags=re.S)
    roots = [ElementTree.fromstring(drawing) for drawing in (wide, tall)]
    links = [[link.get("href") for link in root.iter(f"{SVG}a")] for root in roots]
    assert links[0] == links[1]  # a phone shows the same, in the same order
    return roots[0]


def posted(**fields: object) -> dict[str, object]:
    wanted = {
        "key": uuid4(),
        "level": Level.CIRCLE,
        "name": "Voitures partagées",
        "nature": MaillonNature.GOOD,
        "state": MaillonState.MISSING,
        "holds_without": "False",
        "note": "",
    }
    return {**wanted, **fields}


def test_an_empty_page_gives_an_example_and_an_action(client, here):
    page = client.get(here).content.decode()

    assert "Rien n'est encore écrit ici" in page
    assert "<svg xmlns" not in page


def test_picture_and_list_say_the_same_in_the_same_order(client, here, ecosystem, alice):
    use = make_performance(alice, ecosystem)
    rule = make_maillon(alice, ecosystem, "Créneaux", nature=MaillonNature.RULE)
    option = make_maillon(alice, ecosystem, "Appli", holds_without=True)
    good = make_maillon(alice, ecosystem, "Voitures", performances=(use,), depends_on=(rule,))

    page = client.get(here).content.decode()

    addresses = [link.get("href") for link in svg_of(page).iter(f"{SVG}a")]
    twin = folded(page[page.index("La même chose en liste") :])
    in_twin = re.findall(r'<a href="([^"]*/solution/(?:maillon|permettre)/\d+/)"', twin)
    assert addresses == in_twin
    assert addresses == [
        reverse("solution_performance", args=[ecosystem.slug, use.pk]),
        *(
            reverse("solution_maillon", args=[ecosystem.slug, maillon.pk])
            for maillon in (good, rule, option)
        ),
    ]


def test_what_is_missing_is_named_on_top(client, here, ecosystem, alice):
    make_maillon(alice, ecosystem, "Le retour du samedi", state=MaillonState.MISSING)

    page = client.get(here).content.decode()

    assert page.index("Il manque") < page.index("Le retour du samedi") < page.index("<svg xmlns")


def test_needs_are_drawn_on_demand(client, here, ecosystem, alice):
    phone = make_maillon(alice, ecosystem, "Téléphone")
    make_maillon(alice, ecosystem, "Voitures", depends_on=(phone,))

    plain, with_needs = (client.get(here, query).content for query in ({}, {"besoins": "1"}))

    assert (plain.count(b"picture-arrow"), with_needs.count(b"picture-arrow")) == (0, 2)


def test_adding_twice_keeps_one(client, here, ecosystem, alice):
    address = reverse("solution_add", args=[ecosystem.slug])
    use = make_performance(alice, ecosystem)
    sent = posted(performances=[use.pk])

    answers = [client.post(address, sent) for _ in range(2)]

    maillon = Maillon.objects.get()
    assert [answer.status_code for answer in answers] == [302, 302]
    assert answers[0]["Location"] == reverse("solution_maillon", args=[ecosystem.slug, maillon.pk])
    assert list(maillon.performances.all()) == [use]
    assert maillon.holds_without is False


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"name": ""}, "Remplissez cette case."),
        ({"name": "x" * 5000}, "120 signes au plus"),
        ({"nature": "inconnue"}, "Prenez-en un dans la liste"),
        ({"depends_on": [99999]}, "Prenez-en un dans la liste"),
    ],
)
def test_bad_input_is_said_in_french_and_nothing_is_kept(
    client, here, ecosystem, alice, fields, sentence
):
    make_maillon(alice, ecosystem, "Téléphone")
    address = reverse("solution_add", args=[ecosystem.slug])

    page = client.post(address, posted(**fields)).content.decode()

    assert sentence in page
    assert Maillon.objects.count() == 1


def test_two_people_editing_see_both_texts(client, here, ecosystem, alice):
    maillon = make_maillon(alice, ecosystem, note="au départ")
    address = reverse("solution_maillon_edit", args=[ecosystem.slug, maillon.pk])
    first = posted(version=maillon.version, note="celle de la première")
    second = posted(version=maillon.version, note="celle de la seconde", state="to_adapt")
    client.post(address, first)

    page = client.post(address, second).content.decode()

    assert "celle de la première" in page
    assert "<blockquote><p>à adapter</p></blockquote>" in page
    assert "celle de la seconde" in page
    assert 'name="version" value="2"' in page
    assert Maillon.objects.get().note == "celle de la première"


def test_a_circle_of_needs_is_shown_on_its_field(client, here, ecosystem, alice):
    first = make_maillon(alice, ecosystem, "Téléphone")
    second = make_maillon(alice, ecosystem, "Voitures", depends_on=(first,))
    address = reverse("solution_maillon_edit", args=[ecosystem.slug, first.pk])

    page = client.post(address, posted(version=1, depends_on=[second.pk])).content.decode()

    assert "en rond" in page
    assert first.depends_on.count() == 0


def test_charge_is_taken_and_left_on_the_page(client, here, ecosystem, alice):
    halte = represent(make_user("Samir"), make_organisation("La Halte"), ecosystem)
    maillon = make_maillon(alice, ecosystem)
    address = reverse("solution_charge", args=[ecosystem.slug, maillon.pk])

    client.post(address, {"agent": halte.pk, "since": "2024-10-01"})
    bearer = Bearer.objects.get()
    client.post(reverse("solution_charge_end", args=[ecosystem.slug, bearer.pk]))

    bearer.refresh_from_db()
    page = client.get(reverse("solution_maillon", args=[ecosystem.slug, maillon.pk]))
    assert bearer.until is not None
    assert "La Halte, du 1 octobre 2024" in page.content.decode()


def test_order_changes_by_a_button(client, here, ecosystem, alice):
    first, second = (make_performance(alice, ecosystem, text) for text in ("Un", "Deux"))
    address = reverse("solution_move", args=[ecosystem.slug, "permettre", second.pk])

    client.post(address, {"vers": "haut"})

    assert list(Performance.objects.order_by("position")) == [second, first]


def test_every_way_out_holds_hostile_words_as_text(client, here, ecosystem, alice):
    maillon = make_maillon(alice, ecosystem, HOSTILE, note=HOSTILE)
    take_charge(by=alice, maillon=maillon, agent=alice.agent)

    page = client.get(here).content.decode()
    book = load_workbook(io.BytesIO(client.get(here, {"format": "xlsx"}).content))
    csv = client.get(here, {"format": "csv"}).content.decode()
    picture = client.get(reverse("solution_picture", args=[ecosystem.slug]))
    pdf = client.get(reverse("solution_pdf", args=[ecosystem.slug]))
    text = client.get(reverse("solution_text", args=[ecosystem.slug]))

    assert "<script>alert" not in page
    assert (book.active["A2"].data_type, book.active["A2"].value) == ("s", HOSTILE)
    assert f"'{HOSTILE}" in csv
    assert "script" not in {node.tag for node in ElementTree.fromstring(picture.content).iter()}
    assert picture["Content-Type"] == "image/svg+xml; charset=utf-8"
    assert len(PdfReader(io.BytesIO(pdf.content)).pages) == 1
    assert text.content.startswith(b"PK")


def test_an_unknown_format_is_refused_in_words(client, here):
    answer = client.get(here, {"format": "exe"})

    assert answer.status_code == 422
    assert "ODS, XLSX ou CSV" in answer.content.decode()


def test_what_one_may_not_read_is_nowhere(client, here, ecosystem):
    bob = join(make_user("Bob"), ecosystem)
    secret = make_maillon(bob, ecosystem, "Secret de Bob", level=Level.AUTHOR)
    make_maillon(bob, ecosystem, "Voitures", depends_on=(secret,))

    ways = [
        here,
        f"{here}?format=csv",
        reverse("solution_picture", args=[ecosystem.slug]),
        reverse("solution_add", args=[ecosystem.slug]),
    ]

    assert [way for way in ways if b"Secret de Bob" in client.get(way).content] == []
    page = client.get(reverse("solution_maillon", args=[ecosystem.slug, secret.pk]))
    assert page.status_code == 404


def test_a_maillon_of_another_ecosystem_is_not_found_here(client, here, ecosystem, alice):
    elsewhere = make_ecosystem("Ailleurs")
    join(alice, elsewhere)
    foreign = make_maillon(alice, elsewhere)
    args = [ecosystem.slug, foreign.pk]

    codes = [
        client.get(reverse("solution_maillon", args=args)).status_code,
        client.get(reverse("solution_maillon_edit", args=args)).status_code,
        client.post(reverse("solution_charge", args=args)).status_code,
        client.post(reverse("solution_move", args=[args[0], "maillon", args[1]])).status_code,
        client.post(reverse("solution_remove", args=[args[0], "maillon", args[1]])).status_code,
        client.post(reverse("solution_remove", args=[args[0], "autre", args[1]])).status_code,
    ]

    assert codes == [404] * 6


def test_the_page_is_closed_to_others(client, ecosystem, here):
    client.force_login(make_user("Bob"))

    assert client.get(here).status_code == 404


def test_the_page_takes_the_same_queries_for_any_number_of_maillons(client, here, ecosystem, alice):
    def add(count: int) -> None:
        for number in range(count):
            maillon = make_maillon(alice, ecosystem, f"Maillon {number}")
            take_charge(by=alice, maillon=maillon, agent=alice.agent)

    add(1)
    with CaptureQueriesContext(connection) as at_one:
        client.get(here)
    add(29)
    with CaptureQueriesContext(connection) as at_thirty:
        client.get(here)

    assert len(at_thirty) == len(at_one) < 25


def test_who_takes_charge_of_a_hidden_maillon_is_no_more_there_than_any_other(
    client, here, ecosystem, alice
):
    hidden = make_maillon(alice, ecosystem, "Secret", level=Level.AUTHOR)
    bearer = take_charge(by=alice, maillon=hidden, agent=alice.agent)
    client.force_login(join(make_user("Bob"), ecosystem))

    answers = [client.post(f"{here}charge/{pk}/fin/") for pk in (bearer.pk, bearer.pk + 1)]

    assert [answer.status_code for answer in answers] == [404, 404]
