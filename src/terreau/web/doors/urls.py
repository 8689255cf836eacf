# SPDX-License-Identifier: AGPL-3.0-or-later
from django.urls import URLPattern, URLResolver, path

from terreau.web.doors import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("demonstration/", views.doors_page, name="doors_page"),
    path("demonstration/<slug:code>/", views.doors_enter, name="doors_enter"),
]
