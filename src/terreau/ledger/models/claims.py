# SPDX-License-Identifier: AGPL-3.0-or-later
"""What is due in return for what took place, how it ended, how far it is settled."""

from django.db import models
from django.db.models import F, Q

from terreau.ledger.enums import EndKind, MeasureKind
from terreau.ledger.models.checks import whole
from terreau.ledger.models.happenings import Event
from terreau.ledger.models.things import Specification
from terreau.people.models import Agent, Mandate, Space


class Claim(models.Model):
    """What who gave claims from who received. One measure, one unit, never changed.

    ``provider`` owes, ``receiver`` is owed and has said so: ``recorded_by`` speaks for it, by
    ``mandate`` when it is an organisation.
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
    claimed = models.BigIntegerField()
    unit = models.CharField(max_length=16)
    triggered_by = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="claims")
    due = models.DateField(null=True)
    recorded_by = models.ForeignKey(
        Agent, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    mandate = models.ForeignKey(
        Mandate, on_delete=models.PROTECT, related_name="+", db_index=False, null=True
    )
    recorded_at = models.DateTimeField()

    class Meta:
        indexes = (models.Index(fields=["ledger", "id"], name="ledger_claim_order"),)
        constraints = (
            *whole("claimed"),
            models.CheckConstraint(condition=Q(claimed__gt=0), name="claim_is_of_something"),
            models.CheckConstraint(condition=~Q(unit=""), name="claim_has_a_unit"),
            models.CheckConstraint(
                condition=Q(measure__in=MeasureKind.values), name="claim_measure_is_known"
            ),
            models.CheckConstraint(
                condition=~Q(provider=F("receiver")), name="claim_is_from_another"
            ),
        )

    def __str__(self) -> str:
        return f"créance {self.pk}"


class ClaimEnd(models.Model):
    """A claim stopped binding: given up, or superseded by a later one."""

    claim = models.OneToOneField(
        Claim, on_delete=models.PROTECT, related_name="end", primary_key=True
    )
    key = models.UUIDField(unique=True)
    kind = models.CharField(max_length=10, choices=EndKind)
    successor = models.ForeignKey(
        Claim, on_delete=models.PROTECT, related_name="+", db_index=False, null=True
    )
    recorded_by = models.ForeignKey(
        Agent, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(kind__in=EndKind.values), name="claim_end_kind_is_known"
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, créance {self.claim_id}"


class ClaimState(models.Model):
    """How far a claim is settled. Kept; ``version`` rises with each change.

    settled + unsettled = claimed. ``lifted``: all of what triggered it was taken back.
    """

    claim = models.OneToOneField(
        Claim, on_delete=models.PROTECT, related_name="state", primary_key=True
    )
    settled = models.BigIntegerField(default=0)
    unsettled = models.BigIntegerField()
    ended = models.BooleanField(default=False)
    lifted = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = (
            *whole("settled", "unsettled"),
            models.CheckConstraint(
                condition=Q(settled__gte=0), name="claim_not_settled_below_zero"
            ),
            models.CheckConstraint(
                condition=Q(unsettled__gte=0), name="claim_not_settled_beyond_it"
            ),
        )

    def __str__(self) -> str:
        return f"état de la créance {self.claim_id}"


class Settlement(models.Model):
    """An event settles a claim by a quantity, in the claim's unit."""

    event = models.ForeignKey(
        Event, on_delete=models.PROTECT, related_name="settlements", db_index=False
    )
    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="settlements")
    quantity = models.BigIntegerField()

    class Meta:
        constraints = (
            *whole("quantity"),
            models.UniqueConstraint(fields=["event", "claim"], name="one_settlement_each"),
            models.CheckConstraint(condition=~Q(quantity=0), name="settlement_is_of_something"),
        )

    def __str__(self) -> str:
        return f"{self.event_id} → {self.claim_id}"
