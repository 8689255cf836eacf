# SPDX-License-Identifier: AGPL-3.0-or-later
"""Every address leads to a view that says who may open it."""

from collections.abc import Iterator

from django.urls import URLPattern, URLResolver, get_resolver
from django.views.generic import RedirectView

from terreau.web.access import Policy

# Others' views, each behind its own door: allauth's pages, and the API (tests/api/test_door.py).
OTHERS = ("allauth.", "django.views.i18n", "ninja.", "terreau.api.")


def views(resolver: URLResolver, prefix: str = "") -> Iterator[tuple[str, object]]:
    for entry in resolver.url_patterns:
        address = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from views(entry, address)
        elif isinstance(entry, URLPattern):
            yield address, entry.callback


def ours() -> list[tuple[str, object]]:
    """Views that no library brings, known by their class; a mere redirect shows nothing."""
    found = []
    for address, view in views(get_resolver()):
        owner = getattr(view, "view_class", view)
        if not owner.__module__.startswith(OTHERS) and owner is not RedirectView:
            found.append((address, view))
    return found


def test_every_view_of_ours_declares_a_policy():
    undeclared = [
        address for address, view in ours() if not isinstance(getattr(view, "policy", None), Policy)
    ]

    assert (len(ours()) > 40, undeclared) == (True, [])


def test_inside_an_ecosystem_nobody_enters_without_a_role():
    """An address with the slug of an ecosystem is for its members, or for the bearer of a link."""
    allowed = {Policy.MEMBER, Policy.STEWARD, Policy.GUEST}

    open_doors = [
        address
        for address, view in ours()
        if address.startswith("c/<slug:slug>/") and getattr(view, "policy", None) not in allowed
    ]

    assert open_doors == []
