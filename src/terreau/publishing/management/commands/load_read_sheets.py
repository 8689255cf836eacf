# SPDX-License-Identifier: AGPL-3.0-or-later
"""``terreau manage load_read_sheets``: the sheets read in public documents."""

from typing import Any

from django.core.management.base import BaseCommand

from terreau.publishing.actions import load_read_sheets


class Command(BaseCommand):
    """Load the sheets read in public documents; may be repeated."""

    help = "Load the sheets read in public documents and the log of corrections. May be repeated."

    def handle(self, *args: Any, **options: Any) -> None:
        """Load them and say what changed."""
        report = load_read_sheets()
        self.stdout.write(
            f"{report.sheets} fiches lues : {report.written} écrites, "
            f"{report.left_withdrawn} laissées retirées, {report.corrections} corrections."
        )
