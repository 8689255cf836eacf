# SPDX-License-Identifier: AGPL-3.0-or-later
"""Forms of « Ce que ça change »: three fields first, the rest when one has the time."""

from __future__ import annotations

from typing import Any

from django import forms

from terreau.ecosystems.actions.effects import FirstWords, Rest
from terreau.ecosystems.enums import (
    BeneficiaryKind,
    EffectLinkKind,
    EffectNature,
    EffectTiming,
    Evidence,
    ShareDue,
)
from terreau.ecosystems.models import Ecosystem, Effect, Maillon
from terreau.ecosystems.queries.effects import labels_of
from terreau.ecosystems.queries.solution import bearers_possible
from terreau.people.models import Agent, User
from terreau.web.forms import FiledForm, VersionedForm
from terreau.web.numbers import SeveralField
from terreau.web.widgets import Suggestions

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def _area(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class FirstForm(FiledForm):
    """The sentence, for whom, who says it."""

    statement = forms.CharField(
        label="Ce qui change",
        max_length=300,
        widget=_area(2),
        help_text="Une phrase : ce que l'on fait maintenant et que l'on ne faisait pas, ce que "
        "cela évite, ce que cela coûte ou complique.",
    )
    for_whom = forms.CharField(label="Pour qui", max_length=120)
    said_by = forms.CharField(
        label="Qui le dit",
        max_length=160,
        required=False,
        help_text="Un rôle suffit : « une habitante », « le secrétariat ». Si personne ne l'a "
        "encore dit, laissez vide : ce sera à vérifier auprès des personnes.",
    )

    field_order: tuple[str, ...] = ("statement", "for_whom", "said_by", "level")

    def __init__(self, *args: Any, ecosystem: Ecosystem, reader: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["for_whom"].widget = Suggestions(labels_of(ecosystem, reader))

    @property
    def words(self) -> FirstWords:
        data = self.cleaned_data
        return FirstWords(data["statement"], data["for_whom"], data["said_by"])


class WholeForm(FirstForm):
    """All that can be said of a change."""

    nature = forms.ChoiceField(
        label="C'est", choices=EffectNature.choices, widget=forms.RadioSelect
    )
    timing = forms.ChoiceField(
        label="Quand on le voit",
        choices=EffectTiming.choices,
        required=False,
        widget=forms.RadioSelect,
    )
    since = forms.DateField(label="Depuis le", required=False, widget=DAY)
    seen_where = forms.CharField(label="Où on le voit", max_length=160, required=False)
    evidence = forms.TypedChoiceField(
        label="Sur quoi on s'appuie",
        choices=Evidence.choices,
        coerce=int,
        widget=forms.RadioSelect,
    )
    evidence_words = forms.CharField(
        label="En quelques mots", max_length=800, required=False, widget=_area(3)
    )
    share_due = forms.ChoiceField(
        label="Est-ce grâce à la coopération, ou à cause d'elle ?",
        choices=ShareDue.choices,
        required=False,
        widget=forms.RadioSelect,
    )
    other_causes = forms.CharField(
        label="Qu'est-ce qui d'autre a joué ?", max_length=400, required=False, widget=_area(2)
    )
    maillons = SeveralField(
        label="Les maillons qui y sont pour quelque chose",
        queryset=Maillon.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    field_order = (
        "statement",
        "for_whom",
        "said_by",
        "nature",
        "evidence",
        "evidence_words",
        "share_due",
        "other_causes",
        "timing",
        "since",
        "seen_where",
        "maillons",
        "level",
    )

    def __init__(self, *args: Any, ecosystem: Ecosystem, reader: User, **kwargs: Any) -> None:
        super().__init__(*args, ecosystem=ecosystem, reader=reader, **kwargs)
        maillons = Maillon.objects.visible_to(reader).filter(ecosystem=ecosystem)
        self.fields["maillons"].queryset = maillons  # type: ignore[attr-defined]
        if not maillons:
            del self.fields["maillons"]

    @property
    def rest(self) -> Rest:
        data = self.cleaned_data
        return Rest(
            nature=data["nature"],
            timing=data["timing"],
            evidence=data["evidence"],
            evidence_words=data["evidence_words"],
            share_due=data["share_due"],
            other_causes=data["other_causes"],
            seen_where=data["seen_where"],
            since=data["since"],
        )

    @staticmethod
    def initial_of(effect: Effect) -> dict[str, Any]:
        """Return what the form shows of an effect to edit."""
        names = (
            "statement",
            "said_by",
            "nature",
            "timing",
            "since",
            "seen_where",
            "evidence",
            "evidence_words",
            "share_due",
            "other_causes",
            "level",
            "version",
        )
        return {
            **{name: getattr(effect, name) for name in names},
            "for_whom": effect.beneficiary.label,
            "maillons": list(effect.maillons.all()),
        }


class BeneficiaryForm(FiledForm):
    """Somebody for whom something may change, even if nobody spoke for them yet."""

    label = forms.CharField(label="Pour qui", max_length=120)
    kind = forms.ChoiceField(
        label="C'est",
        choices=BeneficiaryKind.choices,
        initial=BeneficiaryKind.USER,
        widget=forms.RadioSelect,
    )

    field_order = ("label", "kind", "level")


class TieForm(forms.Form):
    """Who is tied to a change, and how."""

    agent = forms.ModelChoiceField(
        label="Qui", queryset=Agent.objects.none(), empty_label="Choisissez"
    )
    kind = forms.ChoiceField(
        label="Comment", choices=EffectLinkKind.choices, widget=forms.RadioSelect
    )

    def __init__(self, *args: Any, ecosystem: Ecosystem, reader: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        possible = bearers_possible(ecosystem, reader)
        self.fields["agent"].queryset = possible  # type: ignore[attr-defined]


class AnswerForm(VersionedForm):
    """What somebody named answers."""

    words = forms.CharField(label="La réponse", max_length=800, widget=_area(3))
