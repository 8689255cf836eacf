# SPDX-License-Identifier: AGPL-3.0-or-later
"""Forms of one's own account."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest

from terreau.core import clock
from terreau.people.enums import EndReason, Scope
from terreau.people.models import User
from terreau.people.tokens import LONGEST
from terreau.web.forms import DayInput, KeyedForm, VersionedForm


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


class RenameForm(NameForm, VersionedForm):
    """Another name, over the one that was read."""


class TokenForm(KeyedForm):
    """A key for a program: what it is for, what it may do, until when."""

    name = forms.CharField(
        label="Nom du programme",
        max_length=80,
        help_text="Pour le reconnaître dans la liste, par exemple « tableur du trésorier ».",
    )
    scopes = forms.ChoiceField(
        label="Ce qu'il peut faire en votre nom", choices=Scope.choices, initial=Scope.READ
    )
    expires_on = forms.DateField(
        label="Jusqu'au",
        widget=DayInput,
        help_text="Un an au plus. Après ce jour, la clé n'ouvre plus rien.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("expires_on", clock.today() + LONGEST / 4)


class ClosureForm(forms.Form):
    """Closing one's account: a reason of the neutral list, and a box to tick."""

    reason = forms.ChoiceField(
        label="Ce qui s'affichera à côté de vos rôles",
        choices=EndReason.choices,
        initial=EndReason.NOT_SAID,
        help_text="Personne ne vous demandera d'explication.",
    )
    sure = forms.BooleanField(
        label="Je ferme mon compte, et je sais que cela ne s'annule pas.",
        error_messages={"required": "Cochez la case pour confirmer : rien n'est encore fermé."},
    )
