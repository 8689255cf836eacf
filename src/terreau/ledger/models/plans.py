# SPDX-License-Identifier: AGPL-3.0-or-later
"""What people set out to do together: activities and promises hold on to it."""

from django.db import models
from django.db.models import Q

from terreau.people.models import Agent, Space


class Plan(models.Model):
    """Work that is planned. ``name``, ``note`` and ``due`` may be edited: a plan is no promise."""

    ledger = models.ForeignKey(Space, on_delete=models.PROTECT, related_name="+", db_index=False)
    key = models.UUIDField(unique=True)
    name = models.CharField("nom", max_length=120)
    note = models.CharField("précisions", max_length=600, blank=True)
    due = models.DateField(null=True)
    opened_by = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="+", db_index=False)
    opened_at = models.DateTimeField()

    class Meta:
        indexes = (models.Index(fields=["ledger", "id"], name="ledger_plan_order"),)
        constraints = (models.CheckConstraint(condition=~Q(name=""), name="plan_has_a_name"),)

    def __str__(self) -> str:
        return self.name
