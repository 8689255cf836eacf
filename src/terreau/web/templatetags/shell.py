# SPDX-License-Identifier: AGPL-3.0-or-later
"""Components that know the pages of Terreau: navigation, and who will read (builtins too)."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from django import template
from django.conf import settings
from django.forms import BaseForm
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from terreau.agreements.queries.readers import readers_if, readers_of
from terreau.core import units
from terreau.overview import step_words
from terreau.overview.steps import Amount
from terreau.people.enums import Level
from terreau.people.models import Record
from terreau.people.visibility import Audience
from terreau.ui.templatetags.ui_forms import save_button
from terreau.web import navigation
from terreau.web.numbers import row_number

register = template.Library()


@register.simple_tag(takes_context=True)
def places(context: template.Context) -> SafeString:
    """The list of the pages of the ecosystem, with « Ajouter » on top."""
    return SafeString(render_to_string("nav/places.html", _shown(context)))


@register.simple_tag(takes_context=True)
def bottom_bar(context: template.Context) -> SafeString:
    """The bar at the bottom of a phone."""
    shown = _shown(context)
    bar = navigation.places_on_phone(context["request"], str(shown["slug"]))
    return SafeString(render_to_string("nav/bottom_bar.html", {**shown, "bar": bar}))


def _shown(context: template.Context) -> dict[str, object]:
    request = context["request"]
    slug = request.ecosystem.slug
    return {
        "slug": slug,
        "places": navigation.places(request, slug),
        "keeping": navigation.keeping(request, slug, steward=request.is_steward),
        "additions": navigation.additions(slug),
        "add_page": navigation.address("home_add", slug=slug),
    }


@register.simple_tag
def legal_links() -> Sequence[tuple[str, str]]:
    """Return the legal pages that exist: (address, label)."""
    return navigation.legal()


@register.simple_tag
def page_url(name: str, slug: str = "") -> str:
    """Return the address of a page by its name, or nothing while it does not exist."""
    return navigation.address(name, **({"slug": slug} if slug else {}))


@register.simple_tag
def doors_url() -> str:
    """Return the address of the one-click doors, in demonstration mode alone."""
    return navigation.address("doors_page") if settings.TERREAU_MODE == "demonstration" else ""


@register.simple_tag(takes_context=True)
def save(
    context: template.Context,
    *,
    form: BaseForm | None = None,
    of: Record | None = None,
    audience: Audience | None = None,
    level: str = "",
    url: str = "",
    label: str = "Enregistrer",
) -> SafeString:
    """The button that says « Enregistrer : 9 personnes de 7 organisations le liront ».

    Inside an ecosystem, audience and address of the count are found alone from the form's level
    and receiver, from the record of which (``of``) a part is written, or from the ``level`` at
    which what has none of its own is read (a role, a phase, a circle: the whole ecosystem). With
    an ``audience``, ``url`` counts it anew when the form changes.
    """
    if of is not None:
        audience = readers_of(of)
    ecosystem = getattr(context.get("request"), "ecosystem", None)
    if ecosystem is not None and level:
        audience = readers_if(ecosystem, level, None)
    follows_level = form is not None and "level" in form.fields
    if ecosystem is not None and follows_level:
        assert form is not None
        chosen = str(form["level"].value() or Level.CIRCLE)
        told = str(form["receiver"].value()) if "receiver" in form.fields else ""
        audience = audience or readers_if(ecosystem, chosen, row_number(told))
        url = url or navigation.address("home_readers", slug=ecosystem.slug)
    return save_button(label=label, readers=audience, url=url)


@register.filter
def quantity(micro: int | None, unit: str) -> str:
    """Show millionths of a unit as people read them (« 1,5 h »); nothing when it was not said."""
    return "" if micro is None else units.say(micro, unit)


@register.filter
def nearly(micro: int, unit: str) -> str:
    """Show a quantity with two decimals at most, « environ » where it has more."""
    return step_words.told(Amount(Fraction(micro), unit))


@register.filter
def kind_words(code: str) -> str:
    """Show a kind of thing in words: a contribution's, or the one that was typed."""
    return step_words.kind_words(code)


@register.filter
def one_unit(code: str) -> str:
    """Say one of a unit: « 1 heure »."""
    return f"1\N{NO-BREAK SPACE}{units.unit(code).label}"


@register.filter
def cents(micro: int) -> str:
    """Show millionths of a euro as accounts do: « 1 234,50 € »."""
    whole, rest = divmod(micro // 10_000, 100)
    grouped = f"{whole:,}".replace(",", "\N{NARROW NO-BREAK SPACE}")
    return f"{grouped},{rest:02d}\N{NO-BREAK SPACE}€"
