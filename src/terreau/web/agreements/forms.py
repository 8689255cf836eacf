# SPDX-License-Identifier: AGPL-3.0-or-later
"""Forms of agreements and promises. They listen; ``agreements.actions`` checks and writes."""

from __future__ import annotations

import json
from typing import Any, cast

from django import forms
from django.http import QueryDict

from terreau.agreements.actions.acceptance import Validation
from terreau.agreements.actions.commitments import Draft, Look
from terreau.agreements.enums import Kept, Kind, Nature, Period, ReviewOutcome
from terreau.agreements.kinds import KINDS
from terreau.agreements.models import AgreementVersion, Commitment, Party
from terreau.agreements.queries.agreements import drafts_for
from terreau.agreements.queries.giving import Here, people_here
from terreau.core import clock
from terreau.core.units import UNITS
from terreau.core.versions import field_version
from terreau.ecosystems.models import Ecosystem
from terreau.people.visibility import Reach
from terreau.web.contributions.forms import GIFT_LEVELS
from terreau.web.forms import DayInput, KeyedForm, RecordForm, VersionedForm, version_field
from terreau.web.numbers import row_number
from terreau.web.quantities import QuantityField, unit_choices

ALL_UNITS = tuple(dict.fromkeys(code for rule in KINDS.values() for code in rule.units))
UNITS_BY_KIND = json.dumps({kind: rule.units for kind, rule in KINDS.items()})


def units_by(field: str) -> dict[str, str]:
    """Return what lets the page choose the unit of the kind that another field says."""
    return {"data-terreau-unit-of": field, "data-terreau-units": UNITS_BY_KIND}


FREELY = (
    "Une personne s'engage librement : rien ne se promet en retour de ce qu'elle donne. Choisissez "
    "l'organisation au nom de qui vous vous engagez, ou laissez « En retour » vide."
)


def text(label: str, rows: int, limit: int, **more: Any) -> forms.CharField:
    """Return a field for a few sentences."""
    widget = forms.Textarea(attrs={"rows": rows, "maxlength": limit})
    return forms.CharField(label=label, widget=widget, max_length=limit, **more)


class OpenForm(RecordForm):
    """A new agreement: its name, and between whom."""

    name = forms.CharField(label="Nom de l'accord", max_length=160)
    author = forms.TypedChoiceField(label="Au nom de qui l'ouvrez-vous", coerce=int)
    parties = forms.TypedMultipleChoiceField(
        label="Avec qui", coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )
    preamble = text("Ce qui nous réunit", 4, 3000, required=False)
    duration = forms.CharField(
        label="Pour combien de temps",
        max_length=300,
        required=False,
        help_text="Par exemple : un an à partir de septembre, à renouveler ensemble.",
    )

    def __init__(self, *args: Any, reader: Reach, ecosystem: Ecosystem, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["level"].choices = GIFT_LEVELS  # type: ignore[attr-defined]
        here = people_here(reader, ecosystem)
        givers = here.givers
        self.fields["author"].choices = [(agent.pk, agent.name) for agent in givers]  # type: ignore[attr-defined]
        organisations = [agent for agent in givers if not agent.is_person]
        self.initial.setdefault("author", (organisations or givers)[0].pk)
        self.fields["parties"].choices = party_choices(here, ecosystem)  # type: ignore[attr-defined]


def party_choices(here: Here, ecosystem: Ecosystem) -> list[tuple[int, str]]:
    """Return who may be a party: organisations and collectives of the ecosystem."""
    return [(agent.pk, agent.name) for agent in here.receivers if agent.pk != ecosystem.agent_id]


class TextForm(forms.Form):
    """The text of a version being written, and its parties."""

    version = version_field()
    name = forms.CharField(label="Nom de l'accord", max_length=160)
    preamble = text("Ce qui nous réunit", 6, 3000, required=False)
    duration = forms.CharField(label="Pour combien de temps", max_length=300, required=False)
    changes = text("Ce qui change dans cette version", 2, 600, required=False)
    parties = forms.TypedMultipleChoiceField(
        label="Les parties", coerce=int, widget=forms.CheckboxSelectMultiple
    )

    def __init__(
        self,
        *args: Any,
        reader: Reach,
        ecosystem: Ecosystem,
        version: AgreementVersion,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        choices = dict(party_choices(people_here(reader, ecosystem), ecosystem))
        parties = list(version.parties.select_related("agent"))
        choices |= {party.agent_id: party.agent.name for party in parties}
        self.fields["parties"].choices = sorted(choices.items(), key=lambda one: one[1])  # type: ignore[attr-defined]
        self.initial.setdefault("parties", [party.agent_id for party in parties])


class CommitmentForm(KeyedForm):
    """One promise: who, what in words, to whom, how much if it is counted, in return for what."""

    version = version_field(required=False)
    words = text(
        "Ce qui est promis, en mots",
        2,
        400,
        help_text="Par exemple : tenir le téléphone douze heures par semaine",
    )
    provider = forms.TypedChoiceField(label="Qui s'engage", coerce=int)
    receiver = forms.TypedChoiceField(
        label="Envers qui",
        coerce=int,
        empty_value=None,
        required=False,
        help_text="Pour de l'argent, un bien, du matériel ou un lieu, choisissez l'organisation "
        "qui reçoit, même si c'est pour tous. Elle n'est pas dans la liste ? Donnez-lui une "
        "place dans « Qui ».",
    )
    kind = forms.ChoiceField(
        label="De quoi s'agit-il", choices=Kind.choices, widget=forms.RadioSelect
    )
    nature = forms.ChoiceField(
        label="On promet",
        choices=Nature.choices,
        widget=forms.RadioSelect,
        initial=Nature.MEANS,
        help_text="Des bénévoles promettent des moyens ou une attention, jamais un résultat.",
    )
    quantity = QuantityField(
        required=False, help_text="Laissez vide si cela ne se compte pas : les mots suffisent."
    )
    unit = forms.ChoiceField(
        label="En",
        choices=[("", "—"), *unit_choices(ALL_UNITS)],
        required=False,
        widget=forms.Select(attrs=units_by("kind")),
    )
    period = forms.ChoiceField(
        label="Compté",
        choices=Period.choices,
        required=False,
        help_text="Par semaine, par mois, par an : on promet autant à chaque période qui commence.",
    )
    review_on = forms.DateField(
        label="À revoir ensemble le",
        required=False,
        widget=DayInput,
        help_text="Une date pour en reparler, pas une échéance.",
    )
    in_return_of = forms.TypedMultipleChoiceField(
        label="En retour de",
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Un ou plusieurs autres engagements de cet accord.",
    )
    free = forms.BooleanField(label="Sans contrepartie, et nous le disons", required=False)
    volunteers = forms.BooleanField(label="Tenu par des bénévoles", required=False)

    def __init__(
        self,
        *args: Any,
        reader: Reach,
        ecosystem: Ecosystem,
        others: list[Commitment],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.everybody = ecosystem.agent_id
        self._offer(ecosystem, people_here(reader, ecosystem))
        if others:
            self.fields["in_return_of"].choices = [  # type: ignore[attr-defined]
                (row.pk, f"{row.provider.name} : {row.words}") for row in others
            ]
        else:
            del self.fields["in_return_of"]
        self.initial.setdefault("review_on", None)

    def _offer(self, ecosystem: Ecosystem, here: Here) -> None:
        givers, members = here.givers, here.receivers
        self.people = {agent.pk for agent in givers if agent.is_person}
        everybody = {agent.pk: agent.name for agent in (*givers, *members)}
        providers = {pk: name for pk, name in everybody.items() if pk != ecosystem.agent_id}
        organisations = [agent for agent in givers if not agent.is_person]
        self.fields["provider"].choices = list(providers.items())  # type: ignore[attr-defined]
        self.initial.setdefault("provider", (organisations or givers)[0].pk)
        self.fields["receiver"].choices = [  # type: ignore[attr-defined]
            ("", "À préciser"),
            *((agent.pk, agent.name) for agent in members if agent.pk != ecosystem.agent_id),
            (ecosystem.agent_id, "nous tous"),
        ]

    @property
    def opened(self) -> bool:
        """Whether what is usually left alone is shown at once: mended, or changed later."""
        return bool(self.errors) or bool(self.initial.get("words"))

    @property
    def settled(self) -> str:
        """What need not be said again, in words: in whose name."""
        names = dict(self.fields["provider"].choices)  # type: ignore[attr-defined]
        name = names.get(row_number(str(self["provider"].value())), "")
        return f"Au nom de {name} ; quand en reparler"

    def clean(self) -> dict[str, Any]:
        """A quantity goes with a unit: the only one of its kind, else one that is looked at."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        self._settle_unit()
        return data

    def _settle_unit(self, side: str = "") -> None:
        data, name = self.cleaned_data, f"{side}unit"
        kind = data.get(f"{side}kind")
        if data.get(f"{side}quantity") is None or data.get(name) or not kind:
            return
        codes = KINDS[kind].units
        if len(codes) == 1:
            data[name] = codes[0]
            return
        shown = cast(QueryDict, self.data).copy()  # already chosen, as in « J'ai apporté »
        shown[name] = codes[0]
        self.data = shown
        self.add_error(
            name,
            f"Nous avons choisi « {UNITS[codes[0]].plural} » : vérifiez, puis envoyez de nouveau.",
        )

    def draft(self) -> Draft:
        """Return the promise as typed."""
        data = self.cleaned_data
        return Draft(
            provider_id=data["provider"],
            receiver_id=data["receiver"],
            words=data["words"],
            kind=data["kind"],
            nature=data["nature"],
            quantity=data["quantity"],
            unit=data["unit"],
            period=data["period"],
            review_on=data["review_on"],
            free=data["free"],
            volunteers=data["volunteers"],
            in_return_of=data.get("in_return_of", ()),
        )


class PairForm(CommitmentForm):
    """A promise, and what the other side would promise in return: both written in one go."""

    back_words = text(
        "Ce que l'autre côté promet en retour, en mots",
        2,
        400,
        required=False,
        help_text="Laissez vide si vous ne le savez pas encore. L'autre côté pourra dire non.",
    )
    back_kind = forms.ChoiceField(
        label="De quoi s'agit-il, en retour",
        choices=[("", "Choisissez"), *Kind.choices],
        required=False,
    )
    back_quantity = QuantityField(label="Combien, en retour", required=False)
    back_unit = forms.ChoiceField(
        label="Dans quelle unité, en retour",
        choices=[("", "—"), *unit_choices(ALL_UNITS)],
        required=False,
        widget=forms.Select(attrs=units_by("back_kind")),
    )
    back_period = forms.ChoiceField(
        label="Compté, en retour", choices=Period.choices, required=False
    )

    def clean(self) -> dict[str, Any]:
        """What is promised in return comes from somebody, and says what it is."""
        data = super().clean()
        if not data.get("back_words"):
            return data
        if data.get("provider") in self.people:
            self.add_error("back_words", FREELY)
        if not data.get("receiver") or data["receiver"] == self.everybody:
            self.add_error(
                "receiver",
                "Dites envers qui : c'est ce côté-là qui promet en retour.",
            )
        if not data.get("back_kind"):
            self.add_error("back_kind", "Choisissez de quoi il s'agit.")
        self._settle_unit("back_")
        return data

    def back(self) -> Draft | None:
        """Return what is promised in return, from the one who receives to the one who promises."""
        data = self.cleaned_data
        if not data["back_words"]:
            return None
        return Draft(
            provider_id=data["receiver"],
            receiver_id=data["provider"],
            words=data["back_words"],
            kind=data["back_kind"],
            quantity=data["back_quantity"],
            unit=data["back_unit"],
            period=data["back_period"],
            review_on=data["review_on"],
        )


class NewCommitmentForm(PairForm):
    """« Je m'engage »: the promise, and the agreement in which it stands."""

    agreement = forms.TypedChoiceField(
        label="Dans quel accord", coerce=int, empty_value=None, required=False
    )
    name = forms.CharField(
        label="Nom du nouvel accord",
        max_length=160,
        required=False,
        help_text="Si vous n'en choisissez pas un qui existe.",
    )

    def __init__(self, *args: Any, reader: Reach, ecosystem: Ecosystem, **kwargs: Any) -> None:
        super().__init__(*args, reader=reader, ecosystem=ecosystem, others=[], **kwargs)
        self.drafts = {row.agreement_id: row for row in drafts_for(reader, ecosystem)}
        self.fields["agreement"].choices = [  # type: ignore[attr-defined]
            ("", "Un nouvel accord"),
            *((pk, row.agreement.name) for pk, row in self.drafts.items()),
        ]
        if not self.drafts:
            del self.fields["agreement"]

    @property
    def settled(self) -> str:
        """The same, and the agreement in which it stands."""
        return f"{super().settled}, dans quel accord"


class ValidationForm(forms.Form):
    """« Validé par … le …, pièce … »."""

    body = forms.CharField(
        label="Validé par",
        max_length=160,
        help_text="Par exemple : conseil d'administration, conseil municipal, direction",
    )
    day = forms.DateField(label="Le", widget=DayInput)
    document = forms.CharField(
        label="Pièce",
        max_length=160,
        required=False,
        help_text="Par exemple : délibération 2026-31, procès-verbal, lettre",
    )

    def validation(self) -> Validation:
        """Return the validation as typed."""
        data = self.cleaned_data
        return Validation(data["body"], data["day"], data["document"])


class WordsForm(forms.Form):
    """A word, optional: what changes, or how it ends."""

    words = text("Un mot", 3, 600, required=False)


class NotThisYearForm(WordsForm, VersionedForm):
    """« Pas cette année », with a word."""

    @staticmethod
    def read_of(row: Party | Commitment) -> dict[str, object]:
        """Return the initial values, of a party or of one promise."""
        version = field_version(row, ["declined_words"])
        return {"words": row.declined_words, "version": version}


class RepresentativeForm(VersionedForm):
    representative = forms.CharField(
        label="Représentée par",
        max_length=160,
        required=False,
        help_text="Nom et fonction, tels qu'ils seront imprimés.",
    )


class ReviewForm(KeyedForm):
    """« À revoir ensemble »: keep, adjust, or stop there, with a word."""

    outcome = forms.ChoiceField(
        label="Que faisons-nous",
        widget=forms.RadioSelect,
        choices=(
            (ReviewOutcome.KEEP.value, "On garde, et on le reverra"),
            (ReviewOutcome.ADJUST.value, "On ajuste, dans une nouvelle version de l'accord"),
            (ReviewOutcome.CLOSE.value, "On s'arrête là"),
        ),
    )
    next_on = forms.DateField(
        label="À revoir le", required=False, widget=DayInput, help_text="Si on garde."
    )
    kept = forms.ChoiceField(
        label="Ce qui était promis a été",
        required=False,
        choices=((Kept.UNSAID.value, "sans précision"), *Kept.choices[1:]),
        help_text="Si on s'arrête là. Ne pas avoir tenu arrive : dites ce qui s'est passé.",
    )
    words = text("Un mot", 3, 600, required=False)

    def look(self) -> Look:
        """Return what was said."""
        data = self.cleaned_data
        return Look(
            outcome=data["outcome"],
            words=data["words"],
            kept=data["kept"],
            next_on=data["next_on"],
            day=clock.today(),
        )
