# SPDX-License-Identifier: AGPL-3.0-or-later
"""What is to be done after a change was written."""

from django.db import models


class OutboxRow(models.Model):
    """A job asked for inside a transaction; the worker moves it to the tasks, once.

    The content is forgotten once moved (it may hold a person's address); its fingerprint stays, so
    that a repeated key is recognised.
    """

    key = models.CharField(max_length=200, unique=True)
    name = models.CharField(max_length=200)
    payload = models.JSONField(default=dict)
    fingerprint = models.CharField(max_length=64)
    asked_at = models.DateTimeField()
    moved_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (
            models.Index(
                fields=["id"], name="outbox_waiting", condition=models.Q(moved_at__isnull=True)
            ),
        )

    def __str__(self) -> str:
        return f"{self.name} ({self.key})"
