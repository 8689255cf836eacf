# SPDX-License-Identifier: AGPL-3.0-or-later
"""Addresses, an area a line. Inside an ecosystem they all begin with ``c/<slug>/``."""

from django.urls import URLPattern, URLResolver, include, path

AREAS = (
    "public",
    "home",
    "account",
    "start",
    "cap",
    "qui",
    "solution",
    "agreements",
    "contributions",
    "resources",
    "sharing",
    "effects",
    "logbook",
    "week",
    "handover",
    "visibility",
    "exports",
    "programmes",
    "doors",
    "places",
    "catalogue",
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include(f"terreau.web.{area}.urls")) for area in AREAS
]
