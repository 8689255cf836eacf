# SPDX-License-Identifier: AGPL-3.0-or-later
"""The picture: whatever the words, no text leaves its card, no card covers another."""

from itertools import combinations, pairwise
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from terreau.documents.characters import printable
from terreau.documents.text import measure
from terreau.ecosystems.rules.drawing import draw
from terreau.ecosystems.rules.picture import (
    Box,
    Curve,
    Piece,
    Plan,
    Scene,
    Use,
    columns_for,
    plan,
    plan_for_page,
)
from terreau.ecosystems.rules.picture_tall import plan_tall
from terreau.ecosystems.rules.printing import drawn_alone

SVG = "{http://www.w3.org/2000/svg}"
NATURES = ("bien", "service", "lieu", "information", "règle", "animation")
WORDS = st.one_of(
    st.text(min_size=1, max_size=160).filter(str.strip),
    st.sampled_from(
        [
            "Voitures partagées",
            "anticonstitutionnellement" * 6,
            "<b>gras</b>",
            "=cmd|' /C calc'!A0",
            "Rendez-vous regroupés sur deux jours à la maison de santé",
        ]
    ),
)


@st.composite
def scenes(draw_from: st.DrawFn) -> Scene:
    """Up to 4 performances and 30 maillons, with any words, links and dependencies."""
    uses = tuple(
        Use(key, draw_from(WORDS), draw_from(st.one_of(st.just(""), WORDS)), f"/u/{key}/")
        for key in range(draw_from(st.integers(0, 4)))
    )
    count = draw_from(st.integers(0, 30))
    keys = st.sets(st.integers(0, 34), max_size=3).map(tuple)
    pieces = [
        Piece(
            key=key,
            name=draw_from(WORDS),
            nature=draw_from(st.sampled_from(NATURES)),
            state="manque" if missing else "existe",
            missing=missing,
            option=draw_from(st.booleans()),
            bearers=tuple(draw_from(st.lists(WORDS, max_size=3))),
            uses=draw_from(keys),
            needs=draw_from(keys),
            href=f"/m/{key}/",
        )
        for key, missing in ((key, draw_from(st.booleans())) for key in range(count))
    ]
    return Scene(uses, tuple(sorted(pieces, key=lambda piece: NATURES.index(piece.nature))))


def overlap(a: Box, b: Box) -> bool:
    return a.x < b.right and b.x < a.right and a.y < b.bottom and b.y < a.bottom


def assert_whole(found: Plan) -> None:
    for box in found.boxes:
        assert 0 <= box.x
        assert box.right <= found.width
        assert box.bottom <= found.height
        for line in box.lines:
            assert line.x >= box.x + 8
            assert line.x + measure(line.text, line.size, bold=line.bold) <= box.right - 8
            assert box.y + line.size <= line.y <= box.bottom - 6
    for a, b in combinations(found.boxes, 2):
        assert not overlap(a, b)


def flat_parts(curve: Curve) -> list[tuple[float, float, float]]:
    """The straight parts of a line, where it passes the cards of a column: left, right, height."""
    return [(a[0], b[0], a[1]) for a, b in pairwise(curve.points) if a[1] == b[1] and a[0] != b[0]]


@settings(max_examples=40)
@given(scenes(), st.integers(1, 4))
def test_no_text_leaves_its_card_and_no_card_covers_another(scene, columns):
    assert_whole(plan(scene, columns))


@settings(max_examples=40)
@given(scenes())
def test_on_a_phone_nothing_is_cut_either_and_lines_stay_beside_the_cards(scene):
    found = plan_tall(scene)

    assert_whole(found)
    assert found.width == 360
    left = min((box.x for box in found.boxes), default=360)
    for curve in found.curves:
        assert all(x <= left for x, _ in curve.points)


@settings(max_examples=40)
@given(scenes(), st.integers(2, 4))
def test_lines_pass_between_cards(scene, columns):
    found = plan(scene, columns)

    for curve in (*found.curves, *found.needs):
        for left, right, y in flat_parts(curve):
            crossed = [
                box
                for box in found.boxes
                if box.x < right and left < box.right and box.y < y < box.bottom
            ]
            assert crossed == []


@settings(max_examples=30)
@given(scenes(), st.booleans())
def test_every_word_is_in_the_drawing_and_every_card_is_a_link(scene, needs):
    root = ElementTree.fromstring(draw(plan(scene, columns_for(scene)), title="T", needs=needs))

    assert [link.get("href") for link in root.iter(f"{SVG}a")] == [
        *(use.href for use in scene.uses),
        *(piece.href for piece in scene.pieces if not piece.option),
        *(piece.href for piece in scene.pieces if piece.option),
    ]
    drawn = ["".join("".join(link.itertext()).split()) for link in root.iter(f"{SVG}a")]
    names = [use.statement for use in scene.uses]
    assert drawn[: len(names)] == ["".join(printable(name).split()) for name in names]


def piece(key: int, name: str = "Maillon", **fields: object) -> Piece:
    wanted = {
        "nature": "service",
        "state": "existe",
        "missing": False,
        "option": False,
        "bearers": ("La Halte",),
        "uses": (1,),
        "needs": (),
        "href": f"/m/{key}/",
    }
    return Piece(key=key, name=name, **{**wanted, **fields})


def test_a_missing_maillon_is_dashed_and_says_so():
    scene = Scene(
        (), (piece(1, "Retour du samedi soir", missing=True, state="manque", bearers=()),)
    )

    (card,) = ElementTree.fromstring(draw(plan(scene), title="T")).iter(f"{SVG}a")

    assert card.find(f"{SVG}rect").get("stroke-dasharray") == "7 5"
    assert [text.text for text in card.iter(f"{SVG}text")] == ["Retour du samedi soir", "manque"]


def test_options_stand_below_a_line():
    scene = Scene((), (piece(1), piece(2, "Une application", option=True), piece(3)))

    found = plan(scene)

    boxes = {box.key: box for box in found.boxes}
    assert found.rule is not None
    assert boxes[1].bottom < boxes[3].y < found.rule < boxes[2].y
    assert "en plus, si on veut" in [title.text for title in found.titles]


@pytest.mark.parametrize(("count", "columns"), [(1, 1), (9, 1), (10, 2), (25, 2)])
def test_two_columns_from_ten_maillons_on(count, columns):
    scene = Scene((), tuple(piece(key) for key in range(count)))

    found = plan(scene, columns_for(scene))

    assert len({box.x for box in found.boxes}) == columns


def test_twenty_five_long_names_are_readable_on_one_a3():
    long = "Rendez-vous regroupés sur deux jours avec la maison de santé et le transport solidaire"
    uses = tuple(Use(key, long, "Les personnes âgées du plateau", "/u/") for key in (1, 2, 3))
    bearers = ("La Halte", "Roulons ensemble")
    pieces = [piece(key, long, nature=NATURES[key // 5], bearers=bearers) for key in range(25)]

    found, scale = plan_for_page(Scene(uses, tuple(pieces)), 1134, 765)

    assert_whole(found)
    assert scale * 16 >= 8.5  # points, for the names


def test_an_empty_picture_is_still_one():
    assert ElementTree.fromstring(draw(plan(Scene((), ())), title="T")).tag == f"{SVG}svg"


def test_an_empty_page_says_that_nothing_is_written_yet():
    assert "encore écrit ici" in drawn_alone(Scene((), ()), "Aller")
