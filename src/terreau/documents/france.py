# SPDX-License-Identifier: AGPL-3.0-or-later
"""The map of France: departments grouped by region, overseas beside, a mark a department.

A pure function of the marks: it reads no database. The list beside it says the same in words.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from terreau.documents.outlines import HEIGHT, WIDTH, Outlines, Point, outlines
from terreau.documents.regions import OVERSEAS, REGIONS
from terreau.documents.svg import CARD, EDGE, GREY, PAPER, SHOOT, Markup, element, link, picture

__all__ = ["Mark", "draw"]

# On a phone of 360 points the map is half this size: a finger needs 24 of them, an eye 11 or 12.
BOX_WIDTH, BOX_HEIGHT, BOX_GAP, BOXES_A_ROW = 197, 52, 9, 3
BOX_LEFT, BOX_TOP = 2, HEIGHT + BOX_GAP
TALL = BOX_TOP + 2 * (BOX_HEIGHT + BOX_GAP)  # the land, then two rows of boxes
ROUNDS = 60
FINGER = 26  # radius of what a finger can touch
LABEL, COUNT = 22, 17  # sizes of letters


@dataclass(frozen=True, slots=True)
class Mark:
    """What stands in one department: how many, what to say of it, where it leads.

    ``department`` is its official code (« 63 », « 2A », « 974 »); ``label`` is read out
    (« Puy-de-Dôme : 2 coopérations »).
    """

    department: str
    count: int
    label: str
    href: str


def draw(
    marks: Sequence[Mark],
    *,
    title: str = "Carte des coopérations par département",
    description: str = "La même liste est donnée en texte à côté de la carte.",
    ground: Outlines | None = None,
) -> Markup:
    """Return the map as SVG, or an empty text when the outlines were not prepared.

    Marks of a code that the map does not hold are left to the list. ``ground`` stands in for the
    prepared outlines. The page shows ``outlines.CREDIT`` under the map: their licence asks for it.
    """
    ground = ground or outlines()
    if ground is None:
        return Markup("")
    known = [mark for mark in marks if mark.count > 0 and _has_place(mark, ground)]
    return picture(
        _land(ground),
        _overseas(),
        element("g", *_draw_marks(known, ground), class_="map-marks"),
        size=(WIDTH, TALL),
        title=title,
        description=description,
        ident="image-carte",
    )


def _has_place(mark: Mark, ground: Outlines) -> bool:
    return mark.department in ground.centres or mark.department in OVERSEAS


def _land(ground: Outlines) -> Markup:
    regions = [
        element(
            "g",
            element("title", name),
            *(element("path", d=ground.paths[code]) for code in codes if code in ground.paths),
            class_="map-region",
        )
        for name, codes in REGIONS.values()
    ]
    borders = element(
        "path",
        d=ground.borders,
        fill="none",
        stroke=EDGE,
        stroke_width=11,
        stroke_linecap="round",
        class_="map-borders",
    )
    return element(
        "g",
        *regions,
        borders,
        transform="scale(0.1)",
        fill="#E6E0CF",
        stroke=PAPER,
        stroke_width=7,
        stroke_linejoin="round",
        aria_hidden="true",
        class_="map-land",
    )


def _overseas() -> Markup:
    boxes = []
    for number, name in enumerate(OVERSEAS.values()):
        left, top = _corner(number)
        boxes.append(
            element(
                "g",
                element(
                    "rect",
                    x=left,
                    y=top,
                    width=BOX_WIDTH,
                    height=BOX_HEIGHT,
                    rx=4,
                    fill="#E6E0CF",
                    stroke=EDGE,
                    stroke_width=0.6,
                ),
                element(
                    "text",
                    name,
                    x=left + 10,
                    y=top + BOX_HEIGHT / 2 + LABEL / 3,
                    fill=GREY,
                    font_size=LABEL,
                    font_family="Atkinson Hyperlegible Next, sans-serif",
                ),
            )
        )
    return element("g", *boxes, aria_hidden="true", class_="map-overseas")


def _draw_marks(marks: Sequence[Mark], ground: Outlines) -> list[Markup]:
    homes = [_home(mark, ground) for mark in marks]
    radii = [_radius(mark.count) for mark in marks]
    places = _spread(homes, radii)
    order = sorted(range(len(marks)), key=lambda number: marks[number].department)
    return [_draw_mark(marks[n], homes[n], places[n], radii[n]) for n in order]


def _home(mark: Mark, ground: Outlines) -> Point:
    if mark.department in ground.centres:
        return ground.centres[mark.department]
    left, top = _corner(list(OVERSEAS).index(mark.department))
    return left + BOX_WIDTH - FINGER, top + BOX_HEIGHT / 2


def _corner(number: int) -> Point:
    """Return the left and top of a box, in rows under the land."""
    row, column = divmod(number, BOXES_A_ROW)
    return BOX_LEFT + column * (BOX_WIDTH + BOX_GAP), BOX_TOP + row * (BOX_HEIGHT + BOX_GAP)


def _radius(count: int) -> float:
    return min(10.5 + 1.6 * math.sqrt(count), 22)


def _spread(homes: Sequence[Point], radii: Sequence[float]) -> list[Point]:
    """Push apart the marks that would cover each other (around Paris, above all)."""
    places = list(homes)
    for _ in range(ROUNDS):
        moved = False
        for i in range(len(places)):
            for j in range(i):
                wanted = radii[i] + radii[j] + 1.5
                (ax, ay), (bx, by) = places[i], places[j]
                distance = math.hypot(ax - bx, ay - by)
                if distance >= wanted:
                    continue
                # Two marks on one spot leave it in a direction of their own, always the same.
                angle = math.atan2(ay - by, ax - bx) if distance else 2.4 * (i + j)
                push = (wanted - distance) / 2 + 0.01
                dx, dy = push * math.cos(angle), push * math.sin(angle)
                places[i], places[j] = _inside(ax + dx, ay + dy), _inside(bx - dx, by - dy)
                moved = True
        if not moved:
            break
    return places


def _inside(x: float, y: float) -> Point:
    return min(max(x, FINGER), WIDTH - FINGER), min(max(y, FINGER), TALL - FINGER)


def _draw_mark(mark: Mark, home: Point, place: Point, radius: float) -> Markup:
    x, y = place
    parts = [element("title", mark.label)]
    if math.dist(home, place) > radius:
        parts.append(
            element("path", d=_line(home, place), stroke=SHOOT, stroke_width=1, fill="none")
        )
    parts += [
        element("circle", cx=x, cy=y, r=FINGER, fill="none", pointer_events="all"),
        element(
            "circle",
            cx=x,
            cy=y,
            r=radius,
            fill=SHOOT,
            stroke=CARD,
            stroke_width=1.5,
            class_="map-dot",
        ),
        element(
            "text",
            str(mark.count),
            x=x,
            y=y + COUNT / 3,
            fill=CARD,
            font_size=COUNT,
            font_weight=700,
            text_anchor="middle",
            class_="map-count",
            font_family="Atkinson Hyperlegible Next, sans-serif",
        ),
    ]
    return link(mark.href, *parts, class_="map-mark", aria_label=mark.label)


def _line(a: Point, b: Point) -> str:
    return f"M{a[0]:g},{a[1]:g}L{b[0]:g},{b[1]:g}"
