# SPDX-License-Identifier: AGPL-3.0-or-later
"""The map: every mark a link with its own name, none covering another, no code trusted."""

import math
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from terreau.documents import france, outlines
from terreau.documents.france import Mark, draw
from terreau.documents.outlines import Outlines
from terreau.documents.regions import OVERSEAS, REGION_OF, REGIONS

SVG = "{http://www.w3.org/2000/svg}"
# Two squares that share an edge, drawn a little apart as in the real file, in two regions.
SOURCE = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 613 585">
  <path id="35" aria-label="Ille-et-Vilaine" d="m 10,10 20,0 0,20 -20,0 z"/>
  <path id="2a" aria-label="Corse-du-Sud" d="m 30.3,10.2 20,0 0,20 -20,0 z m 100,100 1,0 z"/>
</svg>"""


@pytest.fixture
def ground(tmp_path) -> Outlines:
    source = tmp_path / outlines.SOURCE
    source.parent.mkdir(parents=True)
    source.write_text(SOURCE)
    file = outlines.prepare(tmp_path, tmp_path / "france.json", whole=False)
    found = outlines.outlines(file)
    assert found is not None
    return found


GROUND = Outlines(
    paths={},
    centres={code: (300 + 3 * n, 200.0) for n, code in enumerate(sorted(REGION_OF))},
    borders="",
)


def marks_of(svg: str) -> list[ElementTree.Element]:
    return list(ElementTree.fromstring(svg).iter(f"{SVG}a"))


def test_neighbours_share_their_edge(ground):
    assert ground.paths == {
        "2A": "M300 100l203 2 0 200-203-2z",
        "35": "M100 100l200 0 0 200-200 0z",
    }
    assert ground.centres == {"35": (20.0, 20.0), "2A": (40.1, 20.1)}
    assert ground.borders == "M300 100l0 200"


def test_every_department_stands_in_one_region():
    listed = [code for _, codes in REGIONS.values() for code in codes]

    assert len(listed) == len(set(listed)) == 96
    assert set(listed).isdisjoint(OVERSEAS)


def test_a_mark_is_a_link_with_its_name(ground):
    svg = draw([Mark("35", 2, "Ille-et-Vilaine : 2", "/cooperations/?d=35&x=1")], ground=ground)

    (mark,) = marks_of(svg)
    assert (mark.get("href"), mark.get("aria-label")) == (
        "/cooperations/?d=35&x=1",
        "Ille-et-Vilaine : 2",
    )
    assert [text.text for text in mark.iter(f"{SVG}text")] == ["2"]


def test_overseas_marks_stand_in_their_box(ground):
    svg = draw([Mark(code, 1, name, "/x/") for code, name in OVERSEAS.items()], ground=ground)

    boxes = {
        group.find(f"{SVG}text").text: group.find(f"{SVG}rect")
        for group in ElementTree.fromstring(svg).iter(f"{SVG}g")
        if group.find(f"{SVG}rect") is not None
    }
    for mark in marks_of(svg):
        box, dot = boxes[mark.get("aria-label")], mark.find(f"{SVG}circle")
        for middle, start, length in (("cx", "x", "width"), ("cy", "y", "height")):
            inside = float(dot.get(middle)) - float(box.get(start))
            assert 0 < inside < float(box.get(length))
    assert len(marks_of(svg)) == len(boxes) == len(OVERSEAS)


def test_on_a_phone_a_finger_finds_a_mark_and_an_eye_reads_a_name(ground):
    svg = ElementTree.fromstring(draw([Mark("35", 1, "Ille-et-Vilaine", "/x/")], ground=ground))
    scale = (360 - 2 * 16) / outlines.WIDTH  # the narrowest screen, without its margins

    (mark,) = svg.iter(f"{SVG}a")
    touch = 2 * float(mark.find(f"{SVG}circle").get("r")) * scale
    names = [text for text in svg.iter(f"{SVG}text") if text.text in OVERSEAS.values()]
    letters = {float(text.get("font-size")) * scale for text in names}
    assert touch >= 24
    assert min(letters) >= 11


def test_marks_without_place_or_count_are_left_to_the_list(ground):
    svg = draw([Mark("99", 3, "ailleurs", "/x/"), Mark("35", 0, "aucune", "/x/")], ground=ground)

    assert marks_of(svg) == []


def test_hostile_label_stays_text(ground):
    label = '"><script>alert(1)</script>\x00'

    (mark,) = marks_of(draw([Mark("35", 1, label, "/x/")], ground=ground))

    assert mark.get("aria-label") == label.replace("\x00", "")


@pytest.mark.parametrize("href", ["javascript:alert(1)", "//ailleurs.example", "data:text/html,x"])
def test_an_address_that_could_run_is_refused(ground, href):
    with pytest.raises(ValueError, match="not a safe address"):
        draw([Mark("35", 1, "x", href)], ground=ground)


@given(
    st.dictionaries(
        st.sampled_from(["75", "92", "93", "94", "77", "2A", "2B", "974", "69", "42"]),
        st.integers(1, 40),
        max_size=8,
    )
)
def test_marks_never_cover_each_other(counts):
    marks = [Mark(code, count, code, "/x/") for code, count in counts.items()]

    circles = []
    for mark in marks_of(draw(marks, ground=GROUND)):
        shown = [circle for circle in mark.iter(f"{SVG}circle") if circle.get("fill") != "none"]
        circles += [tuple(float(c.get(name)) for name in ("cx", "cy", "r")) for c in shown]
    assert len(circles) == len(marks)
    for number, (x, y, r) in enumerate(circles):
        assert r <= x <= outlines.WIDTH - r
        assert r <= y <= france.TALL - r
        for other_x, other_y, other_r in circles[:number]:
            assert math.hypot(x - other_x, y - other_y) > (r + other_r) * 0.9


def test_without_outlines_there_is_no_map(monkeypatch):
    monkeypatch.setattr(france, "outlines", lambda: None)

    assert draw([Mark("35", 1, "x", "/x/")]) == ""


def test_a_file_without_all_departments_is_refused(tmp_path):
    source = tmp_path / outlines.SOURCE
    source.parent.mkdir(parents=True)
    source.write_text(SOURCE)

    with pytest.raises(ValueError, match="does not hold 01, 02"):
        outlines.prepare(tmp_path, tmp_path / "france.json")

    assert not (tmp_path / "france.json").exists()


def test_the_prepared_map_holds_every_department():
    ground = outlines.outlines()

    assert ground is not None  # make assets prepares it
    assert set(ground.paths) == set(ground.centres) == set(REGION_OF)
    assert len(draw([])) < 80_000


def test_nothing_prepared_gives_nothing():
    assert outlines.outlines(Path("/nonexistent/france.json")) is None
