# SPDX-License-Identifier: AGPL-3.0-or-later
from django.apps import AppConfig


class EcosystemsConfig(AppConfig):
    name = "terreau.ecosystems"
    label = "ecosystems"
