# SPDX-License-Identifier: AGPL-3.0-or-later
"""The short list of pages of an ecosystem, and what « Ajouter » offers.

An entry is shown once its page exists, so areas may land one by one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse


@dataclass(frozen=True, slots=True)
class Entry:
    """A link of the navigation. ``current`` is "page" here, "true" inside, "" elsewhere."""

    label: str
    icon: str
    href: str
    current: str = ""
    hint: str = ""


PLACES = (
    ("week_page", "Cette semaine", "week"),
    ("logbook_list", "Journal de bord", "book"),
    ("cap_page", "Notre cap", "compass"),
    ("qui_page", "Qui", "people"),
    ("solution_page", "Notre solution", "sprout"),
    ("agreements_list", "Nos engagements", "handshake"),
    ("contributions_statement", "Contributions", "basket"),
    ("effects_page", "Ce que ça change", "leaf"),
    ("handover_page", "Passage de relais", "relay"),
    ("visibility_page", "Qui voit quoi", "eye"),
)
KEEPING = (
    ("programmes_links", "Programme", "link", False),
    ("start_settings", "Réglages", "edit", True),
)
"""Opened now and then, last in the list; True: by those who keep the keys alone."""
ON_PHONE = {
    "week_page": "Cette semaine",
    "logbook_list": "Journal",
    "agreements_list": "Engagements",
}
ADDITIONS = (
    ("contributions_add", "J'ai apporté…", "basket", "du temps, un lieu, de l'argent, un savoir"),
    ("agreements_new", "Je m'engage", "handshake", "pour qui, et en retour de quoi"),
    ("logbook_add", "Trois lignes", "book", "ce qui s'est passé, dans le journal de bord"),
    ("effects_add", "Un changement constaté", "leaf", "en bien ou en moins bien, pour qui"),
    ("solution_add", "Un maillon", "sprout", "ce qu'il faut pour que ça marche"),
    ("qui_add", "Quelqu'un", "people", "une organisation, une personne, un collectif"),
)
WITHIN = {"resources": "contributions", "sharing": "contributions"}
"""Areas without an entry of their own, by the one from which they are reached."""
LEGAL = (
    ("public_legal", "Mentions légales"),
    ("public_privacy", "Données personnelles"),
    ("public_accessibility", "Accessibilité"),
)


def address(name: str, **arguments: str) -> str:
    """Return the address of a page, or nothing while it does not exist."""
    try:
        return reverse(name, kwargs=arguments)
    except NoReverseMatch:
        return ""


def places(request: HttpRequest, slug: str) -> list[Entry]:
    """Return the pages of an ecosystem, the present one marked."""
    entries = [
        Entry(label, icon, address(name, slug=slug), _current(request, name))
        for name, label, icon in PLACES
    ]
    return [entry for entry in entries if entry.href]


def keeping(request: HttpRequest, slug: str, *, steward: bool) -> list[Entry]:
    """Return what is opened now and then; the settings only for who may change them."""
    return [
        Entry(label, icon, address(name, slug=slug), _current(request, name))
        for name, label, icon, stewards_only in KEEPING
        if steward or not stewards_only
    ]


def places_on_phone(request: HttpRequest, slug: str) -> list[Entry]:
    """Return the few places of the bottom bar, under shorter names."""
    entries = [
        Entry(ON_PHONE[name], icon, address(name, slug=slug), _current(request, name))
        for name, _, icon in PLACES
        if name in ON_PHONE
    ]
    return [entry for entry in entries if entry.href]


def additions(slug: str) -> list[Entry]:
    """Return what may be added to an ecosystem."""
    entries = [
        Entry(label, icon, address(name, slug=slug), hint=hint)
        for name, label, icon, hint in ADDITIONS
    ]
    return [entry for entry in entries if entry.href]


def legal() -> Sequence[tuple[str, str]]:
    """Return (address, label) of the legal pages that exist."""
    return [(address(name), label) for name, label in LEGAL if address(name)]


def _current(request: HttpRequest, name: str) -> str:
    here = request.resolver_match.url_name if request.resolver_match else None
    if here == name:
        return "page"
    area = here.split("_")[0] if here else ""
    return "true" if WITHIN.get(area, area) == name.split("_")[0] else ""
