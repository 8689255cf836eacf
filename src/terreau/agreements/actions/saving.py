# SPDX-License-Identifier: AGPL-3.0-or-later
"""How a row is saved: only what changed, and when."""

from django.db import models

from terreau.core import clock


def save(row: models.Model, *fields: str) -> None:
    """Write these fields of a row that has ``updated_at``, and the moment."""
    row.updated_at = clock.now()  # type: ignore[attr-defined]
    row.save(update_fields=[*fields, "updated_at"])
