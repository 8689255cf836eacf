# SPDX-License-Identifier: AGPL-3.0-or-later
"""The picture of a solution on a page: for a wide screen and for a phone (see picture.html)."""

from __future__ import annotations

from django.utils.safestring import SafeString

from terreau.ecosystems.rules.drawing import draw
from terreau.ecosystems.rules.picture import Scene, columns_for, plan
from terreau.ecosystems.rules.picture_tall import plan_tall


def both(scene: Scene, title: str, *, needs: bool = False) -> dict[str, SafeString]:
    """Return the two drawings, or nothing when the scene is empty.

    All that people wrote is escaped by documents.svg.
    """
    if not scene.uses and not scene.pieces:
        return {}
    wide = draw(plan(scene, columns_for(scene)), title=title, needs=needs)
    tall = draw(plan_tall(scene), title=title, needs=needs, ident="image-haute")
    return {"wide": SafeString(wide), "tall": SafeString(tall)}
