# SPDX-License-Identifier: AGPL-3.0-or-later
"""What happened, which promise it keeps, what was taken back of it."""

from django.db import models
from django.db.models import F, Q

from terreau.ledger.models.checks import unit_beside, whole
from terreau.ledger.models.promises import Commitment
from terreau.ledger.models.things import Place, Process, Resource, Specification
from terreau.people.models import Agent, Mandate, Space

_BETWEEN_TWO = ("transfer", "transferCustody", "transferAllRights", "deliverService")


class Event(models.Model):
    """One flow that happened: one row, so that what leaves always arrives.

    ``happened_on`` is when it took place, ``recorded_at`` when it was written. ``recorded_by`` is
    the person who typed, ``on_behalf_of`` the organisation they spoke for and ``mandate`` the right
    to do so. A correction (``corrects``) is the only event with negative quantities.
    ``rights`` is the share of the rights on one stock that is ceded, as ``1/3``.
    """

    id = models.BigAutoField(primary_key=True)
    ledger = models.ForeignKey(Space, on_delete=models.PROTECT, related_name="+", db_index=False)
    key = models.UUIDField(unique=True)
    action = models.CharField(max_length=20)
    provider = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="+", db_index=False)
    receiver = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="+", db_index=False)
    specification = models.ForeignKey(
        Specification, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    quantity = models.BigIntegerField(null=True)
    unit = models.CharField(max_length=16, default="")
    effort = models.BigIntegerField(null=True)
    effort_unit = models.CharField(max_length=16, default="")
    resource = models.ForeignKey(
        Resource, on_delete=models.PROTECT, related_name="+", db_index=False, null=True
    )
    to_resource = models.ForeignKey(
        Resource, on_delete=models.PROTECT, related_name="+", db_index=False, null=True
    )
    corrects = models.ForeignKey(
        "self", on_delete=models.PROTECT, related_name="+", db_index=False, null=True
    )
    input_of = models.ForeignKey(
        Process, on_delete=models.PROTECT, related_name="+", db_index=False, null=True
    )
    output_of = models.ForeignKey(
        Process, on_delete=models.PROTECT, related_name="+", db_index=False, null=True
    )
    to_location = models.ForeignKey(
        Place, on_delete=models.PROTECT, related_name="+", db_index=False, null=True
    )
    state = models.CharField(max_length=60, default="")
    rights = models.CharField(max_length=13, default="")
    happened_on = models.DateField()
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(
        Agent, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    on_behalf_of = models.ForeignKey(
        Agent, on_delete=models.PROTECT, related_name="+", db_index=False, null=True
    )
    mandate = models.ForeignKey(
        Mandate, on_delete=models.PROTECT, related_name="+", db_index=False, null=True
    )

    class Meta:
        indexes = (
            models.Index(fields=["ledger", "happened_on", "id"], name="ledger_event_day"),
            models.Index(
                fields=["corrects"],
                condition=Q(corrects__isnull=False),
                name="ledger_event_corrects",
            ),
            models.Index(
                fields=["resource"],
                condition=Q(resource__isnull=False),
                name="ledger_event_resource",
            ),
            models.Index(
                fields=["input_of"],
                condition=Q(input_of__isnull=False),
                name="ledger_event_input_of",
            ),
            models.Index(
                fields=["output_of"],
                condition=Q(output_of__isnull=False),
                name="ledger_event_output_of",
            ),
            models.Index(
                fields=["to_resource"],
                condition=Q(to_resource__isnull=False),
                name="ledger_event_to_resource",
            ),
        )
        constraints = (
            *whole("quantity", "effort"),
            unit_beside("quantity", "unit"),
            unit_beside("effort", "effort_unit"),
            models.CheckConstraint(
                condition=Q(quantity__isnull=False) | Q(effort__isnull=False),
                name="event_measures_something",
            ),
            models.CheckConstraint(
                condition=Q(corrects__isnull=True)
                & (Q(quantity__isnull=True) | Q(quantity__gt=0))
                & (Q(effort__isnull=True) | Q(effort__gt=0))
                | Q(corrects__isnull=False)
                & (Q(quantity__isnull=True) | Q(quantity__lt=0))
                & (Q(effort__isnull=True) | Q(effort__lt=0)),
                name="event_negative_only_when_it_corrects",
            ),
            models.CheckConstraint(
                condition=~Q(action__in=_BETWEEN_TWO) | ~Q(provider=F("receiver")),
                name="event_is_between_two",
            ),
            models.CheckConstraint(
                condition=Q(rights="") | Q(action="transferAllRights", resource__isnull=False),
                name="event_share_is_of_rights",
            ),
            models.CheckConstraint(
                condition=Q(mandate__isnull=True) | Q(on_behalf_of__isnull=False),
                name="event_mandate_is_for_somebody",
            ),
        )

    def __str__(self) -> str:
        return f"{self.action} {self.pk}"


class EventLink(models.Model):
    """An event fulfils a commitment by a quantity, in the commitment's unit."""

    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="links", db_index=False)
    commitment = models.ForeignKey(Commitment, on_delete=models.PROTECT, related_name="links")
    quantity = models.BigIntegerField()

    class Meta:
        constraints = (
            *whole("quantity"),
            models.UniqueConstraint(fields=["event", "commitment"], name="one_link_each"),
            models.CheckConstraint(condition=~Q(quantity=0), name="link_is_of_something"),
        )

    def __str__(self) -> str:
        return f"{self.event_id} → {self.commitment_id}"


class Correction(models.Model):
    """How much of an event was taken back. Kept; only corrected events have a row."""

    event = models.OneToOneField(
        Event, on_delete=models.PROTECT, related_name="correction", primary_key=True
    )
    quantity_out = models.BigIntegerField(default=0)
    effort_out = models.BigIntegerField(default=0)
    version = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = (
            *whole("quantity_out", "effort_out"),
            models.CheckConstraint(
                condition=Q(quantity_out__gte=0, effort_out__gte=0),
                name="correction_takes_back",
            ),
        )

    def __str__(self) -> str:
        return f"corrections de {self.event_id}"
