# SPDX-License-Identifier: AGPL-3.0-or-later
"""Forms of « Notre solution »: they listen, the actions decide."""

from __future__ import annotations

from typing import Any

from django import forms

from terreau.core import clock
from terreau.ecosystems.actions.solution import MaillonLinks, MaillonText, PerformanceText
from terreau.ecosystems.enums import MaillonNature, MaillonState
from terreau.ecosystems.models import Ecosystem, Maillon, Performance
from terreau.ecosystems.queries.solution import bearers_possible
from terreau.people.models import Agent, User
from terreau.web.forms import FiledForm, few_lines
from terreau.web.numbers import SeveralField

# The codes are those that a conflict of edits shows, so that it shows the words.
HOLDS = (
    ("None", "on ne l'a pas encore dit"),
    ("False", "non, il le faut"),
    ("True", "oui, c'est en plus"),
)
HOLDS_VALUES = {"": None, "None": None, "False": False, "True": True}
DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class PerformanceForm(FiledForm):
    """What the answer must make possible, and to whom."""

    statement = forms.CharField(
        label="Ce que ça doit permettre",
        max_length=240,
        help_text="Une chose que l'on peut faire grâce à vous. Par exemple : tenir un "
        "rendez-vous de soin.",
    )
    for_whom = forms.CharField(label="À qui", max_length=160, required=False)
    conditions = few_lines("À quelles conditions")
    observed_how = few_lines("Comment on le voit")

    field_order = ("statement", "for_whom", "conditions", "observed_how", "level")

    @property
    def text(self) -> PerformanceText:
        data = self.cleaned_data
        return PerformanceText(
            data["statement"], data["for_whom"], data["conditions"], data["observed_how"]
        )

    @staticmethod
    def initial_of(performance: Performance) -> dict[str, Any]:
        """Return what the form shows of a performance to edit."""
        names = ("statement", "for_whom", "conditions", "observed_how", "level", "version")
        return {name: getattr(performance, name) for name in names}


class MaillonForm(FiledForm):
    """A maillon: what it is, where it stands, what it serves and what it needs."""

    name = forms.CharField(
        label="Le maillon",
        max_length=120,
        help_text="Par exemple : un seul numéro de téléphone.",
    )
    nature = forms.ChoiceField(
        label="C'est", choices=MaillonNature.choices, widget=forms.RadioSelect
    )
    state = forms.ChoiceField(
        label="Où il en est",
        choices=MaillonState.choices,
        initial=MaillonState.MISSING,
        widget=forms.RadioSelect,
    )
    holds_without = forms.ChoiceField(
        label="Si on l'enlève, est-ce que ça tient ?",
        choices=HOLDS,
        required=False,
        initial="None",
        widget=forms.RadioSelect,
    )
    performances = SeveralField(
        label="Il sert à",
        queryset=Performance.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    depends_on = SeveralField(
        label="Il a besoin de",
        queryset=Maillon.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    note = forms.CharField(
        label="En quelques mots",
        max_length=600,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    field_order = (
        "name",
        "nature",
        "state",
        "holds_without",
        "performances",
        "depends_on",
        "note",
        "level",
    )

    def __init__(
        self,
        *args: Any,
        ecosystem: Ecosystem,
        reader: User,
        besides: Maillon | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        uses = Performance.objects.visible_to(reader).filter(ecosystem=ecosystem)
        others = Maillon.objects.visible_to(reader).filter(ecosystem=ecosystem)
        if besides is not None:
            others = others.exclude(pk=besides.pk)
        for name, queryset in (("performances", uses), ("depends_on", others)):
            self.fields[name].queryset = queryset  # type: ignore[attr-defined]
            if not queryset:
                del self.fields[name]

    @property
    def text(self) -> MaillonText:
        data = self.cleaned_data
        return MaillonText(
            name=data["name"],
            nature=data["nature"],
            state=data["state"],
            holds_without=HOLDS_VALUES[data["holds_without"]],
            note=data["note"],
        )

    @property
    def links(self) -> MaillonLinks:
        data = self.cleaned_data
        return MaillonLinks(data.get("performances", ()), data.get("depends_on", ()))

    @staticmethod
    def initial_of(maillon: Maillon) -> dict[str, Any]:
        """Return what the form shows of a maillon to edit."""
        names = ("name", "nature", "state", "note", "level", "version")
        return {
            **{name: getattr(maillon, name) for name in names},
            "holds_without": str(maillon.holds_without),
            "performances": list(maillon.performances.all()),
            "depends_on": list(maillon.depends_on.all()),
        }


class ChargeForm(forms.Form):
    """Who takes charge of a maillon, since when."""

    agent = forms.ModelChoiceField(
        label="Qui s'en charge", queryset=Agent.objects.none(), empty_label="Choisissez"
    )
    since = forms.DateField(label="Depuis le", widget=DAY)

    def __init__(self, *args: Any, ecosystem: Ecosystem, reader: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        possible = bearers_possible(ecosystem, reader)
        self.fields["agent"].queryset = possible  # type: ignore[attr-defined]
        if not self.is_bound:
            self.initial.setdefault("since", clock.today())
