# SPDX-License-Identifier: AGPL-3.0-or-later
"""Safe SVG: an element is a function, its text and attributes are always escaped.

Colours are given as plain attributes (the light palette), which print, Typst and a lone file
understand; a page overrides them by class (a rule of CSS wins over an attribute), so that the dark
theme follows without any inline style.
"""

from __future__ import annotations

from html import escape

from terreau.documents.characters import printable

PAPER = "#FBF8F1"
CARD = "#FFFFFF"
INK = "#22281F"
GREY = "#5C6257"
EDGE = "#8B8F80"
SHOOT = "#2C6640"
EARTH = "#5A3A29"
OCHRE = "#8A5A00"
WATER = "#1D5C78"

SAFE_LINKS = ("/", "#", "https://", "http://")


class Markup(str):
    """A piece of SVG that is already safe."""

    __slots__ = ()


def text_of(value: str) -> Markup:
    """Return text as safe SVG."""
    return Markup(escape(printable(value)))


def element(name: str, *children: str, **attributes: str | float | None) -> Markup:
    """Return ``<name …>children</name>``; a child that is not Markup is text.

    ``class_`` stands for ``class``, ``_`` for ``-``; an attribute that is None is left out.
    """
    written = "".join(
        f' {_name(key)}="{_value(value)}"' for key, value in attributes.items() if value is not None
    )
    inside = "".join(c if isinstance(c, Markup) else text_of(c) for c in children)
    return Markup(f"<{name}{written}>{inside}</{name}>" if inside else f"<{name}{written}/>")


def join(parts: list[Markup]) -> Markup:
    """Return the pieces one after the other."""
    return Markup("".join(parts))


def link(href: str, *children: str, **attributes: str | float | None) -> Markup:
    """Return a link. Raises ValueError for an address that could run something."""
    if not href.startswith(SAFE_LINKS) or href.startswith("//"):
        raise ValueError(f"not a safe address: {href[:40]}")
    return element("a", *children, href=href, **attributes)


def picture(
    *children: str, size: tuple[float, float], title: str, description: str, ident: str
) -> Markup:
    """Return a whole picture with its accessible name and description.

    ``ident`` makes the ids of the title unique on the page.
    """
    width, height = size
    return element(
        "svg",
        element("title", title, id=f"{ident}-titre"),
        element("desc", description, id=f"{ident}-description"),
        *children,
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {width:g} {height:g}",
        role="group",
        aria_labelledby=f"{ident}-titre",
        aria_describedby=f"{ident}-description",
        class_="picture",
    )


def _name(key: str) -> str:
    return key.rstrip("_").replace("_", "-")


def _value(value: str | float) -> str:
    if isinstance(value, str):
        return escape(printable(value))
    return f"{value:.2f}".rstrip("0").rstrip(".")
