# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the forms of all areas share: a key against double posting, a version, a level."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django import forms

from terreau.core.errors import EditConflict
from terreau.core.versions import LARGEST_VERSION
from terreau.ecosystems.actions.records import Edit, Filing
from terreau.people.enums import Level

RECORD_LEVELS = (
    Level.CIRCLE,
    Level.ECOSYSTEM,
    Level.PROGRAMME,
    Level.COMMUNITY,
    Level.PUBLIC,
    Level.AUTHOR,
)


LOST_KEY = (
    "Cette page a perdu ce qui évite d'enregistrer deux fois. Rien n'est enregistré : relisez, "
    "puis envoyez de nouveau."
)

LOST_VERSION = (
    "Cette page ne sait plus quel texte vous modifiez. Rien n'est enregistré : copiez vos mots, "
    "rouvrez la page, puis enregistrez."
)


class DayInput(forms.DateInput):
    """A day, in the browser's own calendar (which reads ISO dates only)."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs=attrs, format="%Y-%m-%d")


def version_field(**more: Any) -> forms.IntegerField:
    """Return the hidden field that says from which version a text was edited."""
    return forms.IntegerField(
        widget=forms.HiddenInput,
        min_value=1,
        max_value=LARGEST_VERSION,
        error_messages=dict.fromkeys(
            ("required", "invalid", "min_value", "max_value"), LOST_VERSION
        ),
        **more,
    )


class VersionedForm(forms.Form):
    """A form that rewrites a few words: it says which ones were read."""

    version = version_field()
    conflict: EditConflict | None = None


def few_lines(label: str) -> forms.CharField:
    """A question that two lines answer, or none."""
    return forms.CharField(
        label=label, max_length=400, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )


class KeyedForm(forms.Form):
    """A form that may be sent twice: the key makes the second time change nothing."""

    key = forms.UUIDField(
        widget=forms.HiddenInput,
        error_messages={"required": LOST_KEY, "invalid": LOST_KEY},
    )
    conflict: EditConflict | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.is_bound:
            self.initial.setdefault("key", uuid4())


class RecordForm(KeyedForm):
    """A form that writes a private record: who may read it, and which version was edited."""

    version = version_field(required=False)
    level = forms.ChoiceField(
        label="Qui peut lire",
        choices=[(level.value, level.label) for level in RECORD_LEVELS],
        initial=Level.CIRCLE,
    )


class FiledForm(RecordForm):
    """A record form that knows how its record is filed, or from which version it was edited."""

    @property
    def filing(self) -> Filing:
        return Filing(key=self.cleaned_data["key"], level=self.cleaned_data["level"])

    @property
    def edit(self) -> Edit:
        version = self.cleaned_data.get("version") or 0
        return Edit(version=version, level=self.cleaned_data["level"])
