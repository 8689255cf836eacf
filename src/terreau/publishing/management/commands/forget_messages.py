# SPDX-License-Identifier: AGPL-3.0-or-later
"""``terreau manage forget_messages``: what was written from a sheet more than a year ago."""

from typing import Any

from django.core.management.base import BaseCommand

from terreau.publishing.actions import forget_messages


class Command(BaseCommand):
    """Delete old messages; may be repeated."""

    help = "Delete the messages written from a public sheet that are a year old. May be repeated."

    def handle(self, *args: Any, **options: Any) -> None:
        """Delete them and say how many."""
        self.stdout.write(f"{forget_messages()} messages de plus d'un an effacés.")
