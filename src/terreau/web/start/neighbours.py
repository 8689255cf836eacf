# SPDX-License-Identifier: AGPL-3.0-or-later
"""A field in which another cooperation is named; with JavaScript it proposes."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse

from terreau.core.texts import fold
from terreau.ecosystems.models import Ecosystem
from terreau.people.models import User
from terreau.publishing.queries import Neighbour, neighbours
from terreau.web.places.forms import PlaceInput

SHOWN = 6
UNKNOWN = (
    "Nous ne connaissons aucune coopération de ce nom. Seules celles qui tiennent ici leur fiche "
    "publique, ou dont vous faites partie, peuvent être choisies : vérifiez le nom qu'elle porte."
)


class CooperationField(forms.CharField):
    """A cooperation by its name: cleans to one Ecosystem, or None when left empty.

    A form gives it, with ``ask``, who types and from where.
    """

    widget = PlaceInput

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=200, **kwargs)

    def ask(self, ecosystem: Ecosystem, user: User) -> None:
        """Say who asks, from which cooperation."""
        self.ecosystem, self.user = ecosystem, user
        assert isinstance(self.widget, PlaceInput)
        self.widget.address = reverse("start_neighbours", args=[ecosystem.slug])

    def clean(self, value: Any) -> Any:
        """Return the Ecosystem that was meant. Raises ValidationError for none or several."""
        text = super().clean(value)
        if not text:
            return None
        parent = self.ecosystem.parent
        if parent is not None and parent.name == text:
            return parent
        found = self._meant(text)
        if len(found) == 1:
            return Ecosystem.objects.get(pk=found[0].ecosystem_id)
        if not found:
            raise ValidationError(UNKNOWN)
        names = " ; ".join(proposed(found)[:SHOWN])
        raise ValidationError(f"Laquelle ? Écrivez l'un de ces noms : {names}.")

    def _meant(self, text: str) -> list[Neighbour]:
        """Return those named exactly so, else all that may be meant."""
        name, _, slug = text.rstrip(")").rpartition(" (")
        texts = (text, text.rpartition(",")[0], name, name.rpartition(",")[0])
        found: dict[int, Neighbour] = {}
        for one in texts:
            found |= {row.ecosystem_id: row for row in neighbours(one, self.ecosystem, self.user)}
        rows = list(found.values())
        for kept in (
            [row for row in rows if row.slug == slug],
            [row for row in rows if fold(row.label) == fold(text)],
            [row for row in rows if fold(row.name) == fold(text)],
        ):
            if kept:
                return kept
        return rows


def proposed(rows: list[Neighbour]) -> list[str]:
    """Return how these are proposed; two that would read alike say their address too."""
    labels = [row.label for row in rows]
    return [
        label if labels.count(label) == 1 else f"{label} ({row.slug})"
        for label, row in zip(labels, rows, strict=True)
    ]
