# SPDX-License-Identifier: AGPL-3.0-or-later
"""The roles in which one enters the demonstration, and who plays each."""

from __future__ import annotations

from dataclasses import dataclass

from terreau.demo.changes import GUEST_KEY
from terreau.demo.timeline import read
from terreau.people.actions import derived_token
from terreau.people.models import User

SLUG: str = read("people")["ecosystem"]["slug"]
DOMAIN = "demonstration.invalid"


@dataclass(frozen=True, slots=True)
class Door:
    """One role. ``user``: the name of its account, empty for who has none.

    ``page``: the name of the address on which it lands; ``of``: what that address holds.
    """

    code: str
    label: str
    words: str
    page: str
    user: str = ""
    of: str = SLUG


DOORS = (
    Door("pilote", "Qui pilote", "Samir tient l'ensemble depuis La Halte.", "week_page", "samir"),
    Door(
        "deuxieme-cle",
        "La deuxième personne qui garde les clés",
        "Odile dirige le centre social.",
        "week_page",
        "odile",
    ),
    Door(
        "membre",
        "Une organisation membre",
        "Tristan parle pour la menuiserie.",
        "week_page",
        "tristan",
    ),
    Door(
        "elue",
        "Une élue",
        "Hortense est vice-présidente aux mobilités.",
        "solution_page",
        "hortense",
    ),
    Door("habitante", "Une habitante, par un lien", "Sans compte : une question.", "guest_page"),
    Door("visiteur", "Quelqu'un de passage", "Ce que tout le monde lit.", "public_sheet"),
    Door(
        "programme",
        "Le programme qui soutient",
        "Solène ne lit que ce qui lui est montré.",
        "programmes_list",
        "solene",
        "",
    ),
    Door(
        "instance",
        "Qui administre l'instance",
        "Les demandes sur les fiches que personne ne tient.",
        "public_requests",
        "instance",
        "",
    ),
)


def door(code: str) -> Door | None:
    """Return the door with this code, or None."""
    return next((found for found in DOORS if found.code == code), None)


def account(found: Door) -> User | None:
    """Return the invented account behind a door, or None for who has none."""
    if not found.user:
        return None
    return User.objects.select_related("agent").get(email=f"{found.user}@{DOMAIN}")


def guest_token() -> str:
    """Return the token of the inhabitants' link."""
    return derived_token("guest", GUEST_KEY)
