# SPDX-License-Identifier: AGPL-3.0-or-later
"""One line an area of screens."""

from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = []
