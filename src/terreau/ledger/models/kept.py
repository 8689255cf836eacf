# SPDX-License-Identifier: AGPL-3.0-or-later
"""What is kept beside the facts: what each gave each other in a month, and the seals."""

from django.db import models
from django.db.models import Q

from terreau.ledger.enums import MeasureKind
from terreau.ledger.models.checks import whole
from terreau.ledger.models.things import Specification
from terreau.ledger.seals import SEALED
from terreau.people.models import Agent, Space


class Balance(models.Model):
    """What one agent gave another in a month: per action, kind, measure and unit. Kept.

    A statement of any period is the whole months, read here, and the events of the days at its two
    ends: it costs the same in a ledger of a thousand events and of a hundred thousand.
    """

    ledger = models.ForeignKey(Space, on_delete=models.PROTECT, related_name="+", db_index=False)
    month = models.DateField()
    provider = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="+", db_index=False)
    receiver = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="+", db_index=False)
    action = models.CharField(max_length=20)
    specification = models.ForeignKey(
        Specification, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    measure = models.CharField(max_length=8, choices=MeasureKind)
    unit = models.CharField(max_length=16)
    total = models.BigIntegerField()
    events = models.PositiveIntegerField()

    class Meta:
        # Adding to a row touches no index: one agent is found at once, and posting costs the same.
        indexes = (
            models.Index(fields=["provider", "ledger"], name="ledger_balance_provider"),
            models.Index(fields=["receiver", "ledger"], name="ledger_balance_receiver"),
        )
        constraints = (
            *whole("total"),
            models.UniqueConstraint(
                fields=[
                    "ledger",
                    "month",
                    "provider",
                    "receiver",
                    "action",
                    "specification",
                    "measure",
                    "unit",
                ],
                name="one_balance_each",
            ),
        )

    def __str__(self) -> str:
        return f"{self.month:%m/%Y}, {self.provider_id} → {self.receiver_id}"


class Seal(models.Model):
    """The place of a fact in the chain of its ledger (``ledger.seals`` says how it is worked out).

    ``kind`` and ``fact`` name a row of a table of facts. The chain has no fork: a number stands
    once in a ledger; and no fact is sealed twice.
    """

    ledger = models.ForeignKey(Space, on_delete=models.PROTECT, related_name="+", db_index=False)
    number = models.BigIntegerField()
    kind = models.CharField(max_length=20)
    fact = models.BigIntegerField()
    digest = models.BinaryField()

    class Meta:
        constraints = (
            *whole("number", "fact"),
            models.UniqueConstraint(fields=["ledger", "number"], name="one_seal_a_number"),
            models.UniqueConstraint(fields=["kind", "fact"], name="one_seal_a_fact"),
            models.CheckConstraint(condition=Q(number__gt=0), name="seal_numbers_begin_at_one"),
            models.CheckConstraint(condition=Q(kind__in=SEALED), name="seal_kind_is_known"),
        )

    def __str__(self) -> str:
        return f"{self.number}. {self.kind} {self.fact}"
