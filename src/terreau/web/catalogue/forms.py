# SPDX-License-Identifier: AGPL-3.0-or-later
"""A form that shows every kind of field, and what becomes of mistakes."""

from __future__ import annotations

from uuid import UUID

from django import forms

from terreau.core.errors import EditConflict
from terreau.web.forms import RecordForm

KEY = UUID("00000000-0000-4000-8000-000000000001")


class ExampleForm(RecordForm):
    """One field of each kind."""

    words = forms.CharField(
        label="En une phrase", help_text="Comme vous le diriez à un voisin.", max_length=40
    )
    story = forms.CharField(label="Trois lignes", widget=forms.Textarea, required=False)
    day = forms.DateField(
        label="Quand",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    kind = forms.ChoiceField(
        label="Quoi",
        choices=[("time", "Du temps"), ("place", "Un lieu"), ("money", "De l'argent")],
        widget=forms.RadioSelect,
    )
    themes = forms.MultipleChoiceField(
        label="Thèmes",
        choices=[("move", "se déplacer"), ("heal", "se soigner")],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    agreed = forms.BooleanField(label="Nous en avons parlé ensemble", required=False)


def fresh() -> ExampleForm:
    """Return the form as it is first shown."""
    return ExampleForm(initial={"key": KEY, "kind": "time"})


def mistaken() -> ExampleForm:
    """Return the form as it comes back with mistakes."""
    sent = {"key": str(KEY), "words": "x" * 41, "kind": "moon", "level": "circle"}
    return ExampleForm(sent, auto_id="oubli_%s")


def conflicting() -> ExampleForm:
    """Return the form as it comes back when somebody saved in between."""
    sent = {
        "key": str(KEY),
        "words": "Partager des véhicules sur le plateau",
        "kind": "time",
        "level": "circle",
        "version": "2",
    }
    form = ExampleForm(sent, auto_id="conflit_%s")
    form.conflict = EditConflict(
        "Quelqu'un a enregistré ce texte pendant que vous écriviez. Rien n'est perdu : voici les "
        "deux versions. Gardez ce qui convient, puis enregistrez.",
        stored={"words": "Que personne ne renonce à un soin"},
        yours={"words": sent["words"]},
        version=3,
    )
    form.add_error(None, form.conflict.message)
    return form
