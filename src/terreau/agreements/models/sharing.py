# SPDX-License-Identifier: AGPL-3.0-or-later
"""« Notre règle de partage », in versions, and what was counted under one of them."""

from django.db import models
from django.db.models import Q

from terreau.core import clock
from terreau.ecosystems.models import Ecosystem
from terreau.ledger.sharing.rule import Rule, read
from terreau.people.models import Record


def no_rule() -> dict[str, object]:
    """Return the data of a rule that shares nothing."""
    return {"parts": []}


class SharingRule(Record):
    """One version of the rule, in words and as data (``ledger.sharing.rule``). Never rewritten.

    It counts once it is adopted: by whom, when, and which document says so.
    """

    ecosystem = models.ForeignKey(Ecosystem, on_delete=models.CASCADE, related_name="sharing_rules")
    number = models.PositiveSmallIntegerField()
    words = models.TextField("notre règle, en mots", max_length=1200)
    content = models.JSONField("les parts", default=no_rule)
    adopted_on = models.DateField("adoptée le", null=True, blank=True)
    adopted_by = models.CharField("adoptée par", max_length=160, blank=True, default="")
    document = models.CharField("pièce", max_length=160, blank=True, default="")

    class Meta:
        ordering = ("-number",)
        constraints = (
            models.UniqueConstraint(
                fields=["ecosystem", "number"], name="sharing_rule_number_once"
            ),
            models.CheckConstraint(
                condition=Q(adopted_on__isnull=True) | ~Q(adopted_by="") & ~Q(document=""),
                name="adopted_sharing_rule_says_by_whom",
            ),
        )

    def __str__(self) -> str:
        return f"règle de partage, version {self.number}"

    @property
    def rule(self) -> Rule:
        return read(self.content)


class Sharing(Record):
    """What a version of the rule makes of what came in. Counted once, kept as it was counted.

    ``event_id`` is what came in, ``quantity`` (millionths of ``unit``) how much of it is shared.
    Whose contributions count: those to what ``stock_id`` held or ``moved_id`` moved, else those of
    a period. ``last_event`` is the last event of the ledger as it was known, ``known_at`` when.
    ``inputs`` holds what was counted and what was left out, ``digest`` seals it with the rule.
    """

    ecosystem = models.ForeignKey(Ecosystem, on_delete=models.CASCADE, related_name="sharings")
    title = models.CharField("ce qu'on partage", max_length=160)
    rule = models.ForeignKey(
        SharingRule, on_delete=models.PROTECT, related_name="sharings", verbose_name="selon"
    )
    event_id = models.BigIntegerField()
    quantity = models.BigIntegerField("quantité")
    unit = models.CharField("unité", max_length=16, default="eur")
    stock_id = models.BigIntegerField(null=True, blank=True)
    moved_id = models.BigIntegerField(null=True, blank=True)
    since = models.DateField("du", null=True, blank=True)
    until = models.DateField("au", null=True, blank=True)
    first_out = models.BooleanField("le premier entré sort le premier", default=False)
    last_event = models.BigIntegerField()
    known_at = models.DateTimeField("compté le", default=clock.now)
    inputs = models.JSONField(default=dict)
    digest = models.CharField("empreinte", max_length=64)

    class Meta:
        ordering = ("-pk",)
        constraints = (
            models.CheckConstraint(condition=Q(quantity__gt=0), name="sharing_is_of_something"),
            models.CheckConstraint(
                condition=Q(stock_id__isnull=True) | Q(moved_id__isnull=True),
                name="sharing_follows_one_thing",
            ),
            models.CheckConstraint(
                condition=Q(since__isnull=True)
                | Q(until__isnull=True)
                | Q(until__gte=models.F("since")),
                name="sharing_ends_after_it_began",
            ),
        )

    def __str__(self) -> str:
        return self.title
