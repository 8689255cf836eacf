# SPDX-License-Identifier: AGPL-3.0-or-later
from django.apps import AppConfig


class TerritoriesConfig(AppConfig):
    name = "terreau.territories"
    label = "territories"
