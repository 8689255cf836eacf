# SPDX-License-Identifier: AGPL-3.0-or-later
"""Addresses. Those of ``/``, ``/cooperations/``, ``/donnees/`` and ``/api/v1/`` are for ever."""

from django.urls import URLPattern, URLResolver, include, path

handler500 = "terreau.web.answers.failed"

urlpatterns: list[URLPattern | URLResolver] = [
    path("compte/", include("allauth.urls")),
    path("api/v1/", include("terreau.api.urls")),
    path("", include("terreau.web.urls")),
]
