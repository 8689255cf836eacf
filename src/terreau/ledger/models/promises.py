# SPDX-License-Identifier: AGPL-3.0-or-later
"""What was promised, how it ended, how far it is kept."""

from django.db import models
from django.db.models import F, Q

from terreau.ledger.enums import EndKind, MeasureKind
from terreau.ledger.models.checks import whole
from terreau.ledger.models.plans import Plan
from terreau.ledger.models.things import Process, ProcessSpecification, Specification
from terreau.people.models import Agent, Space


class Commitment(models.Model):
    """A promise whose version all parties accepted. One measure, one unit, never changed.

    ``input_of`` and ``output_of``: the activity that it is for. ``planned_within``: the plan that
    it is a part of; ``independent_demand_of``: the plan that is made for it. ``stage`` and
    ``in_state``: how the thing is to be.
    """

    ledger = models.ForeignKey(Space, on_delete=models.PROTECT, related_name="+", db_index=False)
    key = models.UUIDField(unique=True)
    action = models.CharField(max_length=20)
    provider = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="+", db_index=False)
    receiver = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="+", db_index=False)
    specification = models.ForeignKey(
        Specification, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    measure = models.CharField(max_length=8, choices=MeasureKind)
    promised = models.BigIntegerField()
    unit = models.CharField(max_length=16)
    due = models.DateField(null=True)
    input_of = models.ForeignKey(
        Process, on_delete=models.PROTECT, related_name="+", db_index=False, null=True
    )
    output_of = models.ForeignKey(
        Process, on_delete=models.PROTECT, related_name="+", db_index=False, null=True
    )
    planned_within = models.ForeignKey(
        Plan, on_delete=models.PROTECT, related_name="commitments", null=True
    )
    independent_demand_of = models.ForeignKey(
        Plan, on_delete=models.PROTECT, related_name="+", db_index=False, null=True
    )
    stage = models.ForeignKey(
        ProcessSpecification, on_delete=models.PROTECT, related_name="+", db_index=False, null=True
    )
    in_state = models.CharField(max_length=60, default="")
    recorded_by = models.ForeignKey(
        Agent, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    recorded_at = models.DateTimeField()

    class Meta:
        indexes = (models.Index(fields=["ledger", "id"], name="ledger_commitment_order"),)
        constraints = (
            *whole("promised"),
            models.CheckConstraint(condition=Q(promised__gt=0), name="promise_is_of_something"),
            models.CheckConstraint(condition=~Q(unit=""), name="promise_has_a_unit"),
            models.CheckConstraint(
                condition=Q(measure__in=MeasureKind.values), name="promise_measure_is_known"
            ),
            models.CheckConstraint(
                condition=~Q(provider=F("receiver")), name="promise_is_to_another"
            ),
        )

    def __str__(self) -> str:
        return f"engagement {self.pk}"


class CommitmentEnd(models.Model):
    """A promise stopped binding: withdrawn, or superseded by a later one."""

    commitment = models.OneToOneField(
        Commitment, on_delete=models.PROTECT, related_name="end", primary_key=True
    )
    key = models.UUIDField(unique=True)
    kind = models.CharField(max_length=10, choices=EndKind)
    successor = models.ForeignKey(
        Commitment, on_delete=models.PROTECT, related_name="+", db_index=False, null=True
    )
    recorded_by = models.ForeignKey(
        Agent, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(kind__in=EndKind.values), name="end_kind_is_known"),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, engagement {self.commitment_id}"


class CommitmentState(models.Model):
    """How far a promise is fulfilled. Kept; ``version`` rises with each change."""

    commitment = models.OneToOneField(
        Commitment, on_delete=models.PROTECT, related_name="state", primary_key=True
    )
    fulfilled = models.BigIntegerField(default=0)
    ended = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = (
            *whole("fulfilled"),
            models.CheckConstraint(
                condition=Q(fulfilled__gte=0), name="promise_not_fulfilled_below_zero"
            ),
        )

    def __str__(self) -> str:
        return f"état de l'engagement {self.commitment_id}"
