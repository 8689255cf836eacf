# SPDX-License-Identifier: AGPL-3.0-or-later
"""Agreements in versions, their parties, and what each promises."""

from uuid import uuid4

from django.db import models
from django.db.models import F, Q

from terreau.agreements.enums import Kept, Kind, Nature, Period, ReviewOutcome, VersionState
from terreau.core import clock
from terreau.core.constraints import no_finer
from terreau.ecosystems.models import Ecosystem
from terreau.people.models import Agent, Record


class Agreement(Record):
    """What some of us promise each other. Its text and promises stand in its versions."""

    ecosystem = models.ForeignKey(Ecosystem, on_delete=models.CASCADE, related_name="agreements")
    name = models.CharField("nom", max_length=160)
    ended_on = models.DateField(null=True, blank=True)
    ended_words = models.CharField(max_length=400, blank=True, default="")

    class Meta:
        ordering = ("name", "pk")
        constraints = (models.CheckConstraint(condition=~Q(name=""), name="agreement_has_a_name"),)

    def __str__(self) -> str:
        return self.name


class AgreementVersion(models.Model):
    """One text, proposed as it stands. A change is another version, to accept again.

    At most one version of an agreement is accepted, and at most one is being written or proposed.
    """

    agreement = models.ForeignKey(Agreement, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=12, choices=VersionState, default=VersionState.DRAFT)
    preamble = models.TextField("ce qui nous réunit", max_length=3000, blank=True, default="")
    duration = models.CharField("pour combien de temps", max_length=300, blank=True, default="")
    changes = models.CharField("ce qui change", max_length=600, blank=True, default="")
    drafted_by = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="+")
    proposed_on = models.DateField(null=True, blank=True)
    accepted_on = models.DateField(null=True, blank=True)
    superseded_on = models.DateField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    updated_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        ordering = ("-number",)
        constraints = (
            models.UniqueConstraint(fields=["agreement", "number"], name="agreement_number_once"),
            models.UniqueConstraint(
                fields=["agreement"],
                condition=Q(state=VersionState.ACCEPTED),
                name="one_accepted_version",
            ),
            models.UniqueConstraint(
                fields=["agreement"],
                condition=Q(state__in=(VersionState.DRAFT, VersionState.PROPOSED)),
                name="one_open_version",
            ),
            models.CheckConstraint(
                condition=~Q(state=VersionState.ACCEPTED) | Q(accepted_on__isnull=False),
                name="accepted_version_has_a_date",
            ),
        )

    def __str__(self) -> str:
        return f"{self.agreement}, version {self.number}"

    @property
    def is_draft(self) -> bool:
        return self.state == VersionState.DRAFT

    @property
    def is_accepted(self) -> bool:
        return self.state == VersionState.ACCEPTED


class Party(models.Model):
    """Who takes part in a version, and how far it has accepted it.

    Two steps: « d'accord, côté équipe » (``agreed_on``), then « validé par … le …, pièce … ».
    « Pas cette année » (``declined_on``) is as normal as the others.
    """

    version = models.ForeignKey(AgreementVersion, on_delete=models.CASCADE, related_name="parties")
    agent = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="+")
    representative = models.CharField("représentée par", max_length=160, blank=True, default="")
    agreed_on = models.DateField(null=True, blank=True)
    agreed_by = models.ForeignKey(
        Agent, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    validated_by = models.CharField("validé par", max_length=160, blank=True, default="")
    validated_on = models.DateField("le", null=True, blank=True)
    document = models.CharField("pièce", max_length=160, blank=True, default="")
    declined_on = models.DateField(null=True, blank=True)
    declined_words = models.CharField("un mot", max_length=600, blank=True, default="")

    class Meta:
        ordering = ("agent__name", "pk")
        constraints = (
            models.UniqueConstraint(fields=["version", "agent"], name="party_once"),
            models.CheckConstraint(
                condition=Q(validated_on__isnull=True)
                | (Q(agreed_on__isnull=False) & Q(declined_on__isnull=True)),
                name="validated_after_the_team_agreed",
            ),
            models.CheckConstraint(
                condition=Q(validated_on__isnull=True) | ~Q(validated_by=""),
                name="validation_says_by_whom",
            ),
        )

    def __str__(self) -> str:
        return f"{self.agent}, {self.version}"

    @property
    def is_done(self) -> bool:
        return self.validated_on is not None


class Commitment(models.Model):
    """One promise in words: who, what, to whom, in return for what, or openly for nothing.

    ``quantity`` in millionths of ``unit``, or null when it is not counted; so much each ``period``
    that begins from the day ``since``, set when the promise is accepted. ``previous`` is the same
    promise in the version before. ``volunteers``: held by volunteers, so never of result.
    """

    version = models.ForeignKey(
        AgreementVersion, on_delete=models.CASCADE, related_name="commitments"
    )
    key = models.UUIDField(default=uuid4, unique=True, editable=False)
    provider = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="+")
    receiver = models.ForeignKey(
        Agent, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    words = models.CharField("ce qui est promis", max_length=400)
    nature = models.CharField(max_length=10, choices=Nature, default=Nature.MEANS)
    kind = models.CharField(max_length=12, choices=Kind)
    quantity = models.BigIntegerField(null=True, blank=True)
    unit = models.CharField(max_length=12, blank=True, default="")
    period = models.CharField(max_length=8, choices=Period, blank=True, default="")
    since = models.DateField("compté depuis le", null=True, blank=True)
    review_on = models.DateField("à revoir ensemble le", null=True, blank=True)
    free = models.BooleanField("sans contrepartie", default=False)
    volunteers = models.BooleanField("tenu par des bénévoles", default=False)
    in_return_of = models.ManyToManyField(
        "self", blank=True, symmetrical=False, related_name="answered_by"
    )
    previous = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="continued_by"
    )
    declined_on = models.DateField(null=True, blank=True)
    declined_words = models.CharField(max_length=600, blank=True, default="")
    closed_on = models.DateField(null=True, blank=True)
    kept = models.CharField(max_length=8, choices=Kept, blank=True, default="")
    closed_words = models.CharField(max_length=600, blank=True, default="")
    edited = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ("pk",)
        indexes = (models.Index(fields=["provider"]), models.Index(fields=["review_on"]))
        constraints = (
            models.CheckConstraint(condition=~Q(words=""), name="commitment_says_something"),
            models.CheckConstraint(
                condition=Q(receiver__isnull=True) | ~Q(provider=F("receiver")),
                name="commitment_is_to_another",
            ),
            models.CheckConstraint(
                condition=(Q(quantity__isnull=True) & Q(unit=""))
                | (Q(quantity__gt=0) & ~Q(unit="")),
                name="commitment_quantity_has_a_unit",
            ),
            no_finer("quantity"),
            models.CheckConstraint(
                condition=Q(volunteers=False) | ~Q(nature=Nature.RESULT),
                name="volunteers_promise_no_result",
            ),
        )

    def __str__(self) -> str:
        return self.words[:60]

    @property
    def is_running(self) -> bool:
        return self.declined_on is None and self.closed_on is None


class Posting(models.Model):
    """Which line of the ledger stands for which promise, from which day of it.

    A promise that is counted by period has a line for each period in which something was given.
    A later version re-enters what remains as a new line: both lines then belong to the promise of
    that version, so that what was already given still counts towards it.
    """

    ledger_id = models.BigIntegerField(unique=True)
    commitment = models.ForeignKey(Commitment, on_delete=models.PROTECT, related_name="postings")
    begins_on = models.DateField()
    withdrawn_on = models.DateField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.commitment} ({self.ledger_id})"


class Review(models.Model):
    """« À revoir ensemble »: we looked at a promise on a day, and said what we do with it."""

    commitment = models.ForeignKey(Commitment, on_delete=models.CASCADE, related_name="reviews")
    key = models.UUIDField(unique=True, editable=False)
    day = models.DateField()
    outcome = models.CharField(max_length=8, choices=ReviewOutcome)
    kept = models.CharField(max_length=8, choices=Kept, blank=True, default="")
    words = models.CharField(max_length=600, blank=True, default="")
    next_on = models.DateField(null=True, blank=True)
    said_by = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("-day", "-pk")

    def __str__(self) -> str:
        return f"{self.commitment}, {self.get_outcome_display()}"
