# SPDX-License-Identifier: AGPL-3.0-or-later
"""Numbers of rows as an address or a form gives them: anybody may write anything there."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet

LONGEST = 18  # beyond it a database has no such number, and SQLite refuses to be asked


def row_number(text: str) -> int | None:
    """Return the number of a row, or None for what can be none (« ² », a word, 30 digits)."""
    fits = text.isascii() and text.isdigit() and len(text) <= LONGEST
    return int(text) if fits else None


class SeveralField(forms.ModelMultipleChoiceField[Model]):
    """Several rows among those offered; a number that no row can have is an unknown choice."""

    def clean(self, value: Any) -> QuerySet[Model]:
        """Return the rows chosen. Raises ValidationError for one that is not offered."""
        for one in value or ():
            if len(str(one)) > LONGEST:
                raise ValidationError(
                    self.error_messages["invalid_choice"],
                    code="invalid_choice",
                    params={"value": str(one)[:LONGEST] + "…"},
                )
        return super().clean(value)
