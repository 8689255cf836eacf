# SPDX-License-Identifier: AGPL-3.0-or-later
"""Public sheets: what everybody may read of a cooperation, and what is written to it.

A sheet is a copy, made by an action from what was already public. Nothing here is read live from
private records, so a page, a count or a search can only show what somebody published.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from terreau.ecosystems.enums import ObstacleCode, Phase
from terreau.ecosystems.models import Ecosystem, LifeFunction
from terreau.people.models import Agent
from terreau.publishing.enums import LegalFamily, Licence, MessageKind, Origin, Outcome
from terreau.territories.models import Territory


class Sheet(models.Model):
    """A cooperation as everybody may read it.

    ``content`` holds what its page shows (see :mod:`terreau.publishing.content`); it is emptied
    when the sheet is withdrawn. ``heading`` says where a sheet that nobody keeps was read.
    ``contact_open``: somebody with an account answers what is written here.
    """

    slug = models.SlugField(unique=True, max_length=80)
    origin = models.CharField(max_length=10, choices=Origin)
    ecosystem = models.OneToOneField(
        Ecosystem, null=True, blank=True, on_delete=models.CASCADE, related_name="sheet"
    )
    title = models.CharField(max_length=160)
    aim = models.CharField(max_length=600)
    heading = models.CharField(max_length=200, blank=True, default="")
    source = models.CharField(max_length=300, blank=True, default="")
    site = models.URLField(blank=True, default="")
    licence = models.CharField(max_length=16, choices=Licence, default=Licence.CC_BY_SA)
    region = models.ForeignKey(
        Territory, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    department = models.ForeignKey(
        Territory, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    place = models.CharField(max_length=200, blank=True, default="")
    functions = models.ManyToManyField(LifeFunction, blank=True, related_name="sheets")
    legal_family = models.CharField(max_length=20, choices=LegalFamily, blank=True, default="")
    legal_form = models.CharField(max_length=160, blank=True, default="")
    phase = models.CharField(max_length=16, choices=Phase, blank=True, default="")
    contact_open = models.BooleanField(default=False)
    fingerprint = models.CharField(max_length=64, blank=True, default="")
    published_at = models.DateTimeField(null=True, blank=True)
    refreshed_at = models.DateTimeField(null=True, blank=True, db_index=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True, db_index=True)
    withdrawn_why = models.CharField(max_length=300, blank=True, default="")
    # Last on purpose: SQLite then counts and filters without reading past the short columns.
    content = models.JSONField(default=dict)

    class Meta:
        ordering = ("title", "pk")
        indexes = (
            models.Index(
                fields=["title", "id"],
                condition=Q(published_at__isnull=False, withdrawn_at__isnull=True),
                name="published_by_title",
            ),
        )
        constraints = (
            models.CheckConstraint(condition=Q(origin__in=Origin.values), name="origin_is_known"),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True) | Q(content={}),
                name="a_withdrawn_sheet_holds_nothing",
            ),
            models.CheckConstraint(
                condition=Q(origin=Origin.READ, contact_open=False) | ~Q(origin=Origin.READ),
                name="nobody_answers_for_a_sheet_only_read",
            ),
        )

    def __str__(self) -> str:
        return self.title


class SheetVersion(models.Model):
    """What was said of it at one date, and what had changed since the version before."""

    sheet = models.ForeignKey(Sheet, on_delete=models.CASCADE, related_name="versions")
    year = models.PositiveSmallIntegerField()
    day = models.DateField(null=True, blank=True)
    aim = models.CharField(max_length=600)
    story = models.TextField(blank=True, default="")
    change = models.CharField(max_length=800, blank=True, default="")
    source = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        ordering = ("-year", "-day", "-pk")

    def __str__(self) -> str:
        return f"{self.sheet}, {self.year}"


class SheetObstacle(models.Model):
    """A difficulty told on a sheet, with its year, so that sheets are found by it."""

    sheet = models.ForeignKey(Sheet, on_delete=models.CASCADE, related_name="obstacles")
    code = models.CharField(max_length=24, choices=ObstacleCode)
    year = models.PositiveSmallIntegerField()
    words = models.CharField(max_length=800)
    learnt = models.CharField(max_length=800, blank=True, default="")

    class Meta:
        ordering = ("-year", "pk")
        indexes = (models.Index(fields=["code", "year"]),)

    def __str__(self) -> str:
        return self.words[:60]


class SheetTerm(models.Model):
    """A word of a sheet as the French analyser keeps it, with its weight: the search index."""

    sheet = models.ForeignKey(Sheet, on_delete=models.CASCADE, related_name="terms")
    term = models.CharField(max_length=40)
    weight = models.PositiveSmallIntegerField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["term", "sheet"], name="term_once_a_sheet"),)

    def __str__(self) -> str:
        return self.term


class SheetMessage(models.Model):
    """What somebody wrote about a sheet. Kept for those who answer, and never longer than a year.

    ``sender_mark`` is a keyed digest of the network address and the day: enough to slow down
    somebody who floods, useless to find them again. A request (« c'est nous ») has an outcome; once
    granted, ``token_hash`` is that of the link by which the sheet is taken over.
    """

    sheet = models.ForeignKey(Sheet, on_delete=models.CASCADE, related_name="messages")
    kind = models.CharField(max_length=12, choices=MessageKind, default=MessageKind.WRITE)
    sender = models.CharField(max_length=120)
    answer_to = models.CharField(max_length=200)
    text = models.TextField(max_length=3000)
    key = models.UUIDField(unique=True)
    sender_mark = models.CharField(max_length=64, db_index=True)
    created_at = models.DateTimeField(db_index=True)
    handled_at = models.DateTimeField(null=True, blank=True)
    handled_by = models.ForeignKey(
        Agent, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    outcome = models.CharField(max_length=10, choices=Outcome, blank=True, default="")
    outcome_words = models.CharField(max_length=300, blank=True, default="")
    token_hash = models.CharField(max_length=64, blank=True, default="", db_index=True)
    open_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-created_at", "-pk")

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.created_at:%Y-%m-%d}"


class Correction(models.Model):
    """What a public document says wrongly, what we wrote instead, and why: never silently."""

    sheet = models.ForeignKey(
        Sheet, null=True, blank=True, on_delete=models.SET_NULL, related_name="corrections"
    )
    day = models.DateField()
    source = models.CharField(max_length=300)
    found = models.CharField(max_length=400)
    written = models.CharField(max_length=400)
    why = models.CharField(max_length=400, blank=True, default="")

    class Meta:
        ordering = ("-day", "pk")
        constraints = (models.UniqueConstraint(fields=["source", "found"], name="correction_once"),)

    def __str__(self) -> str:
        return self.found[:60]
