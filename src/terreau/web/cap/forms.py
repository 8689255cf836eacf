# SPDX-License-Identifier: AGPL-3.0-or-later
"""Forms of « Notre cap », what is at stake, difficulties, words, decisions."""

from __future__ import annotations

from typing import Any

from django import forms

from terreau.core import clock
from terreau.ecosystems.actions.records import Filing
from terreau.ecosystems.enums import ObstacleCode
from terreau.ecosystems.models import Ecosystem
from terreau.people.enums import AgentKind
from terreau.people.models import Agent, User
from terreau.people.queries import members_of, voices_of
from terreau.web.forms import DayInput, RecordForm, VersionedForm, version_field
from terreau.web.numbers import SeveralField


def _area(rows: int = 3) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class VoicedForm(RecordForm):
    """A record written in somebody's name: one's own, or an organisation's."""

    author = forms.ModelChoiceField(Agent.objects.none(), label="Au nom de")

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        author = self.fields["author"]
        assert isinstance(author, forms.ModelChoiceField)
        author.queryset = voices_of(user)
        author.initial = user.agent_id
        author.empty_label = None
        if self.initial.get("version"):
            del self.fields["author"]  # who wrote it does not change with its words

    def filing(self) -> Filing:
        """Return how the record is kept. Call it on a valid form."""
        said = self.cleaned_data
        return Filing(key=said["key"], level=said["level"], author=said["author"])


class AimForm(VoicedForm):
    """A version of the cap."""

    text = forms.CharField(
        label="Notre cap",
        max_length=600,
        widget=_area(),
        help_text="Une phrase que chacun peut redire. Elle se discutera.",
    )
    why = forms.CharField(
        label="Pourquoi cette version", max_length=600, required=False, widget=_area(2)
    )


class AdoptForm(forms.Form):
    """A version was adopted: when, by whom, how; and which words were read."""

    version = version_field()
    on = forms.DateField(label="Le", initial=clock.today, widget=DayInput)
    how = forms.CharField(
        label="Comment",
        max_length=160,
        required=False,
        help_text="Par exemple : d'un commun accord, après trois soirées d'écoute.",
    )
    adopted_by = SeveralField(
        Agent.objects.none(), label="Par", required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, ecosystem: Ecosystem, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        adopted_by = self.fields["adopted_by"]
        assert isinstance(adopted_by, SeveralField)
        adopted_by.queryset = members_of(ecosystem.space).exclude(kind=AgentKind.ECOSYSTEM)


class ShowForm(VersionedForm):
    """How far a version is read."""

    level = RecordForm.base_fields["level"]


class DisagreeForm(VoicedForm):
    """What we see otherwise."""

    text = forms.CharField(
        label="Ce que nous voyons autrement",
        max_length=600,
        widget=_area(),
        help_text="Un désaccord dit n'est pas un blocage : il reste ouvert, à côté du cap.",
    )


class SettleForm(forms.Form):
    """It is settled."""

    how = forms.CharField(
        label="Comment nous l'avons dépassé", max_length=400, required=False, widget=_area(2)
    )


class StakeForm(VoicedForm):
    """What is at stake."""

    label = forms.CharField(label="Ce qui se joue", max_length=200)
    description = forms.CharField(
        label="En quelques phrases", max_length=1200, required=False, widget=_area()
    )
    concerned = forms.CharField(label="Pour qui", max_length=200, required=False)
    source = forms.CharField(label="Qui l'a dit", max_length=200, required=False)


class ObstacleForm(VoicedForm):
    """What got stuck."""

    words = forms.CharField(label="Ce qui a coincé", max_length=800, widget=_area())
    year = forms.IntegerField(label="Année", min_value=1980, max_value=2100)
    code = forms.ChoiceField(
        label="À quoi cela ressemble", choices=ObstacleCode.choices, initial=ObstacleCode.OTHER
    )
    learnt = forms.CharField(
        label="Ce qu'on en a appris", max_length=800, required=False, widget=_area()
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("year", clock.today().year)
        self.fields["level"].help_text = (
            "« Tout le monde » la montre dans la fiche publique : d'autres territoires y "
            "apprennent. Rien ne vous y oblige."
        )


class OurWordForm(VoicedForm):
    """One of our words."""

    word = forms.CharField(label="Mot", max_length=80)
    meaning = forms.CharField(label="Ce que nous voulons dire", max_length=600, widget=_area())
    field_term = forms.CharField(
        label="Le mot du métier",
        max_length=120,
        required=False,
        help_text="Celui des textes et des programmes, s'il y en a un.",
    )


class DecisionForm(VoicedForm):
    """What the circle decided."""

    day = forms.DateField(label="Le", initial=clock.today, widget=DayInput)
    text = forms.CharField(label="Ce que nous avons décidé", max_length=600, widget=_area())
    opens_statements = forms.BooleanField(
        label="Chacun peut lire le relevé des autres dans le premier cercle",
        required=False,
        help_text="À cocher si c'est bien ce que vous avez décidé ensemble.",
    )


class EndDecisionForm(forms.Form):
    """The decision no longer holds."""

    on = forms.DateField(label="Depuis le", initial=clock.today, widget=DayInput)
