# SPDX-License-Identifier: AGPL-3.0-or-later
"""What stood in a record before somebody edited it, and the answers that it had then."""

from django.db import models
from django.db.models import Q

from terreau.core import clock
from terreau.ecosystems.models.effects import Effect
from terreau.ecosystems.models.solution import Maillon, Performance
from terreau.people.enums import Level
from terreau.people.models import Agent, RecordQuerySet, Space


class Rewording(models.Model):
    """An edit: by whom, when, and what stood before. It hangs on one record, and goes with it.

    ``words`` holds [label, what stood] for each field that changed. ``level`` is how far they were
    read: making a record public later does not show them to more people.
    """

    effect = models.ForeignKey(
        Effect, null=True, blank=True, on_delete=models.CASCADE, related_name="rewordings"
    )
    maillon = models.ForeignKey(
        Maillon, null=True, blank=True, on_delete=models.CASCADE, related_name="rewordings"
    )
    performance = models.ForeignKey(
        Performance, null=True, blank=True, on_delete=models.CASCADE, related_name="rewordings"
    )
    space = models.ForeignKey(Space, on_delete=models.PROTECT, related_name="+")
    author = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="+")
    level = models.CharField("qui pouvait lire", max_length=10, choices=Level)
    by = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField("modifié le", default=clock.now)
    words = models.JSONField("ce qui était écrit", default=list)

    objects = RecordQuerySet.as_manager()

    class Meta:
        ordering = ("-at", "-pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(effect__isnull=False, maillon__isnull=True, performance__isnull=True)
                | Q(effect__isnull=True, maillon__isnull=False, performance__isnull=True)
                | Q(effect__isnull=True, maillon__isnull=True, performance__isnull=False),
                name="rewording_of_one_record",
            ),
        )

    def __str__(self) -> str:
        return f"{self.by}, {self.at:%Y-%m-%d}"


class VoidedAnswer(models.Model):
    """What somebody named had answered to words that were edited since."""

    rewording = models.ForeignKey(Rewording, on_delete=models.CASCADE, related_name="answers")
    agent = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="+")
    answer = models.CharField("sa réponse", max_length=800, blank=True, default="")
    answered_on = models.DateField()
    answer_by = models.ForeignKey(
        Agent, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ("answered_on", "pk")

    def __str__(self) -> str:
        return f"{self.agent}, {self.answered_on}"
