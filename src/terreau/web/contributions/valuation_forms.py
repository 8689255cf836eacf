# SPDX-License-Identifier: AGPL-3.0-or-later
"""The form of a convention: its dates, who adopted it, and a few prices with their source."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.forms import BoundField

from terreau.agreements.accounts import VALUED, Price
from terreau.agreements.actions.valuation import HIGHEST, SOURCE_LENGTH, Convention
from terreau.agreements.kinds import KINDS
from terreau.core.units import UNITS
from terreau.web.forms import DayInput, KeyedForm
from terreau.web.quantities import QuantityField

LINES, AT_ONCE = 8, 3


class ValuationForm(KeyedForm):
    """One convention. Lines left empty say nothing."""

    method = forms.CharField(
        label="La méthode, en mots",
        max_length=600,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Par exemple : « Les heures au salaire minimum, les salles au tarif affiché par "
        "la mairie. » La même d'une année sur l'autre.",
    )
    since = forms.DateField(label="Elle vaut du", widget=DayInput)
    until = forms.DateField(label="Au", widget=DayInput)
    adopted_by = forms.CharField(
        label="Adoptée par", max_length=160, help_text="Par exemple : le conseil d'administration"
    )
    adopted_on = forms.DateField(label="Le", widget=DayInput)
    document = forms.CharField(
        label="La pièce qui le dit",
        max_length=160,
        help_text="Par exemple : procès-verbal du 8 janvier",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        what = [("", "Rien de plus"), *_priced()]
        for line in range(1, LINES + 1):
            self.fields[f"what{line}"] = forms.ChoiceField(
                label="Quoi", choices=what, required=False
            )
            self.fields[f"price{line}"] = QuantityField(
                label="Euros pour une unité", required=False
            )
            self.fields[f"source{line}"] = forms.CharField(
                label="D'où vient ce prix", max_length=SOURCE_LENGTH, required=False
            )

    def clean(self) -> dict[str, Any]:
        """Say beside each line what it lacks."""
        for line in range(1, LINES + 1):
            if not self.cleaned_data.get(f"what{line}"):
                continue
            price = self.cleaned_data.get(f"price{line}") or 0
            if not 0 < price <= HIGHEST and f"price{line}" not in self.errors:
                self.add_error(f"price{line}", "Écrivez un prix, d'un million d'euros au plus.")
            if not self.cleaned_data.get(f"source{line}") and f"source{line}" not in self.errors:
                self.add_error(f"source{line}", "Dites en une phrase d'où vient ce prix.")
        return self.cleaned_data

    @property
    def lines(self) -> Sequence[Sequence[BoundField]]:
        """The fields of the first lines."""
        return self._fields(range(1, AT_ONCE + 1))

    @property
    def others(self) -> Sequence[Sequence[BoundField]]:
        """The fields of the other lines."""
        return self._fields(range(AT_ONCE + 1, LINES + 1))

    def _fields(self, lines: Iterable[int]) -> Sequence[Sequence[BoundField]]:
        names = ("what", "price", "source")
        return [[self[f"{name}{line}"] for name in names] for line in lines]

    def convention(self) -> Convention:
        """Return the convention as typed."""
        names = ("method", "since", "until", "adopted_on", "adopted_by", "document")
        return Convention(**{name: self.cleaned_data[name] for name in names})

    def prices(self) -> list[Price]:
        """Return the prices as typed; a line that says what without price is refused later."""
        found = []
        for line in range(1, LINES + 1):
            kind, _, unit = self.cleaned_data[f"what{line}"].rpartition("|")
            if unit:
                price = self.cleaned_data[f"price{line}"] or 0
                found.append(Price(kind, unit, price, self.cleaned_data[f"source{line}"].strip()))
        return found


def _priced() -> list[tuple[str, str]]:
    return [
        (f"{kind}|{unit}", f"{rule.kind.label}, pour {_one(unit)}")
        for kind, rule in KINDS.items()
        if kind in VALUED
        for unit in rule.units
    ]


def _one(unit: str) -> str:
    return f"1 {UNITS[unit].label}"
