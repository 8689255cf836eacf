# SPDX-License-Identifier: AGPL-3.0-or-later
"""The picture of the solution as SVG, from its plan. Pure; all text is escaped by documents.svg."""

from __future__ import annotations

from itertools import pairwise

from terreau.documents import svg
from terreau.documents.svg import Markup, element
from terreau.documents.text import SANS, is_exact, measure
from terreau.ecosystems.rules.picture import HEADING, Box, Curve, Line, Plan

TITLES = "Fraunces, Georgia, serif"
FILLS = {
    "": svg.INK,
    "quiet": svg.GREY,
    "state": svg.GREY,
    "missing": svg.OCHRE,
    "group": svg.GREY,
    "column": svg.EARTH,
}
DESCRIPTION = (
    "À gauche les personnes concernées, au milieu ce que la coopération doit permettre, à droite "
    "les maillons qu'il faut. La même chose est écrite en liste sous l'image."
)
TINTS = (svg.SHOOT, svg.WATER, svg.EARTH, svg.OCHRE)  # a help for the eye: lists say the same
BULGE = 38.0


def draw(
    plan: Plan,
    *,
    title: str,
    needs: bool = False,
    heading: str = "",
    ident: str = "image-reponse",
    description: str = DESCRIPTION,
) -> Markup:
    """Return the picture. ``needs`` adds the arrows between maillons; ``heading`` a drawn title;
    ``ident`` tells two pictures of one page apart.

    With a heading the picture stands alone (its own file, print): it gets a background.
    """
    top = HEADING if heading else 0
    height = plan.height + top
    parts = [_ground(plan.width, height, heading)] if heading else []
    parts += [
        element(
            "g",
            _rule(plan),
            *(_link_curve(curve) for curve in plan.curves),
            fill="none",
            stroke=svg.EDGE,
            stroke_width=1.4,
            aria_hidden="true",
            class_="picture-lines",
        ),
        *(_text(line) for line in plan.titles),
        *(_card(box) for box in plan.boxes),
    ]
    if needs:
        parts.append(_needs(plan))
    inside = element("g", *parts[1:], transform=f"translate(0 {top:g})") if heading else None
    children = [parts[0], inside] if inside is not None else parts
    return svg.picture(
        *children,
        size=(plan.width, height),
        title=title,
        description=description,
        ident=ident,
    )


def _ground(width: float, height: float, heading: str) -> Markup:
    size = min(26.0, (width - 40) / max(measure(heading, 1, bold=True), 1) * 0.9)
    return element(
        "g",
        element("rect", width=width, height=height, fill=svg.CARD),
        element(
            "text",
            heading,
            x=10,
            y=36,
            fill=svg.EARTH,
            font_size=size,
            font_weight=600,
            font_family=TITLES,
        ),
    )


def _rule(plan: Plan) -> Markup:
    if plan.rule is None:
        return Markup("")
    left = min(line.x for line in plan.titles if line.tone == "group")
    return element("path", d=f"M{left:g},{plan.rule:g}H{plan.width - 46:g}", stroke_dasharray="2 4")


def _card(box: Box) -> Markup:
    rect = element(
        "rect",
        x=box.x,
        y=box.y,
        width=box.width,
        height=box.height,
        rx=6,
        fill="none" if box.kind == "people" else svg.CARD,
        stroke=svg.OCHRE if box.missing else svg.EDGE,
        stroke_width=1.8 if box.missing else 1.2,
        stroke_dasharray="7 5" if box.missing else None,
        class_="picture-missing" if box.missing else "picture-edge",
    )
    kind = f"picture-card picture-{box.kind}"
    # A blank between two lines, so that what is read aloud is what is seen.
    texts = [part for line in box.lines for part in (_text(line), svg.Markup(" "))]
    if not box.href:
        return element("g", rect, *texts, class_=kind)
    return svg.link(box.href, rect, *texts, class_=kind)


def _text(line: Line) -> Markup:
    # Another face than ours would be wider: the line keeps the width that was measured.
    width = measure(line.text, line.size, bold=line.bold) if is_exact() else None
    title = line.tone == "column"
    return element(
        "text",
        line.text,
        x=line.x,
        y=line.y,
        fill=FILLS[line.tone],
        font_size=line.size,
        font_weight=700 if line.bold else 400,
        font_family=TITLES if title else SANS,
        textLength=None if title or len(line.text) < 2 else width,
        lengthAdjust=None if title or len(line.text) < 2 or width is None else "spacingAndGlyphs",
        class_=f"picture-{line.tone or 'text'}",
    )


def _link_curve(curve: Curve) -> Markup:
    way = _rail(curve.points) if curve.rail else _path(curve.points)
    if curve.tint < 0:
        return element("path", d=way)
    number = curve.tint % len(TINTS)
    return element("path", d=way, stroke=TINTS[number], class_=f"picture-line-{number + 1}")


def _path(points: tuple[tuple[float, float], ...], bulge: float = BULGE) -> str:
    steps = [f"M{points[0][0]:.1f},{points[0][1]:.1f}"]
    for (x0, y0), (x1, y1) in pairwise(points):
        # Two ends on one vertical line bulge to the right, into the gutter.
        a, b = (x0 + bulge, x1 + bulge) if x0 == x1 else ((x0 + x1) / 2,) * 2
        steps.append(f"C{a:.1f},{y0:.1f} {b:.1f},{y1:.1f} {x1:.1f},{y1:.1f}")
    return "".join(steps)


def _rail(points: tuple[tuple[float, float], ...]) -> str:
    """Return a way at right angles with round corners: out, down, in."""
    (x0, y0), (x, _), (_, y1), (x1, _) = points
    r = min(5.0, abs(y1 - y0) / 2)
    turn = r if y1 >= y0 else -r
    return (
        f"M{x0:.1f},{y0:.1f}H{x + r:.1f}Q{x:.1f},{y0:.1f} {x:.1f},{y0 + turn:.1f}"
        f"V{y1 - turn:.1f}Q{x:.1f},{y1:.1f} {x + r:.1f},{y1:.1f}H{x1:.1f}"
    )


def _needs(plan: Plan) -> Markup:
    arrows = []
    for curve in plan.needs:
        (before, _), (x, y) = curve.points[-2:]
        back = -7 if before < x else 7
        head = f"M{x:.1f},{y:.1f}l{back},-4v8z"
        bulge = min(BULGE, (plan.width - x) * 1.25)
        arrows.append(element("path", d=_path(curve.points, bulge), fill="none"))
        arrows.append(element("path", d=head, fill=svg.WATER, class_="picture-arrow"))
    return element(
        "g",
        *arrows,
        stroke=svg.WATER,
        stroke_width=1.1,
        aria_hidden="true",
        class_="picture-needs",
    )
