# SPDX-License-Identifier: AGPL-3.0-or-later
from django.apps import AppConfig


class ProgrammesConfig(AppConfig):
    name = "terreau.programmes"
    label = "programmes"
