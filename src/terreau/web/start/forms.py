# SPDX-License-Identifier: AGPL-3.0-or-later
"""Forms of the start: the little that is needed, then what may be said later."""

from __future__ import annotations

from typing import Any

from django import forms

from terreau.core import clock
from terreau.ecosystems.actions.ecosystem import Beginning
from terreau.ecosystems.enums import Phase
from terreau.ecosystems.models import Ecosystem, LifeFunction
from terreau.people.models import User
from terreau.territories.rules import label as place_label
from terreau.web.forms import DayInput, KeyedForm, version_field
from terreau.web.numbers import SeveralField
from terreau.web.places.forms import PlaceField, sample_note
from terreau.web.start.neighbours import CooperationField

MOST_PLACES = 12


class StartForm(KeyedForm):
    """A name and a sentence; the rest is invited."""

    name = forms.CharField(
        label="Comment s'appelle-t-elle", max_length=120, help_text="Même provisoire."
    )
    sentence = forms.CharField(
        label="En une phrase, ce que vous voulez rendre possible",
        max_length=280,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Par exemple : que personne ne renonce à un soin faute de pouvoir s'y rendre.",
    )
    functions = SeveralField(
        LifeFunction.objects.all(),
        label="Qu'est-ce que cela touche dans la vie des gens",
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    new_function = forms.CharField(
        label="Autre chose, avec vos mots", max_length=60, required=False
    )
    territory = PlaceField(label="Territoire", required=False)
    place = forms.CharField(
        label="Ou décrivez-le avec vos mots",
        max_length=160,
        required=False,
        help_text="Par exemple : la vallée, de part et d'autre du pont.",
    )

    def beginning(self) -> Beginning:
        """Return what was entered. Call it on a valid form."""
        said = self.cleaned_data
        return Beginning(
            name=said["name"],
            sentence=said["sentence"],
            functions=tuple(said["functions"]),
            new_function=said["new_function"],
            territories=tuple(self._places()),
            place=said["place"],
            parent=said.get("parent"),
        )

    def _places(self) -> list[Any]:
        found = [
            self.cleaned_data.get(name) for name in self.fields if name.startswith("territory")
        ]
        return [place for place in found if place is not None]


class NewForm(StartForm):
    """The first minute: a place that we do not know by name is kept in the words typed."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["territory"].label = "Où"
        self.fields["territory"].help_text = (
            "Une commune, un département, ou avec vos mots : la vallée, de part et d'autre du pont."
            + sample_note()
        )

    def clean(self) -> dict[str, Any]:
        """Nobody is stopped at the door by the name of their village."""
        said = super().clean() or self.cleaned_data
        if self.has_error("territory", "unknown"):
            del self.errors["territory"]
            said |= {"territory": None, "place": str(self.data.get("territory", ""))[:160].strip()}
        return said


class SettingsForm(StartForm):
    """The same, later: several territories, and the wider cooperation it belongs to."""

    version = version_field()
    parent = CooperationField(
        label="Fait partie d'une coopération plus large",
        required=False,
        help_text="Son nom, tel que sa fiche publique le dit. Laissez vide si ce n'est pas le cas.",
    )

    def __init__(self, *args: Any, ecosystem: Ecosystem, user: User, **kwargs: Any) -> None:
        places = list(ecosystem.territories.all())
        initial: dict[str, Any] = {
            "name": ecosystem.name,
            "sentence": ecosystem.sentence,
            "functions": list(ecosystem.functions.all()),
            "place": ecosystem.place,
            "version": ecosystem.version,
            "parent": ecosystem.parent.name if ecosystem.parent else "",
        }
        names = ["territory", *(f"territory_{n}" for n in range(2, len(places) + 2))][:MOST_PLACES]
        for name, place in zip(names, places, strict=False):
            initial[name] = place_label(place.kind, place.code, place.name)
        super().__init__(*args, initial=initial, **kwargs)
        for name in names[1:]:
            self.fields[name] = PlaceField(label="Autre territoire", required=False, help_text="")
        parent = self.fields["parent"]
        assert isinstance(parent, CooperationField)
        parent.ask(ecosystem, user)

    @property
    def places(self) -> list[forms.BoundField]:
        """The territory fields, for the page."""
        return [self[name] for name in self.fields if name.startswith("territory")]


class KeysForm(KeyedForm):
    """Two people to keep the keys with me."""

    first = forms.EmailField(label="Adresse électronique d'une deuxième personne", max_length=254)
    second = forms.EmailField(label="Et d'une troisième", max_length=254, required=False)

    def addresses(self) -> list[str]:
        """Return the addresses entered, each once."""
        said = [self.cleaned_data["first"].lower(), self.cleaned_data["second"].lower()]
        return list(dict.fromkeys(filter(None, said)))


class PhaseForm(forms.Form):
    """Where we say we are."""

    phase = forms.ChoiceField(label="Nous disons être", choices=Phase.choices)
    since = forms.DateField(label="Depuis le", initial=clock.today, widget=DayInput)
    words = forms.CharField(
        label="En quelques mots",
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class LinkForm(forms.Form):
    """Another cooperation that we know."""

    target = CooperationField(
        label="Coopération",
        help_text="Le nom d'une coopération qui a une fiche publique, ou dont vous faites partie.",
    )
    words = forms.CharField(
        label="Ce qui vous relie",
        max_length=160,
        required=False,
        help_text="Par exemple : née chez nous, même vallée, mêmes conducteurs.",
    )

    def __init__(self, *args: Any, ecosystem: Ecosystem, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        target = self.fields["target"]
        assert isinstance(target, CooperationField)
        target.ask(ecosystem, user)
