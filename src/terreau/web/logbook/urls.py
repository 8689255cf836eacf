# SPDX-License-Identifier: AGPL-3.0-or-later
from django.urls import URLPattern, URLResolver, include, path

from terreau.web.logbook import views

inside: list[URLPattern | URLResolver] = [
    path("", views.logbook_list, name="logbook_list"),
    path("ecrire/", views.logbook_add, name="logbook_add"),
    path("<int:pk>/", views.logbook_entry, name="logbook_entry"),
    path("<int:pk>/modifier/", views.logbook_edit, name="logbook_edit"),
    path("<int:pk>/effacer/", views.logbook_erase, name="logbook_erase"),
    path("fichiers/<int:pk>/", views.logbook_file, name="logbook_file"),
    path(
        "fichiers/<int:pk>/decrire/",
        views.logbook_file_describe,
        name="logbook_file_describe",
    ),
    path("fichiers/<int:pk>/retirer/", views.logbook_file_remove, name="logbook_file_remove"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("c/<slug:slug>/journal/", include(inside)),
]
