# SPDX-License-Identifier: AGPL-3.0-or-later
from django.apps import AppConfig
from django.db.models.signals import post_migrate

from terreau.people.seeds import plant_legal_forms


class PeopleConfig(AppConfig):
    name = "terreau.people"
    label = "people"

    def ready(self) -> None:
        post_migrate.connect(plant_legal_forms, sender=self)
