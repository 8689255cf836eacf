# SPDX-License-Identifier: AGPL-3.0-or-later
from pathlib import Path

import pytest

from terreau.core.errors import Invalid
from terreau.territories.actions import choose_contents, draw_perimeter, load_official_files
from terreau.territories.enums import TerritoryKind
from terreau.territories.models import Containment, Territory
from terreau.territories.queries import around
from tests.territories.official import EPCI, FILES, HEADER, write_files

pytestmark = pytest.mark.django_db
SHARED = Path(__file__).parents[3] / "shared" / "reference" / "territories"
REAL = SHARED if SHARED.is_dir() else Path("/work/shared/reference/territories")


def everything() -> list[tuple]:
    territories = list(Territory.objects.order_by("pk").values_list())
    return territories + list(Containment.objects.order_by("pk").values_list())


def live(code: str) -> Territory:
    return Territory.objects.get(code=code, ended_on__isnull=True)


def test_the_seeded_regions_and_departments_are_there_without_any_file():
    found = Territory.objects.values_list("kind").order_by()

    assert found.filter(kind=TerritoryKind.REGION).count() == 18
    assert found.filter(kind=TerritoryKind.DEPARTMENT).count() == 101
    assert [r.name for r in around([live("95").pk], TerritoryKind.REGION)] == ["Île-de-France"]


def test_a_load_writes_communes_what_contains_them_and_their_former_names(tmp_path):
    report = load_official_files(write_files(tmp_path / "cog"))

    assert (report.communes, report.former, report.epcis, report.vintage) == (4, 6, 1, 2030)
    assert live("ZA001").inhabitants == 3000
    assert {t.name for t in live("ZB002").containers.all()} == {
        "Plateau",
        "Haut-Clairsault",
        "CC du Clair et du Plateau",
    }
    former = Territory.objects.filter(ended_on__isnull=False, kind=TerritoryKind.COMMUNE)
    today = {row.name: row.successor and row.successor.name for row in former}
    assert today == {
        "Orne": "Orne-sur-Clair",
        "Halte-Haute": "Les Deux Haltes",
        "Halte-Basse": "Les Deux Haltes",
        "La Halte": "Les Deux Haltes",
        "Vieille-Halte": "Les Deux Haltes",
        "Partage": None,
    }


def test_a_second_run_changes_nothing(tmp_path):
    folder = write_files(tmp_path / "cog")
    load_official_files(folder)
    before = everything()

    report = load_official_files(folder)

    assert (report.added, report.changed, report.removed) == (0, 0, 0)
    assert everything() == before


def test_a_later_year_leads_a_merged_commune_to_the_new_one(tmp_path):
    load_official_files(write_files(tmp_path / "cog"))
    merged = live("ZA002")
    perimeter = draw_perimeter(kind=TerritoryKind.LIVING_AREA, name="Bassin", contents=[merged])
    lines = [line for line in FILES["communes.csv"].splitlines() if "ZA002" not in line]
    move = "31,2031-01-01,COM,ZA002,Saint-Œuil,COM,ZA001,Orne-sur-Clair\n"
    head, rest = FILES["mouvements.csv"].split("\n", 1)
    later = write_files(
        tmp_path / "later",
        communes="\n".join(lines) + "\n",
        mouvements=f"{head}\n{move}{rest}",
    )

    report = load_official_files(later)

    merged.refresh_from_db()
    assert (report.vintage, merged.successor, str(merged.ended_on)) == (
        2031,
        live("ZA001"),
        "2031-01-01",
    )
    assert list(perimeter.contents.all()) == [merged]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"communes": FILES["communes.csv"][:-20]}, "coupé"),
        ({"communes": FILES["communes.csv"].replace("COM,ZB001", "COMD,ZB001")}, "coupé"),
        ({"communes": "\n".join(FILES["communes.csv"].split("\n")[:4]) + "\n"}, "chef"),
        ({"departements": "\n".join(FILES["departements.csv"].split("\n")[:2]) + "\n"}, "ZB"),
        ({"regions": "a,b\n1,2\n"}, "« regions.csv » n'est pas le fichier officiel des régions"),
        (
            {"communes": "COM,LIBELLE\n"},
            "« communes.csv » n'est pas le fichier officiel des communes",
        ),
        ({"communes": FILES["communes.csv"].split("\n")[0] + "\n"}, "« communes.csv » ne contient"),
        ({"regions": FILES["departements.csv"]}, "Deux fichiers"),
        ({"mouvements": "\n".join(FILES["mouvements.csv"].split("\n")[:-3]) + "\n"}, "1943"),
        ({"mouvements": FILES["mouvements.csv"].replace("2030-01-01", "hier")}, "date"),
        ({"mouvements": FILES["mouvements.csv"].replace("1972-03-01,", "")}, "cases"),
        ({"epci": EPCI[:2]}, "coupé"),
        ({"epci": (*EPCI[:2], (299000001, "CC", 3, 4200, "ZZ999", 3))}, "ZZ999"),
        ({"header": ("siren", *HEADER[2:], "x")}, "EPCI"),
        ({"epci": ((*EPCI[0][:5], "n.d."), *EPCI[1:])}, "n.d."),
        ({"epci": ((299000001, "CC du Clair"), *EPCI[1:])}, "inconnue"),
    ],
)
def test_a_wrong_or_cut_file_is_refused_and_nothing_is_written(tmp_path, changed, said):
    before = everything()
    folder = write_files(tmp_path / "cog", **changed)

    with pytest.raises(Invalid) as refusal:
        load_official_files(folder)

    assert everything() == before
    assert refusal.value.message.endswith("Rien n'a été changé.")
    assert said in refusal.value.message or said == "chef"


def test_what_is_not_a_table_at_all_is_refused(tmp_path):
    folder = write_files(tmp_path / "cog")
    (folder / "epci.xlsx").write_bytes((folder / "epci.xlsx").read_bytes()[:200])
    with pytest.raises(Invalid, match="classeur lisible"):
        load_official_files(folder)
    (folder / "communes.csv").write_bytes(b"\xff\xfe\x00C\n")
    with pytest.raises(Invalid, match="UTF-8"):
        load_official_files(folder)
    with pytest.raises(Invalid, match="n'existe pas"):
        load_official_files(tmp_path / "nowhere")


def test_older_files_do_not_replace_newer_ones(tmp_path):
    load_official_files(write_files(tmp_path / "cog"))
    older = FILES["mouvements.csv"].replace("2030-01-01", "2020-01-01")

    with pytest.raises(Invalid, match="2030"):
        load_official_files(write_files(tmp_path / "older", mouvements=older))


def test_people_draw_their_own_perimeter(tmp_path):
    load_official_files(write_files(tmp_path / "cog"))
    first, second = live("ZA001"), live("ZB002")
    gone = Territory.objects.get(name="Vieille-Halte")

    drawn = draw_perimeter(kind=TerritoryKind.AD_HOC, name=" Nos haltes ", contents=[first, gone])

    assert drawn.name == "Nos haltes"
    assert set(drawn.contents.all()) == {first, second}
    choose_contents(perimeter=drawn, contents=[second])
    assert list(drawn.contents.all()) == [second]
    with pytest.raises(Invalid):
        draw_perimeter(kind=TerritoryKind.REGION, name="Région", contents=[first])
    with pytest.raises(Invalid):
        draw_perimeter(kind=TerritoryKind.AD_HOC, name=" ", contents=[first])
    with pytest.raises(Invalid):
        choose_contents(perimeter=drawn, contents=[])
    with pytest.raises(Invalid):
        choose_contents(perimeter=live("ZA"), contents=[first])


@pytest.mark.skipif(not REAL.is_dir(), reason="the official files are not here")
def test_the_official_files_load_once():
    report = load_official_files(REAL)
    again = load_official_files(REAL)

    assert (report.communes, report.regions, report.departments) == (34875, 18, 101)
    assert (again.added, again.changed, again.removed) == (0, 0, 0)
    former = Territory.objects.get(code="01015", name="Arbignieu")
    assert former.successor == live("01015")
