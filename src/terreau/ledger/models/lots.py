# SPDX-License-Identifier: AGPL-3.0-or-later
"""Batches: what was made or bought together, and may have to be found again together."""

from django.db import models
from django.db.models import Q

from terreau.people.models import Space


class BatchLotRecord(models.Model):
    """A batch by its code, as it is printed on the thing. Never changed."""

    ledger = models.ForeignKey(Space, on_delete=models.PROTECT, related_name="+", db_index=False)
    key = models.UUIDField(unique=True)
    code = models.CharField(max_length=60)
    expires_on = models.DateField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["ledger", "code"], name="one_batch_a_code"),
            models.CheckConstraint(condition=~Q(code=""), name="batch_has_a_code"),
        )

    def __str__(self) -> str:
        return self.code
