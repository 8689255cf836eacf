# SPDX-License-Identifier: AGPL-3.0-or-later
import pytest
from django import forms

from terreau.core.errors import Invalid
from terreau.core.texts import fold
from terreau.territories.actions import add_communes, load_official_files
from terreau.territories.models import Territory
from terreau.territories.queries import exactly, search_places
from terreau.web.places.forms import PlaceField
from tests.territories.official import write_files

pytestmark = pytest.mark.django_db


@pytest.fixture
def places(tmp_path):
    load_official_files(write_files(tmp_path / "cog"))


class Form(forms.Form):
    place = PlaceField(required=False)


def labels(text: str) -> list[str]:
    return [place.label for place in search_places(text)]


def test_text_is_folded():
    assert fold("  L’Œil-d'Été ") == "l oeil d ete"


def test_homonyms_are_told_apart(places):
    assert labels("saint oeuil") == ["Saint-Œuil (ZA)", "Saint-Œuil (ZB)"]
    assert [p.label for p in exactly("St Œuil (zb)")] == ["Saint-Œuil (ZB)"]


def test_communes_of_a_demonstration_are_found_and_told_apart():
    given = {"93066": ("Saint-Denis", 148_907), "97411": ("Saint-Denis", 156_149)}

    assert (add_communes(given), add_communes(given)) == (2, 0)

    assert labels("saint denis")[:2] == ["Saint-Denis (974)", "Saint-Denis (93)"]
    around = Territory.objects.get(code="97411").containers.order_by("kind")
    assert [row.name for row in around] == ["La Réunion", "La Réunion"]
    assert len(exactly("Saint-Denis")) == 2


def test_a_commune_of_no_known_department_is_refused_and_none_is_written():
    with pytest.raises(Invalid, match="Le département de la commune 99001"):
        add_communes({"93066": ("Saint-Denis", 1), "99001": ("Ailleurs", 1)})

    assert not Territory.objects.filter(code="93066").exists()


def test_official_files_of_any_year_take_over_what_a_demonstration_wrote(tmp_path):
    add_communes({"93066": ("Saint-Denis", 1)})

    load_official_files(write_files(tmp_path / "cog"))

    assert Territory.objects.get(code="93066").ended_on is not None  # not in these invented files


@pytest.mark.parametrize(("mode", "told"), [("demonstration", True), ("production", False)])
def test_the_field_of_a_demonstration_says_that_it_knows_few_communes(settings, mode, told):
    settings.TERREAU = settings.TERREAU.model_copy(update={"mode": mode})

    assert ("une vraie instance charge les fichiers officiels" in PlaceField().help_text) is told


def test_a_former_name_gives_todays_commune(places):
    found = search_places("vieille halte")

    assert [(p.label, p.former) for p in found] == [("Les Deux Haltes (ZB)", "Vieille-Halte")]
    assert [p.label for p in exactly("Vieille-Halte")] == ["Les Deux Haltes (ZB)"]
    assert labels("partage") == []


def test_a_word_inside_a_name_and_a_code_are_found(places):
    assert labels("clair") == [
        "Haut-Clairsault (région)",
        "Val-de-Clair (département, ZA)",
        "Orne-sur-Clair (ZA)",
        "CC du Clair et du Plateau (intercommunalité)",
    ]
    assert labels("deux halte") == ["Les Deux Haltes (ZB)"]
    assert labels("ZA") == ["Val-de-Clair (département, ZA)"]
    assert labels("%") == labels("o") == labels("") == []


def test_one_search_is_one_query(places, django_assert_num_queries):
    with django_assert_num_queries(1):
        search_places("saint")


def test_the_address_answers_json_and_options(places, client):
    answer = client.get("/lieux/", {"q": "vieille"})
    options = client.get("/lieux/", {"champ": "place", "place": "st oe"}, HTTP_HX_REQUEST="true")

    assert [r["label"] for r in answer.json()["results"]] == ["Les Deux Haltes (ZB)"]
    assert options.content.decode().count("<option") == 2
    assert "max-age" in answer["Cache-Control"]


def test_the_field_takes_one_place_and_asks_which_of_several(places):
    clear, empty = Form({"place": "Orne-sur-Clair (ZA)"}), Form({"place": ""})
    several, unknown = Form({"place": "Saint-Œuil"}), Form({"place": "<b>Nulle-Part</b>"})

    assert clear.is_valid() and clear.cleaned_data["place"].code == "ZA001"
    assert empty.is_valid() and empty.cleaned_data["place"] is None
    assert "Saint-Œuil (ZA) ; Saint-Œuil (ZB)" in several.errors["place"][0]
    assert not unknown.is_valid()
    assert "hx-get" in str(Form()["place"]) and "<datalist" in str(Form()["place"])
