# SPDX-License-Identifier: AGPL-3.0-or-later
"""The cooperation of an address, with what every page inside it asks of it."""

from __future__ import annotations

from terreau.core import plain
from terreau.ecosystems.models import Ecosystem
from terreau.people.models import Space


def at_address(slug: str) -> Ecosystem | None:
    """Return the ecosystem with this slug, its space and its circle, in two reads; or None."""
    ecosystem = plain.first(Ecosystem, "slug = %s", [slug])
    if ecosystem is None:
        return None
    both = [ecosystem.space_id, ecosystem.circle_id]
    spaces = {space.pk: space for space in plain.rows(Space, "id IN (%s, %s)", both)}
    ecosystem.space, ecosystem.circle = (spaces[pk] for pk in both)
    return ecosystem
