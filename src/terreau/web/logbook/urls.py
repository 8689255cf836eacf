# SPDX-License-Identifier: AGPL-3.0-or-later
from django.urls import URLPattern, URLResolver, path

from terreau.web.logbook import views

IN = "c/<slug:slug>/journal/"

urlpatterns: list[URLPattern | URLResolver] = [
    path(IN, views.logbook_list, name="logbook_list"),
    path(f"{IN}ecrire/", views.logbook_add, name="logbook_add"),
    path(f"{IN}<int:pk>/", views.logbook_entry, name="logbook_entry"),
    path(f"{IN}<int:pk>/modifier/", views.logbook_edit, name="logbook_edit"),
    path(f"{IN}<int:pk>/effacer/", views.logbook_erase, name="logbook_erase"),
    path(f"{IN}fichiers/<int:pk>/", views.logbook_file, name="logbook_file"),
    path(
        f"{IN}fichiers/<int:pk>/decrire/",
        views.logbook_file_describe,
        name="logbook_file_describe",
    ),
    path(f"{IN}fichiers/<int:pk>/retirer/", views.logbook_file_remove, name="logbook_file_remove"),
]
