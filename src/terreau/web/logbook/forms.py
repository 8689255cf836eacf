# SPDX-License-Identifier: AGPL-3.0-or-later
"""Three lines, the photo that goes with them, and the filters of the list."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet

from terreau.core import clock
from terreau.core.errors import Invalid
from terreau.documents.incoming import MAX_BYTES, SENTENCES
from terreau.ecosystems.actions.logbook import TEXT_LENGTH, Incoming, Lines
from terreau.ecosystems.enums import LogTheme, Milestone
from terreau.people.models import Agent
from terreau.web.forms import RecordForm, VersionedForm

ACCEPTED = ".jpg,.jpeg,.png,.webp,.pdf,image/jpeg,image/png,image/webp,application/pdf"


class EntryForm(RecordForm):
    """Three lines. Only the text is needed: the day is today, the rest may come later."""

    text = forms.CharField(
        label="Trois lignes",
        max_length=TEXT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Ce qui s'est passé, ce qu'on en retient. Pas de nom de famille sans accord.",
        error_messages={
            "required": "Écrivez au moins quelques mots.",
            "max_length": f"C'est plus long que trois lignes : {TEXT_LENGTH} signes au plus.",
        },
    )
    file = forms.FileField(
        label="Une photo ou un document",
        required=False,
        allow_empty_file=True,  # the action says it in our words
        widget=forms.FileInput(attrs={"accept": ACCEPTED}),
        help_text="JPEG, PNG, WebP ou PDF, 10 Mo au plus. Le lieu et la date cachés dans la "
        "photo sont retirés.",
    )
    description = forms.CharField(
        label="Ce qu'on y voit",
        max_length=200,
        required=False,
        help_text="En quelques mots, pour qui ne voit pas l'image.",
    )
    day = forms.DateField(
        label="Le",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": "Écrivez une date, par exemple 24/10/2026."},
    )
    theme = forms.ChoiceField(label="De quoi s'agit-il", required=False, choices=LogTheme.choices)
    author = forms.ModelChoiceField(
        label="Au nom de", queryset=Agent.objects.none(), required=False, empty_label=None
    )
    milestone = forms.ChoiceField(
        label="Ce que ça marque",
        required=False,
        choices=[("", "rien de particulier"), *Milestone.choices[1:]],
    )

    def __init__(self, *args: Any, voices: QuerySet[Agent] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("day", clock.today())
        if voices is None:
            del self.fields["author"]
        else:
            self.fields["author"].queryset = voices  # type: ignore[attr-defined]

    def clean_file(self) -> Incoming | None:
        """Refuse what is too large before reading it, then what is not fit to be kept."""
        sent: UploadedFile[bytes] | None = self.cleaned_data["file"]
        if sent is None:
            return None
        if (sent.size or 0) > MAX_BYTES:
            raise forms.ValidationError(SENTENCES["large"])
        incoming = Incoming(sent.read(), sent.name or "")
        try:
            _ = incoming.cleaned  # now, while nobody waits to write
        except Invalid as refusal:
            raise forms.ValidationError(refusal.message) from None
        return incoming

    def lines(self) -> Lines:
        """Return what the entry says."""
        names = ("day", "text", "theme", "milestone", "level")
        return Lines(**{name: self.cleaned_data[name] for name in names})

    def incoming(self) -> Incoming | None:
        """Return the file that was sent, cleaned already, or None when there is none."""
        sent: Incoming | None = self.cleaned_data.get("file")
        if sent is not None:
            sent.description = self.cleaned_data["description"]
        return sent


class DescribeForm(VersionedForm):
    """What one sees in a file that is already kept."""

    description = EntryForm.base_fields["description"]


class FilterForm(forms.Form):
    """What the list is narrowed to. An unknown value narrows to nothing less."""

    person = forms.ModelChoiceField(
        label="Qui", queryset=Agent.objects.none(), required=False, empty_label="tout le monde"
    )
    theme = forms.ChoiceField(
        label="Thème",
        required=False,
        choices=[("", "tous les thèmes"), *LogTheme.choices[1:]],
    )
    marking = forms.BooleanField(label="Seulement ce qui a fait date", required=False)

    def __init__(self, *args: Any, people: QuerySet[Agent], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = people  # type: ignore[attr-defined]

    def chosen(self) -> dict[str, Any]:
        """Return the filters that make sense."""
        self.is_valid()
        kept = self.cleaned_data
        return {
            "author": kept.get("person"),
            "theme": kept.get("theme", ""),
            "marking": kept.get("marking", False),
        }
