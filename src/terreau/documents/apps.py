# SPDX-License-Identifier: AGPL-3.0-or-later
from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    name = "terreau.documents"
    label = "documents"
