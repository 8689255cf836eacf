# SPDX-License-Identifier: AGPL-3.0-or-later
from django.urls import URLPattern, URLResolver, include, path

from terreau.web.visibility import views

inside: list[URLPattern | URLResolver] = [
    path("", views.visibility_page, name="visibility_page"),
    path("lectures/", views.visibility_reads, name="visibility_reads"),
    path("prevenir/<int:pk>/", views.visibility_notice, name="visibility_notice"),
    path("repondre/<int:pk>/", views.visibility_answer, name="visibility_answer"),
    path("<slug:level>/<slug:kind>/", views.visibility_records, name="visibility_records"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("c/<slug:slug>/qui-voit-quoi/", include(inside)),
]
