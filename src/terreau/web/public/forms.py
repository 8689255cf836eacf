# SPDX-License-Identifier: AGPL-3.0-or-later
"""What is typed on the public side: a search, a message, a request."""

from __future__ import annotations

from typing import Any

from django import forms

from terreau.core.versions import field_version
from terreau.ecosystems.models import Ecosystem
from terreau.publishing.actions.sheets import CHOICES
from terreau.publishing.enums import Licence, MessageKind, Origin, Outcome
from terreau.publishing.models import Sheet, SheetMessage
from terreau.publishing.queries import Choice, Facets, Filters
from terreau.web.forms import KeyedForm, VersionedForm

LONGEST_SEARCH = 120
PARAMETERS = {
    "text": "q",
    "function": "fonction",
    "region": "region",
    "department": "departement",
    "form": "forme",
    "phase": "etape",
    "obstacle": "difficulte",
    "year": "annee",
    "origin": "origine",
}


class DirectoryForm(forms.Form):
    """The facets as plain lists with counts; a value nobody offers is ignored, never an error."""

    q = forms.CharField(label="Chercher", required=False, max_length=LONGEST_SEARCH)
    fonction = forms.ChoiceField(label="Pour quoi", required=False)
    region = forms.ChoiceField(label="Région", required=False)
    departement = forms.ChoiceField(label="Département", required=False)
    forme = forms.ChoiceField(label="Forme juridique", required=False)
    etape = forms.ChoiceField(label="Étape", required=False)
    difficulte = forms.ChoiceField(label="Difficulté racontée", required=False)
    annee = forms.ChoiceField(label="Année de la difficulté", required=False)
    origine = forms.ChoiceField(label="Qui tient la fiche", required=False)

    def __init__(self, chosen: Filters, facets: Facets) -> None:
        given = {name: getattr(chosen, attribute) for attribute, name in PARAMETERS.items()}
        super().__init__(initial=given)
        self._offer("fonction", "Toutes", facets.functions)
        self._offer("region", "Toutes", facets.regions)
        self._offer("departement", "Tous", facets.departments)
        self._offer("forme", "Toutes", facets.forms)
        self._offer("etape", "Toutes", facets.phases)
        self._offer("difficulte", "Toutes", facets.obstacles)
        self._offer("annee", "Toutes", facets.years)
        self._offer("origine", "Toutes les fiches", facets.origins)
        self.fields["q"].widget.attrs |= {"type": "search", "maxlength": LONGEST_SEARCH}

    def _offer(self, name: str, everything: str, choices: list[Choice]) -> None:
        offered = [(c.value, f"{c.label[:1].upper()}{c.label[1:]} ({c.count})") for c in choices]
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", everything), *offered]
        field.widget.attrs["hx-swap-oob"] = "true"  # an answer brings each facet, counted anew

    @property
    def facets(self) -> list[forms.BoundField]:
        """What narrows, without the words that are searched: those may be half typed."""
        return [field for field in self if field.name != "q"]


def filters_of(parameters: Any) -> Filters:
    """Return what an address asks for; anything unknown or too long chooses nothing."""

    def given(name: str) -> str:
        return str(parameters.get(name, ""))[:LONGEST_SEARCH].replace("\x00", "").strip()

    values = {attribute: given(name) for attribute, name in PARAMETERS.items()}
    year = values["year"]
    values["year"] = year if year.isascii() and year.isdigit() and len(year) == 4 else ""
    return Filters(**values)


class MessageForm(KeyedForm):
    """A message to those who answer for a sheet. ``website`` stays empty: only robots fill it."""

    sender = forms.CharField(
        label="Qui êtes-vous ?",
        max_length=120,
        help_text="Un prénom ou le nom de votre organisation.",
    )
    answer_to = forms.CharField(
        label="Comment vous répondre ?",
        max_length=200,
        help_text="Une adresse électronique ou un numéro. Seules les personnes qui répondent "
        "le verront.",
    )
    text = forms.CharField(
        label="Votre message", max_length=3000, widget=forms.Textarea(attrs={"rows": 6})
    )
    website = forms.CharField(
        label="Ne remplissez pas cette case",
        required=False,
        widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}),
    )


class OursForm(MessageForm):
    """« C'est nous »: take over the sheet, have it removed, or correct it."""

    kind = forms.ChoiceField(
        label="Que voulez-vous ?",
        choices=[
            (MessageKind.TAKE_OVER, "Reprendre cette fiche et la tenir nous-mêmes"),
            (MessageKind.REMOVE, "Faire retirer cette fiche"),
            (MessageKind.CORRECT, "Signaler une erreur"),
        ],
        widget=forms.RadioSelect,
    )
    field_order = ("kind", "sender", "answer_to", "text", "website", "key")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].label = "Quelques mots"
        self.fields["answer_to"] = forms.EmailField(
            label="Votre adresse électronique",
            max_length=200,
            help_text="Pour vous dire ce qui est fait de votre demande. Elle ne paraît nulle part.",
            widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        )
        self.fields[
            "sender"
        ].help_text = (
            "Votre nom et votre rôle dans l'organisation, pour que nous puissions vérifier."
        )


class AnswerRequestForm(forms.Form):
    """What becomes of a request, and the words for the one who asked."""

    outcome = forms.ChoiceField(label="Ce que devient la demande", widget=forms.RadioSelect)
    words = forms.CharField(
        label="Quelques mots",
        required=False,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Ils partent par courriel à qui a demandé. Si la fiche est retirée, ils sont "
        "aussi la raison que tout le monde lit dans les corrections : n'y nommez personne.",
    )

    def __init__(self, asked: SheetMessage, *args: Any) -> None:
        super().__init__(*args)
        possible = set(Outcome)
        if asked.kind != MessageKind.TAKE_OVER:
            possible -= {Outcome.GRANTED}
        if asked.sheet.origin != Origin.READ or asked.sheet.withdrawn_at:
            possible = {Outcome.DECLINED}
        if asked.handled_at:  # the action says what was answered, beside what is sent now
            possible = set(Outcome)
        field = self.fields["outcome"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(one.value, one.label) for one in Outcome if one in possible]


class TakeOverForm(forms.Form):
    """Which of the cooperations that one steers will keep the sheet."""

    ecosystem = forms.ChoiceField(label="Qui tiendra la fiche ?", widget=forms.RadioSelect)

    def __init__(self, mine: list[Ecosystem], *args: Any) -> None:
        super().__init__(*args)
        self.offered = mine
        field = self.fields["ecosystem"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(one.slug, one.name) for one in mine]
        if len(mine) == 1:
            field.initial = mine[0].slug


class PublishForm(VersionedForm):
    """How a sheet is published: under which licence, and whether somebody answers."""

    contact_open = forms.BooleanField(
        label="On peut nous écrire depuis la fiche",
        required=False,
        initial=True,
        help_text="Vous lirez les messages ici. Aucune adresse n'est montrée.",
    )
    licence = forms.ChoiceField(
        label="Licence du texte", choices=Licence.choices, initial=Licence.CC_BY_SA
    )

    @staticmethod
    def choices_of(sheet: Sheet | None) -> dict[str, object]:
        """Return the initial values: the choices made, those proposed before or after."""
        version = field_version(sheet or Sheet(), CHOICES)
        if sheet is None or sheet.withdrawn_at is not None:
            return {"version": version}
        return {"version": version, "contact_open": sheet.contact_open, "licence": sheet.licence}

    def choices(self) -> dict[str, Any]:
        """Return what was chosen. Call it on a valid form."""
        return self.cleaned_data | {"licence": Licence(self.cleaned_data["licence"])}
