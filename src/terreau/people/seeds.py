# SPDX-License-Identifier: AGPL-3.0-or-later
"""The reference list of legal forms, planted after each migration."""

from __future__ import annotations

from typing import Any

from terreau.core.seeding import model_to_plant
from terreau.people.legal_forms import LEGAL_FORMS


def plant_legal_forms(using: str, apps: Any, **_: Any) -> None:
    """Write the legal forms that are not there yet; what stands is left alone."""
    form = model_to_plant(apps, using, "people", "LegalForm")
    if form is not None:
        rows = [form(code=code, label=label) for code, label in LEGAL_FORMS]
        form.objects.using(using).bulk_create(rows, ignore_conflicts=True)
