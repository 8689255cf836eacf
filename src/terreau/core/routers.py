# SPDX-License-Identifier: AGPL-3.0-or-later
"""Which table lives in which database.

The side database holds what must not wait for, or slow, the ledger: background tasks, the log of
outside reads (a page that is only read may write there, after its answer), and the count of what
programs ask.
"""

from __future__ import annotations

from typing import Any

from django.db import models

SIDE = "side"
SIDE_APPS = frozenset({"django_tasks_database"})
SIDE_MODELS = frozenset({("people", "outsideread"), ("people", "tokenuse")})


class SideRouter:
    """Send the tables named above to ``side`` and all others to ``default``."""

    def db_for_read(self, model: type[models.Model], **_: Any) -> str | None:
        """Return the database of a model, or None for the default one."""
        return SIDE if is_aside(model._meta.app_label, model._meta.model_name) else None

    db_for_write = db_for_read

    def allow_migrate(
        self, db: str, app_label: str, model_name: str | None = None, **_: Any
    ) -> bool:
        """Make each table in its own database only."""
        return (db == SIDE) == is_aside(app_label, model_name)


def is_aside(app_label: str, model_name: str | None) -> bool:
    """Tell whether a table lives in the side database."""
    return app_label in SIDE_APPS or (app_label, model_name) in SIDE_MODELS
