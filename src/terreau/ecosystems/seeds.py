# SPDX-License-Identifier: AGPL-3.0-or-later
"""The open lists that every ecosystem starts from: functions of life, kinds of actors.

They are planted once, in an empty table, after a migration: an instance that rewords or removes
one of them is not corrected. Sources: catalogue B31 and 2.2 (functions), issue 2 (kinds).
"""

from __future__ import annotations

from typing import Any

from terreau.core.seeding import model_to_plant

LIFE_FUNCTIONS: tuple[tuple[str, str], ...] = (
    ("s-alimenter", "s'alimenter"),
    ("habiter", "habiter"),
    ("se-deplacer", "se déplacer"),
    ("se-soigner", "se soigner"),
    ("se-former", "se former"),
    ("se-cultiver", "se cultiver"),
    ("travailler", "travailler"),
    ("se-vetir", "se vêtir"),
    ("jouer-grandir", "jouer, grandir"),
    ("vieillir", "vieillir"),
    ("energie", "l'énergie"),
    ("objets-matiere", "les objets et la matière"),
)

ACTOR_KINDS: tuple[tuple[str, str], ...] = (
    ("entreprise", "entreprise"),
    ("association", "association"),
    ("intermediation", "organisme d'intermédiation"),
    ("recherche", "recherche et évaluation"),
    ("institution", "institution territoriale"),
    ("independant", "travail indépendant"),
    ("collectif", "collectif sans statut"),
    ("habitants", "habitantes et habitants"),
)


def plant_lists(using: str, apps: Any, **_: Any) -> None:
    """Fill the two lists where they are empty."""
    function = model_to_plant(apps, using, "ecosystems", "LifeFunction")
    if function is not None and not function.objects.using(using).exists():
        function.objects.using(using).bulk_create(
            function(slug=slug, label=label, position=place)
            for place, (slug, label) in enumerate(LIFE_FUNCTIONS, start=1)
        )
    kind = model_to_plant(apps, using, "ecosystems", "ActorKind")
    if kind is not None and not kind.objects.using(using).filter(ecosystem=None).exists():
        kind.objects.using(using).bulk_create(
            kind(code=code, label=label, position=place)
            for place, (code, label) in enumerate(ACTOR_KINDS, start=1)
        )
