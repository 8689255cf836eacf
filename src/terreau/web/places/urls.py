# SPDX-License-Identifier: AGPL-3.0-or-later
from django.urls import URLPattern, URLResolver, path

from terreau.web.places.views import places_search

urlpatterns: list[URLPattern | URLResolver] = [
    path("lieux/", places_search, name="places_search"),
]
