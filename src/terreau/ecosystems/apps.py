# SPDX-License-Identifier: AGPL-3.0-or-later
from django.apps import AppConfig
from django.db.models.signals import post_migrate

from terreau.ecosystems.seeds import plant_lists


class EcosystemsConfig(AppConfig):
    name = "terreau.ecosystems"
    label = "ecosystems"

    def ready(self) -> None:
        post_migrate.connect(plant_lists, sender=self)
