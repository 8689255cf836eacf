# SPDX-License-Identifier: AGPL-3.0-or-later
"""The aim in its versions, what is at stake, difficulties, and our words."""

from django.db import models
from django.db.models import Q

from terreau.ecosystems.enums import AimState, ObstacleCode
from terreau.ecosystems.models.ecosystem import Ecosystem
from terreau.people.models import Agent, Record


class Aim(Record):
    """One version of « notre cap »."""

    ecosystem = models.ForeignKey(Ecosystem, on_delete=models.CASCADE, related_name="aims")
    number = models.PositiveSmallIntegerField()
    text = models.CharField("notre cap", max_length=600)
    why = models.CharField("pourquoi cette version", max_length=600, blank=True, default="")
    state = models.CharField(max_length=10, choices=AimState, default=AimState.PROPOSED)
    adopted_on = models.DateField(null=True, blank=True)
    adopted_by = models.ManyToManyField(Agent, blank=True, related_name="+")
    adopted_how = models.CharField(max_length=160, blank=True, default="")

    class Meta:
        ordering = ("-number",)
        constraints = (
            models.UniqueConstraint(fields=["ecosystem", "number"], name="aim_number_once"),
            models.CheckConstraint(
                condition=~Q(state=AimState.ADOPTED) | Q(adopted_on__isnull=False),
                name="adopted_aim_has_a_date",
            ),
        )

    def __str__(self) -> str:
        return f"cap v{self.number}"


class AimDisagreement(Record):
    """Somebody sees it otherwise. Open until they say that it is settled."""

    aim = models.ForeignKey(Aim, on_delete=models.CASCADE, related_name="disagreements")
    agent = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="+")
    text = models.CharField("ce que nous voyons autrement", max_length=600)
    settled_on = models.DateField(null=True, blank=True)
    settled_how = models.CharField(max_length=400, blank=True, default="")

    class Meta:
        ordering = ("settled_on", "pk")

    def __str__(self) -> str:
        return self.text[:60]


class Stake(Record):
    """What is at stake here, for whom, and who said so."""

    ecosystem = models.ForeignKey(Ecosystem, on_delete=models.CASCADE, related_name="stakes")
    label = models.CharField("ce qui se joue", max_length=200)
    description = models.CharField("en quelques phrases", max_length=1200, blank=True, default="")
    concerned = models.CharField("pour qui", max_length=200, blank=True, default="")
    source = models.CharField("qui l'a dit", max_length=200, blank=True, default="")

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return self.label


class Obstacle(Record):
    """A difficulty, in words, with its year; published by choice."""

    ecosystem = models.ForeignKey(Ecosystem, on_delete=models.CASCADE, related_name="obstacles")
    words = models.CharField("ce qui a coincé", max_length=800)
    year = models.PositiveSmallIntegerField("année")
    code = models.CharField(max_length=24, choices=ObstacleCode, default=ObstacleCode.OTHER)
    learnt = models.CharField("ce qu'on en a fait", max_length=800, blank=True, default="")

    class Meta:
        ordering = ("-year", "-pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(year__gte=1980) & Q(year__lte=2100), name="obstacle_year_is_plausible"
            ),
        )

    def __str__(self) -> str:
        return self.words[:60]


class Word(Record):
    """One of « nos mots »: what we mean by it here.

    Two rows may explain one word: a row that is not read by all must not be told by a refusal.
    """

    ecosystem = models.ForeignKey(Ecosystem, on_delete=models.CASCADE, related_name="words")
    word = models.CharField("mot", max_length=80)
    meaning = models.CharField("ce que nous voulons dire", max_length=600)
    field_term = models.CharField("le mot du métier", max_length=120, blank=True, default="")

    class Meta:
        ordering = ("word", "pk")

    def __str__(self) -> str:
        return self.word
