# SPDX-License-Identifier: AGPL-3.0-or-later
"""A programme that accompanies ecosystems, and who accompanies which, from when to when."""

from uuid import uuid4

from django.db import models
from django.db.models import F, Q

from terreau.ecosystems.models import Ecosystem
from terreau.people.models import Agent, Space


class Programme(models.Model):
    """A programme: its name, who bears it, its dates. Its officers are roles in its space."""

    name = models.CharField("nom", max_length=160)
    alias = models.CharField("autre nom", max_length=80, blank=True, default="")
    host = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="programmes")
    starts_on = models.DateField("commence le")
    ends_on = models.DateField("finit le", null=True, blank=True)
    words = models.CharField("en quelques mots", max_length=600, blank=True, default="")
    space = models.OneToOneField(Space, on_delete=models.PROTECT, related_name="programme")
    key = models.UUIDField(default=uuid4, unique=True, editable=False)
    invented = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("name", "pk")
        constraints = (
            models.CheckConstraint(condition=~Q(name=""), name="programme_has_a_name"),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="programme_ends_after_it_began",
            ),
        )

    def __str__(self) -> str:
        return self.name


class Coaching(models.Model):
    """Somebody accompanies an ecosystem for a programme. It opens nothing by itself."""

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="coachings")
    ecosystem = models.ForeignKey(Ecosystem, on_delete=models.CASCADE, related_name="coachings")
    coach = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="coachings")
    since = models.DateField()
    until = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ("since", "pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")),
                name="coaching_ends_after_it_began",
            ),
            models.UniqueConstraint(
                fields=["programme", "ecosystem", "coach"],
                condition=Q(until__isnull=True),
                name="one_open_coaching_each",
            ),
        )

    def __str__(self) -> str:
        return f"{self.coach}, {self.ecosystem}"
