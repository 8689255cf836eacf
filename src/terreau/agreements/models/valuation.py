# SPDX-License-Identifier: AGPL-3.0-or-later
"""The convention under which what is not money is said in euros, for the accounts alone."""

from django.db import models
from django.db.models import F, Q

from terreau.agreements.enums import Kind
from terreau.core import clock
from terreau.ecosystems.models import Ecosystem
from terreau.people.models import Record


class Valuation(Record):
    """A dated convention that the group adopted. It holds from a day to a day, both included.

    Its text and prices never change; one that was wrong is withdrawn, and another one noted.
    """

    ecosystem = models.ForeignKey(Ecosystem, on_delete=models.CASCADE, related_name="valuations")
    method = models.CharField("la méthode, en mots", max_length=600)
    since = models.DateField("du")
    until = models.DateField("au")
    adopted_on = models.DateField("adoptée le", default=clock.today)
    adopted_by = models.CharField("adoptée par", max_length=160)
    document = models.CharField("pièce", max_length=160)
    withdrawn_on = models.DateField("retirée le", null=True, blank=True)

    class Meta:
        ordering = ("-since", "-pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(until__gte=F("since")), name="valuation_ends_after_it_began"
            ),
            models.CheckConstraint(
                condition=~Q(method="") & ~Q(adopted_by="") & ~Q(document=""),
                name="valuation_says_how_and_by_whom",
            ),
        )

    def __str__(self) -> str:
        return f"convention du {self.since:%d/%m/%Y} au {self.until:%d/%m/%Y}"


class ValuationPrice(models.Model):
    """One unit of a kind is ``price`` millionths of a euro, and which text says so."""

    valuation = models.ForeignKey(Valuation, on_delete=models.CASCADE, related_name="prices")
    kind = models.CharField("quoi", max_length=12, choices=Kind)
    unit = models.CharField("unité", max_length=12)
    price = models.BigIntegerField("euros pour une unité")
    source = models.CharField("d'où vient ce prix", max_length=300)

    class Meta:
        ordering = ("pk",)
        constraints = (
            models.CheckConstraint(condition=Q(price__gt=0), name="valuation_price_is_positive"),
            models.CheckConstraint(condition=~Q(source=""), name="valuation_price_has_a_source"),
            models.UniqueConstraint(
                fields=["valuation", "kind", "unit"], name="one_price_for_a_unit"
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.unit}"
