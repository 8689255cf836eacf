# SPDX-License-Identifier: AGPL-3.0-or-later
from django.urls import URLPattern, URLResolver, path

from terreau.web.exports import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("c/<slug:slug>/emporter/", views.exports_all, name="exports_all"),
]
