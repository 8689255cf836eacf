# SPDX-License-Identifier: AGPL-3.0-or-later
"""Kinds, activities, places and stocks: what events are about."""

from django.db import models
from django.db.models import F, Q

from terreau.ledger.models.checks import whole
from terreau.ledger.models.lots import BatchLotRecord
from terreau.ledger.models.plans import Plan
from terreau.people.models import Agent, Space


class Specification(models.Model):
    """A kind of thing, in the words of the ledger that uses it."""

    ledger = models.ForeignKey(Space, on_delete=models.PROTECT, related_name="+", db_index=False)
    code = models.CharField(max_length=60)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["ledger", "code"], name="one_specification_a_code"),
            models.CheckConstraint(condition=~Q(code=""), name="specification_has_a_code"),
        )

    def __str__(self) -> str:
        return self.code


class ProcessSpecification(models.Model):
    """A kind of activity: what comes out of one is at the stage that it names."""

    ledger = models.ForeignKey(Space, on_delete=models.PROTECT, related_name="+", db_index=False)
    code = models.CharField(max_length=60)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["ledger", "code"], name="one_process_kind_a_code"),
            models.CheckConstraint(condition=~Q(code=""), name="process_kind_has_a_code"),
        )

    def __str__(self) -> str:
        return self.code


class Process(models.Model):
    """An activity that takes things in and gives things out. ``finished`` is a human decision."""

    ledger = models.ForeignKey(Space, on_delete=models.PROTECT, related_name="+", db_index=False)
    key = models.UUIDField(unique=True)
    name = models.CharField("nom", max_length=120)
    specification = models.ForeignKey(
        ProcessSpecification, on_delete=models.PROTECT, related_name="+", db_index=False, null=True
    )
    planned_within = models.ForeignKey(
        Plan, on_delete=models.PROTECT, related_name="processes", null=True
    )
    begins_on = models.DateField(null=True)
    ends_on = models.DateField(null=True)
    finished = models.BooleanField(default=False)
    opened_by = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="+", db_index=False)
    opened_at = models.DateTimeField()

    class Meta:
        indexes = (models.Index(fields=["ledger", "name"], name="ledger_process_name"),)
        constraints = (
            models.CheckConstraint(condition=~Q(name=""), name="process_has_a_name"),
            models.CheckConstraint(
                condition=Q(begins_on__isnull=True)
                | Q(ends_on__isnull=True)
                | Q(ends_on__gte=F("begins_on")),
                name="process_ends_after_it_begins",
            ),
        )

    def __str__(self) -> str:
        return self.name


class Place(models.Model):
    """Somewhere that things are or go. Latitude and longitude are millionths of a degree."""

    ledger = models.ForeignKey(Space, on_delete=models.PROTECT, related_name="+", db_index=False)
    key = models.UUIDField(unique=True)
    name = models.CharField("nom", max_length=120)
    address = models.CharField("adresse", max_length=200, blank=True)
    latitude = models.BigIntegerField(null=True)
    longitude = models.BigIntegerField(null=True)

    class Meta:
        indexes = (models.Index(fields=["ledger", "name"], name="ledger_place_name"),)
        constraints = (
            *whole("latitude", "longitude"),
            models.CheckConstraint(condition=~Q(name=""), name="place_has_a_name"),
            models.CheckConstraint(
                condition=Q(latitude__isnull=True, longitude__isnull=True)
                | Q(latitude__range=(-90_000_000, 90_000_000))
                & Q(longitude__range=(-180_000_000, 180_000_000)),
                name="place_is_on_earth",
            ),
        )

    def __str__(self) -> str:
        return self.name


class Resource(models.Model):
    """A stock that somebody chose to keep. Who answers for it and who holds it come from events.

    ``rights``: who holds them when several do, by exact fractions (``engine.shares``).
    ``came``: with which container it came, and whose it was then (``engine.state.Came``).
    """

    ledger = models.ForeignKey(Space, on_delete=models.PROTECT, related_name="+", db_index=False)
    key = models.UUIDField(unique=True)
    name = models.CharField("nom", max_length=120)
    specification = models.ForeignKey(
        Specification, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    unit = models.CharField(max_length=16)
    floor = models.BigIntegerField(null=True, default=0)
    tracking_identifier = models.CharField(max_length=60, default="")
    of_batch_lot = models.ForeignKey(
        BatchLotRecord, on_delete=models.PROTECT, related_name="resources", null=True
    )
    opened_by = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="+", db_index=False)
    opened_at = models.DateTimeField()
    accounting = models.BigIntegerField(default=0)
    on_hand = models.BigIntegerField(default=0)
    accountable = models.ForeignKey(
        Agent, on_delete=models.PROTECT, related_name="+", db_index=False, null=True
    )
    custodian = models.ForeignKey(
        Agent, on_delete=models.PROTECT, related_name="+", db_index=False, null=True
    )
    location = models.ForeignKey(
        Place, on_delete=models.PROTECT, related_name="+", db_index=False, null=True
    )
    container = models.ForeignKey(
        "self", on_delete=models.PROTECT, related_name="+", db_index=False, null=True
    )
    stage = models.ForeignKey(
        ProcessSpecification, on_delete=models.PROTECT, related_name="+", db_index=False, null=True
    )
    state = models.CharField(max_length=60, default="")
    rights = models.TextField(default="")
    came = models.TextField(default="")
    version = models.PositiveIntegerField(default=0)

    class Meta:
        indexes = (
            models.Index(fields=["ledger", "name"], name="ledger_resource_name"),
            models.Index(
                fields=["container"],
                condition=Q(container__isnull=False),
                name="ledger_resource_container",
            ),
        )
        constraints = (
            *whole("accounting", "on_hand"),
            models.UniqueConstraint(
                fields=["ledger", "specification", "tracking_identifier"],
                condition=~Q(tracking_identifier=""),
                name="one_thing_a_number",
            ),
            models.CheckConstraint(
                condition=Q(container__isnull=True) | ~Q(container=F("id")),
                name="resource_is_not_in_itself",
            ),
            models.CheckConstraint(condition=~Q(name=""), name="resource_has_a_name"),
            models.CheckConstraint(
                condition=Q(floor__isnull=True)
                | Q(accounting__gte=F("floor"), on_hand__gte=F("floor")),
                name="resource_not_under_its_floor",
            ),
        )

    def __str__(self) -> str:
        return self.name
