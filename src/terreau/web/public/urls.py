# SPDX-License-Identifier: AGPL-3.0-or-later
"""The public side. ``/``, ``/cooperations/`` and ``/donnees/`` are addresses for ever."""

from django.urls import URLPattern, URLResolver, path

from terreau.web.public import contact, data, legal, manage, requests, views

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.public_home, name="public_home"),
    path("cooperations/", views.public_directory, name="public_directory"),
    path("cooperations/<slug:sheet_slug>/", views.public_sheet, name="public_sheet"),
    path("cooperations/<slug:sheet_slug>/ecrire/", contact.public_write, name="public_write"),
    path("cooperations/<slug:sheet_slug>/c-est-nous/", contact.public_ours, name="public_ours"),
    path("corrections/", views.public_corrections, name="public_corrections"),
    path("donnees/", data.public_data, name="public_data"),
    path("donnees/cooperations.csv", data.public_csv, name="public_csv"),
    path("donnees/cooperations.json", data.public_json, name="public_json"),
    path("sante/", data.public_health, name="public_health"),
    path("sitemap.xml", data.public_sitemap, name="public_sitemap"),
    path("robots.txt", data.public_robots, name="public_robots"),
    path("mentions-legales/", legal.public_legal, name="public_legal"),
    path("donnees-personnelles/", legal.public_privacy, name="public_privacy"),
    path("accessibilite/", legal.public_accessibility, name="public_accessibility"),
    path("c/<slug:slug>/fiche-publique/", manage.public_manage, name="public_manage"),
    path("c/<slug:slug>/fiche-publique/publier/", manage.public_publish, name="public_publish"),
    path("c/<slug:slug>/fiche-publique/retirer/", manage.public_withdraw, name="public_withdraw"),
    path(
        "c/<slug:slug>/fiche-publique/messages/<int:pk>/",
        manage.public_handled,
        name="public_handled",
    ),
    path("demandes/", requests.public_requests, name="public_requests"),
    path("demandes/<int:pk>/", requests.public_request, name="public_request"),
    path("reprendre/<str:token>/", requests.public_take_over, name="public_take_over"),
]
