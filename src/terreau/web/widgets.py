# SPDX-License-Identifier: AGPL-3.0-or-later
"""Widgets that Django does not have."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString


class Suggestions(forms.TextInput):
    """A line of text that proposes what is already there; anything else may be typed."""

    def __init__(self, words: Sequence[str], attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs)
        self.words = words

    def render(
        self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None
    ) -> SafeString:
        """Return the field and its list of words."""
        if not self.words:
            return super().render(name, value, attrs, renderer)
        ident = f"{(attrs or {}).get('id') or name}-mots"
        line = super().render(name, value, {**(attrs or {}), "list": ident}, renderer)
        options = format_html_join("", '<option value="{}"></option>', ((w,) for w in self.words))
        return format_html('{}<datalist id="{}">{}</datalist>', line, ident, options)
