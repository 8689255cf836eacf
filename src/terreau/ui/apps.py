# SPDX-License-Identifier: AGPL-3.0-or-later
from django.apps import AppConfig

from terreau.ui.field_errors import say_plainly


class UiConfig(AppConfig):
    name = "terreau.ui"
    label = "ui"

    def ready(self) -> None:
        """Have every form speak plainly."""
        say_plainly()
