# SPDX-License-Identifier: AGPL-3.0-or-later
"""Components: strict tags with declared arguments (a misspelt one is a TemplateSyntaxError).

They are builtins: no ``{% load %}``. Each is shown on ``/composants/``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import template
from django.core.paginator import Page
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import slugify

from terreau.core.units import say
from terreau.ui.icons import ICONS

register = template.Library()

KINDS = ("primary", "secondary", "quiet")
TONES = ("", "ochre", "leaf", "water", "earth", "brick")
NOTICES = {"info": "info", "warn": "warn", "error": "error"}
HIGH = re.compile(r" ([:;?!»])")
FORMATS = (("ods", "Tableur (ODS)"), ("xlsx", "Excel (XLSX)"), ("csv", "CSV"))


@register.simple_block_tag
def page_head(
    content: SafeString, *, title: str, lead: str = "", back: str = "", back_label: str = ""
) -> SafeString:
    """The head of a page: where one comes from, its title, one sentence, and its buttons."""
    # Stripped so that an empty block shows no frame; what it holds was escaped already.
    shown = {"content": SafeString(content.strip()), "title": title, "lead": lead}
    return _render("page_head", {**shown, "back": back, "back_label": back_label})


@register.simple_block_tag
def card(
    content: SafeString, *, title: str = "", href: str = "", tone: str = "", level: int = 2
) -> SafeString:
    """A framed block; with ``href`` its title is a link. ``level`` is that of its heading."""
    _known("tone", tone, TONES)
    shown = {"content": content, "title": title, "href": href, "tone": tone, "level": level}
    return _render("card", shown)


@register.simple_block_tag
def notice(content: SafeString, *, tone: str = "info", title: str = "") -> SafeString:
    """A framed remark: info, warn (to review together) or error; an icon says it too."""
    _known("tone", tone, tuple(NOTICES))
    return _render("notice", {"content": content, "tone": tone, "title": title})


@register.simple_block_tag
def more(content: SafeString, summary: str, *, open: bool = False) -> SafeString:
    """Details that unfold under a summary."""
    return _render("more", {"content": content, "summary": summary, "open": open})


@register.simple_block_tag
def table_scroll(content: SafeString, *, label: str) -> SafeString:
    """A frame in which a wide table scrolls sideways, reachable by keyboard."""
    return _render("table_scroll", {"content": content, "label": label})


@register.simple_tag
def button(
    text: str, *, href: str, kind: str = "primary", icon: str = "", download: bool = False
) -> SafeString:
    """A link that looks like a button."""
    _known("kind", kind, KINDS)
    shown = {"text": text, "href": href, "kind": kind, "icon": icon, "download": download}
    return _render("button", shown)


@register.simple_tag
def submit(text: str, *, kind: str = "primary", name: str = "", value: str = "") -> SafeString:
    """The button that sends its form. Its text says what happens."""
    _known("kind", kind, KINDS)
    return _render("submit", {"text": text, "kind": kind, "name": name, "value": value})


@register.simple_tag
def badge(text: str, *, tone: str = "") -> SafeString:
    """One or two words on a tinted ground; the words carry the meaning, not the colour."""
    _known("tone", tone, TONES)
    return format_html('<span class="badge{}">{}</span>', f" badge-{tone}" if tone else "", text)


@register.simple_tag
def empty(
    *, title: str, example: str = "", advice: str = "", href: str = "", action: str = ""
) -> SafeString:
    """What an empty list says: what goes here, one example or piece of advice, one action."""
    shown = {"title": title, "example": example, "advice": advice}
    return _render("empty", {**shown, "href": href, "action": action})


@register.simple_tag
def term(plain: str, trade: str) -> SafeString:
    """An everyday word, with the word of the trade behind it, on demand (no script needed)."""
    return _render("term", {"plain": plain, "trade": trade, "id": f"mot-{slugify(trade)}"})


@register.filter
def unbroken(sentence: object) -> str:
    """A sentence whose « » and high punctuation stay with their word at the end of a line."""
    return HIGH.sub("\N{NO-BREAK SPACE}\\1", str(sentence)).replace("« ", "«\N{NO-BREAK SPACE}")


@register.simple_tag
def exports(url: str) -> SafeString:
    """Links to take a list away: ODS, XLSX, CSV. ``url`` may already hold a query."""
    joint = "&" if "?" in url else "?"
    links = [(f"{url}{joint}format={code}", label) for code, label in FORMATS]
    return _render("exports", {"links": links})


@register.simple_tag(takes_context=True)
def pages(context: template.Context, page: Page[Any]) -> SafeString:
    """Links to the pages of a list, keeping the other parameters of the address."""
    query = context["request"].GET.copy()

    def address(number: int) -> str:
        query["page"] = str(number)
        return f"?{query.urlencode()}"

    before = address(page.previous_page_number()) if page.has_previous() else ""
    after = address(page.next_page_number()) if page.has_next() else ""
    return _render("pages", {"page": page, "before": before, "after": after})


@register.simple_tag
def icon(name: str, *, label: str = "") -> SafeString:
    """A line drawing; hidden from screen readers unless it is given a label."""
    if name not in ICONS:
        raise template.TemplateSyntaxError(f"No icon is called {name!r}: {', '.join(ICONS)}.")
    return _render("icon", {"drawing": ICONS[name], "label": label})


def _render(name: str, shown: Mapping[str, object]) -> SafeString:
    return SafeString(render_to_string(f"ui/{name}.html", dict(shown)).strip())


def _known(argument: str, value: str, among: tuple[str, ...]) -> None:
    if value not in among:
        raise template.TemplateSyntaxError(
            f"{argument}={value!r} is not known: one of {', '.join(filter(None, among))}."
        )


@register.filter
def after(value: object, lead: str) -> SafeString:
    """Return ``lead`` and the value, or nothing where there is no value.

    ``{{ how|after:", " }}`` keeps the comma and what follows it together, which an ``if`` on a line
    of its own would not.
    """
    return format_html("{}{}", lead, value) if value else SafeString("")


@register.filter
def amount(micro: int | None) -> str:
    """Show a quantity of millionths as a French number (nothing for what was not said)."""
    if micro is None:
        return ""
    whole, _, decimals = f"{Decimal(micro).scaleb(-6):f}".partition(".")
    decimals = decimals.rstrip("0")
    grouped = f"{int(whole):,}".replace(",", "\u202f")
    sign = "-" if whole.startswith("-0") and micro else ""
    return f"{sign}{grouped},{decimals}" if decimals else f"{sign}{grouped}"


@register.filter
def counted(micro: int | None, code: str) -> str:
    """Show a quantity with its unit as people read it (« 1,5 h »); nothing for what is not said."""
    return "" if micro is None else say(micro, code)
