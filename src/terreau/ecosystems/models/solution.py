# SPDX-License-Identifier: AGPL-3.0-or-later
"""« Notre solution »: what it must make possible, and the maillons that it takes."""

from django.db import models
from django.db.models import F, Q

from terreau.ecosystems.enums import MaillonNature, MaillonState
from terreau.ecosystems.models.ecosystem import Ecosystem
from terreau.people.models import Agent, Record


class Performance(Record):
    """A performance of use: what it must allow, to whom."""

    ecosystem = models.ForeignKey(Ecosystem, on_delete=models.CASCADE, related_name="performances")
    statement = models.CharField("ce que ça doit permettre", max_length=240)
    for_whom = models.CharField("à qui", max_length=160, blank=True, default="")
    conditions = models.CharField("à quelles conditions", max_length=400, blank=True, default="")
    observed_how = models.CharField("comment on le voit", max_length=400, blank=True, default="")
    position = models.PositiveSmallIntegerField(default=100)

    class Meta:
        ordering = ("position", "pk")

    def __str__(self) -> str:
        return self.statement


class Maillon(Record):
    """A part of the solution: a good, a service, a place, information, a rule, animation.

    ``holds_without``: if we take it away, does it hold? Yes makes it an option, shown apart; null
    means that the group has not said.
    """

    ecosystem = models.ForeignKey(Ecosystem, on_delete=models.CASCADE, related_name="maillons")
    name = models.CharField("maillon", max_length=120)
    nature = models.CharField(max_length=12, choices=MaillonNature)
    state = models.CharField(max_length=10, choices=MaillonState, default=MaillonState.MISSING)
    holds_without = models.BooleanField(
        "si on l'enlève, est-ce que ça tient ?", null=True, blank=True
    )
    note = models.CharField("en quelques mots", max_length=600, blank=True, default="")
    performances = models.ManyToManyField(Performance, blank=True, related_name="maillons")
    depends_on = models.ManyToManyField(
        "self", blank=True, symmetrical=False, related_name="needed_by"
    )
    position = models.PositiveSmallIntegerField(default=100)

    class Meta:
        ordering = ("position", "pk")

    def __str__(self) -> str:
        return self.name


class Bearer(models.Model):
    """Who « s'en charge », from one day to another."""

    maillon = models.ForeignKey(Maillon, on_delete=models.CASCADE, related_name="bearers")
    agent = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="+")
    since = models.DateField()
    until = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ("since", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=["maillon", "agent"],
                condition=Q(until__isnull=True),
                name="bears_it_once",
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")),
                name="bearer_ends_after_it_began",
            ),
        )

    def __str__(self) -> str:
        return f"{self.agent} : {self.maillon}"
