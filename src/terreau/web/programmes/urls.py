# SPDX-License-Identifier: AGPL-3.0-or-later
from django.urls import URLPattern, URLResolver, path

from terreau.web.programmes import between, views

urlpatterns: list[URLPattern | URLResolver] = [
    path("entre-cooperations/", between.programmes_between, name="programmes_between"),
    path("programmes/", views.programmes_list, name="programmes_list"),
    path("programmes/ouvrir/", views.programmes_new, name="programmes_new"),
    path("programmes/<int:pk>/", views.programmes_page, name="programmes_page"),
    path("programmes/<int:pk>/fichiers/<int:file>/", views.programmes_file, name="programmes_file"),
    path("programmes/<int:pk>/equipe/", views.programmes_run, name="programmes_run"),
    path("programmes/<int:pk>/equipe/suivi/", views.programmes_officer, name="programmes_officer"),
    path(
        "programmes/<int:pk>/equipe/suivi/<int:role>/fin/",
        views.programmes_officer_end,
        name="programmes_officer_end",
    ),
    path(
        "programmes/<int:pk>/equipe/accompagnement/",
        views.programmes_coach,
        name="programmes_coach",
    ),
    path(
        "programmes/<int:pk>/equipe/accompagnement/<int:coaching>/fin/",
        views.programmes_coach_end,
        name="programmes_coach_end",
    ),
    path("c/<slug:slug>/programme/", views.programmes_links, name="programmes_links"),
    path(
        "c/<slug:slug>/programme/<int:pk>/arreter/", views.programmes_stop, name="programmes_stop"
    ),
]
