# SPDX-License-Identifier: AGPL-3.0-or-later
from django.apps import AppConfig
from django.core.checks import Tags, register
from django.db.models.signals import post_migrate

from terreau.core import startup, triggers


class CoreConfig(AppConfig):
    name = "terreau.core"
    label = "core"

    def ready(self) -> None:
        """Put triggers back after every migration, and check them with the databases."""
        post_migrate.connect(triggers.install_after_migrate, sender=self)
        register(startup.check_databases, Tags.database)
