# SPDX-License-Identifier: AGPL-3.0-or-later
from django.urls import URLPattern, URLResolver, path

from terreau.web.visibility import views

IN = "c/<slug:slug>/qui-voit-quoi/"

urlpatterns: list[URLPattern | URLResolver] = [
    path(IN, views.visibility_page, name="visibility_page"),
    path(f"{IN}lectures/", views.visibility_reads, name="visibility_reads"),
    path(f"{IN}prevenir/<int:pk>/", views.visibility_notice, name="visibility_notice"),
    path(f"{IN}repondre/<int:pk>/", views.visibility_answer, name="visibility_answer"),
    path(f"{IN}<slug:level>/<slug:kind>/", views.visibility_records, name="visibility_records"),
]
