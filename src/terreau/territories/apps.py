# SPDX-License-Identifier: AGPL-3.0-or-later
from django.apps import AppConfig
from django.db.models.signals import post_migrate

from terreau.territories.seeds import plant_regions_and_departments


class TerritoriesConfig(AppConfig):
    name = "terreau.territories"
    label = "territories"

    def ready(self) -> None:
        post_migrate.connect(plant_regions_and_departments, sender=self)
