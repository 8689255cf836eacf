# SPDX-License-Identifier: AGPL-3.0-or-later
"""Contributions beside their ledger events: free text, confirmation, and what was discussed."""

from uuid import UUID, uuid5

from django.db import models
from django.db.models import F, Q

from terreau.agreements.enums import ChangeKind, ContributionState, Kind
from terreau.agreements.models.agreement import Posting
from terreau.core.constraints import no_finer
from terreau.ecosystems.models import Ecosystem
from terreau.people.models import Agent, Record, Space


class Contribution(Record):
    """Something that was given: ``author`` gave it, ``receiver`` received it, on a day.

    ``event_id`` is the ledger event that holds today's value; ``quantity`` (millionths of
    ``unit``) repeats it, so that lists need no second read. ``word`` is free text, erasable.
    ``refund``: expenses paid back, which are not a gift and never count as one.
    """

    ecosystem = models.ForeignKey(Ecosystem, on_delete=models.CASCADE, related_name="contributions")
    kind = models.CharField(max_length=12, choices=Kind)
    receiver = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="+")
    quantity = models.BigIntegerField()
    unit = models.CharField(max_length=12)
    happened_on = models.DateField("le")
    posting = models.ForeignKey(
        Posting, null=True, blank=True, on_delete=models.PROTECT, related_name="contributions"
    )
    word = models.CharField("un mot", max_length=400, blank=True, default="")
    refund = models.BooleanField("remboursement de frais", default=False)
    state = models.CharField(
        max_length=10, choices=ContributionState, default=ContributionState.AWAITING
    )
    confirmed_on = models.DateField(null=True, blank=True)
    confirmed_by = models.ForeignKey(
        Agent, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    undone_on = models.DateField(null=True, blank=True)
    event_id = models.BigIntegerField(unique=True)

    class Meta:
        ordering = ("-happened_on", "-pk")
        indexes = (
            models.Index(fields=["ecosystem", "-happened_on", "-id"], name="contribution_by_day"),
            models.Index(fields=["author", "-happened_on", "-id"], name="contribution_by_giver"),
            # Counting what awaits an answer reads this index alone.
            models.Index(
                fields=["receiver", "state", "ecosystem", "recorded_by"],
                name="contribution_by_receiver",
            ),
        )
        constraints = (
            models.CheckConstraint(condition=Q(quantity__gt=0), name="contribution_is_positive"),
            no_finer("quantity"),
            models.CheckConstraint(
                condition=~Q(author=F("receiver")), name="contribution_is_to_another"
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.happened_on}"

    @property
    def asked(self) -> "ContributionChange | None":
        """The rectification that awaits the other side, when there is one."""
        if self.state != ContributionState.CORRECTING:
            return None
        return max(self.changes_made.all(), key=lambda change: change.pk)

    @property
    def read_as(self) -> str:
        """What an answer names: the value that stands, and what is asked in its place."""
        asked = self.asked
        return f"{self.event_id}-{asked.pk}" if asked else str(self.event_id)


def rectified_key(change: UUID) -> UUID:
    """Return the key of the event that says the right value, from that of the change."""
    return uuid5(change, "again")


class ContributionChange(models.Model):
    """What a contribution was, and what it became or was asked to become. Never edited."""

    contribution = models.ForeignKey(
        Contribution, on_delete=models.CASCADE, related_name="changes_made"
    )
    what = models.CharField(max_length=10, choices=ChangeKind)
    quantity_before = models.BigIntegerField()
    quantity_after = models.BigIntegerField()
    unit_before = models.CharField(max_length=12)
    unit_after = models.CharField(max_length=12)
    day_before = models.DateField()
    day_after = models.DateField()
    key = models.UUIDField(unique=True, editable=False)
    day = models.DateField()
    by = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"{self.contribution}, {self.get_what_display()}"


class Discussion(models.Model):
    """« En parler »: a note between the two parties and a third of their choice.

    ``space`` holds these three only. Giver or receiver proposes how it ends (``proposed_*``), the
    other says « d'accord »; the lesson is then read with the contribution.
    """

    contribution = models.ForeignKey(
        Contribution, on_delete=models.CASCADE, related_name="discussions"
    )
    space = models.OneToOneField(Space, on_delete=models.PROTECT, related_name="+")
    opened_on = models.DateField()
    opened_by = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="+")
    third = models.ForeignKey(
        Agent, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    proposed_quantity = models.BigIntegerField(null=True, blank=True)
    proposed_lesson = models.CharField(max_length=600, blank=True, default="")
    proposed_by = models.ForeignKey(
        Agent, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    proposed_side = models.CharField(max_length=8, blank=True, default="")
    closed_on = models.DateField(null=True, blank=True)
    agreed_quantity = models.BigIntegerField(null=True, blank=True)
    lesson = models.CharField("ce que nous en retenons", max_length=600, blank=True, default="")

    class Meta:
        ordering = ("-opened_on", "-pk")
        constraints = (
            models.UniqueConstraint(
                fields=["contribution"],
                condition=Q(closed_on__isnull=True),
                name="one_open_discussion",
            ),
            models.CheckConstraint(
                condition=Q(closed_on__isnull=True) | Q(agreed_quantity__gte=0),
                name="discussion_ends_with_a_quantity",
            ),
        )

    def __str__(self) -> str:
        return f"à propos de {self.contribution}"


class DiscussionNote(Record):
    """A few lines in a discussion, read by those who take part in it."""

    discussion = models.ForeignKey(Discussion, on_delete=models.CASCADE, related_name="notes")
    text = models.CharField("votre mot", max_length=1500)
    day = models.DateField()

    class Meta:
        ordering = ("day", "pk")

    def __str__(self) -> str:
        return self.text[:60]
