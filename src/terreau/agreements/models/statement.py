# SPDX-License-Identifier: AGPL-3.0-or-later
"""Totals kept while writing, and « nos repères »."""

from django.db import models
from django.db.models import Q

from terreau.agreements.enums import Kind, ReadBy, Side
from terreau.ecosystems.models import Ecosystem
from terreau.people.models import Agent, Record


class Tally(models.Model):
    """What one agent gave or received in a month, in one kind and one unit (millionths of it).

    Kept in the transaction of each contribution, so that a statement costs the same at a thousand
    and at a hundred thousand. ``given`` includes ``fulfilled``, ``confirmed`` and ``discussed``;
    what awaits is the rest. Apart by who reads its rows (``read_by``), so that a total shown to
    somebody counts what they may read. For ``Side.ALL`` the agent is that of the ecosystem and each
    contribution counts once. Refunded expenses stand apart: they are not given.
    """

    ecosystem = models.ForeignKey(Ecosystem, on_delete=models.CASCADE, related_name="+")
    agent = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="+")
    side = models.CharField(max_length=8, choices=Side)
    kind = models.CharField(max_length=12, choices=Kind)
    unit = models.CharField(max_length=12)
    month = models.DateField()
    read_by = models.CharField(max_length=8, choices=ReadBy)
    given = models.BigIntegerField(default=0)
    fulfilled = models.BigIntegerField(default=0)
    confirmed = models.BigIntegerField(default=0)
    discussed = models.BigIntegerField(default=0)
    refunded = models.BigIntegerField(default=0)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["ecosystem", "agent", "side", "kind", "unit", "month", "read_by"],
                name="one_tally_each",
            ),
        )

    def __str__(self) -> str:
        return f"{self.agent}, {self.side}, {self.kind}, {self.month}"


class Landmark(Record):
    """One of « nos repères »: a count with its unit, its period and who counted it."""

    ecosystem = models.ForeignKey(Ecosystem, on_delete=models.CASCADE, related_name="landmarks")
    label = models.CharField("ce qu'on compte", max_length=160)
    value = models.BigIntegerField()
    unit_words = models.CharField("unité", max_length=60)
    since = models.DateField("du")
    until = models.DateField("au")
    source = models.CharField("qui l'a compté, et où", max_length=200)

    class Meta:
        ordering = ("label", "-until", "-pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(until__gte=models.F("since")), name="landmark_ends_after_it_began"
            ),
            models.CheckConstraint(condition=~Q(source=""), name="landmark_has_a_source"),
        )

    def __str__(self) -> str:
        return self.label
