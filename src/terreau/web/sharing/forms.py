# SPDX-License-Identifier: AGPL-3.0-or-later
"""Forms of the rule of sharing. They listen; ``agreements.actions.sharing`` checks and writes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BoundField

from terreau.agreements.actions.sharing import Adoption, Wanted
from terreau.agreements.kinds import KINDS
from terreau.agreements.models import Contribution, SharingRule
from terreau.agreements.queries.sharing import OFFERED, Basis, came_in, rules_of
from terreau.core.quantities import MICRO
from terreau.core.units import UNITS, say
from terreau.ecosystems.models import Ecosystem
from terreau.ledger import queries as ledger
from terreau.ledger.sharing.rule import Counted, How, Part, Rule
from terreau.overview.step_words import kind_words
from terreau.people.visibility import Reach
from terreau.web.forms import DayInput, KeyedForm
from terreau.web.quantities import QuantityField

PARTS, LINES, AT_ONCE = 3, 5, 2
HUNDREDTH = MICRO // 100
HOW = ((How.POINTS.value, "selon les points"), (How.EQUAL.value, "à parts égales"))
ACTIONS = (
    ("", "de toutes les façons"),
    ("work", "seulement le travail"),
    ("use", "seulement ce qui est prêté"),
    ("transfer", "seulement ce qui est donné"),
    ("raise", "seulement ce qui est mis en stock"),
    ("deliverService", "seulement les services rendus"),
)


class PercentField(QuantityField):
    """« 33,33 »: cleans to hundredths of a percent, or None when left empty."""

    def clean(self, value: Any) -> Any:
        """Return hundredths of a percent. Raises ValidationError for finer ones."""
        micro = super().clean(value)
        if micro is None:
            return None
        if micro % HUNDREDTH:
            raise ValidationError("Deux chiffres après la virgule au plus.")
        return micro // HUNDREDTH

    def prepare_value(self, value: Any) -> Any:
        return super().prepare_value(value * HUNDREDTH if isinstance(value, int) else value)


@dataclass(frozen=True, slots=True)
class PartFields:
    """The fields of one part, as a template shows them. ``first`` lines, then ``others``."""

    number: int
    name: BoundField
    percent: BoundField
    how: BoundField
    most: BoundField
    first: Sequence[Sequence[BoundField]]
    others: Sequence[Sequence[BoundField]]
    open: bool

    @property
    def title(self) -> str:
        return ("Première part", "Deuxième part", "Troisième part")[self.number - 1]


class RuleForm(KeyedForm):
    """One version of the rule: its words, and up to three parts."""

    words = forms.CharField(
        label="Notre règle, en quelques phrases",
        max_length=1200,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Par exemple : « La moitié va au travail, selon les heures ; le reste demeure en "
        "commun. »",
    )

    def __init__(
        self, *args: Any, ecosystem: Ecosystem, before: SharingRule | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        what = [("", "Rien de plus"), *countable(ecosystem)]
        for number in range(1, PARTS + 1):
            self._add_part(number, what)
        if before is not None:
            self.initial = {**self.initial, "words": before.words, **_initial(before.rule)}

    def _add_part(self, number: int, what: Sequence[tuple[str, str]]) -> None:
        needed = number == 1  # no rule without a part
        self.fields[f"name{number}"] = forms.CharField(
            label=f"Nom de la part {number}", max_length=80, required=needed
        )
        self.fields[f"percent{number}"] = PercentField(
            label=f"Part {number} : combien sur 100 de ce qui est arrivé", required=needed
        )
        self.fields[f"how{number}"] = forms.ChoiceField(
            label=f"Part {number} : comment elle se répartit",
            choices=HOW,
            initial=How.POINTS.value,
            required=False,
        )
        self.fields[f"most{number}"] = PercentField(
            label=f"Part {number} : le plus pour un seul, sur 100", required=False
        )
        for line in range(1, LINES + 1):
            at = f"{number}_{line}"
            self.fields[f"what{at}"] = forms.ChoiceField(
                label="Quoi", choices=what, required=needed and line == 1
            )
            self.fields[f"points{at}"] = QuantityField(label="Points pour un", required=False)
            self.fields[f"action{at}"] = forms.ChoiceField(
                label="Compte", choices=ACTIONS, required=False
            )

    @property
    def parts(self) -> list[PartFields]:
        """The fields, part by part."""
        return [self._part(number) for number in range(1, PARTS + 1)]

    def _part(self, number: int) -> PartFields:
        lines = [
            [self[f"{name}{number}_{line}"] for name in ("what", "points", "action")]
            for line in range(1, LINES + 1)
        ]
        name, percent = self[f"name{number}"], self[f"percent{number}"]
        said = any(one.value() for one in (name, percent, lines[0][0]))
        return PartFields(
            number,
            name,
            percent,
            self[f"how{number}"],
            self[f"most{number}"],
            lines[:AT_ONCE],
            lines[AT_ONCE:],
            number == 1 or said,
        )

    def rule(self) -> Rule:
        """Return the rule as typed; a part in which nothing is said is none."""
        told = [self._told(number) for number in range(1, PARTS + 1)]
        return Rule(tuple(part for part in told if part is not None))

    def _told(self, number: int) -> Part | None:
        data = self.cleaned_data
        how = How(data[f"how{number}"] or How.POINTS)
        counts = tuple(self._counts(number, how))
        name, percent = data[f"name{number}"].strip(), data[f"percent{number}"]
        if not name and percent is None and not counts:
            return None
        return Part(name, percent or 0, how, counts, data[f"most{number}"])

    def _counts(self, number: int, how: How) -> Iterable[Counted]:
        data = self.cleaned_data
        for line in range(1, LINES + 1):
            at = f"{number}_{line}"
            kind, _, unit = data[f"what{at}"].rpartition("|")
            if unit:
                points = data[f"points{at}"] or 0
                given = MICRO if how is How.EQUAL else points
                yield Counted(kind, unit, given, data[f"action{at}"])


def countable(ecosystem: Ecosystem) -> list[tuple[str, str]]:
    """Return what may count, each kind in each of its units, and what the stocks hold."""
    kinds = [(kind, unit) for kind, rule in KINDS.items() for unit in rule.units]
    rows = ledger.stocks(ecosystem.space).values_list("specification__code", "unit")
    stocks = sorted({(code, unit) for code, unit in rows} - set(kinds))
    return [(f"{kind}|{unit}", counted_words(kind, unit)) for kind, unit in (*kinds, *stocks)]


def counted_words(kind: str, unit: str) -> str:
    """Say what counts: « temps, en heures »."""
    return f"{kind_words(kind)}, en {UNITS[unit].plural or UNITS[unit].label}"


def _initial(rule: Rule) -> dict[str, Any]:
    """Return a rule as the fields show it; what has no field of its own is left to be said anew."""
    found: dict[str, Any] = {}
    for number, part in enumerate(rule.parts[:PARTS], 1):
        found |= {
            f"name{number}": part.name,
            f"percent{number}": part.percent,
            f"how{number}": part.how.value,
            f"most{number}": part.most,
        }
        for line, one in enumerate(part.counts[:LINES], 1):
            at = f"{number}_{line}"
            found |= {
                f"what{at}": f"{one.kind}|{one.unit}",
                f"points{at}": one.points,
                f"action{at}": one.action,
            }
    return found


class AdoptionForm(forms.Form):
    """By whom, when, and the document that says so."""

    adopted_by = forms.CharField(
        label="Adoptée par", max_length=160, help_text="Par exemple : l'assemblée, neuf voix"
    )
    adopted_on = forms.DateField(label="Le", widget=DayInput)
    document = forms.CharField(
        label="La pièce qui le dit",
        max_length=160,
        help_text="Par exemple : compte rendu du 12 mars",
    )

    def adoption(self) -> Adoption:
        """Return the adoption as typed."""
        return Adoption(**self.cleaned_data)


class CountForm(KeyedForm):
    """What came in and is shared, under which version; a period where nothing is followed."""

    title = forms.CharField(
        label="Ce que vous partagez, en quelques mots",
        max_length=160,
        help_text="Par exemple : la vente des vélos du printemps",
    )
    gift = forms.TypedChoiceField(label="Ce qui est arrivé", coerce=int)
    quantity = QuantityField(
        label="Combien en partager", required=False, help_text="Laissez vide pour tout partager."
    )
    rule = forms.TypedChoiceField(label="Selon quelle version", coerce=int)
    since = forms.DateField(label="Ce qui est apporté du", widget=DayInput, required=False)
    until = forms.DateField(label="Au", widget=DayInput, required=False)

    def __init__(
        self, *args: Any, reader: Reach, ecosystem: Ecosystem, follows: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        gifts = list(came_in(reader, ecosystem)[:OFFERED])
        adopted = rules_of(reader, ecosystem).filter(adopted_on__isnull=False)
        rules = list(adopted.order_by("-adopted_on", "-number"))
        self.fields["gift"].choices = [(row.pk, _came(row)) for row in gifts]  # type: ignore[attr-defined]
        self.fields["rule"].choices = [(row.pk, _version(row)) for row in rules]  # type: ignore[attr-defined]
        self.ready = bool(gifts and rules)
        self.has_rule = bool(rules)
        if follows:
            del self.fields["since"], self.fields["until"]

    def wanted(self, basis: Basis) -> Wanted:
        """Return what was asked; without anything followed, over the period that was typed."""
        data = self.cleaned_data
        if not basis.follows:
            basis = Basis(since=data["since"], until=data["until"])
        return Wanted(data["title"], data["rule"], data["gift"], data["quantity"], basis)


def _came(row: Contribution) -> str:
    amount = say(row.quantity, row.unit)
    parties = f"{row.author.name} à {row.receiver.name}"
    return f"{amount} ({row.get_kind_display()}), {parties}, le {row.happened_on:%d/%m/%Y}"


def _version(row: SharingRule) -> str:
    return f"version {row.number}, adoptée le {row.adopted_on:%d/%m/%Y}"
