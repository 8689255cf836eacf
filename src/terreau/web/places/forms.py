# SPDX-License-Identifier: AGPL-3.0-or-later
"""A field in which a place is typed; with JavaScript it proposes, without it the answer says."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.urls import reverse_lazy

from terreau.territories.models import Territory
from terreau.territories.queries import exactly

SHOWN = 6


def sample_note() -> str:
    """Return what the demonstration adds under the field: it knows a few communes only."""
    if settings.TERREAU.mode != "demonstration":
        return ""
    return (
        " Dans la démonstration, quelques communes seulement (essayez Saint-Denis) : une vraie "
        "instance charge les fichiers officiels."
    )


class PlaceInput(forms.TextInput):
    """A text box with a list that fills while one types (HTMX), plain without JavaScript."""

    template_name = "places/input.html"
    address: Any = reverse_lazy("places_search")

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        list_id = f"{context['widget']['attrs'].get('id', f'id_{name}')}_lieux"
        context["widget"]["attrs"] |= {
            "list": list_id,
            "autocomplete": "off",
            "hx-get": self.address,
            "hx-trigger": "input changed delay:200ms",
            "hx-vals": f'{{"champ": "{name}"}}',
            "hx-target": f"#{list_id}",
        }
        context["list_id"] = list_id
        return context


class PlaceField(forms.CharField):
    """A place by its name: cleans to one Territory of today, or None when left empty."""

    widget = PlaceInput

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 160)
        kwargs.setdefault("label", "Territoire")
        known = "Une commune, une intercommunalité, un département ou une région."
        kwargs.setdefault("help_text", known + sample_note())
        super().__init__(**kwargs)

    def clean(self, value: Any) -> Any:
        """Return the Territory that was meant. Raises ValidationError for none or several."""
        text = super().clean(value)
        if not text:
            return None
        places = exactly(text)
        if len(places) == 1:
            return Territory.objects.get(pk=places[0].pk)
        if places:
            choice = " ; ".join(place.label for place in places[:SHOWN])
            raise ValidationError(
                f"Plusieurs lieux portent ce nom. Écrivez l'un de ceux-ci : {choice}."
            )
        raise ValidationError(
            "Nous ne connaissons pas ce lieu. Vérifiez son nom, ou laissez vide et décrivez le "
            "territoire avec vos mots.",
            code="unknown",
        )
