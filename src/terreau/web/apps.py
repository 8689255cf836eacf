# SPDX-License-Identifier: AGPL-3.0-or-later
from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "terreau.web"
    label = "web"
