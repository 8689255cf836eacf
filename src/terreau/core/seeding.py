# SPDX-License-Identifier: AGPL-3.0-or-later
"""How an app plants its reference lists after each migration."""

from __future__ import annotations

from typing import Any

from django.db import router


def model_to_plant(apps: Any, using: str, app_label: str, name: str) -> Any | None:
    """Return the model as this database knows it, or None where it does not live (yet)."""
    try:
        model = apps.get_model(app_label, name)
    except LookupError:
        return None
    return model if router.allow_migrate_model(using, model) else None
