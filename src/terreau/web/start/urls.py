# SPDX-License-Identifier: AGPL-3.0-or-later
from django.urls import URLPattern, URLResolver, path

from terreau.web.start import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("demarrer/", views.start_new, name="start_new"),
    path("c/<slug:slug>/cles/", views.start_keys, name="start_keys"),
    path("c/<slug:slug>/reglages/", views.start_settings, name="start_settings"),
    path("c/<slug:slug>/etape/", views.start_phase, name="start_phase"),
    path("c/<slug:slug>/liens/", views.start_links, name="start_links"),
    path("c/<slug:slug>/liens/proches/", views.start_neighbours, name="start_neighbours"),
    path("c/<slug:slug>/liens/<int:pk>/retirer/", views.start_unlink, name="start_unlink"),
]
