# SPDX-License-Identifier: AGPL-3.0-or-later
"""Fields in which a quantity and its unit are typed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from terreau.core.errors import Invalid
from terreau.core.quantities import parse, show
from terreau.core.units import UNITS


class QuantityField(forms.CharField):
    """« 1 234,5 » as people type it: cleans to millionths, or None when left empty.

    Raises ValidationError with the sentence of ``core.quantities`` for anything else.
    """

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 40)
        kwargs.setdefault("label", "Combien")
        kwargs.setdefault(
            "widget", forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
        )
        super().__init__(**kwargs)

    def clean(self, value: Any) -> Any:
        """Return the quantity in millionths of its unit."""
        text = super().clean(value)
        if not text:
            return None
        try:
            return parse(text)
        except Invalid as refusal:
            raise ValidationError(refusal.message) from None

    def prepare_value(self, value: Any) -> Any:
        """Show stored millionths as a French number; leave typed text as it is."""
        return show(value) if isinstance(value, int) else value


def unit_choices(codes: Iterable[str]) -> list[tuple[str, str]]:
    """Return units as choices, in the plural, in the order given."""
    return [(code, UNITS[code].plural or UNITS[code].label) for code in codes]
