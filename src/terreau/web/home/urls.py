# SPDX-License-Identifier: AGPL-3.0-or-later
from django.urls import URLPattern, URLResolver, path

from terreau.web.home import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("moi/", views.home_mine, name="home_mine"),
    path("moi/jeton/", views.home_token, name="home_token"),
    path("sw.js", views.home_worker, name="home_worker"),
    path("c/<slug:slug>/ajouter/", views.home_add, name="home_add"),
    path("c/<slug:slug>/lecteurs/", views.home_readers, name="home_readers"),
]
