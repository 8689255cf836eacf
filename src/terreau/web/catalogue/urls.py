# SPDX-License-Identifier: AGPL-3.0-or-later
from django.urls import URLPattern, URLResolver, path

from terreau.web.catalogue import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("composants/", views.catalogue_page, name="catalogue_page"),
]
