# SPDX-License-Identifier: AGPL-3.0-or-later
from django.urls import URLPattern, URLResolver, include, path

from terreau.web.solution import maillons, performances, views

inside: list[URLPattern | URLResolver] = [
    path("", views.solution_page, name="solution_page"),
    path("image.svg", views.solution_picture, name="solution_picture"),
    path("image.pdf", views.solution_pdf, name="solution_pdf"),
    path("texte.docx", views.solution_text, name="solution_text"),
    path("maillon/", maillons.solution_add, name="solution_add"),
    path("maillon/<int:pk>/", maillons.solution_maillon, name="solution_maillon"),
    path(
        "maillon/<int:pk>/modifier/",
        maillons.solution_maillon_edit,
        name="solution_maillon_edit",
    ),
    path("maillon/<int:pk>/charge/", maillons.solution_charge, name="solution_charge"),
    path("charge/<int:pk>/fin/", maillons.solution_charge_end, name="solution_charge_end"),
    path(
        "permettre/",
        performances.solution_performance_add,
        name="solution_performance_add",
    ),
    path(
        "permettre/<int:pk>/",
        performances.solution_performance,
        name="solution_performance",
    ),
    path("<str:kind>/<int:pk>/place/", views.solution_move, name="solution_move"),
    path("<str:kind>/<int:pk>/retirer/", views.solution_remove, name="solution_remove"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("c/<slug:slug>/solution/", include(inside)),
]
