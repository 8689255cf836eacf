# SPDX-License-Identifier: AGPL-3.0-or-later
from django.urls import URLPattern, URLResolver, path

from terreau.web.week import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("c/<slug:slug>/", views.week_page, name="week_page"),
    path("c/<slug:slug>/lu/", views.week_read, name="week_read"),
]
