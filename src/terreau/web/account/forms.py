# SPDX-License-Identifier: AGPL-3.0-or-later
"""Forms of one's own account."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest

from terreau.people.models import User


class NameForm(forms.Form):
    """The one thing an account asks besides an address (allauth mixes it into its sign-up)."""

    name = forms.CharField(
        label="Votre nom",
        max_length=160,
        help_text="Celui que les autres verront. Un prénom suffit.",
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )

    def signup(self, request: HttpRequest, user: User) -> None:
        """Do nothing more: the adapter has used the name already (allauth asks for this)."""
