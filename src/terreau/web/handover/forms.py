# SPDX-License-Identifier: AGPL-3.0-or-later
"""Passing a role on, and naming an interim."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet

from terreau.core import clock
from terreau.people.models import Agent
from terreau.web.forms import KeyedForm


class PassForm(KeyedForm):
    """Who takes the role, and from which day."""

    to = forms.ModelChoiceField(
        label="À qui", queryset=Agent.objects.none(), empty_label="Choisissez"
    )
    on = forms.DateField(
        label="À partir du",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="Le jour peut être à venir : chacun sait alors quand cela change.",
    )

    def __init__(self, *args: Any, members: QuerySet[Agent], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("on", clock.today())
        self.fields["to"].queryset = members  # type: ignore[attr-defined]


class AskForm(forms.Form):
    """Which organisation asks, and for whom."""

    organisation = forms.ModelChoiceField(
        label="Au nom de", queryset=Agent.objects.none(), empty_label=None
    )
    person = forms.ModelChoiceField(
        label="Qui assurerait l'intérim", queryset=Agent.objects.none(), empty_label="Choisissez"
    )

    def __init__(
        self,
        *args: Any,
        organisations: QuerySet[Agent],
        persons: QuerySet[Agent],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].queryset = organisations  # type: ignore[attr-defined]
        self.fields["person"].queryset = persons  # type: ignore[attr-defined]


class VoiceForm(forms.Form):
    """In whose name one seconds or opposes."""

    voice = forms.ModelChoiceField(
        label="Au nom de", queryset=Agent.objects.none(), empty_label=None
    )

    def __init__(self, *args: Any, voices: QuerySet[Agent], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["voice"].queryset = voices  # type: ignore[attr-defined]
