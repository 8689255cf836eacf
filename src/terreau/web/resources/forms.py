# SPDX-License-Identifier: AGPL-3.0-or-later
"""Forms of the stocks. They listen; ``agreements.actions.stocks`` checks and writes."""

from __future__ import annotations

from typing import Any

from django import forms

from terreau.agreements.actions.stocks import NAME_LENGTH, WHAT_LENGTH, Count, HandOver, Opening
from terreau.agreements.queries.giving import people_here
from terreau.core import clock
from terreau.core.quantities import LARGEST
from terreau.core.units import UNITS
from terreau.ecosystems.models import Ecosystem
from terreau.people.visibility import Reach
from terreau.web.forms import DayInput, KeyedForm
from terreau.web.quantities import QuantityField, unit_choices

LOST = (
    "Cette page ne sait plus ce que vous aviez lu. Rien n'est enregistré : rouvrez-la, puis "
    "envoyez de nouveau."
)


def _read_field() -> forms.IntegerField:
    """Return the hidden field that says what was read."""
    names = ("required", "invalid", "min_value", "max_value")
    return forms.IntegerField(
        widget=forms.HiddenInput,
        min_value=0,
        max_value=LARGEST,
        error_messages=dict.fromkeys(names, LOST),
    )


class DatedForm(KeyedForm):
    """A form about a day, today when nothing else is said."""

    day = forms.DateField(label="Quand", widget=DayInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("day", clock.today())


class OpenForm(DatedForm):
    """A stock: its name, what it holds, whose it is, and the first count."""

    name = forms.CharField(
        label="Son nom", max_length=NAME_LENGTH, help_text="Par exemple : vélos donnés"
    )
    what = forms.CharField(
        label="Ce qu'il contient",
        max_length=WHAT_LENGTH,
        help_text="Un mot pour la chose, toujours le même. Par exemple : vélo à remettre en état",
    )
    unit = forms.ChoiceField(label="Compté en", choices=unit_choices(UNITS))
    owner = forms.TypedChoiceField(label="À qui c'est", coerce=int)
    counted = QuantityField(label="Combien il y en a")
    field_order = ("name", "what", "counted", "unit", "owner", "day")

    def __init__(self, *args: Any, reader: Reach, ecosystem: Ecosystem, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        givers = people_here(reader, ecosystem).givers
        self.fields["owner"].choices = [(one.pk, one.name) for one in givers]  # type: ignore[attr-defined]
        organisations = [one.pk for one in givers if not one.is_person]
        self.initial.setdefault("owner", organisations[0] if len(organisations) == 1 else None)
        self.initial.setdefault("unit", "item")

    def opening(self) -> Opening:
        """Return the stock as typed."""
        data = self.cleaned_data
        names = ("name", "what", "unit")
        told = {name: data[name] for name in names}
        return Opening(**told, owner_id=data["owner"], counted=data["counted"], day=data["day"])


class CountForm(DatedForm):
    """What was counted anew, beside what stood."""

    counted = QuantityField(label="Combien il y en a")
    read = _read_field()
    field_order = ("counted", "day")

    def count(self) -> Count:
        """Return the count as typed."""
        return Count(*(self.cleaned_data[name] for name in ("read", "counted", "day")))


class HandOverForm(DatedForm):
    """To whom a stock goes."""

    receiver = forms.TypedChoiceField(label="À qui", coerce=int)
    holder = _read_field()
    field_order = ("receiver", "day")

    def __init__(
        self, *args: Any, reader: Reach, ecosystem: Ecosystem, stock: Any, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        here = people_here(reader, ecosystem)
        agents = {one.pk: one.name for one in (*here.receivers, *here.givers)}
        agents.pop(ecosystem.agent_id, None)
        if stock.accountable is not None:
            agents[stock.accountable_id] = f"{stock.accountable.name} (à qui c'est)"
        agents.pop(stock.custodian_id, None)
        self.fields["receiver"].choices = list(agents.items())  # type: ignore[attr-defined]
        self.initial.setdefault("holder", stock.custodian_id)
        if stock.accountable_id in agents:
            self.initial.setdefault("receiver", stock.accountable_id)

    def handing(self) -> HandOver:
        """Return the hand-over as typed."""
        return HandOver(*(self.cleaned_data[name] for name in ("holder", "receiver", "day")))
