# SPDX-License-Identifier: AGPL-3.0-or-later
import csv
import io
import json
import re
from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from terreau.core.french import stem, terms
from terreau.ecosystems.models import LifeFunction
from terreau.publishing import queries
from terreau.publishing.actions import index_sheet, load_read_sheets, publish_sheet
from terreau.publishing.models import SheetObstacle
from terreau.publishing.queries import Filters, agents_named
from terreau.territories.models import Territory
from tests.factories import make_user
from tests.publishing.factories import make_scene, make_sheet

HOSTILE = "<script>alert(1)</script>\"'=cmd|' /C calc'!A0 {{ 7|add:7 }} ]]></g><svg onload=x>"


def found(text: str) -> list[str]:
    return [sheet.slug for sheet in queries.search(Filters(text=text))]


@pytest.mark.unit
@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("coopératives", "coopération"),
        ("énergies", "energie"),
        ("jouets", "JOUET"),
        ("habitants", "habiter"),
        ("matériaux", "matériel"),
        ("l'école", "ecoles"),
        ("enjeux", "enjeu"),
        ("réparatrice", "réparer"),
        ("tiers-lieux", "tiers-lieu"),
        ("Œuvres", "oeuvre"),
        ("maraîchers", "maraichage"),
        ("bénévolat", "bénévoles"),
    ],
)
def test_words_of_one_family_share_a_term(one, other):
    assert set(terms(one)) & set(terms(other))


@pytest.mark.unit
@pytest.mark.parametrize(
    ("one", "other"),
    [("commune", "commun"), ("villes", "villages"), ("sol", "solaire")],
)
def test_words_of_two_families_do_not(one, other):
    assert not set(terms(one)) & set(terms(other))


@pytest.mark.unit
def test_terms_survive_anything_typed():
    assert terms("le la les de l' d’ à") == []
    assert terms("\x00 %_' \" ]] <b>") == ["b"]
    assert stem("") == ""


@pytest.mark.django_db
def test_a_search_finds_without_accents_by_place_partner_and_plural():
    load_read_sheets()

    assert found("energie")[0] == "enercipa-agroparc"
    assert found("ÉNERGIES") == found("energie")
    assert "rejoue" in found("jouet") and "rejoue" in found("bourg la reine")
    assert found("Goussainville")[0] == "carma-pays-de-france"
    assert "terres-d-argentan" in found("rhizome")
    assert set(found("tiers lieux")) >= {"carma-pays-de-france", "impuls-concept-donnerie"}
    assert found("energie jouets") == []
    assert found("de la") == [] and len(found("")) == 31
    assert found("' OR 1=1 --\x00%") == []


@pytest.mark.django_db
def test_a_search_that_finds_nothing_offers_each_word_that_finds_something(client):
    load_read_sheets()

    page = client.get("/cooperations/", {"q": "l'énergie en Normandie ou zzz"})

    offered = [(choice.label, choice.count) for choice in page.context["nearby"]]
    assert [label for label, _ in offered] == ["l'énergie", "Normandie"]
    assert all(count > 0 for _, count in offered)
    assert "?q=Normandie" in page.content.decode()
    assert client.get("/cooperations/", {"q": "zzz"}).context["nearby"] == []


@pytest.mark.django_db
def test_a_visitor_is_told_how_to_begin(client):
    page = client.get("/").content.decode()

    assert "/compte/signup/?next=/demarrer/" in page


@pytest.mark.django_db
def test_every_facet_narrows_and_its_count_is_what_it_gives():
    load_read_sheets()
    facets = queries.facets(Filters())
    pairs = (
        ("function", facets.functions),
        ("region", facets.regions),
        ("department", facets.departments),
        ("form", facets.forms),
        ("phase", facets.phases),
        ("obstacle", facets.obstacles),
        ("year", facets.years),
        ("origin", facets.origins),
    )

    for name, choices in pairs:
        assert choices, name
        for choice in choices:
            assert queries.search(Filters(**{name: choice.value})).count() == choice.count

    assert {c.value: c.count for c in facets.regions}["11"] == 8
    assert {c.value: c.count for c in facets.obstacles}["knowing_each_other"] == 5


@pytest.mark.django_db
def test_the_year_goes_with_the_difficulty():
    sheet = make_sheet()
    for code, year in (("jargon", 2022), ("turnover", 2024)):
        SheetObstacle.objects.create(sheet=sheet, code=code, year=year, words="…")

    assert queries.search(Filters(obstacle="jargon", year="2022")).count() == 1
    assert queries.search(Filters(obstacle="jargon", year="2024")).count() == 0
    years = queries.facets(Filters(obstacle="jargon")).years
    assert [choice.value for choice in years] == ["2022"]


@pytest.mark.django_db
def test_the_directory_asks_the_same_number_of_queries_at_1_and_at_60(client):
    def cost(address: str) -> int:
        with CaptureQueriesContext(
            connection,
        ) as caught:
            assert client.get(address).status_code == 200
        return len(caught)

    def add(number: int) -> None:
        department = Territory.objects.get(kind="department", code="63")
        for _ in range(number):
            sheet = make_sheet("Partage d'énergie", department=department)
            sheet.functions.set(LifeFunction.objects.all()[:3])
            SheetObstacle.objects.create(sheet=sheet, code="jargon", year=2022, words="mots")
            index_sheet(sheet)

    addresses = ("/", "/cooperations/?q=energie&fonction=habiter", "/donnees/cooperations.json")
    add(1)
    before = [cost(address) for address in addresses]
    add(59)
    after = [cost(address) for address in addresses]

    assert after == before
    assert max(after) <= 20


@pytest.mark.django_db
def test_nonsense_in_the_address_is_ignored(client):
    load_read_sheets()
    for query in (
        "annee=abcd",
        "annee=²²²²",
        "page=9999",
        "page=x",
        "fonction=" + "x" * 5000,
        "q=" + "é" * 5000,
        "origine=<b>",
    ):
        assert client.get(f"/cooperations/?{query}").status_code == 200, query


@pytest.mark.django_db
def test_a_part_of_the_page_answers_htmx(client):
    load_read_sheets()

    part = client.get("/cooperations/?q=jouet", HTTP_HX_REQUEST="true").content.decode()

    assert 'id="resultats"' in part and "<html" not in part
    assert "Rejoué" in part


@pytest.mark.django_db
def test_a_part_brings_each_facet_counted_anew(client):
    load_read_sheets()
    whole = client.get("/cooperations/?region=76").content.decode()

    part = client.get("/cooperations/?region=76", HTTP_HX_REQUEST="true").content.decode()

    facets = re.compile(r"<select name=.*?</select>", re.DOTALL)
    assert sorted(facets.findall(part)) == sorted(facets.findall(whole))
    assert len(facets.findall(part)) == part.count("hx-swap-oob") == 8


@pytest.mark.django_db
def test_hostile_words_stay_words_on_every_page_and_in_open_data(client):
    sheet = make_sheet(
        HOSTILE[:150],
        slug="hostile",
        aim=HOSTILE,
        place=HOSTILE,
        legal_form=HOSTILE[:150],
        source=HOSTILE,
        content={
            "story": HOSTILE,
            "uses": [{"key": "use:1", "statement": HOSTILE, "for_whom": HOSTILE}],
            "links": [
                {
                    "key": "maillon:1",
                    "name": HOSTILE,
                    "nature": "good",
                    "state": "exists",
                    "bearers": [HOSTILE],
                    "uses": ["use:1"],
                }
            ],
            "partners": [["agent:1", HOSTILE]],
            "figures": [HOSTILE],
        },
    )
    SheetObstacle.objects.create(sheet=sheet, code="jargon", year=2022, words=HOSTILE)
    index_sheet(sheet)

    for address in ("/", "/cooperations/", "/cooperations/hostile/", "/cooperations/?q=calc"):
        body = client.get(address).content.decode()
        assert "<script>alert" not in body and "onload=x>" not in body.replace("&gt;", ""), address
        assert "14" not in re.findall(r"7\|add:7 }} (\d+)", body)
    page = client.get("/cooperations/hostile/").content.decode()
    graph = re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.S)
    assert graph is not None
    assert json.loads(graph[1])["@graph"][1]["description"] == HOSTILE
    text = client.get("/donnees/cooperations.csv").content.decode("utf-8-sig")
    cells = [cell for row in csv.reader(io.StringIO(text), delimiter=";") for cell in row]
    assert not [cell for cell in cells if cell[:1] in "=+-@" and cell]


@pytest.mark.django_db
def test_open_data_says_the_origin_and_may_be_kept(client):
    load_read_sheets()

    table = client.get("/donnees/cooperations.csv")
    rows = list(csv.DictReader(io.StringIO(table.content.decode("utf-8-sig")), delimiter=";"))
    data = client.get("/donnees/cooperations.json")

    assert len(rows) == len(data.json()["cooperations"]) == 31
    assert {row["origine"] for row in rows} == {"lue"}
    assert "@" not in table.content.decode()
    again = client.get("/donnees/cooperations.json", HTTP_IF_NONE_MATCH=data["ETag"])
    assert (again.status_code, again.content) == (304, b"")
    make_sheet()
    fresh = client.get("/donnees/cooperations.json", HTTP_IF_NONE_MATCH=data["ETag"])
    assert fresh.status_code == 200


@pytest.mark.django_db
def test_what_is_published_after_midnight_bears_the_day_of_here(client):
    evening = datetime(2025, 12, 31, 23, 30, tzinfo=UTC)  # half past midnight in Paris
    sheet = make_sheet(published_at=evening, refreshed_at=evening)

    page = client.get(reverse("public_sheet", args=[sheet.slug])).content.decode()
    row = client.get("/donnees/cooperations.json").json()["cooperations"][0]

    told = re.findall(r'"date(?:Published|Modified)": "([^"]+)"', page)
    assert (told, row["mise_a_jour"]) == (["2026-01-01"] * 2, "2026-01-01")


@pytest.mark.django_db
def test_a_visitors_page_may_be_kept_until_something_public_changes(client):
    make_sheet()
    first = client.get("/cooperations/")

    again = client.get("/cooperations/", HTTP_IF_NONE_MATCH=first["ETag"])
    assert (again.status_code, "public" in first["Cache-Control"]) == (304, True)

    make_sheet("Autre chose")
    fresh = client.get("/cooperations/", HTTP_IF_NONE_MATCH=first["ETag"])
    assert fresh.status_code == 200 and "Autre chose" in fresh.content.decode()


@pytest.mark.django_db
def test_a_page_with_a_cookie_is_never_shared(client):
    make_sheet()
    client.force_login(make_user("Nom Visible"))

    page = client.get("/cooperations/")

    assert "Nom Visible" in page.content.decode()
    assert "private" in page["Cache-Control"] and "ETag" not in page


@pytest.mark.django_db
def test_a_name_is_found_on_published_sheets_only_while_it_is_typed():
    scene = make_scene()
    sheet = publish_sheet(by=scene.steward, ecosystem=scene.ecosystem)
    typed = ("la halte", "HALT", "La Halte", "halte du val", "ha", "", "le", "autre")

    found = [agents_named(one) for one in typed]
    sheet.published_at = None
    sheet.save()

    named = {scene.partner.pk}
    assert found == [named, named, named, set(), set(), set(), set(), set()]
    assert agents_named("La Halte") == set()
