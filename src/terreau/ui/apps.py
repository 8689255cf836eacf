# SPDX-License-Identifier: AGPL-3.0-or-later
from django.apps import AppConfig


class UiConfig(AppConfig):
    name = "terreau.ui"
    label = "ui"
