# SPDX-License-Identifier: AGPL-3.0-or-later
"""Territories and what contains what."""

from django.db import models
from django.db.models import F, Q

from terreau.territories.enums import TerritoryKind


class Territory(models.Model):
    """A commune, an EPCI, a department, a region, a living area, or a perimeter of one's own.

    ``code``: official code (INSEE, SIREN for an EPCI), empty for a perimeter of one's own.
    ``vintage``: the year of the official file it was last read in. ``ended_on`` and
    ``successor``: a merged commune resolves to today's, and so does a name no longer in use (a row
    that ended, with the same code). ``search_key``: folded for look-ups. ``inhabitants``: municipal
    population, when the files give it; it only orders what is proposed while typing.
    """

    kind = models.CharField(max_length=12, choices=TerritoryKind)
    code = models.CharField(max_length=12, blank=True, default="")
    name = models.CharField("nom", max_length=160)
    search_key = models.CharField(max_length=160, editable=False, db_index=True)
    vintage = models.PositiveSmallIntegerField(null=True, blank=True)
    inhabitants = models.PositiveIntegerField(null=True, blank=True)
    ended_on = models.DateField(null=True, blank=True)
    successor = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="predecessors"
    )
    containers = models.ManyToManyField(
        "self", through="Containment", symmetrical=False, related_name="contents"
    )

    class Meta:
        ordering = ("name", "code")
        constraints = (
            models.UniqueConstraint(
                fields=["kind", "code"],
                condition=~Q(code="") & Q(ended_on__isnull=True),
                name="official_code_once",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=TerritoryKind.values), name="territory_kind_is_known"
            ),
            models.CheckConstraint(
                condition=Q(successor__isnull=True) | Q(ended_on__isnull=False),
                name="a_successor_follows_an_end",
            ),
        )

    def __str__(self) -> str:
        return self.name


class Containment(models.Model):
    """A territory lies in another, as that vintage of the official files says."""

    inner = models.ForeignKey(Territory, on_delete=models.CASCADE, related_name="+")
    outer = models.ForeignKey(Territory, on_delete=models.CASCADE, related_name="+")
    vintage = models.PositiveSmallIntegerField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["inner", "outer"], name="containment_once"),
            models.CheckConstraint(condition=~Q(inner=F("outer")), name="not_in_itself"),
        )

    def __str__(self) -> str:
        return f"{self.inner_id} dans {self.outer_id}"
