# SPDX-License-Identifier: AGPL-3.0-or-later
"""Forms of contributions. They listen; ``agreements.actions`` checks and writes."""

from __future__ import annotations

from typing import Any

from django import forms

from terreau.agreements.actions.contributions import Right, value_version
from terreau.agreements.actions.discussions import NOTE_LENGTH
from terreau.agreements.actions.gifts import Gift
from terreau.agreements.actions.landmarks import Count
from terreau.agreements.enums import AGREED, Kind
from terreau.agreements.kinds import KINDS
from terreau.agreements.models import Contribution
from terreau.agreements.queries.giving import Offer, guessed, last_unit, offers, people_here
from terreau.agreements.queries.stocks import stocks_for
from terreau.core import clock
from terreau.ecosystems.models import Ecosystem
from terreau.people.visibility import Reach
from terreau.web.forms import (
    RECORD_LEVELS,
    DayInput,
    KeyedForm,
    RecordForm,
    VersionedForm,
    version_field,
)
from terreau.web.numbers import row_number
from terreau.web.quantities import QuantityField, unit_choices

GUESS, NONE = "guess", "none"
WORD = forms.Textarea(attrs={"rows": 2, "maxlength": 400})


# The receiver must read it: nothing narrower than the circle.
GIFT_LEVELS = [(level.value, level.label) for level in RECORD_LEVELS if level != "author"]


class GiftForm(RecordForm):
    """« J'ai apporté… » for one kind: its units, who may receive it, the promises it may fulfil."""

    quantity = QuantityField()
    unit = forms.ChoiceField(label="En", widget=forms.RadioSelect)
    giver = forms.TypedChoiceField(label="Qui apporte", coerce=int)
    receiver = forms.TypedChoiceField(label="À qui", coerce=int)
    happened_on = forms.DateField(label="Quand", widget=DayInput)
    commitment = forms.ChoiceField(label="Pour quel engagement", required=False)
    word = forms.CharField(label="Un mot", required=False, widget=WORD)
    resource = forms.TypedChoiceField(coerce=int, empty_value=None, required=False)
    to_resource = forms.TypedChoiceField(
        label="Entre dans", coerce=int, empty_value=None, required=False
    )
    refund = forms.BooleanField(
        label="C'est un remboursement de frais",
        required=False,
        help_text="Il est noté à part : rembourser des frais n'est pas un don.",
    )

    def __init__(
        self, *args: Any, reader: Reach, ecosystem: Ecosystem, kind: str, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.reader, self.ecosystem, self.kind = reader, ecosystem, kind
        self.rule = KINDS[kind]
        self.fields["level"].choices = GIFT_LEVELS  # type: ignore[attr-defined]
        self._offer_units()
        self._offer_agents()
        self._offer_commitments()
        self._offer_stocks()
        self.initial.setdefault("happened_on", clock.today())
        if kind != Kind.MONEY:
            del self.fields["refund"]
        if not self.is_bound:  # one touch less on a phone
            self.fields["quantity"].widget.attrs |= {"autofocus": True, "enterkeyhint": "send"}

    @property
    def to_somebody(self) -> str:
        """Who receives when that is settled already (« nous tous »), or nothing."""
        return self._name_in("receiver")

    @property
    def settled(self) -> str:
        """What need not be said again, in words: to whom, who gives, when."""
        to = f"À {self.to_somebody}, par" if self.to_somebody else "Par"
        today = str(self["happened_on"].value()) == str(clock.today())
        day = "aujourd'hui" if today else "à une autre date"
        return f"{to} {self._name_in('giver')}, {day} ; ajouter un mot"

    def _name_in(self, name: str) -> str:
        choices = dict(self.fields[name].choices)  # type: ignore[attr-defined]
        return str(choices.get(row_number(str(self[name].value())), ""))

    def _offer_units(self) -> None:
        codes = list(self.rule.units)
        last = "" if self.is_bound else last_unit(self.reader, self.ecosystem, self.kind)
        if last in codes:
            codes.sort(key=lambda code: code != last)
        self.fields["unit"].choices = unit_choices(codes)  # type: ignore[attr-defined]
        self.initial.setdefault("unit", codes[0])
        if len(codes) == 1:
            self.fields["unit"].widget = forms.HiddenInput()

    def _offer_agents(self) -> None:
        here = people_here(self.reader, self.ecosystem)
        givers = here.givers
        self.fields["giver"].choices = [(agent.pk, agent.name) for agent in givers]  # type: ignore[attr-defined]
        organisations = [agent for agent in givers if not agent.is_person]
        default = organisations[0] if len(organisations) == 1 else givers[0]
        self.initial.setdefault("giver", default.pk)
        receivers = [
            (agent.pk, "nous tous" if agent.pk == self.ecosystem.agent_id else agent.name)
            for agent in here.receivers
            if self._may_receive(agent.kind)
        ]
        self.fields["receiver"].choices = [("", "Choisissez"), *receivers]  # type: ignore[attr-defined]
        if self.rule.to_all:
            self.initial.setdefault("receiver", self.ecosystem.agent_id)

    def _may_receive(self, kind: str) -> bool:
        if kind == "ecosystem":
            return self.rule.to_all
        return kind == "organisation" or not self.rule.needs_organisation

    def _offer_commitments(self) -> None:
        self.offers = offers(self.reader, self.ecosystem, self.kind)
        if not self.offers:
            del self.fields["commitment"]
            return
        self.fields["commitment"].choices = [  # type: ignore[attr-defined]
            (GUESS, "celui qui correspond, s'il y en a un"),
            *((str(offer.id), _said(offer)) for offer in self.offers),
            (NONE, "hors engagement"),
        ]
        running = {str(offer.id) for offer in self.offers if offer.closed_on is None}
        if self.initial.get("commitment") not in running:
            self.initial["commitment"] = GUESS

    def _offer_stocks(self) -> None:
        """Offer what is followed here: out of one's own (used: or lent to one), into any."""
        stocks = stocks_for(self.reader, self.ecosystem, self.kind)
        mine = [one for one in stocks if self._may_draw(one)]
        for name, offered in (("resource", mine), ("to_resource", stocks)):
            if name not in self.rule.stocks or not offered:
                del self.fields[name]
                continue
            told = [(one.pk, f"{one.name}{_whose(one)}") for one in offered]
            self.fields[name].choices = [("", "aucune"), *told]  # type: ignore[attr-defined]
        if "resource" in self.fields:
            self.fields["resource"].label = "Ce qui a servi" if self._is_used() else "Sort de"

    def _is_used(self) -> bool:
        return self.rule.action == "use"

    def _may_draw(self, stock: Any) -> bool:
        lent = self._is_used() and stock.custodian_id in self.reader.agents
        return lent or stock.accountable_id in self.reader.agents

    @property
    def names_a_stock(self) -> bool:
        """Tell whether a followed stock is chosen already."""
        return any(self[name].value() for name in self.rule.stocks if name in self.fields)

    def gift(self) -> Gift:
        """Return what was typed; a promise left to guess is the only one that fits."""
        data = self.cleaned_data
        return Gift(
            giver_id=data["giver"],
            receiver_id=data["receiver"],
            kind=self.kind,
            quantity=data["quantity"],
            unit=data["unit"],
            happened_on=data["happened_on"],
            word=data["word"],
            commitment_id=self._commitment(),
            refund=data.get("refund", False),
            level=data["level"],
            resource_id=data.get("resource"),
            to_resource_id=data.get("to_resource"),
        )

    def _commitment(self) -> int | None:
        data = self.cleaned_data
        chosen = data.get("commitment") or GUESS
        if chosen == NONE or data.get("refund"):
            return None
        if chosen != GUESS:
            return int(chosen)
        return guessed(
            self.offers,
            giver_id=data["giver"],
            receiver_id=data["receiver"],
            unit=data["unit"],
            day=data["happened_on"],
        )


def _whose(stock: Any) -> str:
    return f" ({stock.accountable.name})" if stock.accountable else ""


def _said(offer: Offer) -> str:
    ended = f", terminé le {offer.closed_on:%d/%m/%Y}" if offer.closed_on else ""
    return f"{offer.words} ({offer.provider_name}{ended})"


class RightForm(KeyedForm):
    """« Rectifier »: the right quantity, unit and day."""

    version = version_field()
    quantity = QuantityField(label="La bonne quantité")
    unit = forms.ChoiceField(label="En")
    happened_on = forms.DateField(label="Quand", widget=DayInput)

    def __init__(self, *args: Any, contribution: Contribution, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        codes = KINDS[contribution.kind].units
        self.fields["unit"].choices = unit_choices(codes)  # type: ignore[attr-defined]
        self.initial.setdefault("version", value_version(contribution))
        for name in ("quantity", "unit", "happened_on"):
            self.initial.setdefault(name, getattr(contribution, name))
        if contribution.state in AGREED:
            self.fields["quantity"].help_text = "Zéro si rien ne compte."

    def right(self) -> Right:
        """Return the right value as typed."""
        data = self.cleaned_data
        return Right(data["quantity"], data["unit"], data["happened_on"])


class WordForm(VersionedForm):
    """The free text of a contribution: change it, or leave it empty to erase it."""

    word = forms.CharField(
        label="Un mot",
        required=False,
        widget=WORD,
        help_text="Laissez vide pour effacer. Les mots effacés ne sont gardés nulle part.",
    )


class TalkForm(KeyedForm):
    """« En parler »: the first words, and a third of one's choice."""

    text = forms.CharField(
        label="Votre mot",
        widget=forms.Textarea(attrs={"rows": 4, "maxlength": NOTE_LENGTH}),
        help_text="Par exemple : « Nous avons compté 60 heures. Que couvrent les 120 ? »",
    )
    third = forms.TypedChoiceField(
        label="Un tiers pour nous aider",
        coerce=int,
        empty_value=None,
        required=False,
        help_text="Une organisation en qui les deux ont confiance. Elle lira aussi, et elle seule.",
    )

    def __init__(
        self, *args: Any, reader: Reach, contribution: Contribution, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        ecosystem = contribution.ecosystem
        both = (contribution.author_id, contribution.receiver_id, ecosystem.agent_id)
        others = [
            agent for agent in people_here(reader, ecosystem).receivers if agent.pk not in both
        ]
        self.fields["third"].choices = [  # type: ignore[attr-defined]
            ("", "Personne pour l'instant"),
            *((agent.pk, agent.name) for agent in others),
        ]

    @property
    def chosen_third(self) -> int | None:
        """The third that is chosen now, of those that may be."""
        number = row_number(str(self["third"].value()))
        return number if number in dict(self.fields["third"].choices) else None  # type: ignore[attr-defined]


class NoteForm(KeyedForm):
    """A few lines in a discussion."""

    text = forms.CharField(
        label="Répondre", widget=forms.Textarea(attrs={"rows": 3, "maxlength": NOTE_LENGTH})
    )


class EndForm(VersionedForm):
    """How the discussion could end: a quantity, and what is learnt."""

    quantity = QuantityField(label="Quantité convenue", help_text="Zéro si rien ne compte.")
    lesson = forms.CharField(
        label="Ce que nous en retenons",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": 600}),
        help_text="Cette phrase sera lue avec la contribution, une fois d'accord.",
    )


class AgreeForm(KeyedForm):
    """« D'accord » to the end that one read."""

    quantity = forms.IntegerField(widget=forms.HiddenInput)
    lesson = forms.CharField(widget=forms.HiddenInput, required=False)


class CountForm(RecordForm):
    """One of « nos repères »."""

    label = forms.CharField(
        label="Ce qu'on compte", max_length=160, help_text="Par exemple : rendez-vous manqués"
    )
    value = QuantityField(label="Combien")
    unit_words = forms.CharField(
        label="Unité", max_length=60, help_text="Par exemple : rendez-vous par mois"
    )
    since = forms.DateField(label="Du", widget=DayInput)
    until = forms.DateField(label="Au", widget=DayInput)
    source = forms.CharField(
        label="Qui l'a compté, et où",
        max_length=200,
        help_text="Par exemple : secrétariat de la maison de santé, agenda du cabinet",
    )

    def count(self) -> Count:
        """Return the count as typed."""
        data = self.cleaned_data
        return Count(
            label=data["label"],
            value=data["value"],
            unit_words=data["unit_words"],
            since=data["since"],
            until=data["until"],
            source=data["source"],
            level=data["level"],
        )
