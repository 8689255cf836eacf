# SPDX-License-Identifier: AGPL-3.0-or-later
"""The ledger's tables. What happened is never changed; what follows from it is kept beside.

*Facts* (Event, EventLink, Commitment, CommitmentEnd, Specification, ProcessSpecification, Seal):
written once, the database refuses any change (see ``apps.FACTS``). Process, Place and Resource keep
what they were opened with; only names may be edited. *Kept* (Resource's figures, CommitmentState,
Correction, Balance): derived from the facts by the engine, in the same transaction; ``terreau
verify`` derives them again and compares. Quantities are millionths of their unit in 64 bits.
Indexes are listed one by one: a key has none of its own unless something reads by it.
"""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Cast

from terreau.ledger.enums import EndKind, MeasureKind
from terreau.ledger.seals import SEALED
from terreau.people.models import Agent, Mandate, Space

_BETWEEN_TWO = ("transfer", "transferCustody", "transferAllRights", "deliverService")


def whole(*fields: str) -> tuple[models.CheckConstraint, ...]:
    """Refuse what is not a 64-bit integer: SQLite keeps floats, and turns an overflow into one."""
    return tuple(
        models.CheckConstraint(
            condition=Q(**{name: Cast(F(name), models.BigIntegerField())}),
            name=f"%(class)s_{name}_is_whole",
        )
        for name in fields
    )


def unit_beside(quantity: str, unit: str) -> models.CheckConstraint:
    """A quantity has a unit, and no quantity has none."""
    nothing = Q(**{f"{quantity}__isnull": True, unit: ""})
    something = Q(**{f"{quantity}__isnull": False}) & ~Q(**{unit: ""})
    return models.CheckConstraint(
        condition=nothing | something, name=f"%(class)s_{quantity}_has_its_unit"
    )


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
    """A stock that somebody chose to keep. Who answers for it and who holds it come from events."""

    ledger = models.ForeignKey(Space, on_delete=models.PROTECT, related_name="+", db_index=False)
    key = models.UUIDField(unique=True)
    name = models.CharField("nom", max_length=120)
    specification = models.ForeignKey(
        Specification, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    unit = models.CharField(max_length=16)
    floor = models.BigIntegerField(null=True, default=0)
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


class Commitment(models.Model):
    """A promise whose version all parties accepted. One measure, one unit, never changed."""

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


class Event(models.Model):
    """One flow that happened: one row, so that what leaves always arrives.

    ``happened_on`` is when it took place, ``recorded_at`` when it was written. ``recorded_by`` is
    the person who typed, ``on_behalf_of`` the organisation they spoke for and ``mandate`` the right
    to do so. A correction (``corrects``) is the only event with negative quantities.
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
