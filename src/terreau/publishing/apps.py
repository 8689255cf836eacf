# SPDX-License-Identifier: AGPL-3.0-or-later
from django.apps import AppConfig


class PublishingConfig(AppConfig):
    name = "terreau.publishing"
    label = "publishing"
