# SPDX-License-Identifier: AGPL-3.0-or-later
"""Journal de bord, its files, decisions of the circle, and the interim."""

from django.db import models
from django.db.models import Q

from terreau.ecosystems.enums import LogTheme, Milestone
from terreau.ecosystems.models.ecosystem import Ecosystem
from terreau.people.models import Agent, GuestLink, Record

PASSING = "quelqu'un de passage"


class LogEntry(Record):
    """Three lines: what happened, on a day."""

    ecosystem = models.ForeignKey(Ecosystem, on_delete=models.CASCADE, related_name="entries")
    day = models.DateField("le")
    text = models.TextField("trois lignes", max_length=1500)
    theme = models.CharField(max_length=12, choices=LogTheme, blank=True, default="")
    milestone = models.CharField(max_length=10, choices=Milestone, blank=True, default="")
    guest_name = models.CharField(max_length=80, blank=True, default="")
    guest_link = models.ForeignKey(
        GuestLink, null=True, blank=True, on_delete=models.PROTECT, related_name="entries"
    )
    answer = models.CharField("ce que nous en avons fait", max_length=600, blank=True, default="")
    erased_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-day", "-pk")
        indexes = (models.Index(fields=["ecosystem", "-day", "-id"]),)
        constraints = (models.CheckConstraint(condition=~Q(text=""), name="entry_says_something"),)

    def __str__(self) -> str:
        return self.text[:60]

    @property
    def voice(self) -> str:
        """Who says it. A guest's word is kept in the ecosystem's name, and never said by it."""
        if self.guest_link_id is None:
            return self.author.name
        return f"{self.guest_name or PASSING}, sans compte"


class Attachment(models.Model):
    """A photo or document of an entry: cleaned when it arrives, read as its entry is."""

    entry = models.ForeignKey(LogEntry, on_delete=models.CASCADE, related_name="attachments")
    file = models.FileField(upload_to="journal/%Y/%m/")
    name = models.CharField(max_length=120)
    mime = models.CharField(max_length=40)
    size_bytes = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    description = models.CharField("ce qu'on y voit", max_length=200, blank=True, default="")

    def __str__(self) -> str:
        return self.name


class CircleDecision(Record):
    """A dated decision of the circle, in words; one kind opens the statements to each other."""

    ecosystem = models.ForeignKey(Ecosystem, on_delete=models.CASCADE, related_name="decisions")
    day = models.DateField("le")
    text = models.CharField("ce que nous avons décidé", max_length=600)
    opens_statements = models.BooleanField(default=False)
    ended_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ("-day", "-pk")

    def __str__(self) -> str:
        return self.text[:60]


class Interim(models.Model):
    """Both key-holders are gone: two first-circle organisations name somebody, 72 hours ahead."""

    ecosystem = models.ForeignKey(Ecosystem, on_delete=models.CASCADE, related_name="interims")
    person = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="+")
    asked_by = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    seconded_by = models.ForeignKey(
        Agent, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    seconded_at = models.DateTimeField(null=True, blank=True)
    opposed_at = models.DateTimeField(null=True, blank=True)
    opposed_by = models.ForeignKey(
        Agent, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    starts_at = models.DateTimeField(null=True, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(seconded_by__isnull=True) | ~Q(seconded_by=models.F("asked_by")),
                name="interim_takes_two_organisations",
            ),
        )

    def __str__(self) -> str:
        return f"intérim de {self.person}"


class TakingAway(models.Model):
    """Somebody took the cooperation away in one file: everybody in it may read who and when."""

    ecosystem = models.ForeignKey(Ecosystem, on_delete=models.CASCADE, related_name="takings")
    agent = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="+")
    what = models.CharField(max_length=80)
    at = models.DateTimeField()

    class Meta:
        ordering = ("-at", "-pk")

    def __str__(self) -> str:
        return f"{self.what}, {self.agent}, {self.at:%Y-%m-%d}"
