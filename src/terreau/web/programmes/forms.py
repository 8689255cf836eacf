# SPDX-License-Identifier: AGPL-3.0-or-later
"""Forms of programmes."""

from __future__ import annotations

from typing import Any

from django import forms

from terreau.core import clock
from terreau.core.errors import Invalid
from terreau.ecosystems.models import Ecosystem
from terreau.people.models import Agent, User
from terreau.programmes.actions import Said
from terreau.programmes.models import Programme
from terreau.programmes.queries import followed, open_programmes
from terreau.web.forms import DayInput, KeyedForm


class ProgrammeForm(KeyedForm):
    """What a programme is."""

    name = forms.CharField(label="Nom du programme", max_length=160)
    alias = forms.CharField(label="Autre nom, ou sigle", max_length=80, required=False)
    host = forms.CharField(label="Organisation qui le porte", max_length=160)
    starts_on = forms.DateField(label="Commence le", initial=clock.today, widget=DayInput)
    ends_on = forms.DateField(label="Finit le", required=False, widget=DayInput)
    words = forms.CharField(
        label="En quelques mots",
        max_length=600,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    officer = forms.EmailField(
        label="Adresse de la personne qui le suit",
        required=False,
        help_text="Elle doit avoir déjà un compte ici.",
    )

    def said(self) -> Said:
        """Return what was entered. Call it on a valid form."""
        names = ("name", "alias", "host", "starts_on", "ends_on", "words")
        return Said(**{name: self.cleaned_data[name] for name in names})


def person_at(address: str, field: str) -> Agent:
    """Return the person whose account has this address. Raises Invalid on that field."""
    user = User.objects.select_related("agent").filter(email=address.lower()).first()
    if user is None or not user.is_active:
        raise Invalid("Personne n'a de compte ici à cette adresse.", field=field)
    return user.agent


class OfficerForm(forms.Form):
    """One more person to follow the programme."""

    officer = forms.EmailField(
        label="Adresse de la personne", help_text="Elle doit avoir déjà un compte ici."
    )


class CoachForm(forms.Form):
    """Who accompanies which ecosystem."""

    ecosystem = forms.ModelChoiceField(
        Ecosystem.objects.none(), label="Coopération", empty_label="Choisissez"
    )
    coach = forms.EmailField(
        label="Adresse de la personne qui l'accompagne",
        help_text="Elle doit avoir déjà un compte ici.",
    )
    since = forms.DateField(label="Depuis le", initial=clock.today, widget=DayInput)

    def __init__(self, *args: Any, programme: Programme, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ecosystem = self.fields["ecosystem"]
        assert isinstance(ecosystem, forms.ModelChoiceField)
        ecosystem.queryset = followed(programme)


class ShowToForm(forms.Form):
    """The programme to which we show something."""

    programme = forms.ModelChoiceField(
        Programme.objects.none(), label="Programme", empty_label="Choisissez"
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        programme = self.fields["programme"]
        assert isinstance(programme, forms.ModelChoiceField)
        programme.queryset = open_programmes()
